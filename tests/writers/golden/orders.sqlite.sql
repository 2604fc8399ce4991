PRAGMA foreign_keys = ON;

CREATE TABLE customers (  -- Who buys; it's them
  id TEXT NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', abs(random()) % 4 + 1, 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
  email TEXT NOT NULL,
  nickname TEXT,  -- Shown in public
  "Full Name" VARCHAR(200) NOT NULL,
  active BOOLEAN NOT NULL DEFAULT 1,
  tags TEXT NOT NULL DEFAULT '[]',
  profile TEXT NOT NULL DEFAULT '{}',
  born DATE,
  last_seen TEXT,
  created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  favourite_id INTEGER,
  CONSTRAINT customers_pkey PRIMARY KEY (id),
  CONSTRAINT customers_nickname_key UNIQUE (nickname),
  CONSTRAINT customers_favourite_id_fkey FOREIGN KEY (favourite_id) REFERENCES products (id),
  CONSTRAINT adults CHECK (born IS NULL OR born < '2015-01-01'),
  CONSTRAINT named CHECK (active OR nickname IS NULL),
  CHECK (email LIKE '%@%'),
  CHECK (LENGTH(email) <= 320),
  CHECK (active IN (0, 1)),
  CHECK (json_valid(tags)),
  CHECK (json_valid(profile))
);

CREATE UNIQUE INDEX customers_email_key ON customers ((LOWER(email)));

CREATE INDEX customers_active_idx ON customers (created_at DESC, nickname)
  WHERE active AND nickname IS NOT NULL;

CREATE INDEX customers_odd_idx ON customers (nickname)
  WHERE (nickname GLOB 'a*') OR active;

CREATE TABLE products (
  id INTEGER CONSTRAINT products_pkey PRIMARY KEY,
  sku CHAR(12) NOT NULL,
  price DECIMAL(12,2) NOT NULL,
  quantity INTEGER NOT NULL DEFAULT 0,
  worth DECIMAL(14,2) GENERATED ALWAYS AS (price * quantity) STORED,
  is_cheap BOOLEAN GENERATED ALWAYS AS (price < 10) STORED,
  size TEXT,
  bought_by TEXT,
  CONSTRAINT products_sku_key UNIQUE (sku),
  CONSTRAINT products_bought_by_fkey FOREIGN KEY (bought_by) REFERENCES customers (id),
  CONSTRAINT priced CHECK (price > 0 AND quantity >= 0)
);

CREATE TABLE billing_orders (
  id INTEGER CONSTRAINT orders_pkey PRIMARY KEY,
  customer_id TEXT NOT NULL,
  referred_by TEXT,
  parent_id INTEGER,
  number INTEGER NOT NULL,
  status TEXT NOT NULL DEFAULT 'new',
  placed_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  pay_within TEXT,
  note VARCHAR(80) DEFAULT 'n/a',
  CONSTRAINT orders_number_key UNIQUE (number),
  CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
  CONSTRAINT orders_referred_by_fkey FOREIGN KEY (referred_by) REFERENCES customers (id) ON DELETE SET NULL,
  CONSTRAINT orders_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES billing_orders (id) ON DELETE CASCADE,
  CONSTRAINT coded CHECK (note GLOB '[a-z]*' AND note NOT GLOB '*[^a-z]*'),
  CONSTRAINT stated CHECK (status NOT IN ('x', 'y')),
  CHECK (status IN ('new', 'paid', 'déjà vu'))
);

CREATE TABLE billing_order_lines (
  order_id INTEGER NOT NULL,
  product_id INTEGER NOT NULL,
  customer_id TEXT NOT NULL,
  quantity SMALLINT NOT NULL DEFAULT 1,
  CONSTRAINT order_lines_pkey PRIMARY KEY (order_id, product_id),
  CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES billing_orders (id) ON DELETE CASCADE,
  CONSTRAINT order_lines_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON UPDATE CASCADE DEFERRABLE,
  CONSTRAINT order_lines_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);

CREATE VIEW billing_open_orders (id, customer, lines, total) AS
SELECT
  o.id,
  (
    c."Full Name" || ' <' || c.email || '>'
  ) AS customer,
  COUNT(*) AS lines,
  SUM(l.quantity * p.price) AS total
FROM billing_orders AS o
JOIN customers AS c
  ON c.id = o.customer_id
JOIN billing_order_lines AS l
  ON l.order_id = o.id
JOIN products AS p
  ON p.id = l.product_id
WHERE
  o.status = 'new' AND c.active
GROUP BY
  o.id,
  c."Full Name",
  c.email;
