-- what SHOW CREATE TABLE prints, and what people write
CREATE TYPE public.mood AS ENUM ('sad', 'ok');
CREATE TABLE public.users (
	id UUID NOT NULL DEFAULT gen_random_uuid(),
	city VARCHAR NOT NULL,
	name STRING(40) NULL,
	bio STRING NULL DEFAULT 'none':::STRING,
	mail STRING NOT NULL AS (lower(name)) STORED,
	mood public.mood NULL DEFAULT 'ok':::public.mood,
	tags STRING[] NULL,
	doc JSONB NULL,
	n INT8 NULL DEFAULT 0:::INT8 ON UPDATE 1:::INT8,
	price DECIMAL(10,2) NULL CHECK (price > 0:::DECIMAL),
	picture BYTES NULL,
	at TIMESTAMPTZ NOT NULL DEFAULT now():::TIMESTAMPTZ ON UPDATE current_timestamp(),
	secret STRING NOT VISIBLE NULL,
	crdb_internal_at_shard_16 INT8 NOT VISIBLE NOT NULL AS (mod(fnv32(md5(at::STRING)), 16:::INT8)) VIRTUAL,
	CONSTRAINT users_pkey PRIMARY KEY (city ASC, id DESC),
	UNIQUE INDEX users_mail_key (mail ASC) STORING (name, bio),
	INDEX users_at_idx (at ASC) USING HASH WITH (bucket_count=16),
	INVERTED INDEX users_doc_idx (doc),
	INDEX (city, lower(name) DESC) WHERE n > 5:::INT8 NOT VISIBLE,
	CONSTRAINT check_n CHECK (n >= 0:::INT8),
	FAMILY "primary" (id, city, name),
	FAMILY rest (bio, doc, n, price, picture, at, secret)
) WITH (ttl = 'on', ttl_expire_after = '30 days':::INTERVAL, schema_locked = true) LOCALITY REGIONAL BY ROW;
CREATE TABLE orders (
    id INT PRIMARY KEY USING HASH WITH (bucket_count = 8),
    number SERIAL,
    user_city VARCHAR NOT NULL, user_id UUID NOT NULL,
    region STRING NOT NULL CREATE IF NOT EXISTS FAMILY f1,
    rank INT4 UNIQUE,
    total DECIMAL DEFAULT 0 FAMILY f1,
    vec VECTOR(3),
    place GEOMETRY(POINT,4326),
    FOREIGN KEY (user_city, user_id) REFERENCES users (city, id) ON DELETE CASCADE ON UPDATE CASCADE,
    UNIQUE (region, number) STORING (total),
    CONSTRAINT few UNIQUE (rank) WHERE total > 0,
    VECTOR INDEX near (region, vec)
) PARTITION BY LIST (region) (PARTITION eu VALUES IN ('de', 'fr'), PARTITION rest VALUES IN (DEFAULT));
CREATE UNIQUE INDEX by_total ON orders (total DESC) COVERING (region) WHERE total > 10;
CREATE INVERTED INDEX ON users (tags);
CREATE INDEX trigrams ON users USING GIN (name gin_trgm_ops);
CREATE INDEX ON orders@primary (user_id);
ALTER TABLE orders ADD COLUMN note STRING NOT NULL DEFAULT '' ON UPDATE 'changed', ADD CONSTRAINT positive CHECK (total >= 0) NOT VALID;
ALTER TABLE orders ALTER PRIMARY KEY USING COLUMNS (region, id) USING HASH;
ALTER TABLE users SET LOCALITY GLOBAL;
ALTER TABLE users CONFIGURE ZONE USING num_replicas = 5, gc.ttlseconds = 100000;
ALTER PARTITION eu OF TABLE orders CONFIGURE ZONE USING constraints = '[+region=eu]';
ALTER TABLE users SPLIT AT VALUES ('a'), ('b');
ALTER TABLE users ALTER COLUMN secret SET VISIBLE, ALTER COLUMN n DROP ON UPDATE, ALTER COLUMN n SET DATA TYPE INT;
ALTER INDEX users@users_at_idx RENAME TO users_when_idx;
COMMENT ON INDEX users@users_mail_key IS 'one a person';
CREATE SEQUENCE invoices PER NODE CACHE 256;
CREATE VIEW rich AS SELECT id, total FROM orders@by_total WHERE total > 100:::DECIMAL;
CREATE TABLE plain (a INT, b STRING);
GRANT SELECT, ZONECONFIG ON TABLE plain TO app;
SET CLUSTER SETTING sql.defaults.serial_normalization = 'rowid';
CREATE DATABASE bank PRIMARY REGION "eu" REGIONS "eu", "us";
UPSERT INTO plain VALUES (1, 'x');
