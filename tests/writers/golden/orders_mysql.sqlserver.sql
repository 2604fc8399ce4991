SET ANSI_NULLS, QUOTED_IDENTIFIER ON;
GO

CREATE TABLE dbo.customers (
    id bigint IDENTITY(1, 1) NOT NULL,
    name nvarchar(100) NOT NULL,
    code char(8) NOT NULL,
    level nvarchar(6) NOT NULL CONSTRAINT DF_customers_level DEFAULT ('silver'),
    flags nvarchar(1000) NULL,
    active bit NOT NULL CONSTRAINT DF_customers_active DEFAULT (1),
    visits decimal(20, 0) NOT NULL CONSTRAINT DF_customers_visits DEFAULT (0),
    small tinyint NULL,
    extra nvarchar(max) NULL,
    born smallint NULL,
    changed datetimeoffset(0) NOT NULL CONSTRAINT DF_customers_changed DEFAULT (SYSDATETIMEOFFSET()),
    seen datetime2(3) NULL,
    initials AS (LEFT(name, 2)) PERSISTED,
    CONSTRAINT PK_customers PRIMARY KEY CLUSTERED (id),
    CONSTRAINT code UNIQUE (code),
    CONSTRAINT visited CHECK (visits < 1000000 AND active = 1),
    CONSTRAINT CK_customers_level CHECK (level IN ('gold', 'silver')),
    CONSTRAINT CK_customers_visits CHECK (visits >= 0),
    CONSTRAINT CK_customers_extra CHECK (ISJSON(extra) = 1)
);
CREATE UNIQUE INDEX seen ON dbo.customers (seen) WHERE seen IS NOT NULL;
CREATE INDEX name ON dbo.customers (name);
GO

CREATE TABLE dbo.orders (
    id bigint IDENTITY(1, 1) NOT NULL,
    customer_id bigint NOT NULL,
    total decimal(10, 2) NOT NULL CONSTRAINT DF_orders_total DEFAULT (0.00),
    note nvarchar(max) NULL,
    CONSTRAINT PK_orders PRIMARY KEY CLUSTERED (id),
    CONSTRAINT orders_code UNIQUE (customer_id, total),
    CONSTRAINT orders_ibfk_1 FOREIGN KEY (customer_id) REFERENCES dbo.customers (id) ON DELETE CASCADE
);
CREATE INDEX name ON dbo.orders (total DESC);
GO

CREATE VIEW dbo.totals AS
SELECT
  c.name AS name,
  SUM(o.total) AS total
FROM (
  customers AS c
    JOIN orders AS o
      ON (
        o.customer_id = c.id
      )
)
WHERE
  c.active = 1
GROUP BY
  c.name;
GO

CREATE TRIGGER dbo.TR_customers_changed ON dbo.customers
AFTER UPDATE AS
BEGIN
    SET NOCOUNT ON;
    IF UPDATE(changed) OR TRIGGER_NESTLEVEL(@@PROCID) > 1 RETURN;
    UPDATE t SET changed = SYSDATETIMEOFFSET()
    FROM dbo.customers AS t
    JOIN inserted AS i ON t.id = i.id;
END
GO

EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'Who buys', @level0type = N'SCHEMA', @level0name = N'dbo', @level1type = N'TABLE', @level1name = N'customers';
EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'Shown; it''s public', @level0type = N'SCHEMA', @level0name = N'dbo', @level1type = N'TABLE', @level1name = N'customers', @level2type = N'COLUMN', @level2name = N'name';
GO
