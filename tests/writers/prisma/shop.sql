CREATE SCHEMA billing;
CREATE TYPE order_status AS ENUM ('new', 'in-progress', 'done', '2nd try');
CREATE TABLE users (
    id uuid DEFAULT gen_random_uuid() NOT NULL CONSTRAINT users_pkey PRIMARY KEY,
    "emailAddress" character varying(255) NOT NULL,
    manager_id uuid CONSTRAINT users_manager_id_fkey REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_email_unique UNIQUE ("emailAddress")
);
COMMENT ON TABLE users IS 'People who buy and sell.';
COMMENT ON COLUMN users.manager_id IS 'Whom they report to.';
CREATE TABLE categories (
    id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT categories_pkey PRIMARY KEY,
    parent_id integer CONSTRAINT fk_parent REFERENCES categories (id),
    title text NOT NULL,
    slug text GENERATED ALWAYS AS (lower(title)) STORED
);
CREATE TABLE orders (
    id bigserial CONSTRAINT orders_pkey PRIMARY KEY,
    buyer_id uuid NOT NULL CONSTRAINT orders_buyer_id_fkey REFERENCES users (id) ON DELETE RESTRICT ON UPDATE CASCADE,
    seller_id uuid CONSTRAINT orders_seller_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    status order_status DEFAULT 'new'::order_status NOT NULL,
    tags text[] DEFAULT '{}'::text[],
    total numeric(12,2) DEFAULT 0 NOT NULL CHECK (total >= 0),
    placed tsrange,
    note character varying DEFAULT 'it''s "new"',
    users integer,
    EXCLUDE USING gist (placed WITH &&)
);
CREATE INDEX orders_buyer_id_idx ON orders (buyer_id);
CREATE INDEX orders_open ON orders (seller_id, status DESC) WHERE status <> 'done'::order_status;
CREATE INDEX orders_note_lower ON orders (lower(note));
CREATE INDEX orders_tags ON orders USING gin (tags);
CREATE TABLE billing.invoices (
    order_id bigint NOT NULL CONSTRAINT invoices_pkey PRIMARY KEY
        CONSTRAINT invoices_order_id_fkey REFERENCES orders (id) ON DELETE CASCADE ON UPDATE CASCADE,
    number integer NOT NULL,
    pdf bytea
);
CREATE UNIQUE INDEX invoices_number_key ON billing.invoices (number);
CREATE TABLE order_items (
    order_id bigint NOT NULL CONSTRAINT order_items_order_id_fkey REFERENCES orders (id) ON DELETE CASCADE ON UPDATE CASCADE,
    line smallint NOT NULL,
    category integer CONSTRAINT order_items_category_fkey REFERENCES categories (id) DEFERRABLE,
    CONSTRAINT order_items_pkey PRIMARY KEY (order_id, line)
);
CREATE TABLE shipments (
    order_id bigint NOT NULL,
    line smallint NOT NULL,
    part integer NOT NULL CONSTRAINT shipments_pkey PRIMARY KEY,
    CONSTRAINT shipments_order_id_line_fkey FOREIGN KEY (order_id, line) REFERENCES order_items (order_id, line)
);
CREATE TABLE logs (at timestamp without time zone, "user" uuid REFERENCES users (id), what jsonb DEFAULT '{"a": 1}'::jsonb);
CREATE TABLE "_UserToOrder" ("A" uuid NOT NULL REFERENCES users (id), "B" bigint NOT NULL REFERENCES orders (id));
CREATE TABLE "_watching" (
    "A" bigint NOT NULL CONSTRAINT "_watching_A_fkey" REFERENCES orders (id) ON DELETE CASCADE ON UPDATE CASCADE,
    "B" uuid NOT NULL CONSTRAINT "_watching_B_fkey" REFERENCES users (id) ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "_watching_AB_pkey" PRIMARY KEY ("A", "B")
);
CREATE INDEX "_watching_B_index" ON "_watching" ("B");
CREATE VIEW open_orders AS SELECT id FROM orders;
