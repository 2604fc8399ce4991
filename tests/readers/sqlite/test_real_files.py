"""Real SQLite scripts are read in full; what is written again makes the same database."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

import pytest

from dbdesign.readers.base import reader
from dbdesign.writers.base import WriteOptions, writer
from real_schemas import read_real, real_sql

COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def catalog(script: str) -> dict[str, Any]:
    """What SQLite says of a script, through its own pragmas; a rowid's alias is NOT NULL, said or not."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(script)
    names = [
        name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    ]
    found: dict[str, Any] = {}
    for name in names:
        columns = connection.execute(f'PRAGMA table_xinfo("{name}")').fetchall()
        indexes = connection.execute(f'PRAGMA index_list("{name}")').fetchall()
        found[name] = {
            "columns": [
                (c[1], c[2], bool(c[3]) or (c[5] == 1 and c[2] == "INTEGER"), c[4], c[5], c[6]) for c in columns
            ],
            "references": sorted(row[2:] for row in connection.execute(f'PRAGMA foreign_key_list("{name}")')),
            "indexes": sorted(
                (
                    origin,
                    unique,
                    partial,
                    tuple(row[2:] for row in connection.execute(f'PRAGMA index_xinfo("{index}")')),
                )
                for _, index, unique, origin, partial in indexes
            ),
        }
    found["views and triggers"] = [
        (kind, name, " ".join(sql.split()).partition(" AS ")[2] if kind == "view" else sql.strip())
        for kind, name, sql in connection.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY type, name"
        )
    ]
    connection.close()
    return found


@pytest.mark.parametrize("entry", real_sql("sqlite"))
def test_a_real_script_is_read_in_full(entry: dict[str, Any]):
    text = read_real(entry)
    result = reader("sqlite").read(text)
    schema, bare = result.schema_, COMMENTS.sub(" ", text)

    def count(pattern: str) -> int:
        return len(re.findall(pattern, bare, re.IGNORECASE))

    assert len(schema.tables) == entry["tables"] == result.declared_tables
    assert sum(len(table.foreign_keys) for table in schema.tables) == count(r"\bREFERENCES\b")
    assert sum(len(table.indexes) for table in schema.tables) == count(r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\b")
    assert sum(len(table.triggers) for table in schema.tables) == count(r"\bCREATE\s+TRIGGER\b")
    assert len(schema.views) == count(r"\bCREATE\s+VIEW\b")
    assert (result.unread, result.notes) == ((), ())


@pytest.mark.parametrize("entry", real_sql("sqlite"))
def test_a_real_script_is_recognised(entry: dict[str, Any]):
    text = read_real(entry)
    sure = {name: reader(name).recognise(text) for name in ("sqlserver", "sqlite", "mysql", "postgresql")}
    assert max(sure, key=lambda name: sure[name]) == "sqlite"


@pytest.mark.parametrize("entry", real_sql("sqlite"))
def test_what_is_written_again_makes_the_same_database(entry: dict[str, Any]):
    text = read_real(entry)
    schema = reader("sqlite").read(text).schema_
    result = writer("sqlite").write(schema, WriteOptions())
    assert result.notes == ()
    assert catalog(result.text) == catalog(text)
    assert reader("sqlite").read(result.text).schema_ == schema
