-- A marketplace: people and shops, a catalogue, stock in warehouses, orders, payments, shipping, messages, reviews, audit.
-- It is written as real schemas are: mostly with care, and here and there in a hurry. `dbdesign review` tells which is which.

CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE SCHEMA catalog;
CREATE SCHEMA inventory;
CREATE SCHEMA sales;
CREATE SCHEMA billing;
CREATE SCHEMA messaging;
CREATE SCHEMA audit;

COMMENT ON SCHEMA catalog IS 'What is offered';
COMMENT ON SCHEMA sales IS 'Carts, orders, returns';

CREATE TYPE sales.order_status AS ENUM ('pending', 'paid', 'packed', 'shipped', 'delivered', 'cancelled', 'refunded');
CREATE TYPE billing.payment_method AS ENUM ('card', 'bank_transfer', 'wallet', 'invoice');
CREATE TYPE messaging.channel AS ENUM ('in_app', 'email', 'push', 'sms');
CREATE DOMAIN currency_code AS char(3) CHECK (VALUE ~ '^[A-Z]{3}$');
CREATE DOMAIN positive_quantity AS integer CHECK (VALUE > 0);
CREATE TYPE geo_point AS (latitude double precision, longitude double precision);

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

-- People and shops ------------------------------------------------------------------------------------------------------

CREATE TABLE countries (
    code char(2) PRIMARY KEY,
    name text NOT NULL UNIQUE,
    currency currency_code NOT NULL
);

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email citext NOT NULL UNIQUE,
    password_hash text NOT NULL,
    display_name text NOT NULL,
    phone1 text,
    phone2 text,
    phone3 text,
    locale text NOT NULL DEFAULT 'en',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CONSTRAINT users_display_name_length CHECK (char_length(display_name) BETWEEN 1 AND 200)
);
COMMENT ON TABLE users IS 'Everybody who can sign in: buyers, sellers and staff';
COMMENT ON COLUMN users.deleted_at IS 'Soft delete; personal data is erased after 30 days';
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE addresses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    recipient text NOT NULL,
    line1 text NOT NULL,
    line2 text,
    postal_code text NOT NULL,
    city text NOT NULL,
    country_code char(2) NOT NULL REFERENCES countries,
    location geo_point,
    created_at timestamp NOT NULL DEFAULT now()
);
CREATE INDEX addresses_user_id_idx ON addresses (user_id);

CREATE TABLE user_preferences (
    user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    default_address_id bigint REFERENCES addresses ON DELETE SET NULL,
    marketing_consent boolean NOT NULL DEFAULT false,
    settings json NOT NULL DEFAULT '{}'
);

