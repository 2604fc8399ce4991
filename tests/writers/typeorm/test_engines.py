"""Entities for MySQL and SQLite: `synchronize` makes of them, on MariaDB and in SQLite, the tables that they were written from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dbdesign.migrations.compare import compare
from dbdesign.model.schema import Schema
from dbdesign.readers.base import reader
from dbdesign.writers.base import Note, WriteOptions, writer
from dbdesign.writers.typeorm import write
from mariadb_servers import dump_of, for_mariadb, normalised, server
from migration_tools import MODULES, needs_package, run

SCRIPT = Path(__file__).resolve().parents[2] / "readers" / "typeorm" / "synchronize_engine.cjs"
MYSQL = """
CREATE TABLE people (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, mail varchar(80) CHARACTER SET latin1 COLLATE latin1_german1_ci NOT NULL UNIQUE,
  kind enum('a', 'it''s') NOT NULL DEFAULT 'a', flags set('x', 'y'), active tinyint(1) NOT NULL DEFAULT 1, bio mediumtext,
  data json, ratio decimal(6,3) DEFAULT 0.5, hash varbinary(32), born date, made datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
  touched timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP COMMENT 'it''s new', year year, width int(4),
  INDEX (born, kind), FULLTEXT KEY words (bio)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci COMMENT='who';
CREATE TABLE posts (
  person_id int unsigned NOT NULL, number bigint NOT NULL, parent bigint, reviewer int unsigned UNIQUE,
  PRIMARY KEY (person_id, number), KEY parent (person_id, parent),
  CONSTRAINT by_person FOREIGN KEY (person_id) REFERENCES people (id) ON DELETE CASCADE ON UPDATE CASCADE,
  FOREIGN KEY (reviewer) REFERENCES people (id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
"""
SQLITE = """
CREATE TABLE people (id integer PRIMARY KEY AUTOINCREMENT NOT NULL, mail varchar(80) COLLATE NOCASE NOT NULL, active boolean NOT NULL DEFAULT 1,
  born date, made datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, kind text DEFAULT ('a'), amount decimal(9, 2) NOT NULL DEFAULT 0,
  CONSTRAINT one_mail UNIQUE (mail), CONSTRAINT adult CHECK (born < '2020-01-01'));
CREATE TABLE posts (person_id integer NOT NULL, number bigint NOT NULL, title character(20), reviewer integer,
  CONSTRAINT by_person FOREIGN KEY (person_id) REFERENCES people (id) ON DELETE CASCADE ON UPDATE NO ACTION,
  CONSTRAINT reviewed FOREIGN KEY (reviewer) REFERENCES people (id) ON DELETE SET NULL ON UPDATE CASCADE, PRIMARY KEY (person_id, number));
CREATE INDEX by_title ON posts (title, number) WHERE title IS NOT NULL;
CREATE UNIQUE INDEX one_review ON posts (reviewer);
"""


def synchronized(folder: Path, schema: Schema, engine: str, *place: object) -> tuple[Any, tuple[Note, ...]]:
    """What TypeORM answers that has synchronized the entities of a schema, and the notes on them."""
    for package in ("typeorm", "typescript", "reflect-metadata", {"mysql": "mysql2", "sqljs": "sql.js"}[engine]):
        needs_package(package)
    (folder / "source").mkdir()
    written = write(schema)
    parts = written.parts or {}
    for path, text in parts.items():
        (folder / "source" / path).write_text(text)
    (folder / "source" / f"{engine}.ts").write_text(
        "".join(f'export * from "./{Path(one).stem}.js";\n' for one in parts)
    )
    said = run("node", SCRIPT, folder / "source", folder / "out", engine, *place, cwd=folder, NODE_PATH=str(MODULES))
    answer = json.loads(said.splitlines()[-1])
    assert (answer.get("error"), answer["problems"]) == (None, [])
    return answer["made"], written.notes


def test_synchronize_makes_the_tables_on_mariadb_that_entities_were_written_from(tmp_path: Path) -> None:
    running = server()
    schema = reader("mysql").read(MYSQL).schema_
    with running.database("entities") as name:
        _, notes = synchronized(tmp_path, schema, "mysql", running.socket, name)
        made = normalised(running.dump(name))
    meant = dump_of(for_mariadb(writer("mysql").write(schema, WriteOptions(prove=False)).text), "entities")
    for without_width, said in (("int(11) DEFAULT", "int(4) DEFAULT"), ("tinyint(4)", "tinyint(1)")):
        made = made.replace(f"`width` {without_width}", f"`width` {said}").replace(
            f"`active` {without_width}", f"`active` {said}"
        )
    for action in (" ON DELETE NO ACTION", " ON UPDATE NO ACTION"):
        made = made.replace(action, "")
    assert made == meant
    assert {(one.object, one.lost) for one in notes if one.object.count(".")} == {
        ("people.active", "the type tinyint(1)"),
        ("people.width", "the type int(4)"),
    }


def test_synchronize_makes_the_tables_in_sqlite_that_entities_were_written_from(tmp_path: Path) -> None:
    schema = reader("sqlite").read(SQLITE).schema_
    made, notes = synchronized(tmp_path, schema, "sqljs")
    theirs = reader("sqlite").read(";\n".join(one for one in made if "typeorm_metadata" not in one))
    assert theirs.unread == ()
    assert [f"{one.kind} {one.name} {one.changed}" for one in compare(schema, theirs.schema_).operations] == []
    assert notes == ()
