CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION ltree;
CREATE TYPE mood AS ENUM ('sad', 'it''s "fine"', 'so, {so}');
CREATE TYPE place AS (x int, label text);
CREATE TYPE prices AS RANGE (subtype = numeric);
CREATE DOMAIN email AS citext CHECK (VALUE ~ '@');
CREATE TABLE things (
    id int PRIMARY KEY, during tstzrange, open int4multirange, price prices, words tsvector, tags text[] NOT NULL, codes int[], mail email, feeling mood,
    at point, spot place, facts hstore, path ltree, doc jsonb, ip inet, flags bit(8), amount money, span interval, odd double precision,
    quoted text, "Column ""x""" text, few int, unseen int, twice int GENERATED ALWAYS AS (few * 2) STORED,
    thrice int GENERATED ALWAYS AS (few * 3) VIRTUAL, one "char", big bytea, long text COLLATE "C", nothing text
);
ALTER TABLE things ALTER few SET STATISTICS 10, ALTER id SET STATISTICS 500, ALTER unseen SET STATISTICS 0, ALTER long SET (n_distinct = -0.3);
INSERT INTO things (id, during, open, price, words, tags, codes, mail, feeling, at, spot, facts, path, doc, ip, flags, amount, span, odd, quoted, "Column ""x""",
    few, unseen, one, big, long)
SELECT g, CASE WHEN g % 10 > 0 THEN tstzrange(timestamptz '2024-01-01' + g * interval '1 hour', CASE WHEN g % 7 > 0 THEN timestamptz '2024-01-02' + g * interval '2 hours' END)
        ELSE 'empty' END,
    int4multirange(int4range(g % 100, g % 100 + 5), int4range(g % 1000 + 200, g % 1000 + 220)), prices(g % 50, g % 50 + g % 9 + 0.5), to_tsvector('simple', 'w' || g % 7 || ' v' || g % 130),
    ARRAY['a"b' || g % 5, 'c,d' || g % 40, ''], CASE WHEN g % 3 > 0 THEN ARRAY[g % 9, NULL, g % 20] END, 'User' || g % 90 || '@x.org',
    (enum_range(NULL::mood))[1 + g % 3], point(g % 10, g % 20), ROW(g % 5, 'l' || g % 3)::place, hstore('k' || g % 4, 'v'), ('top.c' || g % 6 || '.d' || g % 50)::ltree,
    jsonb_build_object('a', g % 30, 'q', '"'), ('10.0.' || g % 200 || '.1')::inet, (g % 200)::bit(8), (g % 70)::money, g % 40 * interval '1 day',
    CASE g % 4 WHEN 0 THEN 'NaN' WHEN 1 THEN 'Infinity' WHEN 2 THEN '-Infinity' ELSE sqrt(g) END::float8,
    CASE g % 3 WHEN 0 THEN 'it''s' WHEN 1 THEN 'NULL' ELSE E'a\\b"c{d}' || g % 200 END, 'x' || g % 500, g % 60, g, chr(65 + g % 20)::"char",
    decode(md5((g % 80)::text), 'hex'), repeat('long ' || g % 900, 40)
FROM generate_series(1, 6000) g;
CREATE INDEX things_expressions ON things (lower(quoted), (few + id));
ALTER INDEX things_expressions ALTER COLUMN 2 SET STATISTICS 500;
CREATE STATISTICS things_both (mcv, ndistinct) ON feeling, few, quoted FROM things;
ALTER STATISTICS things_both SET STATISTICS 300;
CREATE TABLE base (a int, b text);
CREATE TABLE heir (c int) INHERITS (base);
CREATE TABLE late (d int) INHERITS (heir);
INSERT INTO base SELECT g % 10, 'base' || g % 7 FROM generate_series(1, 3000) g;
INSERT INTO heir SELECT g % 100, 'heir' || g % 70, g FROM generate_series(1, 5000) g;
INSERT INTO late SELECT g, 'late' || g % 7, g, g FROM generate_series(1, 900) g;
CREATE STATISTICS base_both (ndistinct, dependencies, mcv) ON a, b FROM base;
CREATE STATISTICS base_sum ON (a + 1) FROM base;
CREATE TABLE parts (k int NOT NULL, j int NOT NULL, v text) PARTITION BY RANGE (k);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100) PARTITION BY LIST (j);
CREATE TABLE parts_1_a PARTITION OF parts_1 FOR VALUES IN (0, 1);
CREATE TABLE parts_1_b PARTITION OF parts_1 DEFAULT;
CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (100) TO (200);
INSERT INTO parts SELECT g % 200, g % 5, 'v' || g % 33 FROM generate_series(1, 8000) g;
CREATE STATISTICS parts_both ON k, j, (upper(v)) FROM parts;
CREATE INDEX parts_v ON parts (upper(v));
CREATE MATERIALIZED VIEW summary AS SELECT few, count(*) AS n FROM things GROUP BY few;
CREATE UNLOGGED TABLE scratched AS SELECT g % 12 AS a FROM generate_series(1, 700) g;