CREATE TABLE user_sessions (
    token uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    ip inet,
    user_agent text,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX user_sessions_expires_at_idx ON user_sessions (expires_at);

CREATE TABLE roles (
    id smallint PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE user_roles (
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    role_id smallint NOT NULL REFERENCES roles,
    granted_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, role_id)
);

CREATE TABLE shops (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES users,
    slug text NOT NULL,
    name text NOT NULL,
    main_location_id bigint,
    rating numeric(3, 2) CHECK (rating BETWEEN 0 AND 5),
    status text NOT NULL DEFAULT 'draft',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX shops_owner_id_idx ON shops (owner_id);
CREATE TRIGGER shops_touch BEFORE UPDATE ON shops FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE shop_locations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES shops ON DELETE CASCADE,
    name text NOT NULL,
    country_code char(2) NOT NULL REFERENCES countries,
    UNIQUE (shop_id, name)
);
ALTER TABLE shops ADD CONSTRAINT shops_main_location_fkey
    FOREIGN KEY (main_location_id) REFERENCES shop_locations DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE shop_members (
    shop_id bigint NOT NULL REFERENCES shops ON DELETE CASCADE,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    permission text NOT NULL CHECK (permission IN ('view', 'edit', 'admin')),
    PRIMARY KEY (shop_id, user_id)
);
CREATE INDEX shop_members_user_id_idx ON shop_members (user_id);

-- The catalogue ---------------------------------------------------------------------------------------------------------

CREATE TABLE catalog.categories (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id integer REFERENCES catalog.categories,
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    position integer NOT NULL DEFAULT 0
);
CREATE INDEX categories_parent_id_idx ON catalog.categories (parent_id, position);

CREATE TABLE catalog.brands (
    id serial PRIMARY KEY,
    name varchar(120) NOT NULL UNIQUE
);

CREATE TABLE catalog.products (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES shops,
    brand_id integer REFERENCES catalog.brands ON DELETE SET NULL,
    category_id integer NOT NULL REFERENCES catalog.categories,
    title text NOT NULL,
    description text NOT NULL DEFAULT '',
    attributes jsonb NOT NULL DEFAULT '{}',
    tag_ids integer[] NOT NULL DEFAULT '{}',
    search tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', description), 'B')
    ) STORED,
    published_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz
);
CREATE INDEX products_shop_id_idx ON catalog.products (shop_id);
CREATE INDEX products_shop_published_idx ON catalog.products (shop_id, published_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX products_category_idx ON catalog.products (category_id, published_at DESC NULLS LAST) INCLUDE (title);
CREATE INDEX products_brand_id_idx ON catalog.products (brand_id);
CREATE INDEX products_search_idx ON catalog.products USING gin (search);
CREATE INDEX products_attributes_idx ON catalog.products USING gin (attributes jsonb_path_ops);
CREATE INDEX products_title_trgm_idx ON catalog.products USING gin (title gin_trgm_ops);
CREATE TRIGGER products_touch BEFORE UPDATE ON catalog.products FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE catalog.tags (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL
);
CREATE UNIQUE INDEX tags_name_key ON catalog.tags (lower(name));

CREATE TABLE catalog.product_variants (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES catalog.products ON DELETE CASCADE,
    sku text NOT NULL,
    option_values jsonb NOT NULL DEFAULT '{}',
    weight_grams integer CHECK (weight_grams > 0),
    barcode text,
    CONSTRAINT product_variants_sku_key UNIQUE (sku)
);
CREATE INDEX product_variants_product_id_idx ON catalog.product_variants (product_id);
CREATE INDEX product_variants_sku_idx ON catalog.product_variants (sku);

CREATE TABLE catalog.product_images (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES catalog.products ON DELETE CASCADE,
    url text NOT NULL,
    position smallint NOT NULL,
    CONSTRAINT product_images_position_key UNIQUE (product_id, position) DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE catalog.variant_prices (
    variant_id bigint NOT NULL REFERENCES catalog.product_variants ON DELETE CASCADE,
    currency currency_code NOT NULL,
    amount numeric(12, 2) NOT NULL CHECK (amount >= 0),
    valid_during tstzrange NOT NULL,
    PRIMARY KEY (variant_id, currency, valid_during),
    CONSTRAINT variant_prices_no_overlap EXCLUDE USING gist (variant_id WITH =, currency WITH =, valid_during WITH &&)
);

CREATE TABLE catalog.product_relations (
    product_id bigint NOT NULL REFERENCES catalog.products ON DELETE CASCADE,
    related_id bigint NOT NULL REFERENCES catalog.products ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('accessory', 'alternative', 'bundle')),
    PRIMARY KEY (product_id, related_id, kind),
    CHECK (product_id <> related_id)
);

CREATE TABLE catalog.collections (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES shops ON DELETE CASCADE,
    slug text NOT NULL,
    title text NOT NULL,
    UNIQUE (shop_id, slug)
);

CREATE TABLE catalog.collection_products (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    collection_id bigint NOT NULL REFERENCES catalog.collections ON DELETE CASCADE,
    product_id bigint NOT NULL REFERENCES catalog.products ON DELETE CASCADE,
    position integer NOT NULL DEFAULT 0
);
CREATE INDEX collection_products_collection_idx ON catalog.collection_products (collection_id, position);
CREATE INDEX collection_products_product_idx ON catalog.collection_products (product_id);

CREATE TABLE catalog.favourites (
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    product_id bigint NOT NULL REFERENCES catalog.products ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, product_id)
);
CREATE INDEX favourites_product_id_idx ON catalog.favourites (product_id);

-- Stock -----------------------------------------------------------------------------------------------------------------

CREATE TABLE inventory.warehouses (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE,
    name text NOT NULL,
    country_code char(2) NOT NULL REFERENCES countries
);

