CREATE SCHEMA audit;
CREATE SCHEMA billing;
CREATE SCHEMA catalog;
CREATE SCHEMA inventory;
CREATE SCHEMA messaging;
CREATE SCHEMA sales;

CREATE TYPE sales.order_status AS ENUM ('pending', 'paid', 'packed', 'shipped', 'delivered', 'cancelled', 'refunded');

CREATE TYPE billing.payment_method AS ENUM ('card', 'bank_transfer', 'wallet', 'invoice');

CREATE TYPE messaging.channel AS ENUM ('in_app', 'email', 'push', 'sms');

CREATE TYPE geo_point AS (latitude FLOAT8, longitude FLOAT8);

CREATE SEQUENCE billing.ledger_entry_number START WITH 100000;

CREATE TABLE countries (
    code CHAR(2) NOT NULL,
    name STRING NOT NULL,
    currency CHAR(3) NOT NULL,
    CONSTRAINT countries_pkey PRIMARY KEY (code),
    CONSTRAINT countries_name_key UNIQUE (name),
    CHECK (currency ~ '^[A-Z]{3}$')
);

CREATE TABLE users (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    email CITEXT NOT NULL,
    password_hash STRING NOT NULL,
    display_name STRING NOT NULL,
    phone1 STRING,
    phone2 STRING,
    phone3 STRING,
    locale STRING NOT NULL DEFAULT 'en',
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    deleted_at TIMESTAMPTZ,
    CONSTRAINT users_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_display_name_length CHECK (char_length(display_name) BETWEEN 1 AND 200)
);

CREATE TABLE addresses (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    user_id INT8 NOT NULL,
    recipient STRING NOT NULL,
    line1 STRING NOT NULL,
    line2 STRING,
    postal_code STRING NOT NULL,
    city STRING NOT NULL,
    country_code CHAR(2) NOT NULL,
    location geo_point,
    created_at TIMESTAMP NOT NULL DEFAULT now(),
    CONSTRAINT addresses_pkey PRIMARY KEY (id) USING HASH,
    INDEX addresses_user_id_idx (user_id),
    CONSTRAINT addresses_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT addresses_country_code_fkey FOREIGN KEY (country_code) REFERENCES countries (code)
);

CREATE TABLE user_preferences (
    user_id INT8 NOT NULL,
    default_address_id INT8,
    marketing_consent BOOL NOT NULL DEFAULT false,
    settings JSONB NOT NULL DEFAULT '{}',
    CONSTRAINT user_preferences_pkey PRIMARY KEY (user_id),
    CONSTRAINT user_preferences_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT user_preferences_default_address_id_fkey FOREIGN KEY (default_address_id) REFERENCES addresses (id) ON DELETE SET NULL
);

CREATE TABLE user_sessions (
    token UUID NOT NULL DEFAULT gen_random_uuid(),
    user_id INT8 NOT NULL,
    ip INET,
    user_agent STRING,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expires_at TIMESTAMPTZ NOT NULL,
    CONSTRAINT user_sessions_pkey PRIMARY KEY (token),
    INDEX user_sessions_expires_at_idx (expires_at),
    CONSTRAINT user_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE roles (
    id INT2 NOT NULL,
    name STRING NOT NULL,
    CONSTRAINT roles_pkey PRIMARY KEY (id),
    CONSTRAINT roles_name_key UNIQUE (name)
);

CREATE TABLE user_roles (
    user_id INT8 NOT NULL,
    role_id INT2 NOT NULL,
    granted_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT user_roles_pkey PRIMARY KEY (user_id, role_id),
    CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT user_roles_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles (id)
);

CREATE TABLE shops (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    owner_id INT8 NOT NULL,
    slug STRING NOT NULL,
    name STRING NOT NULL,
    main_location_id INT8,
    rating DECIMAL(3,2),
    status STRING NOT NULL DEFAULT 'draft',
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT shops_pkey PRIMARY KEY (id) USING HASH,
    INDEX shops_owner_id_idx (owner_id),
    CONSTRAINT shops_rating_check CHECK (rating BETWEEN 0 AND 5),
    CONSTRAINT shops_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id)
);

