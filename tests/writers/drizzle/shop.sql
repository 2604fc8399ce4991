CREATE SCHEMA audit;
CREATE TYPE order_status AS ENUM ('draft', 'paid', 'sent');
CREATE SEQUENCE ticket_numbers START 100 INCREMENT 5;
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL CONSTRAINT customers_email_once UNIQUE,
  full_name varchar(120) NOT NULL,
  born date,
  settings jsonb NOT NULL DEFAULT '{"newsletter":false}'::jsonb,
  tags text[] NOT NULL DEFAULT '{}'::text[],
  referred_by bigint REFERENCES customers (id) ON DELETE SET NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT customers_email_has_at CHECK (email ~ '^[^@]+@[^@]+$')
);
CREATE TABLE orders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  customer_id bigint NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  status order_status NOT NULL DEFAULT 'draft',
  number integer NOT NULL,
  net numeric(12, 2) NOT NULL DEFAULT 0.00,
  gross numeric(12, 2) GENERATED ALWAYS AS (net * 1.2) STORED,
  note text,
  cancelled_at timestamp(3),
  UNIQUE NULLS NOT DISTINCT (customer_id, number)
);
CREATE INDEX orders_by_customer ON orders (customer_id, cancelled_at DESC);
CREATE UNIQUE INDEX orders_live_number ON orders (number) WHERE cancelled_at IS NULL;
CREATE INDEX orders_note_lower ON orders (lower(note) text_pattern_ops);
CREATE TABLE order_lines (
  order_id uuid NOT NULL REFERENCES orders (id) ON UPDATE CASCADE ON DELETE RESTRICT,
  position smallint NOT NULL,
  quantity integer NOT NULL CONSTRAINT a_quantity CHECK (quantity > 0),
  PRIMARY KEY (order_id, position)
);
CREATE INDEX customers_settings ON customers USING gin (settings jsonb_path_ops);
CREATE TABLE audit.changes (
  id serial PRIMARY KEY,
  order_id uuid,
  position smallint,
  at time(0) with time zone,
  took interval,
  ip inet,
  "Old Value" text,
  FOREIGN KEY (order_id, position) REFERENCES order_lines (order_id, position)
);
ALTER TABLE audit.changes ENABLE ROW LEVEL SECURITY;
CREATE POLICY readers ON audit.changes FOR SELECT TO public USING (ip IS NOT NULL);
CREATE VIEW open_orders WITH (security_barrier = true) AS SELECT id, number FROM orders WHERE status <> 'sent';
CREATE MATERIALIZED VIEW totals AS SELECT customer_id, sum(net) AS net FROM orders GROUP BY customer_id;
