-- MySQL 8.0, sql_mode = '' (as it was since 2009). Dumped for reference; the data are in staging.sql.
CREATE TABLE `customer` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `email` varchar(190) COLLATE utf8mb4_0900_ai_ci DEFAULT NULL,
  `name` varchar(100) CHARACTER SET utf8mb4 NOT NULL,
  `born` date NOT NULL DEFAULT '0000-00-00',
  `newsletter` tinyint(1) NOT NULL DEFAULT '0',
  `since` datetime NOT NULL,
  `changed_at` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (`id`),
  UNIQUE KEY `email` (`email`)
) ENGINE=InnoDB AUTO_INCREMENT=5000 DEFAULT CHARSET=utf8mb4;

CREATE TABLE `part` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `sku` varchar(20) COLLATE utf8mb4_bin NOT NULL,
  `name` varchar(100) NOT NULL,
  `price` decimal(10,3) NOT NULL DEFAULT '0.000',
  `flags` set('fragile','heavy','bulky','hazard') NOT NULL DEFAULT '',
  `model_year` year NOT NULL DEFAULT '0000',
  `barcode` bigint unsigned DEFAULT NULL,
  `spec` json DEFAULT NULL,
  PRIMARY KEY (`id`),
  UNIQUE KEY `sku` (`sku`)
) ENGINE=InnoDB AUTO_INCREMENT=1211 DEFAULT CHARSET=utf8mb4;

CREATE TABLE `purchase` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `customer_id` int unsigned NOT NULL,
  `priority` enum('low','normal','high') NOT NULL DEFAULT 'normal',
  `status` enum('new','paid','sent','cancelled') NOT NULL DEFAULT 'new',
  `placed_at` timestamp NOT NULL,
  `pick_time` time DEFAULT NULL,
  `deleted` tinyint(1) NOT NULL DEFAULT '0',
  PRIMARY KEY (`id`),
  KEY `customer_id` (`customer_id`)
) ENGINE=MyISAM AUTO_INCREMENT=20400 DEFAULT CHARSET=utf8mb4;

CREATE TABLE `purchase_line` (
  `purchase_id` int unsigned NOT NULL,
  `line_no` smallint unsigned NOT NULL,
  `part_id` int unsigned NOT NULL,
  `quantity` smallint unsigned NOT NULL,
  `price` decimal(10,3) NOT NULL,
  PRIMARY KEY (`purchase_id`, `line_no`),
  KEY `part_id` (`part_id`)
) ENGINE=MyISAM DEFAULT CHARSET=utf8mb4;