CREATE TABLE shop_locations (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    shop_id INT8 NOT NULL,
    name STRING NOT NULL,
    country_code CHAR(2) NOT NULL,
    CONSTRAINT shop_locations_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT shop_locations_shop_id_name_key UNIQUE (shop_id, name),
    CONSTRAINT shop_locations_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE,
    CONSTRAINT shop_locations_country_code_fkey FOREIGN KEY (country_code) REFERENCES countries (code)
);

CREATE TABLE shop_members (
    shop_id INT8 NOT NULL,
    user_id INT8 NOT NULL,
    permission STRING NOT NULL,
    CONSTRAINT shop_members_pkey PRIMARY KEY (shop_id, user_id),
    INDEX shop_members_user_id_idx (user_id),
    CONSTRAINT shop_members_permission_check CHECK (permission IN ('view', 'edit', 'admin')),
    CONSTRAINT shop_members_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE,
    CONSTRAINT shop_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE catalog.categories (
    id INT4 NOT NULL GENERATED ALWAYS AS IDENTITY,
    parent_id INT4,
    slug STRING NOT NULL,
    name STRING NOT NULL,
    position INT4 NOT NULL DEFAULT 0,
    CONSTRAINT categories_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT categories_slug_key UNIQUE (slug),
    INDEX categories_parent_id_idx (parent_id, position),
    CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES catalog.categories (id)
);

CREATE TABLE catalog.brands (
    id INT4 NOT NULL GENERATED BY DEFAULT AS IDENTITY,
    name VARCHAR(120) NOT NULL,
    CONSTRAINT brands_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT brands_name_key UNIQUE (name)
);

CREATE TABLE catalog.products (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    shop_id INT8 NOT NULL,
    brand_id INT4,
    category_id INT4 NOT NULL,
    title STRING NOT NULL,
    description STRING NOT NULL DEFAULT '',
    attributes JSONB NOT NULL DEFAULT '{}',
    tag_ids INT4[] NOT NULL DEFAULT '{}',
    search TSVECTOR AS (setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', description), 'B')) STORED,
    published_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    deleted_at TIMESTAMPTZ,
    CONSTRAINT products_pkey PRIMARY KEY (id) USING HASH,
    INDEX products_shop_id_idx (shop_id),
    INDEX products_shop_published_idx (shop_id, published_at DESC) WHERE deleted_at IS NULL,
    INDEX products_category_idx (category_id, published_at DESC) STORING (title),
    INDEX products_brand_id_idx (brand_id),
    INVERTED INDEX products_search_idx (search),
    INVERTED INDEX products_attributes_idx (attributes),
    INVERTED INDEX products_title_trgm_idx (title gin_trgm_ops),
    CONSTRAINT products_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id),
    CONSTRAINT products_brand_id_fkey FOREIGN KEY (brand_id) REFERENCES catalog.brands (id) ON DELETE SET NULL,
    CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES catalog.categories (id)
);

CREATE TABLE catalog.tags (
    id INT4 NOT NULL GENERATED ALWAYS AS IDENTITY,
    name STRING NOT NULL,
    CONSTRAINT tags_pkey PRIMARY KEY (id) USING HASH,
    UNIQUE INDEX tags_name_key (lower(name))
);

CREATE TABLE catalog.product_variants (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    product_id INT8 NOT NULL,
    sku STRING NOT NULL,
    option_values JSONB NOT NULL DEFAULT '{}',
    weight_grams INT4,
    barcode STRING,
    CONSTRAINT product_variants_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT product_variants_sku_key UNIQUE (sku),
    INDEX product_variants_product_id_idx (product_id),
    INDEX product_variants_sku_idx (sku),
    CONSTRAINT product_variants_weight_grams_check CHECK (weight_grams > 0),
    CONSTRAINT product_variants_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id) ON DELETE CASCADE
);

