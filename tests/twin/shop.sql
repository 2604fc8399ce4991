CREATE TYPE mood AS ENUM ('bad', 'fine', 'good');
CREATE DOMAIN code AS varchar(2);
CREATE SCHEMA sales;
CREATE TABLE customer (
    id integer PRIMARY KEY, email text NOT NULL, country code, nick varchar(40), fixed char(8), feeling mood,
    tags text[], numbers int2[], lives tsrange, born date, seen timestamptz, at time, lasted interval, score smallint, rating numeric(3,2),
    weight real, extra jsonb, token uuid, active boolean, words tsvector, host inet, picture bytea, mixed text, nothing text
);
INSERT INTO customer SELECT
    g, 'marker' || g % 400 || '@example.org', chr(65 + g % 26) || chr(65 + g / 26 % 26), CASE WHEN g % 3 > 0 THEN 'Marker' || g % 250 END,
    'marker' || g % 60, (ARRAY['bad', 'fine', 'good'])[1 + (g % 10 > 6)::int + (g % 10 > 8)::int]::mood,
    ARRAY['marker' || g % 7, 'marker' || g % 11], ARRAY[g % 5, g % 13],
    tsrange(timestamp '2011-03-07' + g * interval '1 hour', timestamp '2011-04-08' + g * interval '2 hours'),
    date '1961-01-01' + g % 700, timestamptz '2017-05-05 05:05:05+00' + g * interval '97 minutes', time '07:07:07' + g % 300 * interval '11 seconds',
    g % 90 * interval '3 hours', g % 1000, g % 500 / 100.0, CASE WHEN g % 50 = 0 THEN 'NaN' ELSE (g % 77) * 1.5 END,
    jsonb_build_object('marker', g % 120), md5((g % 150)::text)::uuid, g % 4 = 0, to_tsvector('simple', 'marker' || g % 5 || ' marker' || repeat('x', g % 9)),
    inet '192.168.7.0' + g % 90, ('\x' || md5((g % 130)::text))::bytea, CASE WHEN g % 2 = 0 THEN 'marker-' ELSE 'Marker ' END || g % 300, NULL
FROM generate_series(1, 6000) g;
CREATE INDEX customer_email ON customer (lower(email), id, (score * 2));
CREATE INDEX customer_active ON customer (born) WHERE active;
CREATE STATISTICS customer_together (ndistinct, dependencies, mcv) ON country, feeling, score, born FROM customer;
CREATE TABLE sales."order" (
    id bigint, customer_id integer REFERENCES customer, email text, placed date NOT NULL, total numeric(12,2), PRIMARY KEY (id, placed)
) PARTITION BY RANGE (placed);
CREATE TABLE sales.order_2023 PARTITION OF sales."order" FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE sales.order_2024 PARTITION OF sales."order" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO sales."order" SELECT g, 1 + (g * g) % 3000, 'marker' || (g * g) % 90 || '@example.org', date '2023-01-01' + g % 700, g * 7919 % 100000 / 100.0
FROM generate_series(1, 8000) g;
CREATE INDEX order_customer ON sales."order" (customer_id);
CREATE MATERIALIZED VIEW sales.daily AS SELECT placed, count(*) AS orders FROM sales."order" GROUP BY placed;
CREATE TABLE untouched (a integer);
INSERT INTO untouched SELECT generate_series(1, 100);
ANALYZE customer, sales."order", sales.daily;
