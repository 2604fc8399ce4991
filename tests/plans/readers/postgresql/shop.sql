-- The data that the queries of plan_queries.sql run on. Small, so that 150 plans in four formats take seconds; made by arithmetic, so that
-- it is the same at every run.
CREATE TABLE customers (
    id integer PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE,
    country char(2) NOT NULL,
    joined date NOT NULL,
    profile jsonb NOT NULL DEFAULT '{}'
);
CREATE TABLE products (
    id integer PRIMARY KEY,
    title text NOT NULL,
    price numeric(10, 2) NOT NULL,
    tags text[] NOT NULL DEFAULT '{}'
);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers,
    status text NOT NULL,
    created timestamp NOT NULL,
    total numeric(12, 2) NOT NULL,
    note text
);
CREATE TABLE order_lines (
    order_id integer NOT NULL REFERENCES orders ON DELETE CASCADE,
    line integer NOT NULL,
    product_id integer NOT NULL REFERENCES products,
    quantity integer NOT NULL,
    PRIMARY KEY (order_id, line)
);
CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, kind text NOT NULL, payload text) PARTITION BY RANGE (at);
CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE SCHEMA "Odd Names";
CREATE TABLE "Odd Names"."Order -> Lines" ("Id" integer PRIMARY KEY, "Väl: ue" text, "quo""te" text);
CREATE TABLE tree (id integer PRIMARY KEY, parent integer REFERENCES tree, name text NOT NULL);

INSERT INTO customers
SELECT g, 'customer ' || g, 'c' || g || '@example.org', (ARRAY['de', 'fr', 'us', 'jp'])[1 + g % 4], date '2020-01-01' + g % 1000,
       jsonb_build_object('level', g % 5, 'city', 'city ' || g % 50)
FROM generate_series(1, 1000) g;
INSERT INTO products SELECT g, 'product ' || g, g % 100 + 0.99, ARRAY['t' || g % 7, 'u' || g % 11] FROM generate_series(1, 200) g;
INSERT INTO orders
SELECT g, 1 + (g * 7919) % 1000, (ARRAY['new', 'paid', 'sent', 'done', 'done', 'done'])[1 + g % 6],
       timestamp '2024-01-01' + g * interval '1 hour', (g % 500) + 0.5, CASE WHEN g % 10 = 0 THEN 'note ' || g END
FROM generate_series(1, 5000) g;
INSERT INTO order_lines
SELECT o, l, 1 + (o * 31 + l * 17) % 200, 1 + (o + l) % 5 FROM generate_series(1, 5000) o, generate_series(1, 3) l;
INSERT INTO events SELECT g, date '2023-01-01' + g % 1096, 'kind ' || g % 9, repeat('x', g % 40) FROM generate_series(1, 6000) g;
INSERT INTO "Odd Names"."Order -> Lines" SELECT g, 'v' || g % 10, 'q' FROM generate_series(1, 300) g;
INSERT INTO tree SELECT g, nullif(g / 2, 0), 'node ' || g FROM generate_series(1, 500) g;

CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_status_created ON orders (status, created);
CREATE INDEX orders_noted ON orders (created) WHERE note IS NOT NULL;
CREATE INDEX customers_profile ON customers USING gin (profile);
CREATE INDEX products_tags ON products USING gin (tags);
CREATE INDEX orders_created_brin ON orders USING brin (created) WITH (pages_per_range = 4);
CREATE INDEX lines_product ON order_lines (product_id) INCLUDE (quantity);
CREATE INDEX events_kind ON events (kind, at);
CREATE INDEX customers_lower ON customers (lower(email));
CREATE INDEX "Odd Names: Idx" ON "Odd Names"."Order -> Lines" ("Väl: ue");
CREATE STATISTICS orders_both (dependencies) ON status, customer_id FROM orders;

CREATE FUNCTION twice(value integer) RETURNS integer LANGUAGE plpgsql STABLE AS 'BEGIN RETURN value * 2; END';
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := coalesce(NEW.note, ''stamped''); RETURN NEW; END';
CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE VIEW order_totals AS
SELECT o.id, o.customer_id, sum(l.quantity * p.price) AS amount
FROM orders o JOIN order_lines l ON l.order_id = o.id JOIN products p ON p.id = l.product_id GROUP BY o.id, o.customer_id;