CREATE TABLE inventory.stock_levels (
    warehouse_id integer NOT NULL REFERENCES inventory.warehouses,
    variant_id bigint NOT NULL REFERENCES catalog.product_variants,
    on_hand integer NOT NULL DEFAULT 0,
    reserved integer NOT NULL DEFAULT 0,
    available integer GENERATED ALWAYS AS (on_hand - reserved) STORED,
    PRIMARY KEY (warehouse_id, variant_id),
    CONSTRAINT stock_levels_not_oversold CHECK (reserved <= on_hand AND reserved >= 0)
) WITH (fillfactor = 80);
CREATE INDEX stock_levels_variant_id_idx ON inventory.stock_levels (variant_id) WHERE available > 0;

CREATE TABLE inventory.stock_movements (
    id bigint GENERATED ALWAYS AS IDENTITY,
    warehouse_id integer NOT NULL REFERENCES inventory.warehouses,
    variant_id bigint NOT NULL REFERENCES catalog.product_variants,
    quantity integer NOT NULL CHECK (quantity <> 0),
    reason text NOT NULL CHECK (reason IN ('purchase', 'sale', 'return', 'correction', 'transfer')),
    occurred_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, occurred_at)
) PARTITION BY RANGE (occurred_at);
CREATE TABLE inventory.stock_movements_2026 PARTITION OF inventory.stock_movements
    FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');
CREATE TABLE inventory.stock_movements_default PARTITION OF inventory.stock_movements DEFAULT;
CREATE INDEX stock_movements_variant_idx ON inventory.stock_movements (variant_id, occurred_at DESC);

CREATE TABLE inventory.suppliers (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    address_id integer
);

CREATE TABLE inventory.purchase_orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    supplier_id integer NOT NULL REFERENCES inventory.suppliers,
    warehouse_id integer NOT NULL REFERENCES inventory.warehouses,
    ordered_at timestamptz NOT NULL DEFAULT now(),
    expected_on date
);

CREATE TABLE inventory.purchase_order_lines (
    purchase_order_id bigint NOT NULL REFERENCES inventory.purchase_orders ON DELETE CASCADE,
    line_number smallint NOT NULL,
    variant_id bigint NOT NULL REFERENCES catalog.product_variants,
    quantity positive_quantity NOT NULL,
    unit_cost money NOT NULL,
    PRIMARY KEY (purchase_order_id, line_number)
);

-- Orders ----------------------------------------------------------------------------------------------------------------

CREATE TABLE sales.carts (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id bigint REFERENCES users ON DELETE CASCADE,
    currency currency_code NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    abandoned_at timestamptz
);
CREATE UNIQUE INDEX carts_one_open_a_user ON sales.carts (user_id) WHERE abandoned_at IS NULL;

CREATE TABLE sales.cart_lines (
    cart_id uuid NOT NULL REFERENCES sales.carts ON DELETE CASCADE,
    variant_id bigint NOT NULL REFERENCES catalog.product_variants ON DELETE CASCADE,
    quantity positive_quantity NOT NULL,
    PRIMARY KEY (cart_id, variant_id)
);

CREATE TABLE sales.coupons (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES shops ON DELETE CASCADE,
    code text NOT NULL,
    percent_off numeric(5, 2) CHECK (percent_off > 0 AND percent_off <= 100),
    amount_off numeric(12, 2) CHECK (amount_off > 0),
    valid_from timestamptz NOT NULL,
    valid_to timestamptz,
    CONSTRAINT coupons_one_kind CHECK (num_nonnulls(percent_off, amount_off) = 1)
);

CREATE TABLE sales.orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number text NOT NULL,
    customer_id bigint NOT NULL REFERENCES users,
    shop_id bigint NOT NULL REFERENCES shops,
    coupon_id bigint REFERENCES sales.coupons ON DELETE SET NULL,
    shipping_address_id bigint REFERENCES addresses ON DELETE SET NULL,
    status sales.order_status NOT NULL DEFAULT 'pending',
    currency currency_code NOT NULL,
    subtotal numeric(12, 2) NOT NULL,
    shipping_fee numeric(12, 2) NOT NULL DEFAULT 0,
    total numeric(12, 2) NOT NULL,
    placed_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK (total >= 0)
);
CREATE INDEX orders_customer_placed_idx ON sales.orders (customer_id, placed_at DESC);
CREATE INDEX orders_open_idx ON sales.orders (shop_id, placed_at) WHERE status IN ('pending', 'paid', 'packed');
CREATE TRIGGER orders_touch BEFORE UPDATE ON sales.orders FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

