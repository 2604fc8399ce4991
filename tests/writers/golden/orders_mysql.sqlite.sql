PRAGMA foreign_keys = ON;

CREATE TABLE customers (  -- Who buys
  id INTEGER PRIMARY KEY,
  name VARCHAR(100) NOT NULL COLLATE NOCASE,  -- Shown; it's public
  code CHAR(8) NOT NULL,
  level TEXT NOT NULL DEFAULT 'silver',
  flags TEXT,
  active BOOLEAN NOT NULL DEFAULT 1,
  visits INTEGER NOT NULL DEFAULT 0,
  small TINYINT,
  extra TEXT,
  born INTEGER,
  changed DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
  seen DATETIME,
  initials VARCHAR(2) GENERATED ALWAYS AS (SUBSTR(name, 1, 2)) STORED,
  CONSTRAINT code UNIQUE (code),
  CONSTRAINT seen UNIQUE (seen),
  CONSTRAINT visited CHECK (visits < 1000000 AND active = 1),
  CHECK (level IN ('gold', 'silver')),
  CHECK (active IN (0, 1)),
  CHECK (visits >= 0),
  CHECK (small >= 0),
  CHECK (extra IS NULL OR json_valid(extra))
);

CREATE INDEX name ON customers (name);

CREATE TABLE orders (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL,
  total DECIMAL(10,2) NOT NULL DEFAULT 0.00,
  note TEXT,
  CONSTRAINT code UNIQUE (customer_id, total),
  CONSTRAINT orders_ibfk_1 FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE ON UPDATE RESTRICT
);

CREATE INDEX orders_name ON orders (total DESC);

CREATE VIEW totals AS
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
  c.active
GROUP BY
  c.name;

CREATE TRIGGER customers_changed_on_update AFTER UPDATE ON customers
FOR EACH ROW WHEN NEW.changed IS OLD.changed
BEGIN
  UPDATE customers SET changed = CURRENT_TIMESTAMP WHERE rowid = NEW.rowid;
END;
