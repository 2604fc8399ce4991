"""SQLite scripts are executed where they can do no harm, and all that SQLite keeps is read; the rest is reported with its line."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dbdesign.engines import sqlite as engine
from dbdesign.errors import InputError, LimitError, SqlError
from dbdesign.model.schema import ForeignKey, Generated, Identity, Index, IndexKey, Key, Table
from dbdesign.model.types import Kind
from dbdesign.readers.base import ReadResult, reader

EVERYTHING = Path(__file__).with_name("everything.sql")


@cache
def everything() -> ReadResult:
    return reader("sqlite").read(EVERYTHING.read_text())


def read(text: str, *, execute: bool = True) -> ReadResult:
    return reader("sqlite").read(text, execute=execute)


def table(name: str) -> Table:
    found = everything().schema_.table(name)
    assert found is not None
    return found


def test_nothing_of_the_long_script_is_lost():
    result = everything()
    assert result.unread == ()
    assert str(result.proof) == f"executed on SQLite {sqlite3.sqlite_version}"
    assert {one.kind: one.count for one in result.skipped} == {
        ".tables": 1, "ATTACH": 1, "BEGIN": 1, "COMMIT": 1, "DROP INDEX": 1, "DROP TABLE": 1, "INSERT": 2, "PRAGMA": 1, "temporary object": 1,
    }  # fmt: skip
    assert result.notes == ("line 37: DROP takes away index pairs_c",)
    assert [one.name for one in result.schema_.tables] == ["people", "pairs", "descending", "alias", "coded", "copied"]
    assert [(one.kind, one.name) for one in result.schema_.carried] == [("virtual table", "notes")]


def test_a_table_keeps_what_sqlite_keeps_as_text_alone():
    people = table("people")
    assert [(check.name, check.expression) for check in people.checks] == [
        ("adult; or not", "age > 17 OR age IS NULL"),
        (None, "name <> ');'"),
    ]
    assert people.unique_keys == (Key(columns=("name",), on_conflict="ignore"),)
    assert people.foreign_keys == (
        ForeignKey(
            name="led", columns=("boss",), referenced_table="people", referenced_columns=("id",),
            on_delete="set null", deferrable=True, initially_deferred=True,
        ),
    )  # fmt: skip
    assert people.indexes == (
        Index(
            name="people_lower",
            keys=(IndexKey(expression="lower(name)", collation="BINARY", descending=True), IndexKey(column="age")),
            unique=True,
            where="name IS NOT NULL AND age > 1",
        ),
    )


COLUMNS: dict[str, dict[str, Any]] = {
    "id": {"identity": Identity(mode="auto_increment"), "nullable": False},
    "name": {"nullable": False, "collation": "NOCASE", "default": "'x' || 'y'"},
    "age": {"default": "-1"},
    "odd name": {"default": None},
    "doubled": {"generated": Generated(expression="age * 2")},
    "tripled": {"generated": Generated(expression="age * 3", stored=False)},
    "created": {"default": "CURRENT_TIMESTAMP"},
    "photo": {"default": "x'00ff'"},
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_keeps_all_that_is_said_of_it(name: str):
    column = table("people").column(name)
    assert {field: getattr(column, field) for field in COLUMNS[name]} == COLUMNS[name]


@pytest.mark.parametrize(
    ("name", "identity", "keys"),
    [
        ("descending", None, (IndexKey(column="id", descending=True),)),
        ("alias", Identity(mode="rowid"), (IndexKey(column="id", descending=True),)),
        ("coded", None, ()),
    ],
)
def test_only_the_rowids_alias_numbers_itself(name: str, identity: Identity | None, keys: tuple[IndexKey, ...]):
    found = table(name)
    assert found.columns[0].identity == identity
    assert found.primary_key is not None
    assert found.primary_key.keys == keys


def test_columns_that_were_renamed_or_added_later_are_read_as_they_are_now():
    assert table("coded").foreign_keys[0].columns == ("source", "code")
    assert table("alias").columns[1].default == "'it''s'"


def test_a_column_that_was_dropped_is_gone():
    result = read("CREATE TABLE t (a int, b int); ALTER TABLE t DROP COLUMN b;")
    assert not result.unread
    assert [column.name for column in result.schema_.tables[0].columns] == ["a"]


def test_a_table_made_from_a_query_has_its_columns():
    assert [column.name for column in table("copied").columns] == ["id", "name"]


def test_objects_know_their_lines():
    lines, text = everything().lines, EVERYTHING.read_text().splitlines()
    for name, words in {
        "people": 'CREATE TABLE IF NOT EXISTS "people"',
        "people.odd name": "[odd name]",
        "people.adult; or not": "adult; or not",
        "people.people_lower": "people_lower",
        "people.aging": "TRIGGER aging",
        "adults": "CREATE VIEW adults",
        "coded": "CREATE TABLE coded",
    }.items():
        assert words in text[lines[name] - 1]


@pytest.mark.parametrize(
    ("declared", "kind", "length"),
    [
        ("INTEGER", Kind.INT64, None),
        ("unsigned big int", Kind.INT64, None),
        ("VARCHAR(20)", Kind.VARCHAR, 20),
        ("NATIVE CHARACTER ( 70 )", Kind.CHAR, 70),
        ("FLOATING POINT", Kind.INT64, None),
        ("TEXTUAL", Kind.TEXT, None),
        ("DOUBLE PRECISION", Kind.FLOAT64, None),
        ("BOOLEAN", Kind.BOOLEAN, None),
        ("DATETIME", Kind.TIMESTAMP, None),
        ("my own type", Kind.OTHER, None),
        ("", Kind.OTHER, None),
    ],
)
def test_a_declared_type_is_understood_by_name_or_by_affinity(declared: str, kind: Kind, length: int | None):
    (column,) = read(f"CREATE TABLE t (a {declared})").schema_.tables[0].columns
    assert (column.type.kind, column.type.length) == (kind, length)


def test_reading_by_tokens_finds_what_executing_finds():
    text = "\n".join(
        line
        for line in EVERYTHING.read_text().splitlines()
        if not line.startswith(("ALTER", "DROP", "CREATE TABLE copied"))
    )
    executed, parsed = read(text), read(text, execute=False)
    assert parsed.unread == ()
    assert str(parsed.proof) == "parsed by dbdesign's SQLite parser"
    assert parsed.schema_.tables == executed.schema_.tables
    assert parsed.schema_.views == executed.schema_.views


def test_a_definition_of_a_later_version_is_read_by_its_tokens():
    result = read("CREATE TABLE t (a int CHECK (of_a_later_version(a)) DEFAULT (1) NOT NULL);")
    assert result.unread == ()
    assert result.schema_.tables[0].checks[0].expression == "of_a_later_version(a)"
    assert result.proof.detail == "1 definitions that it refused were read by their tokens"


HOSTILE = [
    "CREATE TABLE evil.t (a int);",
    "CREATE TABLE t AS SELECT load_extension('/tmp/x.so');",
    "CREATE TABLE t AS SELECT readfile('/etc/passwd') AS a;",
    "CREATE TABLE t AS SELECT * FROM pragma_database_list;",
    "CREATE TABLE t AS SELECT zeroblob(900000000) AS a;",
    "CREATE TABLE t (a int,, b int);",
    "CREATE TABLE sqlite_mine (a int);",
    "CREATE INDEX i ON nowhere (a);",
    "FROBNICATE t;",
    "CREATE TABLE IF NOT EXISTS;",
]


@pytest.mark.parametrize("statement", HOSTILE)
def test_what_is_wrong_or_forbidden_is_reported_and_the_rest_is_read(statement: str):
    result = read(f"CREATE TABLE before (a int);\n{statement}\nCREATE TABLE after (a int);")
    assert [one.line for one in result.unread] == [2]
    assert [one.name for one in result.schema_.tables] == ["before", "after"]


def test_no_file_is_made(tmp_path: Path):
    target = tmp_path / "made.db"
    result = read(f"ATTACH '{target}' AS x; CREATE TABLE x.t (a int); VACUUM INTO '{target}'; CREATE TABLE t (a int);")
    assert not target.exists()
    assert [one.kind for one in result.skipped] == ["ATTACH", "VACUUM"]


def test_a_statement_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "SECONDS", 0.2)
    endless = (
        "CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n;"
    )
    with pytest.raises(LimitError, match="stopped"):
        read(endless)


@pytest.mark.parametrize("text", ["", "  \n ", "-- nothing", ";;;", "/* nothing"])
def test_a_script_without_statements_is_refused(text: str):
    with pytest.raises(InputError, match="no statement"):
        read(text)


@pytest.mark.parametrize(("text", "line"), [("SELECT 1;\nSELECT 'never closed;\n", 2), ('CREATE TABLE "t (a int);', 1)])
def test_what_is_never_closed_is_refused_with_its_line(text: str, line: int):
    with pytest.raises(SqlError) as caught:
        read(text)
    assert caught.value.line == line


def test_nul_bytes_and_deep_nesting_are_survived():
    deep = "(" * 2000 + "1" + ")" * 2000
    result = read(f"CREATE TABLE t (a int DEFAULT {deep});\nCREATE TABLE u (a \x00 int);\nCREATE TABLE v (a int);")
    assert [one.name for one in result.schema_.tables][-1] == "v"
    assert 2 in [one.line for one in result.unread]


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);", 0.6, 1.0),
        ("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (a);", 0.6, 1.0),
        ("CREATE TABLE t (a int) WITHOUT ROWID;", 0.6, 1.0),
        ("CREATE TABLE `t` (a int AUTO_INCREMENT) ENGINE=InnoDB;", 0.0, 0.2),
        ("CREATE TABLE t (a serial PRIMARY KEY, b text DEFAULT 'x'::text);", 0.0, 0.2),
        ("CREATE TABLE [dbo].[t] ([a] [int] IDENTITY(1,1) NOT NULL)\nGO\n", 0.0, 0.2),
    ],
)
def test_sqlite_is_recognised(text: str, least: float, most: float):
    assert least <= reader("sqlite").recognise(text) <= most


def test_a_temporary_table_is_skipped_and_not_missed():
    result = read("CREATE TEMP TABLE a (x); CREATE TABLE b (x)")
    assert (result.declared_tables, len(result.schema_.tables)) == (1, 1)
    assert [one.kind for one in result.skipped] == ["temporary object"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('"it\'s"', "'it''s'"),
        ("[new]", "'new'"),
        ("new", "'new'"),
        ("TRUE", "TRUE"),
        ("current_date", "current_date"),
        ("x'00'", "x'00'"),
        ("-1.5", "-1.5"),
    ],
)
def test_a_name_as_a_default_is_a_string(written: str, expected: str):
    result = read(f"CREATE TABLE t (a TEXT DEFAULT {written})")
    assert [column.default for column in result.schema_.tables[0].columns] == [expected]