CREATE TABLE sales.order_lines (
    order_id bigint NOT NULL REFERENCES sales.orders ON DELETE CASCADE,
    line_number smallint NOT NULL,
    variant_id bigint NOT NULL REFERENCES catalog.product_variants,
    quantity positive_quantity NOT NULL,
    unit_price numeric(12, 2) NOT NULL,
    discount double precision NOT NULL DEFAULT 0,
    line_total numeric(14, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
    PRIMARY KEY (order_id, line_number)
);

CREATE TABLE sales.order_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id integer NOT NULL,
    old_status sales.order_status,
    new_status sales.order_status NOT NULL,
    actor_id bigint REFERENCES users ON DELETE SET NULL,
    note text,
    created_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE sales.order_events ADD CONSTRAINT order_events_order_fkey
    FOREIGN KEY (order_id) REFERENCES sales.orders ON DELETE CASCADE NOT VALID;

CREATE TABLE sales.returns (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL,
    line_number smallint NOT NULL,
    quantity positive_quantity NOT NULL,
    reason text NOT NULL,
    status text NOT NULL DEFAULT 'requested' CHECK (status IN ('requested', 'approved', 'received', 'rejected')),
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (order_id, line_number) REFERENCES sales.order_lines (order_id, line_number)
);
CREATE INDEX returns_order_line_idx ON sales.returns (order_id, line_number);

CREATE TABLE sales.shipments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES sales.orders,
    warehouse_id integer NOT NULL REFERENCES inventory.warehouses,
    carrier text NOT NULL,
    tracking_code text,
    shipped_at timestamptz,
    delivered_at timestamptz,
    CHECK (delivered_at IS NULL OR delivered_at >= shipped_at)
);
CREATE INDEX shipments_order_id_idx ON sales.shipments (order_id);
CREATE UNIQUE INDEX shipments_tracking_idx ON sales.shipments (carrier, tracking_code);

CREATE TABLE sales.shipment_lines (
    shipment_id bigint NOT NULL REFERENCES sales.shipments ON DELETE CASCADE,
    order_id bigint NOT NULL,
    line_number smallint NOT NULL,
    quantity positive_quantity NOT NULL,
    PRIMARY KEY (shipment_id, order_id, line_number),
    FOREIGN KEY (order_id, line_number) REFERENCES sales.order_lines (order_id, line_number)
);

CREATE TABLE sales.product_reviews (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint NOT NULL REFERENCES catalog.products ON DELETE CASCADE,
    author_id bigint REFERENCES users ON DELETE SET NULL,
    stars smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
    body text,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (product_id, author_id)
);
CREATE INDEX product_reviews_author_id_idx ON sales.product_reviews (author_id);

-- Money -----------------------------------------------------------------------------------------------------------------

CREATE TABLE billing.payments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES sales.orders,
    method billing.payment_method NOT NULL,
    provider_reference text,
    amount numeric(12, 2) NOT NULL CHECK (amount > 0),
    currency currency_code NOT NULL,
    status text NOT NULL DEFAULT 'authorised',
    created_at timestamptz NOT NULL DEFAULT now(),
    captured_at timestamptz
);
CREATE INDEX payments_order_id_idx ON billing.payments (order_id);
CREATE UNIQUE INDEX payments_provider_reference_key ON billing.payments (provider_reference) WHERE provider_reference IS NOT NULL;

CREATE TABLE billing.refunds (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    payment_id bigint NOT NULL REFERENCES billing.payments,
    return_id bigint REFERENCES sales.returns,
    amount numeric(12, 2) NOT NULL CHECK (amount > 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX refunds_payment_id_idx ON billing.refunds (payment_id);

CREATE TABLE billing.invoices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL REFERENCES sales.orders,
    number text NOT NULL UNIQUE,
    issued_on date NOT NULL DEFAULT current_date,
    pdf bytea
);
ALTER TABLE billing.invoices ALTER COLUMN pdf SET STORAGE EXTERNAL;

CREATE TABLE billing.payouts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES shops,
    amount real NOT NULL,
    currency currency_code NOT NULL,
    period daterange NOT NULL,
    paid_at timestamptz,
    CONSTRAINT payouts_no_overlap EXCLUDE USING gist (shop_id WITH =, period WITH &&)
);

CREATE SEQUENCE billing.ledger_entry_number START WITH 100000;