CREATE TABLE catalog.product_images (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    product_id INT8 NOT NULL,
    url STRING NOT NULL,
    position INT2 NOT NULL,
    CONSTRAINT product_images_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT product_images_position_key UNIQUE (product_id, position),
    CONSTRAINT product_images_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id) ON DELETE CASCADE
);

CREATE TABLE catalog.variant_prices (
    variant_id INT8 NOT NULL,
    currency CHAR(3) NOT NULL,
    amount DECIMAL(12,2) NOT NULL,
    valid_during STRING NOT NULL,
    CONSTRAINT variant_prices_pkey PRIMARY KEY (variant_id, currency, valid_during),
    CONSTRAINT variant_prices_amount_check CHECK (amount >= 0),
    CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT variant_prices_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog.product_variants (id) ON DELETE CASCADE
);

CREATE TABLE catalog.product_relations (
    product_id INT8 NOT NULL,
    related_id INT8 NOT NULL,
    kind STRING NOT NULL,
    CONSTRAINT product_relations_pkey PRIMARY KEY (product_id, related_id, kind),
    CONSTRAINT product_relations_kind_check CHECK (kind IN ('accessory', 'alternative', 'bundle')),
    CONSTRAINT product_relations_check CHECK (product_id <> related_id),
    CONSTRAINT product_relations_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id) ON DELETE CASCADE,
    CONSTRAINT product_relations_related_id_fkey FOREIGN KEY (related_id) REFERENCES catalog.products (id) ON DELETE CASCADE
);

CREATE TABLE catalog.collections (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    shop_id INT8 NOT NULL,
    slug STRING NOT NULL,
    title STRING NOT NULL,
    CONSTRAINT collections_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT collections_shop_id_slug_key UNIQUE (shop_id, slug),
    CONSTRAINT collections_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE
);

CREATE TABLE catalog.collection_products (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    collection_id INT8 NOT NULL,
    product_id INT8 NOT NULL,
    position INT4 NOT NULL DEFAULT 0,
    CONSTRAINT collection_products_pkey PRIMARY KEY (id) USING HASH,
    INDEX collection_products_collection_idx (collection_id, position),
    INDEX collection_products_product_idx (product_id),
    CONSTRAINT collection_products_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES catalog.collections (id) ON DELETE CASCADE,
    CONSTRAINT collection_products_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id) ON DELETE CASCADE
);

CREATE TABLE catalog.favourites (
    user_id INT8 NOT NULL,
    product_id INT8 NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT favourites_pkey PRIMARY KEY (user_id, product_id),
    INDEX favourites_product_id_idx (product_id),
    CONSTRAINT favourites_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT favourites_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id) ON DELETE CASCADE
);

CREATE TABLE inventory.warehouses (
    id INT4 NOT NULL GENERATED ALWAYS AS IDENTITY,
    code STRING NOT NULL,
    name STRING NOT NULL,
    country_code CHAR(2) NOT NULL,
    CONSTRAINT warehouses_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT warehouses_code_key UNIQUE (code),
    CONSTRAINT warehouses_country_code_fkey FOREIGN KEY (country_code) REFERENCES countries (code)
);

CREATE TABLE inventory.stock_levels (
    warehouse_id INT4 NOT NULL,
    variant_id INT8 NOT NULL,
    on_hand INT4 NOT NULL DEFAULT 0,
    reserved INT4 NOT NULL DEFAULT 0,
    available INT4 AS (on_hand - reserved) STORED,
    CONSTRAINT stock_levels_pkey PRIMARY KEY (warehouse_id, variant_id),
    INDEX stock_levels_variant_id_idx (variant_id) WHERE available > 0,
    CONSTRAINT stock_levels_not_oversold CHECK (reserved <= on_hand AND reserved >= 0),
    CONSTRAINT stock_levels_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES inventory.warehouses (id),
    CONSTRAINT stock_levels_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog.product_variants (id)
);

