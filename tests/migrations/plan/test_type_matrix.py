"""Which changes of a type the server makes in the catalogue alone: what the planner believes, held against the server."""

from __future__ import annotations

import itertools

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.migrations.postgresql.type_matrix import is_free
from dbdesign.model.schema import Schema
from dbdesign.readers.base import reader

TYPES = {
    "varchar": "'1'", "varchar(5)": "'1'", "varchar(9)": "'1'", "text": "'1'", "char(5)": "'1'", "char(9)": "'1'",
    "smallint": "1", "int": "1", "bigint": "1", "numeric": "1", "numeric(8,2)": "1", "numeric(10,2)": "1", "numeric(10,4)": "1",
    "real": "1", "double precision": "1", "bit(4)": "B'1010'", "varbit(4)": "B'1010'", "varbit(8)": "B'1010'", "varbit": "B'1010'",
    "timestamp": "'2025-01-01'", "timestamp(3)": "'2025-01-01'", "timestamp(0)": "'2025-01-01'", "timestamptz": "'2025-01-01'",
    "timestamptz(3)": "'2025-01-01'", "date": "'2025-01-01'", "time": "'10:00'", "time(2)": "'10:00'", "timetz": "'10:00'",
    "interval": "'1 day'", "interval(3)": "'1 day'", "cidr": "'10.0.0.0/8'", "inet": "'10.0.0.0/8'", "varchar(5)[]": "'{1}'",
    "varchar(9)[]": "'{1}'", "text[]": "'{1}'", "json": "'1'", "jsonb": "'1'", "uuid": "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'",
    "bytea": "'1'", "plain": "1", "checked": "1", "name": "'1'",
}  # fmt: skip
"""Types, and a value of each."""

DOMAINS = "create domain plain as int; create domain checked as int check (value > 0);"


def _schema() -> Schema:
    columns = ", ".join(f'"c{number}" {one}' for number, one in enumerate(TYPES))
    return reader("postgresql").read(f"{DOMAINS} create table t ({columns});").schema_


@pytest.fixture(scope="module")
def database() -> object:
    with embedded().scratch() as found:
        found.user.execute(DOMAINS)
        yield found


@pytest.mark.parametrize("before", TYPES)
def test_the_matrix_of_types_is_the_servers(before: str, database: ScratchDatabase) -> None:
    schema = _schema()
    columns = schema.tables[0].columns
    names = list(TYPES)
    wrong = []
    for after in names:
        believed = is_free(columns[names.index(before)].type, columns[names.index(after)].type, schema)
        seen = _is_free(database, before, after)
        if seen is not None and believed != seen:
            wrong.append(
                f"{before} to {after}: {'free' if seen else 'a rewrite, or an index built anew'} on the server"
            )
    assert wrong == []


def _is_free(database: ScratchDatabase, before: str, after: str) -> bool | None:
    """Whether neither the table's nor its index's file changes; None where there is no such change."""
    import psycopg

    user = database.user
    nodes = "select pg_relation_filenode('t'), pg_relation_filenode(to_regclass('i'))"
    user.execute("begin")
    try:
        user.execute(f"create table t (a {before}); insert into t values ({TYPES[before]})")
        with user.transaction():
            try:
                with user.transaction():
                    user.execute("create index i on t (a)")
            except psycopg.Error:
                pass  # json has no operator class
        first = user.execute(nodes).fetchone()
        user.execute(f"alter table t alter a type {after}")
        return first == user.execute(nodes).fetchone()
    except psycopg.Error:
        return None
    finally:
        user.execute("rollback")


def test_there_are_changes_of_both_kinds() -> None:
    schema = _schema()
    pairs = itertools.product(schema.tables[0].columns, repeat=2)
    found = [is_free(one.type, other.type, schema) for one, other in pairs if one != other]
    assert (found.count(True) >= 20, found.count(False) >= 1000) == (True, True)