CREATE TABLE billing.accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE,
    shop_id bigint REFERENCES shops
);

CREATE TABLE billing.ledger_entries (
    number bigint PRIMARY KEY DEFAULT nextval('billing.ledger_entry_number'),
    debit_account_id bigint NOT NULL REFERENCES billing.accounts,
    credit_account_id bigint NOT NULL REFERENCES billing.accounts,
    amount numeric(14, 2) NOT NULL CHECK (amount > 0),
    booked_at timestamptz NOT NULL DEFAULT now(),
    CHECK (debit_account_id <> credit_account_id)
);
CREATE INDEX ledger_entries_booked_at_idx ON billing.ledger_entries USING brin (booked_at);

-- Messages --------------------------------------------------------------------------------------------------------------

CREATE TABLE messaging.conversations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES shops,
    order_id bigint REFERENCES sales.orders,
    subject text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE messaging.participants (
    conversation_id bigint NOT NULL REFERENCES messaging.conversations ON DELETE CASCADE,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    last_read_at timestamptz,
    PRIMARY KEY (conversation_id, user_id)
);

CREATE TABLE messaging.messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    conversation_id bigint NOT NULL REFERENCES messaging.conversations ON DELETE CASCADE,
    sender_id bigint NOT NULL REFERENCES users,
    body text NOT NULL,
    sent_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX messages_conversation_idx ON messaging.messages (conversation_id, sent_at DESC);
ALTER TABLE messaging.messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY messages_of_participants ON messaging.messages FOR SELECT
    USING (EXISTS (
        SELECT 1 FROM messaging.participants p
        WHERE p.conversation_id = messages.conversation_id
          AND p.user_id = current_setting('app.user_id')::bigint
    ));

CREATE TABLE messaging.attachments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_type text NOT NULL,
    owner_id bigint NOT NULL,
    file_name text NOT NULL,
    bytes bigint NOT NULL
);

CREATE TABLE messaging.notifications (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    channel messaging.channel NOT NULL,
    template text NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    read boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX notifications_unread_idx ON messaging.notifications (user_id, created_at DESC) WHERE NOT read;
CREATE INDEX notifications_read_idx ON messaging.notifications (read);

-- Audit -----------------------------------------------------------------------------------------------------------------

CREATE TABLE audit.log (
    occurred_at timestamptz NOT NULL DEFAULT now(),
    actor_id bigint,
    action text NOT NULL,
    table_name text NOT NULL,
    row_id text NOT NULL,
    before jsonb,
    after jsonb
) PARTITION BY RANGE (occurred_at);
CREATE TABLE audit.log_2026_h1 PARTITION OF audit.log FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2026-07-01 00:00:00+00');
CREATE TABLE audit.log_2026_h2 PARTITION OF audit.log FOR VALUES FROM ('2026-07-01 00:00:00+00') TO ('2027-01-01 00:00:00+00');
CREATE INDEX log_row_idx ON audit.log (table_name, row_id, occurred_at DESC);

CREATE TABLE audit.entity_attributes (
    entity_id bigint NOT NULL,
    attribute_name text NOT NULL,
    attribute_value text,
    PRIMARY KEY (entity_id, attribute_name)
);

CREATE TABLE audit.exports (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    requested_by bigint REFERENCES users,
    product_ids text,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- What is read often ----------------------------------------------------------------------------------------------------

CREATE VIEW sales.open_orders AS
SELECT o.id, o.number, o.shop_id, o.total, o.currency, o.placed_at, u.display_name AS customer
FROM sales.orders o
JOIN users u ON u.id = o.customer_id
WHERE o.status IN ('pending', 'paid', 'packed');

CREATE MATERIALIZED VIEW sales.daily_revenue AS
SELECT shop_id, date_trunc('day', placed_at) AS day, currency, sum(total) AS revenue, count(*) AS orders
FROM sales.orders
WHERE status NOT IN ('cancelled', 'refunded')
GROUP BY shop_id, date_trunc('day', placed_at), currency;
CREATE UNIQUE INDEX daily_revenue_key ON sales.daily_revenue (shop_id, day, currency);

CREATE FUNCTION sales.order_balance(wanted bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT o.total - coalesce((SELECT sum(p.amount) FROM billing.payments p WHERE p.order_id = o.id AND p.status = 'captured'), 0)
    FROM sales.orders o
    WHERE o.id = wanted
$$;
