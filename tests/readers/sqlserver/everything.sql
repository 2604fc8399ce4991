/* Everything that the reader of T-SQL should understand; ours, written for the tests.
   /* Comments nest. GO inside one ends no batch:
GO
*/ */
:setvar DatabaseName "Shop"
USE [$(DatabaseName)];
GO
SET ANSI_NULLS ON
SET QUOTED_IDENTIFIER ON
GO
CREATE SCHEMA [sales] AUTHORIZATION [dbo];
GO
IF NOT EXISTS (SELECT * FROM sys.schemas WHERE name = N'audit')
    EXEC sys.sp_executesql N'CREATE SCHEMA [audit] AUTHORIZATION [keeper]'
GO
CREATE TYPE [sales].[Email] FROM [nvarchar](320) NOT NULL;
CREATE TYPE [sales].[Lines] AS TABLE ([ProductId] int NOT NULL, [Quantity] int NOT NULL, PRIMARY KEY ([ProductId]));
CREATE SEQUENCE [sales].[InvoiceNumber] AS [bigint] START WITH 1000 INCREMENT BY 10 MINVALUE 1000 NO MAXVALUE CYCLE CACHE 50;
GO
CREATE PARTITION FUNCTION [ByYear] (date) AS RANGE RIGHT FOR VALUES ('2024-01-01', '2025-01-01');
CREATE PARTITION SCHEME [ByYearScheme] AS PARTITION [ByYear] ALL TO ([PRIMARY]);
GO
PRINT N'Creating tables; GO is only said here
GO
and ends nothing';
GO
CREATE FUNCTION [sales].[Tax](@Amount decimal(10, 2)) RETURNS decimal(10, 2) WITH SCHEMABINDING AS
BEGIN
    -- CREATE TABLE in a comment, and a semicolon;
    RETURN @Amount * 0.2;
