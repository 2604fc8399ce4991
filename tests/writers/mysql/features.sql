-- What PostgreSQL lets one write and MySQL does not, in one schema.
CREATE SCHEMA sales;
CREATE TYPE mood AS ENUM ('sad','ok','it''s');
CREATE DOMAIN positive AS numeric(10,2) CHECK (VALUE > 0) DEFAULT 1;
CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
CREATE TABLE sales.customer (
 id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100) PRIMARY KEY,
 uid uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
 email email NOT NULL,
 name text NOT NULL DEFAULT 'x',
 nick varchar, mood mood DEFAULT 'ok',
 tags text[] DEFAULT '{}', prefs jsonb NOT NULL DEFAULT '{}', created timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz,
 born date DEFAULT CURRENT_DATE, alarm time DEFAULT '07:00', valid tstzrange, ip inet, mac macaddr, raw bytea DEFAULT '\xdead', bits bit(3) DEFAULT B'101',
 price positive, ratio real, full_name text GENERATED ALWAYS AS (name || ' ' || upper(email)) STORED, n numeric, m money, i interval DEFAULT '1 day',
 until timestamp DEFAULT now() + interval '7 days', level smallint DEFAULT 3::smallint, active boolean DEFAULT true, c char(5), tz timetz, x xml,
 CONSTRAINT n_pos CHECK (n > 0 AND length(name) < 100), CHECK (mood <> 'sad'), CHECK (name ~ '^[a-z]'),
 CONSTRAINT u2 UNIQUE NULLS NOT DISTINCT (nick, level)
);
CREATE UNIQUE INDEX ON sales.customer (lower(email)) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX u_nick ON sales.customer (nick) WHERE deleted_at IS NULL;
CREATE INDEX ix_created ON sales.customer (created DESC NULLS LAST) INCLUDE (mood, level, prefs);
CREATE INDEX ix_year ON sales.customer (date_part('year', created AT TIME ZONE 'utc'));
CREATE INDEX ix_pref ON sales.customer ((prefs->>'lang'));
CREATE INDEX ix_gin ON sales.customer USING gin (prefs);
CREATE INDEX ix_fts ON sales.customer USING gin (to_tsvector('english', name || ' ' || nick));
CREATE INDEX ix_brin ON sales.customer USING brin (created);
CREATE INDEX ix_coalesce ON sales.customer (coalesce(level, 0::smallint), (level IS NULL));
CREATE TABLE sales.orders (
 id int PRIMARY KEY, customer_id bigint REFERENCES sales.customer ON DELETE SET DEFAULT DEFERRABLE INITIALLY DEFERRED,
 cust_small integer REFERENCES sales.customer(id) ON UPDATE CASCADE, cuid uuid REFERENCES sales.customer(uid) MATCH FULL,
 parent_id int REFERENCES sales.orders, note varchar(20000), a varchar(9000), b varchar(9000),
 CHECK (cust_small > 5), long varchar(2000) UNIQUE
);
CREATE TABLE log (id bigserial, at timestamptz NOT NULL, region text NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
CREATE TABLE log_2 PARTITION OF log FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
CREATE TABLE log_d PARTITION OF log DEFAULT;
CREATE TABLE by_list (id int, region text, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE by_list_a PARTITION OF by_list FOR VALUES IN ('a', 'b');
CREATE TABLE by_hash (id int PRIMARY KEY) PARTITION BY HASH (id);
CREATE TABLE by_hash_0 PARTITION OF by_hash FOR VALUES WITH (modulus 2, remainder 0);
CREATE TABLE by_hash_1 PARTITION OF by_hash FOR VALUES WITH (modulus 2, remainder 1);
CREATE TABLE "order" ("select" int, "Group" text DEFAULT 'g');
CREATE VIEW v AS SELECT c.id, lower(c.name) AS n, count(*) AS k FROM sales.customer c JOIN sales.orders o ON o.customer_id = c.id GROUP BY c.id, c.name;
CREATE MATERIALIZED VIEW mv AS SELECT id FROM v;
CREATE TABLE a (id int PRIMARY KEY, b_id int); CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a); ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;
CREATE SEQUENCE ticket; CREATE TABLE t (n bigint DEFAULT nextval('ticket'));
COMMENT ON TABLE a IS 'it''s a \ table'; COMMENT ON COLUMN a.id IS E'line\nbreak';
