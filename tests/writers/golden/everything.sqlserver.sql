SET ANSI_NULLS, QUOTED_IDENTIFIER ON;
GO

CREATE SCHEMA sales;
GO

CREATE SCHEMA audit AUTHORIZATION keeper;
GO

CREATE TYPE sales.Email FROM nvarchar(320) NOT NULL;
GO

CREATE SEQUENCE sales.InvoiceNumber AS bigint START WITH 1000 INCREMENT BY 10 MINVALUE 1000 CACHE 50 CYCLE;
GO

CREATE TYPE [sales].[Lines] AS TABLE ([ProductId] int NOT NULL, [Quantity] int NOT NULL, PRIMARY KEY ([ProductId]));
GO

CREATE PARTITION FUNCTION [ByYear] (date) AS RANGE RIGHT FOR VALUES ('2024-01-01', '2025-01-01');
GO

CREATE PARTITION SCHEME [ByYearScheme] AS PARTITION [ByYear] ALL TO ([PRIMARY]);
GO

CREATE FULLTEXT CATALOG Texts AS DEFAULT;
GO

CREATE FUNCTION [sales].[Tax](@Amount decimal(10, 2)) RETURNS decimal(10, 2) WITH SCHEMABINDING AS
BEGIN
    -- CREATE TABLE in a comment, and a semicolon;
    RETURN @Amount * 0.2;
END
GO

CREATE TABLE sales.Customer (
    CustomerId int IDENTITY(1000, 5) NOT FOR REPLICATION NOT NULL,
    Code char(8) COLLATE Latin1_General_BIN2 NOT NULL,
    Name nvarchar(200) NOT NULL,
    Email sales.Email NOT NULL,
    Phone nvarchar(40) SPARSE NOT NULL,
    Card char(16) MASKED WITH (FUNCTION = 'partial(0,"XXXX",4)') NULL,
    Guid uniqueidentifier NOT NULL ROWGUIDCOL CONSTRAINT DF_Customer_Guid DEFAULT (newsequentialid()),
    Balance decimal(18, 2) NOT NULL,
    Discount numeric(5, 4) NOT NULL DEFAULT (0),
    IsActive bit NOT NULL CONSTRAINT DF_Customer_Active DEFAULT (1),
    Created datetime2(3) NOT NULL CONSTRAINT DF_Customer_Created DEFAULT (sysutcdatetime()),
    Modified datetimeoffset NULL DEFAULT (getdate()),
    Version rowversion NOT NULL,
    Display AS ([Code] + N' ' + [Name]) PERSISTED NOT NULL,
    Upper AS (upper([Name])),
    Doubled AS ([Balance] * 2),
    Remarks nvarchar(max) NULL,
    Attributes xml NULL,
    Place geography NULL,
    Region nchar(2) NULL,
    CONSTRAINT PK_Customer PRIMARY KEY CLUSTERED (CustomerId) WITH (FILLFACTOR = 90),
    CONSTRAINT UQ_Customer_Code UNIQUE NONCLUSTERED (Code DESC, Email) WITH (IGNORE_DUP_KEY = ON),
    CONSTRAINT CK_Region CHECK ([Region] LIKE N'[A-Z][A-Z]')
) TEXTIMAGE_ON LARGE;
CREATE INDEX IX_Customer_Created ON sales.Customer (Created);
CREATE PRIMARY XML INDEX PX_Customer ON sales.Customer (Attributes);
CREATE XML INDEX SX_Customer ON sales.Customer (Attributes) USING XML INDEX PX_Customer FOR PATH;
CREATE SPATIAL INDEX SP_Customer ON sales.Customer (Place) USING GEOGRAPHY_AUTO_GRID WITH (CELLS_PER_OBJECT = 16);
CREATE FULLTEXT INDEX ON sales.Customer (Name LANGUAGE 1033, Notes) KEY INDEX PK_Customer ON Texts WITH CHANGE_TRACKING AUTO;
GO

