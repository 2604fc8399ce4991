"""Written schemas of Drizzle: as golden file, compiled by TypeScript, formatted as Prettier does, applied by drizzle-kit's own statements."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.model.schema import Engine, Schema
from dbdesign.readers import mysql, postgresql, sqlite
from dbdesign.readers.drizzle import read
from dbdesign.writers.drizzle import write
from drizzle_kit import Module, compile_errors, kit_statements, unformatted
from drizzle_sayable import sayable
from postgresql_comparison import differences
from real_schemas import REAL_SCHEMAS

HERE = Path(__file__).parent
CORES = {"postgres": "pg", "mysql": "mysql", "sqlite": "sqlite"}
READERS = {"postgres": postgresql.read, "mysql": mysql.read, "sqlite": sqlite.read}
REAL = (
    "sakila.postgres.sql",
    "synapse_main72.postgres.sql",
    "northwind.postgres.sql",
    "sakila.mysql.sql",
    "sakila.sqlite.sql",
)
BEFORE = {
    "sakila.postgres.sql": "CREATE DOMAIN year AS integer CHECK (VALUE >= 1901 AND VALUE <= 2155);"
    "CREATE AGGREGATE group_concat(text) (sfunc = textcat, stype = text);"
}
"""What the notes tell to create first."""


def _shop() -> Schema:
    return postgresql.read((HERE / "shop.sql").read_text()).schema


def _dialect(name: str) -> str:
    return name.split(".")[-2]


@pytest.fixture(scope="module")
def schemas() -> dict[str, Schema]:
    """The shop and the real schemas that are here."""
    here = {name: REAL_SCHEMAS / name for name in REAL if (REAL_SCHEMAS / name).exists()}
    real = {name: READERS[_dialect(name)](path.read_text(encoding="utf-8-sig")).schema for name, path in here.items()}
    return {"shop.postgres.sql": _shop(), **real}


@pytest.fixture(scope="module")
def texts(schemas: dict[str, Schema]) -> dict[str, str]:
    """What is written for them."""
    return {name: write(schema).text for name, schema in schemas.items()}


@pytest.fixture(scope="module")
def statements(texts: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What drizzle-kit makes of it."""
    modules = [
        Module(name.replace(".", "_"), CORES[_dialect(name)], {"schema.ts": text}) for name, text in texts.items()
    ]
    return kit_statements(modules, tmp_path_factory.mktemp("kit"))


def test_the_shop_is_written_as_the_golden_file() -> None:
    assert write(_shop()).text == (HERE / "shop.ts").read_text()


def test_what_drizzle_cannot_say_is_noted() -> None:
    text = """CREATE EXTENSION IF NOT EXISTS btree_gist; CREATE DOMAIN short AS text CHECK (length(VALUE) < 9);
    CREATE TABLE t (id int PRIMARY KEY, a short COLLATE "C", r int4range, EXCLUDE USING gist (r WITH &&)); COMMENT ON TABLE t IS 'about t';
    CREATE INDEX i ON t (a) INCLUDE (id); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"""
    lost = {note.lost for note in write(postgresql.read(text).schema).notes}
    assert {
        "an extension: drizzle-kit creates none",
        "a domain: drizzle-kit creates none",
        'the collation "C"',
        "an exclusion constraint",
        "comments: drizzle-kit writes none to the database",
        "INCLUDE (id) of an index",
        "a function",
        "a trigger",
    } <= lost


def test_an_engine_without_a_core_is_written_for_postgresql_and_noted() -> None:
    from dbdesign.readers import sqlserver

    written = write(sqlserver.read("CREATE TABLE t (id int IDENTITY PRIMARY KEY, n nvarchar(20) NOT NULL);").schema)
    assert 'from "drizzle-orm/pg-core"' in written.text
    assert written.notes[0].lost == "drizzle-orm 0.45 has no core for SQL Server"


def test_everything_compiles_under_strict(texts: dict[str, str], tmp_path: Path) -> None:
    assert compile_errors({name.replace(".", "_") + ".ts": text for name, text in texts.items()}, tmp_path) == []


def test_everything_is_formatted_as_prettier_does(texts: dict[str, str], tmp_path: Path) -> None:
    assert unformatted({name.replace(".", "_") + ".ts": text for name, text in texts.items()}, tmp_path) == {}


@pytest.mark.parametrize("name", ["shop.postgres.sql", *(one for one in REAL if "postgres" in one)])
def test_what_drizzle_kit_applies_is_the_schema(
    name: str, schemas: dict[str, Schema], statements: dict[str, list[str]]
) -> None:
    if name not in schemas:
        pytest.skip("the real schemas are not beside this checkout")
    extensions = "".join(f'CREATE EXTENSION IF NOT EXISTS "{one.name}";' for one in schemas[name].extensions)
    applied = postgresql.read(
        "\n".join([extensions + BEFORE.get(name, ""), *(f"{one};" for one in statements[name.replace(".", "_")])])
    )
    assert applied.proof.level == "executed"
    assert differences(sayable(schemas[name]), sayable(applied.schema)) == []


@pytest.mark.parametrize("name", ["sakila.mysql.sql", "sakila.sqlite.sql"])
def test_what_drizzle_kit_writes_for_other_engines_is_the_schema(
    name: str, schemas: dict[str, Schema], statements: dict[str, list[str]]
) -> None:
    if name not in schemas:
        pytest.skip("the real schemas are not beside this checkout")
    applied = READERS[_dialect(name)]("\n".join(f"{one};" for one in statements[name.replace(".", "_")]))
    assert not applied.unread
    assert [one.name for one in applied.schema.tables] == sorted(one.name for one in schemas[name].tables) or {
        one.name for one in applied.schema.tables
    } == {one.name for one in schemas[name].tables}
    read_back = read({"schema.ts": write(schemas[name]).text})
    assert not read_back.unread
    assert differences(sayable(schemas[name]), sayable(read_back.schema)) == []


def test_a_schema_of_the_engine_reads_back_as_that_engine(schemas: dict[str, Schema], texts: dict[str, str]) -> None:
    for name, text in texts.items():
        result = read({"schema.ts": text})
        assert (result.unread, result.schema.engine) == ((), schemas[name].engine)
        assert {one.label for one in result.schema.tables} == {one.label for one in schemas[name].tables}
    assert Engine.POSTGRESQL in {one.engine for one in schemas.values()}
