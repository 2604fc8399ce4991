"""Prisma schemas that are written: accepted and formatted by Prisma itself, read back as what they were written from."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.compare import compare
from dbdesign.model.schema import Column, Engine, Index, IndexKey, Key, Schema, Table
from dbdesign.readers.base import reader
from dbdesign.readers.postgresql.catalog import read_catalog
from dbdesign.readers.prisma import read
from dbdesign.writers.base import Note, WriteOptions, WriteResult, writers
from dbdesign.writers.prisma import WRITER, write
from dbdesign.writers.prisma.names import camel, model_name, plural, value_name
from postgresql_comparison import differences
from prisma_engine import prisma_engine, read_sql, without_comments
from real_schemas import REAL_SCHEMAS, read_real, real_sql
from strategies import schemas

HERE = Path(__file__).parent
PRISMA_SCHEMAS = HERE.parents[1] / "readers" / "prisma" / "schemas"
EVERYTHING = HERE.parents[1] / "readers" / "postgresql" / "everything.sql"
QUICKLY: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "phases": [Phase.explicit, Phase.generate],
}
"""Whole schemas take minutes to shrink."""


def check(schema: Schema) -> WriteResult:
    """Written, accepted by Prisma, formatted as Prisma formats, and read back without a remark."""
    written = write(schema, WriteOptions())
    prisma_engine().validate(written.text)
    assert prisma_engine().formatted(written.text) == written.text
    assert write(schema, WriteOptions()).text == written.text
    assert read({"schema.prisma": written.text}).unread == ()
    return written


def back(written: WriteResult) -> Schema:
    return read({"schema.prisma": written.text}).schema_


def lines(notes: tuple[Note, ...]) -> list[str]:
    return [f"{one.object} | {one.lost} | {one.instead}" for one in notes]


def from_sql(path: Path, engine: str) -> Schema:
    return reader(engine).read(path.read_text(), execute=False).schema_


def test_it_is_registered() -> None:
    assert writers()["prisma"] is WRITER


def test_a_shop_is_written_as_a_person_would_write_it() -> None:
    written = check(from_sql(HERE / "shop.sql", "postgresql"))
    assert written.text == (HERE / "shop.prisma").read_text()
    assert lines(written.notes) == (HERE / "shop.notes").read_text().splitlines()


def test_what_the_language_cannot_say_is_noted() -> None:
    written = check(from_sql(EVERYTHING, "postgresql"))
    assert lines(written.notes) == (HERE / "everything.notes").read_text().splitlines()


@pytest.mark.parametrize("name", ["postgresql", "cockroachdb", "sqlite", "mysql", "sqlserver"])
def test_what_was_read_from_prisma_is_written_and_read_without_a_difference(name: str) -> None:
    schema = read({"a.prisma": (PRISMA_SCHEMAS / f"{name}.prisma").read_text()}).schema_
    written = check(schema)
    assert differences(schema, back(written)) == []
    unsaid = {"a table without a key that Prisma can use"}  # NoKey, which says @@ignore itself
    assert {one.lost for one in written.notes} <= unsaid


@pytest.mark.parametrize("name", ["langfuse.prisma", "umami.prisma"])
def test_a_real_prisma_schema_is_written_and_read_without_a_difference(name: str) -> None:
    if not (REAL_SCHEMAS / name).exists():
        pytest.skip("the real schemas are not beside this checkout")
    schema = read({"a.prisma": (REAL_SCHEMAS / name).read_text()}).schema_
    written = check(schema)
    assert written.notes == ()
    assert differences(schema, back(written)) == []


@pytest.mark.parametrize("entry", real_sql())
def test_a_real_database_is_written_and_nothing_but_what_is_noted_is_lost(entry: dict[str, Any]) -> None:
    found = reader(entry["dialect"]).read(read_real(entry), execute=False).schema_
    written = check(found)
    again = back(written)
    check_nothing_is_lost_silently(found, again, written.notes)
    assert differences(again, back(check(again))) == []


@pytest.mark.parametrize("entry", [one for one in real_sql("postgresql") if "mimic" not in str(one.id)])
def test_the_database_that_prisma_creates_differs_from_the_real_one_by_what_is_noted(entry: dict[str, Any]) -> None:
    found = reader("postgresql").read(read_real(entry), execute=False).schema_
    written = check(found)
    with embedded().scratch() as database:
        assert not database.run_script(prisma_engine().sql(written.text)).failures
        created = read_catalog(database.admin)
    changed = {one.kind for one in compare(created, back(written)).operations}
    assert changed == set()
    if not written.notes:
        assert compare(created, found).operations == ()


# Laws, on random schemas


def without_apostrophes(schema: Schema) -> Schema:
    """Names and values in which the schema engine forgets to double quotation marks are spelt without them."""
    text = schema.model_dump_json().replace("it's", "its").replace("x'y", "xy")
    return Schema.model_validate_json(re.sub(r'quo(?:\\+")+te', "quote", text))


def count(notes: tuple[Note, ...], lost: Callable[[str], bool]) -> int:
    """How many objects the notes name whose loss is such."""
    found = 0
    for note in notes:
        if lost(note.lost):
            more = re.search(r" and (\d+) more\Z", note.object)
            found += 3 + int(more[1]) if more else note.object.count(", ") + 1
    return found


def check_nothing_is_lost_silently(schema: Schema, again: Schema, notes: tuple[Note, ...]) -> None:
    """Every table, column, key, foreign key and index is there again, or noted."""
    tables = [one for one in schema.tables if one.partition_of is None and one.columns]
    assert {one.label for one in tables} == {one.label for one in again.tables}
    for table in tables:
        other = again.table_by_label[table.label]
        assert [one.name for one in other.columns] == [one.name for one in table.columns]
        for column, read_back in zip(table.columns, other.columns, strict=True):
            check_column(schema, column, read_back)
        assert not other.primary_key or not table.primary_key or other.primary_key.columns == table.primary_key.columns
    keys = sum(len(one.foreign_keys) for one in tables)
    kept = sum(len(one.foreign_keys) for one in again.tables)
    if not any(re.search(r'[,"]', f"{one.label}{key.name}") for one in tables for key in one.foreign_keys):
        assert keys - kept == count(notes, lambda lost: lost.startswith("a foreign key "))


def check_column(schema: Schema, column: Column, read_back: Column) -> None:
    wanted = schema.resolve_type(column.type)
    assert read_back.type.kind is not None
    if schema.engine is Engine.POSTGRESQL and wanted.element is None and wanted.name is None:
        assert read_back.type == wanted
        assert read_back.nullable == column.nullable


@settings(max_examples=15, **QUICKLY)
@given(schemas())
def test_any_postgresql_schema_is_valid_formatted_and_created_as_it_is_read(schema: Schema) -> None:
    schema = without_apostrophes(schema)
    written = check(schema)
    again = back(written)
    theirs = read_sql("postgresql", prisma_engine().sql(written.text))
    assert theirs.unread == ()
    assert differences(without_comments(again), theirs.schema_) == []
    check_nothing_is_lost_silently(schema, again, written.notes)
    twice = check(again)
    assert differences(again, back(twice)) == []
    assert {one.lost for one in twice.notes} <= {"a table without a key that Prisma can use"}


@pytest.mark.parametrize("engine", ["sqlite", "cockroachdb", "mysql", "sqlserver"])
@settings(max_examples=5, **QUICKLY)
@given(schema=schemas())
def test_any_schema_of_another_engine_is_valid_and_formatted(engine: str, schema: Schema) -> None:
    sql = writers()[engine].write(without_apostrophes(schema), WriteOptions(prove=False)).text
    written = check(reader(engine).read(sql, execute=False).schema_)
    again = back(written)
    assert differences(again, back(check(again))) == []
    if engine in {"sqlite", "cockroachdb"}:
        theirs = read_sql(engine, prisma_engine().sql(written.text))
        assume(not theirs.unread)  # the schema engine writes some defaults that its databases refuse
        assert differences(without_comments(again), theirs.schema_) == []


# Names


@pytest.mark.parametrize(
    ("table", "model"),
    [
        ("order_items", "OrderItem"),
        ("Users", "User"),
        ("categories", "Category"),
        ("addresses", "Address"),
        ("status", "Status"),
        ("HTTPRequests", "HttpRequest"),
        ("2fa_codes", "N2FaCode"),
        ("größen", "Grossen"),
        ("日本語", "Model"),
        ("boxes", "Box"),
        ("news", "News"),
        ("causes", "Cause"),
    ],
)
def test_models_are_named_in_the_singular(table: str, model: str) -> None:
    assert model_name(table) == model


def test_fields_lists_and_values_are_named_by_habit() -> None:
    assert [camel(one) for one in ("user_id", "userID", "ID", "_id", "1st", "日本")] == [
        "userId", "userId", "id", "id", "n1St", ""
    ]  # fmt: skip
    assert [plural(one) for one in ("Category", "Day", "Box", "News", "Order")] == [
        "Categories", "Days", "Boxes", "News", "Orders"
    ]  # fmt: skip
    assert [value_name(one) for one in ("ADMIN", "in-progress", "2nd try", "", "true", "ü", "日本")] == [
        "ADMIN", "in_progress", "n2nd_try", "EMPTY", "true_", "u", "VALUE"
    ]  # fmt: skip


def table(name: str, *columns: Column, **parts: Any) -> Table:
    key = Key(name=f"{name}_pkey", columns=(columns[0].name,))
    return Table(name=name, columns=columns, primary_key=key, **parts)


def integer(name: str, nullable: bool = False) -> Column:
    schema = reader("postgresql").read("CREATE TABLE t (c integer)", execute=False).schema_
    return Column(name=name, type=schema.tables[0].columns[0].type, nullable=nullable)


def test_names_that_collide_are_told_apart() -> None:
    tables = (
        table("user", integer("id"), integer("ID"), integer("i_d")),
        table("users", integer("id")),
        table("Users", integer("id")),
    )
    text = check(Schema(engine=Engine.POSTGRESQL, tables=tables)).text
    assert re.findall(r"^model (\w+)", text, re.MULTILINE) == ["User", "User2", "User3"]
    assert re.findall(r"^  (\w+) +Int", text, re.MULTILINE)[:3] == ["id", "id2", "iD3"]


def test_indexes_without_names_get_names_that_differ() -> None:
    keys = (IndexKey(column="id"),)
    schema = Schema(
        engine=Engine.POSTGRESQL, tables=(table("t", integer("id"), indexes=(Index(keys=keys), Index(keys=keys))),)
    )
    assert [one.name for one in back(check(schema)).tables[0].indexes] == ["t_id_idx", "t_id_idx_2"]


def test_names_that_prisma_finds_too_long_are_cut_and_said() -> None:
    sql = f"CREATE TABLE t (id INT PRIMARY KEY, INDEX `{'ü' * 40}` (id), INDEX `{'ü' * 50}` (id));"
    written = check(reader("mysql").read(sql, execute=False).schema_)
    assert [index.name for index in back(written).tables[0].indexes] == ["ü" * 32, "ü" * 31 + "_2"]
    assert [note.lost for note in written.notes] == [
        "a name of more than 64 bytes, which Prisma refuses",
        "a name that another constraint has too",
    ]


def test_comments_can_be_left_out() -> None:
    schema = from_sql(HERE / "shop.sql", "postgresql")
    assert "///" in write(schema, WriteOptions()).text
    assert "///" not in write(schema, WriteOptions(comments=False)).text


def test_a_schema_without_tables_is_written() -> None:
    text = write(Schema(engine=Engine.SQLITE), WriteOptions()).text
    prisma_engine().validate(text)
    assert 'provider = "sqlite"' in text


def test_tidb_is_mysql_to_prisma() -> None:
    sql = "CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_RANDOM, n INT);"
    written = check(reader("tidb").read(sql, execute=False).schema_)
    assert 'provider = "mysql"' in written.text
    assert [one.lost for one in written.notes] == ["how a column is numbered"]