CREATE TABLE inventory.stock_movements (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    warehouse_id INT4 NOT NULL,
    variant_id INT8 NOT NULL,
    quantity INT4 NOT NULL,
    reason STRING NOT NULL,
    occurred_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT stock_movements_pkey PRIMARY KEY (id, occurred_at),
    INDEX stock_movements_variant_idx (variant_id, occurred_at DESC),
    CONSTRAINT stock_movements_quantity_check CHECK (quantity <> 0),
    CONSTRAINT stock_movements_reason_check CHECK (reason IN ('purchase', 'sale', 'return', 'correction', 'transfer')),
    CONSTRAINT stock_movements_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES inventory.warehouses (id),
    CONSTRAINT stock_movements_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog.product_variants (id)
);

CREATE TABLE inventory.suppliers (
    id INT4 NOT NULL GENERATED ALWAYS AS IDENTITY,
    name STRING NOT NULL,
    email STRING NOT NULL,
    address_id INT4,
    CONSTRAINT suppliers_pkey PRIMARY KEY (id) USING HASH
);

CREATE TABLE inventory.purchase_orders (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    supplier_id INT4 NOT NULL,
    warehouse_id INT4 NOT NULL,
    ordered_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    expected_on DATE,
    CONSTRAINT purchase_orders_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT purchase_orders_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES inventory.suppliers (id),
    CONSTRAINT purchase_orders_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES inventory.warehouses (id)
);

CREATE TABLE inventory.purchase_order_lines (
    purchase_order_id INT8 NOT NULL,
    line_number INT2 NOT NULL,
    variant_id INT8 NOT NULL,
    quantity INT4 NOT NULL,
    unit_cost DECIMAL(19,2) NOT NULL,
    CONSTRAINT purchase_order_lines_pkey PRIMARY KEY (purchase_order_id, line_number),
    CHECK (quantity > 0),
    CONSTRAINT purchase_order_lines_purchase_order_id_fkey FOREIGN KEY (purchase_order_id) REFERENCES inventory.purchase_orders (id) ON DELETE CASCADE,
    CONSTRAINT purchase_order_lines_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog.product_variants (id)
);

CREATE TABLE sales.carts (
    id UUID NOT NULL DEFAULT gen_random_uuid(),
    user_id INT8,
    currency CHAR(3) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    abandoned_at TIMESTAMPTZ,
    CONSTRAINT carts_pkey PRIMARY KEY (id),
    UNIQUE INDEX carts_one_open_a_user (user_id) WHERE abandoned_at IS NULL,
    CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT carts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE sales.cart_lines (
    cart_id UUID NOT NULL,
    variant_id INT8 NOT NULL,
    quantity INT4 NOT NULL,
    CONSTRAINT cart_lines_pkey PRIMARY KEY (cart_id, variant_id),
    CHECK (quantity > 0),
    CONSTRAINT cart_lines_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES sales.carts (id) ON DELETE CASCADE,
    CONSTRAINT cart_lines_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog.product_variants (id) ON DELETE CASCADE
);

CREATE TABLE sales.coupons (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    shop_id INT8 NOT NULL,
    code STRING NOT NULL,
    percent_off DECIMAL(5,2),
    amount_off DECIMAL(12,2),
    valid_from TIMESTAMPTZ NOT NULL,
    valid_to TIMESTAMPTZ,
    CONSTRAINT coupons_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT coupons_percent_off_check CHECK (percent_off > 0 AND percent_off <= 100),
    CONSTRAINT coupons_amount_off_check CHECK (amount_off > 0),
    CONSTRAINT coupons_one_kind CHECK (num_nonnulls(percent_off, amount_off) = 1),
    CONSTRAINT coupons_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE
);

CREATE TABLE sales.orders (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    number STRING NOT NULL,
    customer_id INT8 NOT NULL,
    shop_id INT8 NOT NULL,
    coupon_id INT8,
    shipping_address_id INT8,
    status sales.order_status NOT NULL DEFAULT 'pending',
    currency CHAR(3) NOT NULL,
    subtotal DECIMAL(12,2) NOT NULL,
    shipping_fee DECIMAL(12,2) NOT NULL DEFAULT 0,
    total DECIMAL(12,2) NOT NULL,
    placed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT orders_pkey PRIMARY KEY (id) USING HASH,
    INDEX orders_customer_placed_idx (customer_id, placed_at DESC),
    INDEX orders_open_idx (shop_id, placed_at) WHERE status IN ('pending', 'paid', 'packed'),
    CONSTRAINT orders_total_check CHECK (total >= 0),
    CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES users (id),
    CONSTRAINT orders_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id),
    CONSTRAINT orders_coupon_id_fkey FOREIGN KEY (coupon_id) REFERENCES sales.coupons (id) ON DELETE SET NULL,
    CONSTRAINT orders_shipping_address_id_fkey FOREIGN KEY (shipping_address_id) REFERENCES addresses (id) ON DELETE SET NULL
);

