CREATE EXTENSION pg_trgm;
CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL,
    country text NOT NULL,
    city text NOT NULL,
    tags text[] NOT NULL,
    profile jsonb NOT NULL,
    created timestamptz NOT NULL
);
-- ANALYZE then reads all rows rather than a sample, and keeps a thousand: enough to count the trigrams by, the same ones each time
ALTER TABLE customers ALTER COLUMN email SET STATISTICS 1000;
INSERT INTO customers (email, country, city, tags, profile, created)
SELECT 'customer' || g || '@example.org', 'country' || g % 20, 'city' || g % 200, ARRAY['t' || g % 7, 't' || g % 31],
    jsonb_build_object('level', g % 10, 'plan', 'p' || g % 4), timestamptz '2024-01-01' + g * interval '3 minutes'
FROM generate_series(1, 40000) g;
CREATE UNIQUE INDEX customers_email ON customers (lower(email));
CREATE INDEX customers_place ON customers (country, city) INCLUDE (created);
CREATE INDEX customers_tags ON customers USING gin (tags);
CREATE INDEX customers_profile ON customers USING gin (profile jsonb_path_ops);
CREATE INDEX customers_mail_like ON customers USING gin (email gin_trgm_ops);
CREATE STATISTICS customers_places (ndistinct, dependencies, mcv) ON country, city FROM customers;

CREATE TABLE orders (
    id bigint NOT NULL,
    customer_id bigint NOT NULL REFERENCES customers,
    placed date NOT NULL,
    status text NOT NULL,
    total numeric(12, 2) NOT NULL,
    note text,
    PRIMARY KEY (id, placed)
) PARTITION BY RANGE (placed);
CREATE TABLE orders_2023 PARTITION OF orders FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE orders_2024 PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE orders_rest PARTITION OF orders DEFAULT;
INSERT INTO orders
SELECT g, 1 + (g * 7919::bigint) % 40000, date '2023-01-01' + (g % 1200)::integer,
    CASE WHEN g % 50 = 0 THEN 'open' WHEN g % 3 = 0 THEN 'sent' ELSE 'paid' END, (g % 9973) * 1.25, CASE WHEN g % 4 = 0 THEN 'note ' || g END
FROM generate_series(1, 200000) g;
CREATE INDEX orders_customer ON orders (customer_id, placed DESC);
CREATE INDEX orders_open ON orders (placed) WHERE status = 'open';
CREATE INDEX orders_placed ON orders USING brin (placed) WITH (pages_per_range = 16);
CREATE INDEX orders_month ON orders (date_trunc('month', placed::timestamp));
CREATE INDEX orders_status ON orders USING hash (status);
