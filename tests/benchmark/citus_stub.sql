-- What of Citus 13 the statements of a benchmark use, as far as one node can stand for it: what was distributed is written down.
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod "char", partkey text, colocated text, shards int);
CREATE FUNCTION pg_catalog.citus_version() RETURNS text LANGUAGE sql AS $$ SELECT 'Citus 13.0.1 on stub' $$;
CREATE FUNCTION pg_catalog.citus_total_relation_size(relation regclass) RETURNS bigint LANGUAGE sql AS $$ SELECT pg_total_relation_size(relation) $$;
CREATE FUNCTION pg_catalog.create_reference_table(table_name regclass) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO pg_dist_partition VALUES (table_name, 'n', NULL, NULL, 1) $$;
CREATE FUNCTION pg_catalog.create_distributed_table(table_name regclass, distribution_column text, distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default', shard_count int DEFAULT NULL) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
 IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = table_name AND attname = distribution_column AND attnotnull) THEN RAISE 'column % is not there', distribution_column; END IF;
 INSERT INTO pg_dist_partition VALUES (table_name, 'h', distribution_column, colocate_with, shard_count); END $$;
CREATE FUNCTION pg_catalog.citus_add_local_table_to_metadata(table_name regclass) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$ INSERT INTO pg_dist_partition VALUES (table_name, 'n', NULL, NULL, 0) $$;
GRANT SELECT ON pg_catalog.pg_dist_partition TO PUBLIC;
