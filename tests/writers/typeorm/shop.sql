CREATE TYPE order_status AS ENUM ('new', 'in progress', 'done', 'it''s off');
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT customers_pk PRIMARY KEY,
  email character varying(320) NOT NULL,
  display_name text COLLATE "C",
  balance numeric(12,2) DEFAULT 0 NOT NULL,
  is_active boolean DEFAULT true NOT NULL,
  level smallint DEFAULT 1,
  tags text[] DEFAULT '{}'::text[] NOT NULL,
  settings jsonb DEFAULT '{"a": 1}'::jsonb NOT NULL,
  "Odd Name" integer,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  birthday date DEFAULT CURRENT_DATE,
  search tsvector GENERATED ALWAYS AS (to_tsvector('simple', display_name)) STORED,
  CONSTRAINT customers_email_key UNIQUE (email),
  CONSTRAINT customers_balance_check CHECK (balance >= 0),
  CONSTRAINT customers_level_name UNIQUE (level, display_name) DEFERRABLE INITIALLY DEFERRED
);
COMMENT ON TABLE customers IS 'People who buy; they''re "ours"';
COMMENT ON COLUMN customers.email IS 'where mail goes';
CREATE INDEX customers_created_ix ON customers (created_at);
CREATE UNIQUE INDEX customers_active_name_ix ON customers (display_name, level) WHERE is_active;
CREATE INDEX customers_tags_ix ON customers USING gin (tags);
CREATE INDEX customers_lower_ix ON customers (lower(email));
CREATE TABLE orders (
  id uuid DEFAULT gen_random_uuid() PRIMARY KEY,
  customer_id bigint NOT NULL CONSTRAINT orders_customer_fk REFERENCES customers ON DELETE CASCADE,
  referrer_id bigint REFERENCES customers ON DELETE SET NULL ON UPDATE CASCADE,
  status order_status DEFAULT 'new' NOT NULL,
  statuses order_status[],
  during tsrange NOT NULL,
  note text DEFAULT 'it''s "new"',
  position integer DEFAULT -5,
  CONSTRAINT orders_no_overlap EXCLUDE USING gist (during WITH &&)
);
CREATE TABLE order_lines (
  order_id uuid NOT NULL REFERENCES orders,
  line integer NOT NULL,
  parent_order_id uuid,
  parent_line integer,
  serial_no serial NOT NULL,
  PRIMARY KEY (order_id, line),
  CONSTRAINT parent_fk FOREIGN KEY (parent_order_id, parent_line) REFERENCES order_lines (order_id, line) DEFERRABLE INITIALLY DEFERRED
);
CREATE TABLE profiles (
  customer_id bigint PRIMARY KEY REFERENCES customers ON DELETE CASCADE,
  contact_email character varying(320) UNIQUE REFERENCES customers (email),
  picture bytea,
  seen interval,
  code character(3),
  bits bit(4)
);
CREATE TABLE class (
  id serial PRIMARY KEY,
  "constructor" integer,
  "default" text,
  constructor_ integer,
  class_id integer REFERENCES class
);
