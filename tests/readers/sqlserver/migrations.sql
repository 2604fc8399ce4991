-- What a migration tool scripts: guarded, in strings, and changed again. Ours, written for the tests.
IF OBJECT_ID(N'[__History]') IS NULL
BEGIN
    CREATE TABLE [__History] (
        [MigrationId] nvarchar(150) NOT NULL,
        CONSTRAINT [PK___History] PRIMARY KEY ([MigrationId])
    );
END;
GO

BEGIN TRANSACTION;
GO

IF NOT EXISTS (
    SELECT * FROM [__History]
    WHERE [MigrationId] = N'20200101000000_Init'
)
BEGIN
    CREATE TABLE [Blogs] ([Id] int NOT NULL IDENTITY, [Url] nvarchar(450) NULL, [Old] int NULL DEFAULT 0, CONSTRAINT [PK_Blogs] PRIMARY KEY ([Id]));
END;
GO
EXEC(N'CREATE UNIQUE INDEX [IX_Blogs_Url] ON [Blogs] ([Url]) WHERE [Url] IS NOT NULL');
GO
DECLARE @var0 sysname;
SELECT @var0 = [d].[name]
FROM [sys].[default_constraints] [d]
INNER JOIN [sys].[columns] [c] ON [d].[parent_column_id] = [c].[column_id]
WHERE ([d].[parent_object_id] = OBJECT_ID(N'[Blogs]') AND [c].[name] = N'Old');
IF @var0 IS NOT NULL EXEC(N'ALTER TABLE [Blogs] DROP CONSTRAINT [' + @var0 + '];');
ALTER TABLE [Blogs] DROP COLUMN [Old];
GO
ALTER TABLE [Blogs] ADD [Rating] int NOT NULL DEFAULT 0;
CREATE INDEX [IX_Rating] ON [Blogs] ([Rating]) INCLUDE ([Url]) WITH DROP_EXISTING, FILLFACTOR = 80
CREATE USER [bob] FOR LOGIN [bob]
ALTER ROLE [db_owner] ADD MEMBER [bob]
EXEC sp_addrolemember 'db_owner', 'bob'
ALTER AUTHORIZATION ON SCHEMA::[x] TO [bob]
CREATE TABLE Person (ID INTEGER PRIMARY KEY, name VARCHAR(100)) AS NODE;
CREATE TABLE Likes (rating INTEGER, CONSTRAINT ec CONNECTION (Person TO Person)) AS EDGE;
ALTER TABLE Person ADD SysStart datetime2 GENERATED ALWAYS AS ROW START HIDDEN NOT NULL CONSTRAINT DF1 DEFAULT SYSUTCDATETIME(),
    SysEnd datetime2 GENERATED ALWAYS AS ROW END HIDDEN NOT NULL CONSTRAINT DF2 DEFAULT CONVERT(datetime2, '9999-12-31'),
    PERIOD FOR SYSTEM_TIME (SysStart, SysEnd);
ALTER TABLE Person SET (SYSTEM_VERSIONING = ON);
WITH x AS (SELECT 1 AS a) SELECT * FROM x;
CREATE TABLE [we]]ird] ([a]]b] int, [x'y] int, [日本] int, [GO] int, CONSTRAINT [c]]k] CHECK ([a]]b] > 0));
CREATE TABLE Lg (a int, INDEX cci CLUSTERED COLUMNSTORE) WITH (LEDGER = ON (APPEND_ONLY = ON));
ALTER TABLE Lg SET (LOCK_ESCALATION = AUTO);
GO
COMMIT;
GO
