-- What MySQL and MariaDB let one write, in one script that MariaDB 10.11 loads.
/*!40101 SET NAMES utf8mb4 */;
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
SET sql_mode = 'STRICT_TRANS_TABLES'; # a comment of the third kind

DROP TABLE IF EXISTS `kinds`;
CREATE TABLE `kinds` (
  `id` SERIAL,
  `tiny` TINYINT(3) UNSIGNED ZEROFILL NOT NULL DEFAULT '007',
  `flag` BOOL NOT NULL DEFAULT FALSE,
  `sign` tinyint(1) unsigned DEFAULT NULL,
  `small` SMALLINT SIGNED DEFAULT -1,
  `medium` MIDDLEINT NULL,
  `big` INT8 UNSIGNED DEFAULT 18446744073709551615,
  `amount` NUMERIC(12,3) NOT NULL DEFAULT 0.000,
  `plain` DEC,
  `ratio` FLOAT(7,4),
  `wide` FLOAT(53),
  `precise` DOUBLE PRECISION NOT NULL DEFAULT 1e3,
  `bits` BIT(12) DEFAULT b'101010101010',
  `one_bit` BIT NOT NULL DEFAULT b'0',
  `code` CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'a''b' COMMENT 'it''s; a "code" \\ with -- marks, /* and */ and `ticks`',
  `double_quoted` VARCHAR(20) DEFAULT "say \"hi\"",
  `national` NATIONAL VARCHAR(30),
  `binary_text` VARCHAR(40) BINARY DEFAULT NULL,
  `tiny_t` TINYTEXT,
  `sized_text` TEXT(70000),
  `long_t` LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  `fixed_bytes` BINARY(16) DEFAULT x'30313233343536373839414243444546',
  `bytes` VARBINARY(255) NOT NULL DEFAULT '',
  `blob_1` MEDIUMBLOB,
  `day` DATE NOT NULL DEFAULT '2000-01-01',
  `clock` TIME(3) DEFAULT '12:34:56.789',
  `moment` DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  `stamp` TIMESTAMP NOT NULL DEFAULT NOW() ON UPDATE NOW(),
  `maybe_stamp` TIMESTAMP NULL DEFAULT NULL,
  `vintage` YEAR(4) DEFAULT 1999,
  `size` ENUM('small','it''s medium','large, extra','ünïcødé') NOT NULL DEFAULT 'it''s medium',
  `tags` SET('a','b','c d') DEFAULT 'a',
  `doc` JSON DEFAULT '{"a": [1, 2]}',
  `place` POINT NOT NULL,
  `shape` GEOMETRY REF_SYSTEM_ID=4326,
  `sum_v` INT GENERATED ALWAYS AS (`small` + 1) VIRTUAL COMMENT 'computed',
  `sum_s` BIGINT AS (big DIV 2) PERSISTENT,
  `hidden` INT INVISIBLE DEFAULT 5,
  `expr` VARCHAR(50) DEFAULT (CONCAT('x', UUID())),
  `key_` UUID DEFAULT UUID(),
  `ip` INET6,
  PRIMARY KEY USING BTREE (`id`) COMMENT 'the key',
  UNIQUE KEY `uq_code` (`code`, `tiny` DESC),
  UNIQUE (`double_quoted`),
  KEY `ix_prefix` (`long_t`(20), `bytes`(10)),
  KEY `ix_desc` (`day` DESC, `moment`) USING BTREE COMMENT 'newest first',
  KEY `ix_ignored` (`amount`) IGNORED,
  KEY (`vintage`),
  FULLTEXT KEY `ft` (`sized_text`, `tiny_t`),
  SPATIAL KEY `sp` (`place`),
  KEY `ix_virtual` (`sum_v`),
  CONSTRAINT `amount_positive` CHECK (`amount` >= 0 AND `small` <> 5),
  CHECK (`day` > '1900-01-01')
) ENGINE=InnoDB AUTO_INCREMENT=1001 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=DYNAMIC COMMENT='every kind; it''s "all" here';

CREATE TABLE `Parent Table` (
  `Id` INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
  `region` CHAR(2) NOT NULL,
  `order` INT NOT NULL,
  PRIMARY KEY (`Id`),
  UNIQUE KEY `by region` (`region`,`order`)
) ENGINE=InnoDB DEFAULT CHARSET=latin1;

CREATE TABLE child (
  id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  parent_id int unsigned,
  region char(2) CHARACTER SET latin1,
  `order` int,
  previous_id bigint UNIQUE,
  note varchar(100) CHECK (note <> ''),
  CONSTRAINT fk_parent FOREIGN KEY (parent_id) REFERENCES `Parent Table` (`Id`) ON DELETE SET NULL ON UPDATE CASCADE,
  FOREIGN KEY (region, `order`) REFERENCES `Parent Table` (region, `order`) ON DELETE RESTRICT,
  CONSTRAINT fk_self FOREIGN KEY ix_self (previous_id) REFERENCES child (id) ON DELETE CASCADE
) ENGINE = InnoDB;

-- a cycle of foreign keys
CREATE TABLE department (id int NOT NULL PRIMARY KEY, head_id int NULL, CONSTRAINT fk_head FOREIGN KEY (head_id) REFERENCES employee (id));
CREATE TABLE employee (id int NOT NULL PRIMARY KEY, department_id int NOT NULL, KEY ix_department (department_id),
  CONSTRAINT fk_department FOREIGN KEY (department_id) REFERENCES department (id));