CREATE TABLE sales.Orders (
    OrderId bigint IDENTITY(1, 1) NOT NULL,
    CustomerId int NOT NULL,
    Number bigint NOT NULL CONSTRAINT DF_Number DEFAULT NEXT VALUE FOR sales.InvoiceNumber,
    Placed date NOT NULL DEFAULT (CAST(SYSDATETIME() AS date)),
    Status varchar(20) NOT NULL,
    Parent bigint NULL,
    Total money NOT NULL,
    Tax AS (sales.Tax(Total)),
    Kind tinyint NULL DEFAULT (-1),
    PRIMARY KEY NONCLUSTERED (OrderId),
    FOREIGN KEY (Parent) REFERENCES sales.Orders (OrderId),
    CONSTRAINT FK_Orders_Customer FOREIGN KEY (CustomerId) REFERENCES sales.Customer (CustomerId) ON DELETE CASCADE ON UPDATE CASCADE,
    CHECK (Status IN ('new', 'paid', 'it''s done; GO')),
    CONSTRAINT CK_Total CHECK (Total >= 0 AND (Total < 1000000 OR Kind = 2))
) ON ByYearScheme (Placed);
CREATE UNIQUE CLUSTERED INDEX CX_Orders ON sales.Orders (Placed, OrderId) WITH (DATA_COMPRESSION = PAGE) ON ByYearScheme (Placed);
CREATE INDEX IX_Orders_Customer ON sales.Orders (CustomerId, Placed DESC) INCLUDE (Total);
CREATE INDEX IX_Orders_Open ON sales.Orders (Status) INCLUDE (Total, Placed) WHERE Status = 'new' AND Parent IS NULL WITH (FILLFACTOR = 80);
CREATE NONCLUSTERED COLUMNSTORE INDEX CI_Orders ON sales.Orders (CustomerId, Placed, Total);
ALTER INDEX IX_Orders_Open ON sales.Orders DISABLE;
GO

CREATE TABLE audit.Entry (
    Id int NOT NULL,
    OrderId bigint NULL,
    Said sql_variant NULL,
    [From] datetime2 GENERATED ALWAYS AS ROW START HIDDEN NOT NULL,
    [To] datetime2 GENERATED ALWAYS AS ROW END HIDDEN NOT NULL,
    CONSTRAINT PK_Entry PRIMARY KEY (Id),
    PERIOD FOR SYSTEM_TIME ([From], [To])
);
GO

CREATE TABLE dbo.Hot (
    Id int NOT NULL,
    Word nvarchar(50) NOT NULL,
    PRIMARY KEY NONCLUSTERED HASH (Id) WITH (BUCKET_COUNT = 1024),
    INDEX IX_Word NONCLUSTERED HASH (Word) WITH (BUCKET_COUNT = 64)
) WITH (MEMORY_OPTIMIZED = ON, DURABILITY = SCHEMA_ONLY);
GO

ALTER TABLE audit.Entry WITH NOCHECK ADD CONSTRAINT FK_Entry_Orders FOREIGN KEY (OrderId) REFERENCES sales.Orders (OrderId) ON DELETE SET NULL;
ALTER TABLE audit.Entry NOCHECK CONSTRAINT FK_Entry_Orders;
ALTER TABLE audit.Entry WITH NOCHECK ADD CONSTRAINT CK_Entry CHECK ([Id] > 0);
GO

CREATE VIEW sales.[Open] ([Order], Name)
WITH SCHEMABINDING AS
SELECT o.OrderId, c.Name
FROM sales.Orders AS o JOIN sales.Customer AS c ON c.CustomerId = o.CustomerId
WHERE o.Status = 'new'
WITH CHECK OPTION;
GO

CREATE UNIQUE CLUSTERED INDEX CX_Open ON sales.[Open] ([Order]);
GO

CREATE PROCEDURE sales.Place @CustomerId int AS
BEGIN
    CREATE TABLE #Lines (Id int);
    INSERT INTO sales.Orders (CustomerId) VALUES (@CustomerId);
END
GO

CREATE TRIGGER [sales].[Touch] ON [sales].[Customer] AFTER INSERT, UPDATE AS
BEGIN
    SET NOCOUNT ON;
END
GO

DISABLE TRIGGER sales.Touch ON sales.Customer;
GO

ALTER TABLE audit.Entry SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [audit].[EntryHistory]));
GO

EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'Who buys; it''s them', @level0type = N'SCHEMA', @level0name = N'sales', @level1type = N'TABLE', @level1name = N'Customer';
EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'Ours', @level0type = N'SCHEMA', @level0name = N'sales', @level1type = N'TABLE', @level1name = N'Customer', @level2type = N'COLUMN', @level2name = N'Code';
EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'Never twice', @level0type = N'SCHEMA', @level0name = N'sales', @level1type = N'TABLE', @level1name = N'Customer', @level2type = N'CONSTRAINT', @level2name = N'UQ_Customer_Code';
GO

GRANT SELECT, INSERT ON sales.Customer TO reader;
GO

GRANT SELECT, INSERT ON sales.Customer TO writer;
GO

CREATE SYNONYM dbo.Clients FOR sales.Customer;
GO

GRANT EXECUTE ON SCHEMA::[sales] TO [reader];
GO

EXEC sp_addextendedproperty @name = N'Team', @value = N'Checkout', @level0type = N'SCHEMA', @level0name = N'sales';
GO
