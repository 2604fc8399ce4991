-- A small shop as MySQL says it. Ours, written for the tests.
CREATE TABLE `customers` (
  `id` int unsigned NOT NULL AUTO_INCREMENT,
  `name` varchar(100) COLLATE utf8mb4_unicode_ci NOT NULL COMMENT 'Shown; it''s public',
  `code` char(8) CHARACTER SET ascii NOT NULL,
  `level` enum('gold','silver') NOT NULL DEFAULT 'silver',
  `flags` set('a','b') DEFAULT NULL,
  `active` tinyint(1) NOT NULL DEFAULT '1',
  `visits` bigint unsigned NOT NULL DEFAULT 0,
  `small` tinyint unsigned DEFAULT NULL,
  `extra` json DEFAULT NULL,
  `born` year DEFAULT NULL,
  `changed` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  `seen` datetime(3) DEFAULT NULL,
  `initials` varchar(2) GENERATED ALWAYS AS (left(`name`, 2)) STORED,
  PRIMARY KEY (`id`),
  UNIQUE KEY `code` (`code`),
  UNIQUE KEY `seen` (`seen`),
  KEY `name` (`name`(10)),
  FULLTEXT KEY `texts` (`name`),
  CONSTRAINT `visited` CHECK (`visits` < 1000000 and `active` = 1)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='Who buys';
CREATE TABLE `orders` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `customer_id` int unsigned NOT NULL,
  `total` decimal(10,2) NOT NULL DEFAULT '0.00',
  `note` text,
  PRIMARY KEY (`id`),
  UNIQUE KEY `code` (`customer_id`,`total`),
  KEY `name` (`total` DESC),
  CONSTRAINT `orders_ibfk_1` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`) ON DELETE CASCADE ON UPDATE RESTRICT
) ENGINE=InnoDB;
CREATE VIEW `totals` AS select `c`.`name` AS `name`, sum(`o`.`total`) AS `total` from (`customers` `c` join `orders` `o` on (`o`.`customer_id` = `c`.`id`)) where `c`.`active` group by `c`.`name`;
