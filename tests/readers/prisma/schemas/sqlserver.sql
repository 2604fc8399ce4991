CREATE SCHEMA [sales];
GO
CREATE TABLE [dbo].[User] (
    [id] INT NOT NULL IDENTITY(1,1),
    [email] NVARCHAR(1000) NOT NULL,
    [name] NVARCHAR(1000) CONSTRAINT [named_default] DEFAULT 'it''s',
    [yes] BIT NOT NULL CONSTRAINT [User_yes_df] DEFAULT 1,
    [made] DATETIME2 NOT NULL CONSTRAINT [User_made_df] DEFAULT CURRENT_TIMESTAMP,
    [zoned] DATETIMEOFFSET NOT NULL CONSTRAINT [User_zoned_df] DEFAULT CURRENT_TIMESTAMP,
    [bytes] VARBINARY(max) NOT NULL CONSTRAINT [User_bytes_df] DEFAULT 0x68656c6c6f,
    [exact] DECIMAL(32,16) NOT NULL,
    [real] FLOAT(53) NOT NULL,
    [long] NVARCHAR(max) NOT NULL,
    [guid] UNIQUEIDENTIFIER NOT NULL CONSTRAINT [User_guid_df] DEFAULT newid(),
    CONSTRAINT [User_pkey] PRIMARY KEY CLUSTERED ([id]),
    CONSTRAINT [User_email_key] UNIQUE NONCLUSTERED ([email])
);

CREATE TABLE [sales].[Post] (
    [a] INT NOT NULL,
    [b] INT NOT NULL,
    [userId] INT NOT NULL,
    CONSTRAINT [Post_pkey] PRIMARY KEY NONCLUSTERED ([a],[b] DESC)
);

CREATE TABLE [dbo].[_friends] (
    [A] INT NOT NULL,
    [B] INT NOT NULL,
    CONSTRAINT [_friends_AB_unique] UNIQUE NONCLUSTERED ([A],[B])
);

CREATE NONCLUSTERED INDEX [User_name_yes_idx] ON [dbo].[User]([name], [yes] DESC);

CREATE CLUSTERED INDEX [Post_userId_idx] ON [sales].[Post]([userId]);

CREATE NONCLUSTERED INDEX [_friends_B_index] ON [dbo].[_friends]([B]);

ALTER TABLE [sales].[Post] ADD CONSTRAINT [Post_userId_fkey] FOREIGN KEY ([userId]) REFERENCES [dbo].[User]([id]) ON DELETE NO ACTION ON UPDATE CASCADE;

ALTER TABLE [dbo].[_friends] ADD CONSTRAINT [_friends_A_fkey] FOREIGN KEY ([A]) REFERENCES [dbo].[User]([id]) ON DELETE NO ACTION ON UPDATE NO ACTION;

ALTER TABLE [dbo].[_friends] ADD CONSTRAINT [_friends_B_fkey] FOREIGN KEY ([B]) REFERENCES [dbo].[User]([id]) ON DELETE NO ACTION ON UPDATE NO ACTION;