CREATE TABLE sales.order_lines (
    order_id INT8 NOT NULL,
    line_number INT2 NOT NULL,
    variant_id INT8 NOT NULL,
    quantity INT4 NOT NULL,
    unit_price DECIMAL(12,2) NOT NULL,
    discount FLOAT8 NOT NULL DEFAULT 0,
    line_total DECIMAL(14,2) AS (quantity * unit_price) STORED,
    CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, line_number),
    CHECK (quantity > 0),
    CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales.orders (id) ON DELETE CASCADE,
    CONSTRAINT order_lines_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog.product_variants (id)
);

CREATE TABLE sales.order_events (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    order_id INT4 NOT NULL,
    old_status sales.order_status,
    new_status sales.order_status NOT NULL,
    actor_id INT8,
    note STRING,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT order_events_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT order_events_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES users (id) ON DELETE SET NULL
);

CREATE TABLE sales.returns (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    order_id INT8 NOT NULL,
    line_number INT2 NOT NULL,
    quantity INT4 NOT NULL,
    reason STRING NOT NULL,
    status STRING NOT NULL DEFAULT 'requested',
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT returns_pkey PRIMARY KEY (id) USING HASH,
    INDEX returns_order_line_idx (order_id, line_number),
    CONSTRAINT returns_status_check CHECK (status IN ('requested', 'approved', 'received', 'rejected')),
    CHECK (quantity > 0),
    CONSTRAINT returns_order_id_line_number_fkey FOREIGN KEY (order_id, line_number) REFERENCES sales.order_lines (order_id, line_number)
);

CREATE TABLE sales.shipments (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    order_id INT8 NOT NULL,
    warehouse_id INT4 NOT NULL,
    carrier STRING NOT NULL,
    tracking_code STRING,
    shipped_at TIMESTAMPTZ,
    delivered_at TIMESTAMPTZ,
    CONSTRAINT shipments_pkey PRIMARY KEY (id) USING HASH,
    INDEX shipments_order_id_idx (order_id),
    UNIQUE INDEX shipments_tracking_idx (carrier, tracking_code),
    CONSTRAINT shipments_check CHECK (delivered_at IS NULL OR delivered_at >= shipped_at),
    CONSTRAINT shipments_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales.orders (id),
    CONSTRAINT shipments_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES inventory.warehouses (id)
);

CREATE TABLE sales.shipment_lines (
    shipment_id INT8 NOT NULL,
    order_id INT8 NOT NULL,
    line_number INT2 NOT NULL,
    quantity INT4 NOT NULL,
    CONSTRAINT shipment_lines_pkey PRIMARY KEY (shipment_id, order_id, line_number),
    CHECK (quantity > 0),
    CONSTRAINT shipment_lines_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES sales.shipments (id) ON DELETE CASCADE,
    CONSTRAINT shipment_lines_order_id_line_number_fkey FOREIGN KEY (order_id, line_number) REFERENCES sales.order_lines (order_id, line_number)
);