CREATE TABLE measurements (
  device_id int NOT NULL,
  at datetime NOT NULL,
  value double,
  PRIMARY KEY (device_id, at)
) ENGINE=InnoDB
PARTITION BY RANGE (YEAR(at))
SUBPARTITION BY HASH (TO_DAYS(at)) SUBPARTITIONS 2 (
  PARTITION p2023 VALUES LESS THAN (2024) COMMENT = 'old',
  PARTITION p2024 VALUES LESS THAN (2025),
  PARTITION pmax VALUES LESS THAN MAXVALUE
);
CREATE TABLE by_region (id int NOT NULL, region varchar(10) NOT NULL, PRIMARY KEY (id, region))
/*!50100 PARTITION BY LIST COLUMNS (region)
(PARTITION north VALUES IN ('no','se') ENGINE = InnoDB,
 PARTITION south VALUES IN ('it','es') ENGINE = InnoDB) */;
CREATE TABLE by_key (id int NOT NULL PRIMARY KEY) PARTITION BY LINEAR KEY (id) PARTITIONS 4;

CREATE TABLE history (
  id int PRIMARY KEY,
  amount decimal(10,2),
  row_start TIMESTAMP(6) GENERATED ALWAYS AS ROW START INVISIBLE,
  row_end TIMESTAMP(6) GENERATED ALWAYS AS ROW END INVISIBLE,
  PERIOD FOR SYSTEM_TIME (row_start, row_end)
) WITH SYSTEM VERSIONING;
CREATE TABLE simple_history (id int PRIMARY KEY, a int, b int WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING;

CREATE TABLE engines (id int unsigned NOT NULL, body text, KEY (id), FULLTEXT (body)) ENGINE=MyISAM DEFAULT CHARSET=utf8 PACK_KEYS=1 MAX_ROWS=1000;
CREATE TABLE like_parent LIKE `Parent Table`;

CREATE SEQUENCE ticket START WITH 100 INCREMENT BY 10 MINVALUE 1 MAXVALUE 100000 CACHE 20 CYCLE;
CREATE TABLE tickets (id int NOT NULL DEFAULT NEXTVAL(ticket), PRIMARY KEY (id));

-- phpMyAdmin's way
CREATE TABLE `pma` (
  `id` int(11) NOT NULL,
  `name` varchar(50) NOT NULL,
  `owner` int(11) DEFAULT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
ALTER TABLE `pma`
  ADD PRIMARY KEY (`id`),
  ADD UNIQUE KEY `name` (`name`),
  ADD KEY `owner` (`owner`);
ALTER TABLE `pma`
  MODIFY `id` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=17;
ALTER TABLE `pma`
  ADD CONSTRAINT `pma_owner` FOREIGN KEY (`owner`) REFERENCES `pma` (`id`) ON DELETE SET NULL;

-- a history of migrations
CREATE TABLE evolving (id int NOT NULL AUTO_INCREMENT, a int, b int, c int, PRIMARY KEY (id), KEY ab (a, b), KEY c (c));
ALTER TABLE evolving ADD COLUMN first_one int FIRST, ADD COLUMN after_a varchar(10) DEFAULT 'x' AFTER a, DROP COLUMN c;
ALTER TABLE evolving CHANGE COLUMN b bee bigint NOT NULL, ALTER COLUMN a SET DEFAULT 7, ADD INDEX (bee);
ALTER TABLE evolving RENAME INDEX ab TO a_bee, COMMENT = 'evolved', ADD CONSTRAINT bee_positive CHECK (bee > 0);
ALTER TABLE evolving RENAME COLUMN a TO aye;
CREATE UNIQUE INDEX aye_once ON evolving (aye, bee) ALGORITHM = INPLACE LOCK = NONE;
CREATE INDEX gone ON evolving (after_a);
DROP INDEX gone ON evolving;
RENAME TABLE evolving TO evolved;
CREATE TABLE dropped (id int);
DROP TABLE dropped;

LOCK TABLES `pma` WRITE;
/*!40000 ALTER TABLE `pma` DISABLE KEYS */;
INSERT INTO `pma` VALUES (1,'a;b''c -- d',NULL),(2,'CREATE TABLE nope (id int);',1);
/*!40000 ALTER TABLE `pma` ENABLE KEYS */;
UNLOCK TABLES;

CREATE OR REPLACE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW `expensive` (`the id`, total) AS
  SELECT k.id, k.amount /* the sum */ FROM kinds k WHERE k.amount > 10
  WITH LOCAL CHECK OPTION;
CREATE VIEW on_view AS SELECT `the id` AS id FROM expensive;
CREATE VIEW a_before AS SELECT id FROM on_view;

DELIMITER //
CREATE TRIGGER child_bi BEFORE INSERT ON child FOR EACH ROW
BEGIN
  IF NEW.note IS NULL THEN SET NEW.note = 'none; really'; END IF;
END//
CREATE TRIGGER child_bi_2 BEFORE INSERT ON child FOR EACH ROW FOLLOWS child_bi SET NEW.region = UPPER(NEW.region)//
CREATE PROCEDURE tidy (IN days INT, OUT removed INT)
  MODIFIES SQL DATA
  COMMENT 'removes; old rows'
BEGIN
  CREATE TEMPORARY TABLE IF NOT EXISTS doomed (id int);
  DELETE FROM measurements WHERE at < NOW() - INTERVAL days DAY;
  SET removed = ROW_COUNT();
END//
CREATE FUNCTION twice (n INT) RETURNS INT DETERMINISTIC RETURN n * 2//
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO CALL tidy(30, @removed)//
DELIMITER ;

/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