END
GO
IF OBJECT_ID(N'[sales].[Customer]', N'U') IS NOT NULL DROP TABLE [sales].[Customer];
GO
CREATE TABLE [sales].[Customer](
	[CustomerId] [int] IDENTITY(1000,5) NOT FOR REPLICATION NOT NULL,
	[Code] [char](8) COLLATE Latin1_General_BIN2 NOT NULL,
	[Name] [nvarchar](200) NOT NULL,
	[Email] [sales].[Email],
	[Phone] [nvarchar](30) SPARSE NULL,
	[Secret] varbinary(max) NULL,
	[Card] [char](16) MASKED WITH (FUNCTION = 'partial(0,"XXXX",4)') NULL,
	[Guid] [uniqueidentifier] ROWGUIDCOL NOT NULL CONSTRAINT [DF_Customer_Guid] DEFAULT (newsequentialid()),
	[Balance] [decimal](18, 2) NOT NULL,
	[Discount] [numeric](5, 4) NOT NULL DEFAULT ((0)),
	[IsActive] [bit] NOT NULL,
	[Created] [datetime2](3) NOT NULL CONSTRAINT [DF_Customer_Created] DEFAULT (sysutcdatetime()),
	[Modified] [datetimeoffset] NULL,
	[Version] [rowversion] NOT NULL,
	[Display] AS ([Code] + N' ' + [Name]) PERSISTED NOT NULL,
	[Upper] AS (upper([Name])),
	[Doubled] AS [Balance] * 2,
	[Notes] [nvarchar](max) NULL,
	[Attributes] [xml] NULL,
	[Place] [geography] NULL,
 CONSTRAINT [PK_Customer] PRIMARY KEY CLUSTERED
(
	[CustomerId] ASC
)WITH (PAD_INDEX = OFF, STATISTICS_NORECOMPUTE = OFF, IGNORE_DUP_KEY = OFF, ALLOW_ROW_LOCKS = ON, ALLOW_PAGE_LOCKS = ON, FILLFACTOR = 90) ON [PRIMARY],
 CONSTRAINT [UQ_Customer_Code] UNIQUE NONCLUSTERED ([Code] DESC, [Email]) WITH (IGNORE_DUP_KEY = ON),
 INDEX [IX_Customer_Created] NONCLUSTERED ([Created]),
) ON [PRIMARY] TEXTIMAGE_ON [LARGE]
GO
ALTER TABLE [sales].[Customer] ADD  CONSTRAINT [DF_Customer_Active]  DEFAULT ((1)) FOR [IsActive]
GO
ALTER TABLE [sales].[Customer] ADD DEFAULT (getdate()) FOR [Modified], [Region] nchar(2) NULL CONSTRAINT [CK_Region] CHECK ([Region] LIKE N'[A-Z][A-Z]')
GO
CREATE TABLE sales.Orders (
    OrderId bigint NOT NULL IDENTITY PRIMARY KEY NONCLUSTERED,
    CustomerId int NOT NULL,
    Number bigint NOT NULL CONSTRAINT DF_Number DEFAULT (NEXT VALUE FOR sales.InvoiceNumber),
    Placed date NOT NULL DEFAULT CAST(SYSDATETIME() AS date),
    Status varchar(20) NOT NULL CHECK (Status IN ('new', 'paid', 'it''s done; GO')),
    Parent bigint NULL REFERENCES sales.Orders,
    Total money NOT NULL,
    Tax AS sales.Tax(Total),
    Kind tinyint DEFAULT -1,
    INDEX IX_Orders_Customer (CustomerId, Placed DESC) INCLUDE (Total),
    CONSTRAINT CK_Total CHECK (Total >= 0 AND (Total < 1000000 OR Kind = 2))
) ON ByYearScheme(Placed);
CREATE UNIQUE CLUSTERED INDEX CX_Orders ON sales.Orders (Placed, OrderId) WITH (DATA_COMPRESSION = PAGE, ONLINE = ON) ON ByYearScheme(Placed)
CREATE INDEX IX_Orders_Open ON sales.Orders (Status) INCLUDE (Total, Placed) WHERE Status = 'new' AND Parent IS NULL WITH (FILLFACTOR = 80);
CREATE NONCLUSTERED COLUMNSTORE INDEX CI_Orders ON sales.Orders (CustomerId, Placed, Total);
CREATE PRIMARY XML INDEX PX_Customer ON sales.Customer (Attributes);
CREATE XML INDEX SX_Customer ON sales.Customer (Attributes) USING XML INDEX PX_Customer FOR PATH;
CREATE SPATIAL INDEX SP_Customer ON sales.Customer (Place) USING GEOGRAPHY_AUTO_GRID WITH (CELLS_PER_OBJECT = 16);
CREATE FULLTEXT CATALOG Texts AS DEFAULT;
CREATE FULLTEXT INDEX ON sales.Customer (Name LANGUAGE 1033, Notes) KEY INDEX PK_Customer ON Texts WITH CHANGE_TRACKING AUTO;
ALTER INDEX IX_Orders_Open ON sales.Orders DISABLE;
ALTER INDEX CX_Orders ON sales.Orders REBUILD;
GO
ALTER TABLE [sales].[Orders]  WITH CHECK ADD  CONSTRAINT [FK_Orders_Customer] FOREIGN KEY([CustomerId])
REFERENCES [sales].[Customer] ([CustomerId])
ON UPDATE CASCADE
ON DELETE CASCADE
NOT FOR REPLICATION
GO
ALTER TABLE [sales].[Orders] CHECK CONSTRAINT [FK_Orders_Customer]
GO
CREATE TABLE [audit].[Entry] (
    [Id] int NOT NULL,
    [OrderId] bigint NULL,
    [Said] sql_variant NULL,
    [From] datetime2 GENERATED ALWAYS AS ROW START HIDDEN NOT NULL,
    [To] datetime2 GENERATED ALWAYS AS ROW END HIDDEN NOT NULL,
    PERIOD FOR SYSTEM_TIME ([From], [To]),
    CONSTRAINT [PK_Entry] PRIMARY KEY ([Id])
) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = [audit].[EntryHistory]));
ALTER TABLE [audit].[Entry] WITH NOCHECK ADD CONSTRAINT [FK_Entry_Orders] FOREIGN KEY ([OrderId]) REFERENCES [sales].[Orders] ([OrderId]) ON DELETE SET NULL;
ALTER TABLE [audit].[Entry] NOCHECK CONSTRAINT [FK_Entry_Orders];
ALTER TABLE [audit].[Entry] WITH NOCHECK ADD CONSTRAINT [CK_Entry] CHECK ([Id] > 0);
GO
CREATE TABLE dbo.Hot (
    Id int NOT NULL PRIMARY KEY NONCLUSTERED HASH WITH (BUCKET_COUNT = 1024),
    Word nvarchar(50) NOT NULL,
    INDEX IX_Word HASH (Word) WITH (BUCKET_COUNT = 64)
) WITH (MEMORY_OPTIMIZED = ON, DURABILITY = SCHEMA_ONLY);
CREATE TABLE #Scratch (Id int);
GO
CREATE OR ALTER VIEW [sales].[Open] ([Order], [Name]) WITH SCHEMABINDING AS
SELECT o.OrderId, c.Name
FROM sales.Orders AS o JOIN sales.Customer AS c ON c.CustomerId = o.CustomerId
WHERE o.Status = 'new'
WITH CHECK OPTION;
GO
CREATE UNIQUE CLUSTERED INDEX CX_Open ON [sales].[Open] ([Order]);
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
DISABLE TRIGGER [sales].[Touch] ON [sales].[Customer];
GO
CREATE SYNONYM dbo.Clients FOR sales.Customer;
GRANT SELECT, INSERT ON OBJECT::[sales].[Customer] TO [reader], [writer];
GRANT EXECUTE ON SCHEMA::[sales] TO [reader];
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'Who buys; it''s them' , @level0type=N'SCHEMA',@level0name=N'sales', @level1type=N'TABLE',@level1name=N'Customer'
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'Ours' , @level0type=N'SCHEMA',@level0name=N'sales', @level1type=N'TABLE',@level1name=N'Customer', @level2type=N'COLUMN',@level2name=N'Code'
GO
EXECUTE sp_addextendedproperty 'MS_Description', 'Never twice', 'SCHEMA', 'sales', 'TABLE', 'Customer', 'CONSTRAINT', 'UQ_Customer_Code';
EXEC sp_addextendedproperty @name = N'Team', @value = N'Checkout', @level0type = N'SCHEMA', @level0name = N'sales';
GO
INSERT INTO sales.Customer (Code) VALUES ('A'), ('B');
INSERT [sales].[Customer] ([Code]) SELECT 'x; CREATE TABLE y (a int)'
UPDATE sales.Customer
SET Name = 'x'
WHERE Code = 'A'
GO 3
BEGIN TRANSACTION
ALTER TABLE sales.Customer DROP COLUMN Secret
ALTER TABLE sales.Customer ALTER COLUMN Phone nvarchar(40) NOT NULL
EXEC sp_rename 'sales.Customer.Notes', 'Remarks', 'COLUMN';
COMMIT
GO
