PRAGMA foreign_keys = ON;

CREATE TABLE people (
  id integer PRIMARY KEY AUTOINCREMENT,
  name text NOT NULL COLLATE NOCASE DEFAULT ('x' || 'y'),
  age tinyint DEFAULT -1,
  "odd name" varying character(255),
  anything,
  doubled int GENERATED ALWAYS AS (age * 2) STORED,
  tripled GENERATED ALWAYS AS (age * 3) VIRTUAL,
  created timestamp DEFAULT CURRENT_TIMESTAMP,
  photo blob DEFAULT x'00ff',
  boss integer,
  UNIQUE (name) ON CONFLICT IGNORE,
  CONSTRAINT led FOREIGN KEY (boss) REFERENCES people (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "adult; or not" CHECK (age > 17 OR age IS NULL),
  CHECK (name <> ');')
);

CREATE UNIQUE INDEX people_lower ON people ((lower(name)) COLLATE BINARY DESC, age)
  WHERE name IS NOT NULL AND age > 1;

CREATE TABLE pairs (
  a text NOT NULL,
  b int NOT NULL DEFAULT 0,
  c real,
  PRIMARY KEY (a, b DESC)
) WITHOUT ROWID, STRICT;

CREATE TABLE descending (
  id INTEGER PRIMARY KEY DESC,
  x int NOT NULL ON CONFLICT REPLACE
);

CREATE TABLE alias (
  id INTEGER NOT NULL,
  extra text DEFAULT 'it''s',
  CONSTRAINT pk PRIMARY KEY (id DESC)
);

CREATE TABLE coded (
  code char(2),
  source numeric(8, 3),
  PRIMARY KEY (code),
  FOREIGN KEY (source, code) REFERENCES pairs (b, a) ON UPDATE CASCADE
);

CREATE TABLE copied (
  id INT,
  name TEXT
);

CREATE VIEW adults (id, who) AS
SELECT id, name FROM people WHERE age > 17;

CREATE VIRTUAL TABLE notes USING fts5(body, tokenize = 'porter');

CREATE TRIGGER aging AFTER UPDATE OF age ON people WHEN NEW.age < OLD.age BEGIN UPDATE people SET age = OLD.age WHERE id = NEW.id; END;

CREATE TRIGGER add_adult INSTEAD OF INSERT ON adults BEGIN
  SELECT CASE WHEN NEW.id IS NULL THEN RAISE(ABORT, 'no; id') END;
  INSERT INTO people (id, name) VALUES (NEW.id, NEW.who);
END;