CREATE TABLE sales.product_reviews (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    product_id INT8 NOT NULL,
    author_id INT8,
    stars INT2 NOT NULL,
    body STRING,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT product_reviews_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT product_reviews_product_id_author_id_key UNIQUE (product_id, author_id),
    INDEX product_reviews_author_id_idx (author_id),
    CONSTRAINT product_reviews_stars_check CHECK (stars BETWEEN 1 AND 5),
    CONSTRAINT product_reviews_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog.products (id) ON DELETE CASCADE,
    CONSTRAINT product_reviews_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE SET NULL
);

CREATE TABLE billing.payments (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    order_id INT8 NOT NULL,
    method billing.payment_method NOT NULL,
    provider_reference STRING,
    amount DECIMAL(12,2) NOT NULL,
    currency CHAR(3) NOT NULL,
    status STRING NOT NULL DEFAULT 'authorised',
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    captured_at TIMESTAMPTZ,
    CONSTRAINT payments_pkey PRIMARY KEY (id) USING HASH,
    INDEX payments_order_id_idx (order_id),
    UNIQUE INDEX payments_provider_reference_key (provider_reference) WHERE provider_reference IS NOT NULL,
    CONSTRAINT payments_amount_check CHECK (amount > 0),
    CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales.orders (id)
);

CREATE TABLE billing.refunds (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    payment_id INT8 NOT NULL,
    return_id INT8,
    amount DECIMAL(12,2) NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT refunds_pkey PRIMARY KEY (id) USING HASH,
    INDEX refunds_payment_id_idx (payment_id),
    CONSTRAINT refunds_amount_check CHECK (amount > 0),
    CONSTRAINT refunds_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES billing.payments (id),
    CONSTRAINT refunds_return_id_fkey FOREIGN KEY (return_id) REFERENCES sales.returns (id)
);

CREATE TABLE billing.invoices (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    order_id INT8 NOT NULL,
    number STRING NOT NULL,
    issued_on DATE NOT NULL DEFAULT current_date,
    pdf BYTES,
    CONSTRAINT invoices_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT invoices_number_key UNIQUE (number),
    CONSTRAINT invoices_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales.orders (id)
);

CREATE TABLE billing.payouts (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    shop_id INT8 NOT NULL,
    amount FLOAT4 NOT NULL,
    currency CHAR(3) NOT NULL,
    period STRING NOT NULL,
    paid_at TIMESTAMPTZ,
    CONSTRAINT payouts_pkey PRIMARY KEY (id) USING HASH,
    CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT payouts_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id)
);

CREATE TABLE billing.accounts (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    code STRING NOT NULL,
    shop_id INT8,
    CONSTRAINT accounts_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT accounts_code_key UNIQUE (code),
    CONSTRAINT accounts_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id)
);

CREATE TABLE billing.ledger_entries (
    number INT8 NOT NULL DEFAULT nextval('billing.ledger_entry_number'),
    debit_account_id INT8 NOT NULL,
    credit_account_id INT8 NOT NULL,
    amount DECIMAL(14,2) NOT NULL,
    booked_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT ledger_entries_pkey PRIMARY KEY (number) USING HASH,
    INDEX ledger_entries_booked_at_idx (booked_at),
    CONSTRAINT ledger_entries_amount_check CHECK (amount > 0),
    CONSTRAINT ledger_entries_check CHECK (debit_account_id <> credit_account_id),
    CONSTRAINT ledger_entries_debit_account_id_fkey FOREIGN KEY (debit_account_id) REFERENCES billing.accounts (id),
    CONSTRAINT ledger_entries_credit_account_id_fkey FOREIGN KEY (credit_account_id) REFERENCES billing.accounts (id)
);

