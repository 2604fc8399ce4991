"""Rows that Liquibase loads from a CSV file are read as INSERT statements that the server takes."""

from __future__ import annotations

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.files import Reading, read_migrations
from dbdesign.migrations.files.source_file import SourceFile

TABLE = "create table shop.city (id int primary key, name text, area numeric, big boolean, at timestamp)"
CITIES = """id;name;area;big;made;note
# a comment
1;"Ulm; Donau";118.7;true;now();x
2;it's;NULL;false;NULL;y
3;;;;;z
"""
CHANGELOG = """databaseChangeLog:
- changeSet:
    id: 1
    author: a
    changes:
    - {kind}:
        tableName: city
        schemaName: shop
        file: data/cities.csv
        separator: ;
        {more}
        columns:
        - column: {{header: made, name: at, type: COMPUTED}}
        - column: {{name: note, type: SKIP}}
        - column: {{name: name, type: STRING}}
        - column: {{name: area, type: NUMERIC}}
"""


def reading(kind: str = "loadData", more: str = "relativeToChangelogFile: true", text: str = CITIES) -> Reading:
    files = [
        SourceFile("db/changelog.yaml", CHANGELOG.format(kind=kind, more=more)),
        SourceFile("db/data/cities.csv", text),
    ]
    return read_migrations(files)


def rows_after(*readings: Reading) -> list[tuple[object, ...]]:
    with embedded().scratch() as database:
        database.user.execute("create schema shop")
        database.user.execute(TABLE)
        for one in readings:
            outcome = database.run_script([(it.line, it.sql) for it in one.migrations[0].statements])
            assert outcome.failures == ()
        return database.user.execute(
            "select id, name, area::text, big, at is not null from shop.city order by id"
        ).fetchall()


WANTED = [(1, "Ulm; Donau", "118.7", True, True), (2, "it's", None, False, False), (3, "", None, None, False)]


def test_rows_are_inserted_with_their_types() -> None:
    found = reading()
    assert (found.tools, found.notes) == (("liquibase",), ())
    assert rows_after(found) == WANTED


def test_rows_are_updated_by_their_key_and_inserted_where_there_are_none() -> None:
    more = "primaryKey: id"
    first = reading("loadUpdateData", more, CITIES.replace("Ulm; Donau", "before").replace("3;;;;;z\n", ""))
    assert rows_after(first, reading("loadUpdateData", more)) == WANTED


@pytest.mark.parametrize(
    ("kind", "more", "text", "note"),
    [
        ("loadData", "usePreparedStatements: false", "id;name\n1\n", "not all as long as its first"),
        ("loadUpdateData", "usePreparedStatements: false", CITIES, "has no primaryKey among the columns"),
        ("loadData", "quotchar: ab", CITIES, "is no CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(kind: str, more: str, text: str, note: str) -> None:
    found = reading(kind, more, text)
    assert found.migrations[0].statements == ()
    assert note in found.notes[0]


def test_a_file_that_is_not_there_is_said() -> None:
    files = [SourceFile("db/changelog.yaml", CHANGELOG.format(kind="loadData", more="encoding: UTF-8"))]
    assert "loadData: data/cities.csv is not among the files" in read_migrations(files).notes[0]
