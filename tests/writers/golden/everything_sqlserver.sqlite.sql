PRAGMA foreign_keys = ON;

CREATE TABLE sales_Customer (  -- Who buys; it's them
  CustomerId INTEGER CONSTRAINT PK_Customer PRIMARY KEY,
  Code CHAR(8) NOT NULL,  -- Ours
  Name VARCHAR(200) NOT NULL,
  Email VARCHAR(320) NOT NULL,
  Phone VARCHAR(40) NOT NULL,
  Card CHAR(16),
  Guid TEXT NOT NULL DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || substr('89ab', abs(random()) % 4 + 1, 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
  Balance DECIMAL(18,2) NOT NULL,
  Discount DECIMAL(5,4) NOT NULL DEFAULT 0,
  IsActive BOOLEAN NOT NULL DEFAULT 1,
  Created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  Modified DATETIME DEFAULT CURRENT_TIMESTAMP,
  Version BLOB NOT NULL,
  Display VARCHAR(212) NOT NULL GENERATED ALWAYS AS (Code || ' ' || Name) STORED,
  Upper VARCHAR(200) GENERATED ALWAYS AS (UPPER(Name)) VIRTUAL,
  Doubled DECIMAL(18,2) GENERATED ALWAYS AS (Balance * 2) VIRTUAL,
  Remarks TEXT,
  Attributes TEXT,
  Place BLOB,
  Region CHAR(2),
  CONSTRAINT UQ_Customer_Code UNIQUE (Code DESC, Email),
  CHECK (IsActive IN (0, 1))
);

CREATE INDEX IX_Customer_Created ON sales_Customer (Created);

CREATE TABLE sales_Orders (
  OrderId INTEGER PRIMARY KEY,
  CustomerId INTEGER NOT NULL,
  Number INTEGER NOT NULL,
  Placed DATE NOT NULL DEFAULT (DATE(CURRENT_TIMESTAMP)),
  Status VARCHAR(20) NOT NULL,
  Parent INTEGER,
  Total DECIMAL(19,4) NOT NULL,
  Tax DECIMAL(19,4),
  Kind TINYINT DEFAULT -1,
  FOREIGN KEY (Parent) REFERENCES sales_Orders (OrderId),
  CONSTRAINT FK_Orders_Customer FOREIGN KEY (CustomerId) REFERENCES sales_Customer (CustomerId) ON DELETE CASCADE ON UPDATE CASCADE,
  CHECK (Status IN ('new', 'paid', 'it''s done; GO')),
  CONSTRAINT CK_Total CHECK (Total >= 0 AND (Total < 1000000 OR Kind = 2)),
  CHECK (Kind >= 0)
);

CREATE INDEX IX_Orders_Customer ON sales_Orders (CustomerId, Placed DESC, Total);

CREATE UNIQUE INDEX CX_Orders ON sales_Orders (Placed, OrderId);

CREATE INDEX IX_Orders_Open ON sales_Orders (Status, Total, Placed)
  WHERE Status = 'new' AND Parent IS NULL;

CREATE TABLE audit_Entry (
  Id INTEGER CONSTRAINT PK_Entry PRIMARY KEY,
  OrderId INTEGER,
  Said,
  "From" DATETIME NOT NULL,
  "To" DATETIME NOT NULL,
  CONSTRAINT FK_Entry_Orders FOREIGN KEY (OrderId) REFERENCES sales_Orders (OrderId) ON DELETE SET NULL,
  CONSTRAINT CK_Entry CHECK (Id > 0)
);

CREATE TABLE Hot (
  Id INTEGER PRIMARY KEY,
  Word VARCHAR(50) NOT NULL
);

CREATE INDEX IX_Word ON Hot (Word);

CREATE VIEW sales_Open ("Order", Name) AS
SELECT
  o.OrderId,
  c.Name
FROM sales_Orders AS o
JOIN sales_Customer AS c
  ON c.CustomerId = o.CustomerId
WHERE
  o.Status = 'new';