CREATE TABLE messaging.conversations (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    shop_id INT8 NOT NULL,
    order_id INT8,
    subject STRING NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT conversations_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT conversations_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id),
    CONSTRAINT conversations_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales.orders (id)
);

CREATE TABLE messaging.participants (
    conversation_id INT8 NOT NULL,
    user_id INT8 NOT NULL,
    last_read_at TIMESTAMPTZ,
    CONSTRAINT participants_pkey PRIMARY KEY (conversation_id, user_id),
    CONSTRAINT participants_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES messaging.conversations (id) ON DELETE CASCADE,
    CONSTRAINT participants_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE messaging.messages (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    conversation_id INT8 NOT NULL,
    sender_id INT8 NOT NULL,
    body STRING NOT NULL,
    sent_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT messages_pkey PRIMARY KEY (id) USING HASH,
    INDEX messages_conversation_idx (conversation_id, sent_at DESC),
    CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES messaging.conversations (id) ON DELETE CASCADE,
    CONSTRAINT messages_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES users (id)
);

CREATE TABLE messaging.attachments (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    owner_type STRING NOT NULL,
    owner_id INT8 NOT NULL,
    file_name STRING NOT NULL,
    bytes INT8 NOT NULL,
    CONSTRAINT attachments_pkey PRIMARY KEY (id) USING HASH
);

CREATE TABLE messaging.notifications (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    user_id INT8 NOT NULL,
    channel messaging.channel NOT NULL,
    template STRING NOT NULL,
    payload JSONB NOT NULL DEFAULT '{}',
    read BOOL NOT NULL DEFAULT false,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT notifications_pkey PRIMARY KEY (id) USING HASH,
    INDEX notifications_unread_idx (user_id, created_at DESC) WHERE NOT read,
    INDEX notifications_read_idx (read),
    CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);

CREATE TABLE audit.log (
    occurred_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    actor_id INT8,
    action STRING NOT NULL,
    table_name STRING NOT NULL,
    row_id STRING NOT NULL,
    before JSONB,
    after JSONB,
    INDEX log_row_idx (table_name, row_id, occurred_at DESC)
);

CREATE TABLE audit.entity_attributes (
    entity_id INT8 NOT NULL,
    attribute_name STRING NOT NULL,
    attribute_value STRING,
    CONSTRAINT entity_attributes_pkey PRIMARY KEY (entity_id, attribute_name)
);

CREATE TABLE audit.exports (
    id INT8 NOT NULL GENERATED ALWAYS AS IDENTITY,
    requested_by INT8,
    product_ids STRING,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT exports_pkey PRIMARY KEY (id) USING HASH,
    CONSTRAINT exports_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES users (id)
);

CREATE VIEW sales.open_orders (id, number, shop_id, total, currency, placed_at, customer) AS
SELECT o.id, o.number, o.shop_id, o.total, o.currency, o.placed_at, u.display_name AS customer FROM sales.orders o JOIN users u ON u.id = o.customer_id WHERE o.status IN ('pending', 'paid', 'packed');

CREATE MATERIALIZED VIEW sales.daily_revenue (shop_id, day, currency, revenue, orders) AS
SELECT shop_id, date_trunc('day', placed_at) AS day, currency, sum(total) AS revenue, count(*) AS orders FROM sales.orders WHERE status NOT IN ('cancelled', 'refunded') GROUP BY shop_id, date_trunc('day', placed_at), currency;
CREATE UNIQUE INDEX daily_revenue_key ON sales.daily_revenue (shop_id, day, currency);

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE FUNCTION sales.order_balance(wanted bigint) RETURNS numeric LANGUAGE sql STABLE AS $$
    SELECT o.total - coalesce((SELECT sum(p.amount) FROM billing.payments p WHERE p.order_id = o.id AND p.status = 'captured'), 0)
    FROM sales.orders o
    WHERE o.id = wanted
$$;

ALTER TABLE shops ADD CONSTRAINT shops_main_location_fkey FOREIGN KEY (main_location_id) REFERENCES shop_locations (id);
ALTER TABLE sales.order_events ADD CONSTRAINT order_events_order_fkey FOREIGN KEY (order_id) REFERENCES sales.orders (id) ON DELETE CASCADE NOT VALID;

CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER shops_touch BEFORE UPDATE ON shops FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER products_touch BEFORE UPDATE ON catalog.products FOR EACH ROW EXECUTE FUNCTION touch_updated_at();
CREATE TRIGGER orders_touch BEFORE UPDATE ON sales.orders FOR EACH ROW EXECUTE FUNCTION touch_updated_at();

ALTER TABLE messaging.messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY messages_of_participants ON messaging.messages
    FOR SELECT
    USING (EXISTS (SELECT 1 FROM messaging.participants p WHERE p.conversation_id = messages.conversation_id AND p.user_id = current_setting('app.user_id')::bigint));

COMMENT ON SCHEMA catalog IS 'What is offered';
COMMENT ON SCHEMA sales IS 'Carts, orders, returns';
COMMENT ON TABLE users IS 'Everybody who can sign in: buyers, sellers and staff';
COMMENT ON COLUMN users.deleted_at IS 'Soft delete; personal data is erased after 30 days';

-- inventory.stock_movements_2026, inventory.stock_movements_default: a partition of inventory.stock_movements; the rows are in the whole table; row-level TTL removes old ones, ranges split by themselves
-- audit.log_2026_h1, audit.log_2026_h2: a partition of audit.log; the rows are in the whole table; row-level TTL removes old ones, ranges split by themselves
-- btree_gist: an extension
-- currency_code, positive_quantity: a domain; its type, default and checks at every column that has it
-- routines: functions and procedures are carried as they are; CockroachDB knows a part of PL/pgSQL: try each of them
-- users, addresses, shops, shop_locations, catalog.categories and 27 more: a primary key that counts up sends every insert to one range; USING HASH spreads them over buckets and makes range scans by key dearer; a key by gen_random_uuid() needs none
-- user_preferences.settings: json, which keeps the text as it was written; JSONB, the only JSON type: key order and repeated keys are not kept
-- shops (shops_main_location_fkey), catalog.product_images (product_images_position_key): DEFERRABLE; checked at once, at each statement
-- catalog.brands.id: serial, which is unique_rowid() in CockroachDB and would number otherwise; GENERATED BY DEFAULT AS IDENTITY, which counts up as before
-- catalog.products (products_category_idx): NULLS LAST in an index; NULLs come first, and last where descending
-- catalog.products (products_attributes_idx): the operator class jsonb_path_ops; the inverted index's own
-- catalog.variant_prices.valid_during, billing.payouts.period: range types; STRING of the same text; two columns and a CHECK on their order serve queries
-- catalog.variant_prices (variant_prices_no_overlap): an exclusion constraint (variant_id WITH =, currency WITH =, valid_during WITH &&); a SERIALIZABLE transaction that looks before it writes
-- tables: the table option fillfactor
-- inventory.stock_movements, audit.log: PARTITION BY RANGE; one table; CockroachDB splits it into ranges by its primary key, and partitions only to place rows
-- inventory.purchase_order_lines.unit_cost: the type money; DECIMAL(19,2)
-- sales.product_reviews (product_reviews_product_id_author_id_key): NULLS NOT DISTINCT: rows with NULL may repeat; a partial unique index WHERE … IS NULL beside it
-- columns: the column option storage
-- billing.payouts (payouts_no_overlap): an exclusion constraint (shop_id WITH =, period WITH &&); a SERIALIZABLE transaction that looks before it writes
-- billing.ledger_entries (ledger_entries_booked_at_idx): the index method brin; a plain ordered index, which is much larger
-- audit.log: a table without a primary key; CockroachDB adds a hidden column rowid as its key
