-- Everything that the reader of SQLite should understand; ours, written for the tests.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE IF NOT EXISTS "people" (
  "id" integer primary key autoincrement,
  name text NOT NULL COLLATE NOCASE DEFAULT ('x' || 'y') UNIQUE ON CONFLICT IGNORE,
  age tinyint DEFAULT -1,
  [odd name] varying character(255),
  anything,
  doubled int GENERATED ALWAYS AS (age * 2) STORED,
  tripled AS (age * 3),
  created timestamp DEFAULT CURRENT_TIMESTAMP,
  photo blob DEFAULT x'00ff',
  boss integer CONSTRAINT led REFERENCES people ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT "adult; or not" CHECK (age > 17 OR age IS NULL), -- a comment; with a semicolon
  CHECK (name <> ');')
);
CREATE TABLE pairs (a text, b int DEFAULT 0, c real, PRIMARY KEY (a, b DESC)) WITHOUT ROWID, STRICT;
create table descending (id INTEGER PRIMARY KEY DESC, x int not null on conflict replace);
CREATE TABLE alias (id INTEGER, CONSTRAINT pk PRIMARY KEY (id DESC));
CREATE TABLE coded (code char(2) PRIMARY KEY, "from" numeric(8, 3), FOREIGN KEY ("from", code) REFERENCES pairs (b, a) ON UPDATE CASCADE MATCH FULL);
CREATE UNIQUE INDEX people_lower ON people (lower(name) COLLATE BINARY DESC, age) WHERE name IS NOT NULL AND age > 1;
CREATE INDEX pairs_c ON pairs(c);
CREATE VIRTUAL TABLE notes USING fts5(body, tokenize = 'porter');
CREATE TABLE copied AS SELECT id, name FROM people;
CREATE TEMPORARY TABLE scratch (a);
CREATE VIEW adults (id, who) AS SELECT id, name FROM people WHERE age > 17;
CREATE TRIGGER add_adult INSTEAD OF INSERT ON adults BEGIN
  SELECT CASE WHEN NEW.id IS NULL THEN RAISE(ABORT, 'no; id') END;
  INSERT INTO people (id, name) VALUES (NEW.id, NEW.who);
END;
CREATE TRIGGER aging AFTER UPDATE OF age ON people WHEN NEW.age < OLD.age BEGIN UPDATE people SET age = OLD.age WHERE id = NEW.id; END;
INSERT INTO people (name) VALUES ('CREATE TABLE t (a);');
INSERT INTO sqlite_sequence VALUES ('people', 7);
ALTER TABLE coded RENAME COLUMN "from" TO source;
ALTER TABLE alias ADD COLUMN extra text DEFAULT 'it''s';
DROP INDEX pairs_c;
DROP TABLE IF EXISTS never;
ATTACH DATABASE '/etc/passwd' AS stolen;
COMMIT;
.tables
