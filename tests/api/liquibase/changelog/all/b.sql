--liquibase formatted sql
--changeset shop:41
ALTER TABLE audit ADD COLUMN by_whom text DEFAULT '${unknown}';
