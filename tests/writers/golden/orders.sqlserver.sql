SET ANSI_NULLS, QUOTED_IDENTIFIER ON;
GO

CREATE SCHEMA billing;
GO

CREATE SEQUENCE dbo.invoice_numbers START WITH 1000 INCREMENT BY 10;
GO

CREATE TABLE dbo.customers (
    id uniqueidentifier NOT NULL CONSTRAINT DF_customers_id DEFAULT (NEWID()),
    email nvarchar(450) NOT NULL,
    nickname nvarchar(450) NULL,
    [Full Name] nvarchar(200) NOT NULL,
    active bit NOT NULL CONSTRAINT DF_customers_active DEFAULT (1),
    tags nvarchar(max) NOT NULL CONSTRAINT DF_customers_tags DEFAULT ('[]'),
    profile nvarchar(max) NOT NULL CONSTRAINT DF_customers_profile DEFAULT ('{}'),
    born date NULL,
    last_seen varchar(43) NULL,
    created_at datetimeoffset NOT NULL CONSTRAINT DF_customers_created_at DEFAULT (SYSDATETIMEOFFSET()),
    favourite_id int NULL,
    customers_email_key_key AS (LOWER(email)),
    CONSTRAINT customers_pkey PRIMARY KEY NONCLUSTERED (id),
    CONSTRAINT adults CHECK (born IS NULL OR born < '2015-01-01'),
    CONSTRAINT named CHECK (active = 1 OR nickname IS NULL),
    CONSTRAINT CK_customers_email CHECK (email LIKE '%@%'),
    CONSTRAINT CK_customers_email_2 CHECK (LEN(email) <= 320),
    CONSTRAINT CK_customers_tags CHECK (ISJSON(tags) = 1),
    CONSTRAINT CK_customers_profile CHECK (ISJSON(profile) = 1)
);
CREATE UNIQUE INDEX customers_nickname_key ON dbo.customers (nickname) WHERE nickname IS NOT NULL;
CREATE UNIQUE INDEX customers_email_key ON dbo.customers (customers_email_key_key);
CREATE INDEX customers_active_idx ON dbo.customers (created_at DESC) INCLUDE (nickname) WHERE active = 1 AND nickname IS NOT NULL;
CREATE INDEX customers_odd_idx ON dbo.customers (nickname);
GO

CREATE TABLE dbo.products (
    id int IDENTITY(100, 1) NOT NULL,
    sku nchar(12) NOT NULL,
    price decimal(12, 2) NOT NULL,
    quantity int NOT NULL CONSTRAINT DF_products_quantity DEFAULT (0),
    worth AS (CAST(price * quantity AS decimal(14, 2))) PERSISTED,
    is_cheap AS (CAST(CASE WHEN price < 10 THEN 1 WHEN NOT (price < 10) THEN 0 END AS bit)) PERSISTED,
    size nvarchar(100) NULL,
    bought_by uniqueidentifier NULL,
    CONSTRAINT products_pkey PRIMARY KEY CLUSTERED (id),
    CONSTRAINT products_sku_key UNIQUE (sku),
    CONSTRAINT products_bought_by_fkey FOREIGN KEY (bought_by) REFERENCES dbo.customers (id),
    CONSTRAINT priced CHECK (price > 0 AND quantity >= 0)
);
GO

CREATE TABLE billing.orders (
    id bigint IDENTITY(1, 1) NOT NULL,
    customer_id uniqueidentifier NOT NULL,
    referred_by uniqueidentifier NULL,
    parent_id bigint NULL,
    number bigint NOT NULL CONSTRAINT DF_orders_number DEFAULT NEXT VALUE FOR dbo.invoice_numbers,
    status nvarchar(7) NOT NULL CONSTRAINT DF_orders_status DEFAULT ('new'),
    placed_at datetime2(3) NOT NULL CONSTRAINT DF_orders_placed_at DEFAULT (SYSUTCDATETIME()),
    pay_within nvarchar(64) NULL,
    note nvarchar(80) NULL CONSTRAINT DF_orders_note DEFAULT ('n/a'),
    CONSTRAINT orders_pkey PRIMARY KEY CLUSTERED (id),
    CONSTRAINT orders_number_key UNIQUE (number),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES dbo.customers (id) ON DELETE CASCADE,
    CONSTRAINT orders_referred_by_fkey FOREIGN KEY (referred_by) REFERENCES dbo.customers (id),
    CONSTRAINT orders_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES billing.orders (id),
    CONSTRAINT coded CHECK (note COLLATE Latin1_General_BIN2 LIKE '[a-z]%' AND note COLLATE Latin1_General_BIN2 NOT LIKE '%[^a-z]%'),
    CONSTRAINT stated CHECK (status NOT IN ('x', 'y')),
    CONSTRAINT CK_orders_status CHECK (status IN ('new', 'paid', N'déjà vu'))
);
GO

CREATE TABLE billing.order_lines (
    order_id bigint NOT NULL,
    product_id int NOT NULL,
    customer_id uniqueidentifier NOT NULL,
    quantity smallint NOT NULL CONSTRAINT DF_order_lines_quantity DEFAULT (1),
    CONSTRAINT order_lines_pkey PRIMARY KEY CLUSTERED (order_id, product_id),
    CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES billing.orders (id) ON DELETE CASCADE,
    CONSTRAINT order_lines_product_id_fkey FOREIGN KEY (product_id) REFERENCES dbo.products (id) ON UPDATE CASCADE,
    CONSTRAINT order_lines_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES dbo.customers (id)
);
GO

ALTER TABLE dbo.customers WITH CHECK ADD CONSTRAINT customers_favourite_id_fkey FOREIGN KEY (favourite_id) REFERENCES dbo.products (id);
GO

CREATE VIEW billing.open_orders (id, customer, lines, total) AS
SELECT
  o.id,
  (
    c.[Full Name] + ' <' + c.email + '>'
  ) AS customer,
  COUNT_BIG(*) AS lines,
  SUM(l.quantity * p.price) AS total
FROM billing.orders AS o
JOIN customers AS c
  ON c.id = o.customer_id
JOIN billing.order_lines AS l
  ON l.order_id = o.id
JOIN products AS p
  ON p.id = l.product_id
WHERE
  o.status = 'new' AND c.active = 1
GROUP BY
  o.id,
  c.[Full Name],
  c.email;
GO

EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'Who buys; it''s them', @level0type = N'SCHEMA', @level0name = N'dbo', @level1type = N'TABLE', @level1name = N'customers';
EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'Shown in public', @level0type = N'SCHEMA', @level0name = N'dbo', @level1type = N'TABLE', @level1name = N'customers', @level2type = N'COLUMN', @level2name = N'nickname';
GO
