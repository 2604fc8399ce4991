CREATE SEQUENCE billing_ledger_entry_number START WITH 100000;

CREATE TABLE countries (
  code char(2) NOT NULL,
  name varchar(255) NOT NULL,
  currency char(3) NOT NULL,
  PRIMARY KEY (code) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY countries_name_key (name),
  CHECK (currency REGEXP '(?-i)^[A-Z]{3}$')
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE users (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  email varchar(255) COLLATE utf8mb4_general_ci NOT NULL,
  password_hash longtext NOT NULL,
  display_name varchar(200) NOT NULL,
  phone1 longtext,
  phone2 longtext,
  phone3 longtext,
  locale varchar(255) NOT NULL DEFAULT 'en',
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  deleted_at datetime(6) COMMENT 'Soft delete; personal data is erased after 30 days',
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY users_email_key (email),
  CONSTRAINT users_display_name_length CHECK (CHAR_LENGTH(display_name) >= 1 AND CHAR_LENGTH(display_name) <= 200)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Everybody who can sign in: buyers, sellers and staff';

CREATE TABLE addresses (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  user_id bigint NOT NULL,
  recipient longtext NOT NULL,
  line1 longtext NOT NULL,
  line2 longtext,
  postal_code longtext NOT NULL,
  city longtext NOT NULL,
  country_code char(2) NOT NULL,
  location json,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY addresses_user_id_idx (user_id),
  CONSTRAINT addresses_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT addresses_country_code_fkey FOREIGN KEY (country_code) REFERENCES countries (code)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE user_preferences (
  user_id bigint NOT NULL,
  default_address_id bigint,
  marketing_consent tinyint(1) NOT NULL DEFAULT 0,
  settings json NOT NULL,
  PRIMARY KEY (user_id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT user_preferences_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_preferences_default_address_id_fkey FOREIGN KEY (default_address_id) REFERENCES addresses (id) ON DELETE SET NULL
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE user_sessions (
  token binary(16) NOT NULL DEFAULT (UUID_TO_BIN(UUID())),
  user_id bigint NOT NULL,
  ip varchar(43) CHARACTER SET ascii COLLATE ascii_bin,
  user_agent longtext,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  expires_at datetime(6) NOT NULL,
  PRIMARY KEY (token) /*T![clustered_index] CLUSTERED */,
  KEY user_sessions_expires_at_idx (expires_at),
  CONSTRAINT user_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE roles (
  id smallint NOT NULL,
  name varchar(255) NOT NULL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY roles_name_key (name)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE user_roles (
  user_id bigint NOT NULL,
  role_id smallint NOT NULL,
  granted_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (user_id, role_id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT user_roles_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT user_roles_role_id_fkey FOREIGN KEY (role_id) REFERENCES roles (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE shops (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  owner_id bigint NOT NULL,
  slug longtext NOT NULL,
  name longtext NOT NULL,
  main_location_id bigint,
  rating decimal(3,2),
  status varchar(255) NOT NULL DEFAULT 'draft',
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY shops_owner_id_idx (owner_id),
  CONSTRAINT shops_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id),
  CONSTRAINT shops_rating_check CHECK (rating >= 0 AND rating <= 5)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE shop_locations (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  shop_id bigint NOT NULL,
  name varchar(255) NOT NULL,
  country_code char(2) NOT NULL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY shop_locations_shop_id_name_key (shop_id, name),
  CONSTRAINT shop_locations_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE,
  CONSTRAINT shop_locations_country_code_fkey FOREIGN KEY (country_code) REFERENCES countries (code)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE shop_members (
  shop_id bigint NOT NULL,
  user_id bigint NOT NULL,
  permission varchar(32) NOT NULL,
  PRIMARY KEY (shop_id, user_id) /*T![clustered_index] CLUSTERED */,
  KEY shop_members_user_id_idx (user_id),
  CONSTRAINT shop_members_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE,
  CONSTRAINT shop_members_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT shop_members_permission_check CHECK (permission IN ('view', 'edit', 'admin'))
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_categories (
  id int NOT NULL AUTO_INCREMENT,
  parent_id int,
  slug varchar(255) NOT NULL,
  name longtext NOT NULL,
  position int NOT NULL DEFAULT 0,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY categories_slug_key (slug),
  KEY categories_parent_id_idx (parent_id, position),
  CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES catalog_categories (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_brands (
  id int NOT NULL AUTO_INCREMENT,
  name varchar(120) NOT NULL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY brands_name_key (name)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_products (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  shop_id bigint NOT NULL,
  brand_id int,
  category_id int NOT NULL,
  title longtext NOT NULL,
  description longtext NOT NULL,
  attributes json NOT NULL,
  tag_ids json NOT NULL,
  search longtext,
  published_at datetime(6),
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  deleted_at datetime(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY products_shop_id_idx (shop_id),
  KEY products_shop_published_idx (shop_id, published_at),
  KEY products_category_idx (category_id, published_at),
  KEY products_brand_id_idx (brand_id),
  CONSTRAINT products_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id),
  CONSTRAINT products_brand_id_fkey FOREIGN KEY (brand_id) REFERENCES catalog_brands (id) ON DELETE SET NULL,
  CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES catalog_categories (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_tags (
  id int NOT NULL AUTO_INCREMENT,
  name longtext NOT NULL,
  tags_name_key_expr binary(32) GENERATED ALWAYS AS (UNHEX(SHA2(LOWER(name), 256))) VIRTUAL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY tags_name_key (tags_name_key_expr)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_product_variants (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  product_id bigint NOT NULL,
  sku varchar(255) NOT NULL,
  option_values json NOT NULL,
  weight_grams int,
  barcode longtext,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY product_variants_sku_key (sku),
  KEY product_variants_product_id_idx (product_id),
  KEY product_variants_sku_idx (sku),
  CONSTRAINT product_variants_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog_products (id) ON DELETE CASCADE,
  CONSTRAINT product_variants_weight_grams_check CHECK (weight_grams > 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_product_images (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  product_id bigint NOT NULL,
  url longtext NOT NULL,
  position smallint NOT NULL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY product_images_position_key (product_id, position),
  CONSTRAINT product_images_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog_products (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_variant_prices (
  variant_id bigint NOT NULL,
  currency char(3) NOT NULL,
  amount decimal(12,2) NOT NULL,
  valid_during varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (variant_id, currency, valid_during) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT variant_prices_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog_product_variants (id) ON DELETE CASCADE,
  CONSTRAINT variant_prices_amount_check CHECK (amount >= 0),
  CHECK (currency REGEXP '(?-i)^[A-Z]{3}$')
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_product_relations (
  product_id bigint NOT NULL,
  related_id bigint NOT NULL,
  kind varchar(32) NOT NULL,
  PRIMARY KEY (product_id, related_id, kind) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT product_relations_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog_products (id) ON DELETE CASCADE,
  CONSTRAINT product_relations_related_id_fkey FOREIGN KEY (related_id) REFERENCES catalog_products (id) ON DELETE CASCADE,
  CONSTRAINT product_relations_kind_check CHECK (kind IN ('accessory', 'alternative', 'bundle')),
  CONSTRAINT product_relations_check CHECK (product_id <> related_id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_collections (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  shop_id bigint NOT NULL,
  slug varchar(255) NOT NULL,
  title longtext NOT NULL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY collections_shop_id_slug_key (shop_id, slug),
  CONSTRAINT collections_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_collection_products (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  collection_id bigint NOT NULL,
  product_id bigint NOT NULL,
  position int NOT NULL DEFAULT 0,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY collection_products_collection_idx (collection_id, position),
  KEY collection_products_product_idx (product_id),
  CONSTRAINT collection_products_collection_id_fkey FOREIGN KEY (collection_id) REFERENCES catalog_collections (id) ON DELETE CASCADE,
  CONSTRAINT collection_products_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog_products (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE catalog_favourites (
  user_id bigint NOT NULL,
  product_id bigint NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (user_id, product_id) /*T![clustered_index] CLUSTERED */,
  KEY favourites_product_id_idx (product_id),
  CONSTRAINT favourites_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CONSTRAINT favourites_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog_products (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE inventory_warehouses (
  id int NOT NULL AUTO_INCREMENT,
  code varchar(255) NOT NULL,
  name longtext NOT NULL,
  country_code char(2) NOT NULL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY warehouses_code_key (code),
  CONSTRAINT warehouses_country_code_fkey FOREIGN KEY (country_code) REFERENCES countries (code)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE inventory_stock_levels (
  warehouse_id int NOT NULL,
  variant_id bigint NOT NULL,
  on_hand int NOT NULL DEFAULT 0,
  reserved int NOT NULL DEFAULT 0,
  available int GENERATED ALWAYS AS (on_hand - reserved) STORED,
  PRIMARY KEY (warehouse_id, variant_id) /*T![clustered_index] CLUSTERED */,
  KEY stock_levels_variant_id_idx (variant_id),
  CONSTRAINT stock_levels_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES inventory_warehouses (id),
  CONSTRAINT stock_levels_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog_product_variants (id),
  CONSTRAINT stock_levels_not_oversold CHECK (reserved <= on_hand AND reserved >= 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE inventory_stock_movements (
  id bigint NOT NULL AUTO_INCREMENT,
  warehouse_id int NOT NULL,
  variant_id bigint NOT NULL,
  quantity int NOT NULL,
  reason varchar(32) NOT NULL,
  occurred_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id, occurred_at) /*T![clustered_index] CLUSTERED */,
  KEY stock_movements_variant_idx (variant_id, occurred_at),
  CONSTRAINT stock_movements_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES inventory_warehouses (id),
  CONSTRAINT stock_movements_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog_product_variants (id),
  CONSTRAINT stock_movements_quantity_check CHECK (quantity <> 0),
  CONSTRAINT stock_movements_reason_check CHECK (reason IN ('purchase', 'sale', 'return', 'correction', 'transfer'))
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE inventory_suppliers (
  id int NOT NULL AUTO_INCREMENT,
  name longtext NOT NULL,
  email longtext NOT NULL,
  address_id int,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE inventory_purchase_orders (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  supplier_id int NOT NULL,
  warehouse_id int NOT NULL,
  ordered_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  expected_on date,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT purchase_orders_supplier_id_fkey FOREIGN KEY (supplier_id) REFERENCES inventory_suppliers (id),
  CONSTRAINT purchase_orders_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES inventory_warehouses (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE inventory_purchase_order_lines (
  purchase_order_id bigint NOT NULL,
  line_number smallint NOT NULL,
  variant_id bigint NOT NULL,
  quantity int NOT NULL,
  unit_cost decimal(19,4) NOT NULL,
  PRIMARY KEY (purchase_order_id, line_number) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT purchase_order_lines_purchase_order_id_fkey FOREIGN KEY (purchase_order_id) REFERENCES inventory_purchase_orders (id) ON DELETE CASCADE,
  CONSTRAINT purchase_order_lines_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog_product_variants (id),
  CHECK (quantity > 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sales_carts (
  id binary(16) NOT NULL DEFAULT (UUID_TO_BIN(UUID())),
  user_id bigint,
  currency char(3) NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  abandoned_at datetime(6),
  carts_one_open_a_user_when bigint GENERATED ALWAYS AS (CASE WHEN abandoned_at IS NULL THEN user_id END) VIRTUAL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY carts_one_open_a_user (carts_one_open_a_user_when),
  CONSTRAINT carts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
  CHECK (currency REGEXP '(?-i)^[A-Z]{3}$')
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sales_cart_lines (
  cart_id binary(16) NOT NULL,
  variant_id bigint NOT NULL,
  quantity int NOT NULL,
  PRIMARY KEY (cart_id, variant_id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT cart_lines_cart_id_fkey FOREIGN KEY (cart_id) REFERENCES sales_carts (id) ON DELETE CASCADE,
  CONSTRAINT cart_lines_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog_product_variants (id) ON DELETE CASCADE,
  CHECK (quantity > 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sales_coupons (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  shop_id bigint NOT NULL,
  code longtext NOT NULL,
  percent_off decimal(5,2),
  amount_off decimal(12,2),
  valid_from datetime(6) NOT NULL,
  valid_to datetime(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT coupons_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id) ON DELETE CASCADE,
  CONSTRAINT coupons_percent_off_check CHECK (percent_off > 0 AND percent_off <= 100),
  CONSTRAINT coupons_amount_off_check CHECK (amount_off > 0),
  CONSTRAINT coupons_one_kind CHECK ((CASE WHEN percent_off IS NULL THEN 0 ELSE 1 END + CASE WHEN amount_off IS NULL THEN 0 ELSE 1 END) = 1)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sales_orders (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  number longtext NOT NULL,
  customer_id bigint NOT NULL,
  shop_id bigint NOT NULL,
  coupon_id bigint,
  shipping_address_id bigint,
  status enum('pending','paid','packed','shipped','delivered','cancelled','refunded') NOT NULL DEFAULT 'pending',
  currency char(3) NOT NULL,
  subtotal decimal(12,2) NOT NULL,
  shipping_fee decimal(12,2) NOT NULL DEFAULT 0,
  total decimal(12,2) NOT NULL,
  placed_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY orders_customer_placed_idx (customer_id, placed_at),
  KEY orders_open_idx (shop_id, placed_at),
  CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES users (id),
  CONSTRAINT orders_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id),
  CONSTRAINT orders_coupon_id_fkey FOREIGN KEY (coupon_id) REFERENCES sales_coupons (id) ON DELETE SET NULL,
  CONSTRAINT orders_shipping_address_id_fkey FOREIGN KEY (shipping_address_id) REFERENCES addresses (id) ON DELETE SET NULL,
  CONSTRAINT orders_total_check CHECK (total >= 0),
  CHECK (currency REGEXP '(?-i)^[A-Z]{3}$')
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sales_order_lines (
  order_id bigint NOT NULL,
  line_number smallint NOT NULL,
  variant_id bigint NOT NULL,
  quantity int NOT NULL,
  unit_price decimal(12,2) NOT NULL,
  discount double NOT NULL DEFAULT 0,
  line_total decimal(14,2) GENERATED ALWAYS AS (quantity * unit_price) STORED,
  PRIMARY KEY (order_id, line_number) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales_orders (id) ON DELETE CASCADE,
  CONSTRAINT order_lines_variant_id_fkey FOREIGN KEY (variant_id) REFERENCES catalog_product_variants (id),
  CHECK (quantity > 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sales_order_events (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  order_id bigint NOT NULL,
  old_status enum('pending','paid','packed','shipped','delivered','cancelled','refunded'),
  new_status enum('pending','paid','packed','shipped','delivered','cancelled','refunded') NOT NULL,
  actor_id bigint,
  note longtext,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT order_events_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT order_events_order_fkey FOREIGN KEY (order_id) REFERENCES sales_orders (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sales_returns (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  order_id bigint NOT NULL,
  line_number smallint NOT NULL,
  quantity int NOT NULL,
  reason longtext NOT NULL,
  status varchar(32) NOT NULL DEFAULT 'requested',
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY returns_order_line_idx (order_id, line_number),
  CONSTRAINT returns_order_id_line_number_fkey FOREIGN KEY (order_id, line_number) REFERENCES sales_order_lines (order_id, line_number),
  CONSTRAINT returns_status_check CHECK (status IN ('requested', 'approved', 'received', 'rejected')),
  CHECK (quantity > 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sales_shipments (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  order_id bigint NOT NULL,
  warehouse_id int NOT NULL,
  carrier varchar(255) NOT NULL,
  tracking_code varchar(255),
  shipped_at datetime(6),
  delivered_at datetime(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY shipments_order_id_idx (order_id),
  UNIQUE KEY shipments_tracking_idx (carrier, tracking_code),
  CONSTRAINT shipments_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales_orders (id),
  CONSTRAINT shipments_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES inventory_warehouses (id),
  CONSTRAINT shipments_check CHECK (delivered_at IS NULL OR delivered_at >= shipped_at)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sales_shipment_lines (
  shipment_id bigint NOT NULL,
  order_id bigint NOT NULL,
  line_number smallint NOT NULL,
  quantity int NOT NULL,
  PRIMARY KEY (shipment_id, order_id, line_number) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT shipment_lines_shipment_id_fkey FOREIGN KEY (shipment_id) REFERENCES sales_shipments (id) ON DELETE CASCADE,
  CONSTRAINT shipment_lines_order_id_line_number_fkey FOREIGN KEY (order_id, line_number) REFERENCES sales_order_lines (order_id, line_number),
  CHECK (quantity > 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE sales_product_reviews (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  product_id bigint NOT NULL,
  author_id bigint,
  stars smallint NOT NULL,
  body longtext,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  author_id_value bigint GENERATED ALWAYS AS (COALESCE(author_id, 0)) VIRTUAL,
  author_id_null tinyint(1) GENERATED ALWAYS AS (author_id IS NULL) VIRTUAL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY product_reviews_product_id_author_id_key (product_id, author_id_value, author_id_null),
  KEY product_reviews_author_id_idx (author_id),
  CONSTRAINT product_reviews_product_id_fkey FOREIGN KEY (product_id) REFERENCES catalog_products (id) ON DELETE CASCADE,
  CONSTRAINT product_reviews_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE SET NULL,
  CONSTRAINT product_reviews_stars_check CHECK (stars >= 1 AND stars <= 5)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE billing_payments (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  order_id bigint NOT NULL,
  method enum('card','bank_transfer','wallet','invoice') NOT NULL,
  provider_reference varchar(255),
  amount decimal(12,2) NOT NULL,
  currency char(3) NOT NULL,
  status varchar(255) NOT NULL DEFAULT 'authorised',
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  captured_at datetime(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY payments_order_id_idx (order_id),
  UNIQUE KEY payments_provider_reference_key (provider_reference),
  CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales_orders (id),
  CONSTRAINT payments_amount_check CHECK (amount > 0),
  CHECK (currency REGEXP '(?-i)^[A-Z]{3}$')
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE billing_refunds (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  payment_id bigint NOT NULL,
  return_id bigint,
  amount decimal(12,2) NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY refunds_payment_id_idx (payment_id),
  CONSTRAINT refunds_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES billing_payments (id),
  CONSTRAINT refunds_return_id_fkey FOREIGN KEY (return_id) REFERENCES sales_returns (id),
  CONSTRAINT refunds_amount_check CHECK (amount > 0)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE billing_invoices (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  order_id bigint NOT NULL,
  number varchar(255) NOT NULL,
  issued_on date NOT NULL,
  pdf longblob,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY invoices_number_key (number),
  CONSTRAINT invoices_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales_orders (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE billing_payouts (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  shop_id bigint NOT NULL,
  amount float NOT NULL,
  currency char(3) NOT NULL,
  period varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  paid_at datetime(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT payouts_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id),
  CHECK (currency REGEXP '(?-i)^[A-Z]{3}$')
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE billing_accounts (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  code varchar(255) NOT NULL,
  shop_id bigint,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  UNIQUE KEY accounts_code_key (code),
  CONSTRAINT accounts_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE billing_ledger_entries (
  number bigint NOT NULL DEFAULT NEXTVAL(ledger_entry_number),
  debit_account_id bigint NOT NULL,
  credit_account_id bigint NOT NULL,
  amount decimal(14,2) NOT NULL,
  booked_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (number) /*T![clustered_index] CLUSTERED */,
  KEY ledger_entries_booked_at_idx (booked_at),
  CONSTRAINT ledger_entries_debit_account_id_fkey FOREIGN KEY (debit_account_id) REFERENCES billing_accounts (id),
  CONSTRAINT ledger_entries_credit_account_id_fkey FOREIGN KEY (credit_account_id) REFERENCES billing_accounts (id),
  CONSTRAINT ledger_entries_amount_check CHECK (amount > 0),
  CONSTRAINT ledger_entries_check CHECK (debit_account_id <> credit_account_id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE messaging_conversations (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  shop_id bigint NOT NULL,
  order_id bigint,
  subject longtext NOT NULL,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT conversations_shop_id_fkey FOREIGN KEY (shop_id) REFERENCES shops (id),
  CONSTRAINT conversations_order_id_fkey FOREIGN KEY (order_id) REFERENCES sales_orders (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE messaging_participants (
  conversation_id bigint NOT NULL,
  user_id bigint NOT NULL,
  last_read_at datetime(6),
  PRIMARY KEY (conversation_id, user_id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT participants_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES messaging_conversations (id) ON DELETE CASCADE,
  CONSTRAINT participants_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE messaging_messages (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  conversation_id bigint NOT NULL,
  sender_id bigint NOT NULL,
  body longtext NOT NULL,
  sent_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY messages_conversation_idx (conversation_id, sent_at),
  CONSTRAINT messages_conversation_id_fkey FOREIGN KEY (conversation_id) REFERENCES messaging_conversations (id) ON DELETE CASCADE,
  CONSTRAINT messages_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES users (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE messaging_attachments (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  owner_type longtext NOT NULL,
  owner_id bigint NOT NULL,
  file_name longtext NOT NULL,
  bytes bigint NOT NULL,
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE messaging_notifications (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  user_id bigint NOT NULL,
  channel enum('in_app','email','push','sms') NOT NULL,
  template longtext NOT NULL,
  payload json NOT NULL,
  `read` tinyint(1) NOT NULL DEFAULT 0,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  KEY notifications_unread_idx (user_id, created_at),
  KEY notifications_read_idx (`read`),
  CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE audit_log (
  occurred_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  actor_id bigint,
  action longtext NOT NULL,
  table_name longtext NOT NULL,
  row_id longtext NOT NULL,
  `before` json,
  after json,
  KEY log_row_idx (table_name(255), row_id(255), occurred_at)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
PARTITION BY RANGE COLUMNS (occurred_at) (
  PARTITION log_2026_h1 VALUES LESS THAN ('2026-07-01 00:00:00'),
  PARTITION log_2026_h2 VALUES LESS THAN ('2027-01-01 00:00:00')
);

CREATE TABLE audit_entity_attributes (
  entity_id bigint NOT NULL,
  attribute_name varchar(255) NOT NULL,
  attribute_value longtext,
  PRIMARY KEY (entity_id, attribute_name) /*T![clustered_index] CLUSTERED */
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

CREATE TABLE audit_exports (
  id bigint NOT NULL /*T![auto_rand] AUTO_RANDOM(5) */,
  requested_by bigint,
  product_ids longtext,
  created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  PRIMARY KEY (id) /*T![clustered_index] CLUSTERED */,
  CONSTRAINT exports_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES users (id)
) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;

ALTER TABLE shops
  ADD CONSTRAINT shops_main_location_fkey FOREIGN KEY (main_location_id) REFERENCES shop_locations (id);

CREATE VIEW sales_open_orders (id, number, shop_id, total, currency, placed_at, customer) AS
SELECT
  o.id,
  o.number,
  o.shop_id,
  o.total,
  o.currency,
  o.placed_at,
  u.display_name AS customer
FROM sales_orders AS o
JOIN users AS u
  ON u.id = o.customer_id
WHERE
  o.status IN ('pending', 'paid', 'packed');

-- The view sales_daily_revenue is not translated:
-- SELECT shop_id,
--     date_trunc('day'::text, placed_at) AS day,
--     currency,
--     sum(total) AS revenue,
--     count(*) AS orders
--    FROM sales.orders
--   WHERE status <> ALL (ARRAY['cancelled'::sales.order_status, 'refunded'::sales.order_status])
--   GROUP BY shop_id, (date_trunc('day'::text, placed_at)), currency

-- catalog.categories, catalog.brands, catalog.products and 8 more: MySQL has no schemas within a database; those of schema catalog are told apart by their names; written as catalog_…
-- inventory.warehouses, inventory.stock_levels, inventory.stock_movements and 5 more: MySQL has no schemas within a database; those of schema inventory are told apart by their names; written as inventory_…
-- sales.carts, sales.cart_lines, sales.coupons and 9 more: MySQL has no schemas within a database; those of schema sales are told apart by their names; written as sales_…
-- billing.payments, billing.refunds, billing.invoices and 4 more: MySQL has no schemas within a database; those of schema billing are told apart by their names; written as billing_…
-- messaging.conversations, messaging.participants, messaging.messages and 2 more: MySQL has no schemas within a database; those of schema messaging are told apart by their names; written as messaging_…
-- audit.log, audit.log_2026_h1, audit.log_2026_h2 and 2 more: MySQL has no schemas within a database; those of schema audit are told apart by their names; written as audit_…
-- users.created_at, users.updated_at, users.deleted_at and 38 more: no type keeps a point in time beyond 2038 (TIMESTAMP ends then); datetime in UTC: let sessions SET time_zone = '+00:00'
-- addresses.location: there are no composite types; json
-- user_sessions.token, sales.carts.id, sales.cart_lines.cart_id: there is no uuid type; binary(16): half of char(36) in every index; UUID_TO_BIN and BIN_TO_UUID convert
-- user_sessions.ip: there is no type for network addresses; varchar(43)
-- catalog.products.tag_ids: there are no arrays; json
-- catalog.products.search: there is no tsvector; the text to search for; a FULLTEXT index on the text columns replaces it; longtext
-- catalog.variant_prices.valid_during, billing.payouts.period: there are no range types; two columns, lower and upper bound, are better for queries; varchar(255)
-- countries.name, users.email, roles.name and 11 more: MySQL indexes no unbounded text or binary: a key's column must be bounded; varchar(255): adjust to the data
-- sales.order_events.order_id: both ends of a foreign key must have the same type; bigint for int
-- users.id, addresses.id, shops.id and 28 more: GENERATED ALWAYS: AUTO_INCREMENT accepts values that are given
-- users (users_touch), shops (shops_touch), catalog.products (products_touch) and 1 more: triggers are not translated; ON UPDATE CURRENT_TIMESTAMP, which does what this one does
-- shops (shops_main_location_fkey), catalog.product_images (product_images_position_key): DEFERRABLE: constraints are checked row by row; checked at once: order the statements, parents first
-- catalog.products.search: generated as setweight(to_tsvector('english'::regconfig, title), 'A'::"char") || setweight…, which cannot be said; an ordinary column: let the application or a trigger fill it
-- catalog.products (products_shop_published_idx): WHERE deleted_at IS NULL: there are no partial indexes; an index on all rows
-- catalog.products (products_category_idx): NULLS FIRST or LAST: NULL is always the least value; the order of keys alone
-- catalog.products (products_category_idx): INCLUDE (title): it does not fit in a key; left out
-- catalog.products (products_search_idx), catalog.products (products_title_trgm_idx): GIN for text search: there are no full-text indexes; left out: a search engine beside it
-- catalog.products (products_attributes_idx): there are no gin indexes of this kind; left out
-- catalog.tags (tags_name_key): an index on an expression; an index on a generated column
-- catalog.variant_prices (variant_prices_no_overlap), billing.payouts (payouts_no_overlap): there are no exclusion constraints; left out: check it in a transaction that locks
-- inventory.stock_levels (stock_levels_variant_id_idx): WHERE available > 0: there are no partial indexes; an index on all rows
-- inventory.stock_movements: partitioned by range: a partitioned table neither has nor is the target of foreign keys; one unpartitioned table with all rows
-- sales.carts (carts_one_open_a_user): there are no partial indexes; unique over a generated column that is NULL for the other rows
-- sales.orders (orders_open_idx): WHERE status = ANY (ARRAY['pending'::sales.order_status, 'paid'::sales.order_status…: there are no partial indexes; an index on all rows
-- sales.order_events (order_events_order_fkey): NOT VALID: rows that exist are checked too; an ordinary foreign key
-- sales.product_reviews (product_reviews_product_id_author_id_key): NULLS NOT DISTINCT cannot be said; unique over generated columns that tell NULLs apart
-- billing.ledger_entries (ledger_entries_booked_at_idx): there are no BRIN indexes; a B-tree index: larger, and it slows down inserts
-- messaging.messages: there is no row-level security; left out: views with SQL SECURITY DEFINER, or the application
-- messaging.notifications (notifications_unread_idx): WHERE NOT read: there are no partial indexes; an index on all rows
-- audit.log (log_row_idx): MySQL indexes no unbounded text, and a key has at most 3072 bytes; an index on the first 255 characters
-- sales.daily_revenue: the query of the view cannot be said in full; carried as a comment
-- touch_updated_at, sales.order_balance: functions are not translated; left out: write them in MySQL's language
-- geo_point: there are no composite types; json where a column has it
-- citext, btree_gist, pg_trgm: there are no extensions; left out
-- texts: comparison of texts is set by utf8mb4_bin; accents and case make a difference, as in the source; the order is that of code points
-- countries, users, shops and 20 more: CHECK is enforced only while tidb_enable_check_constraint is ON; it is OFF by default; written: SET GLOBAL it before
-- users.id, addresses.id, shops.id and 23 more: consecutive keys would all be written to one region of the cluster; AUTO_RANDOM: unique but not increasing, beyond 2^53 (JavaScript reads it as a string), and given values need allow_auto_random_explicit_insert
-- users.locale, shops.status, billing_payments.status: a text has no constant default; varchar(255): adjust to the data
-- user_preferences.settings, catalog_products.attributes, catalog_product_variants.option_values and 1 more: DEFAULT ('{}'): few expressions are accepted, no constants for text, blob and json; no default: give the value
-- catalog_categories.id, catalog_brands.id, catalog_tags.id and 3 more: consecutive keys are all written to one region of the cluster; AUTO_RANDOM needs a BIGINT that is the primary key; AUTO_INCREMENT: fine below some thousand inserts a second
-- catalog_products.description: DEFAULT (''): few expressions are accepted, no constants for text, blob and json; no default: give the value
-- catalog_products.tag_ids: DEFAULT ('[]'): few expressions are accepted, no constants for text, blob and json; no default: give the value
-- catalog_products, inventory_stock_movements, sales_orders and 3 more: DESC in an index is ignored; an ascending key, which is read backwards
-- billing_invoices.issued_on: DEFAULT (CURRENT_DATE): few expressions are accepted, no constants for text, blob and json; no default: give the value
