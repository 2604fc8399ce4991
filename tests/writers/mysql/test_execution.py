"""What is written for MySQL from real schemas of every engine loads into MariaDB, with every table and foreign key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbdesign.model.schema import Schema
from dbdesign.readers.base import reader
from dbdesign.writers.base import WriteOptions, WriteResult, writer
from mariadb_servers import for_mariadb, server
from real_schemas import read_real, real_sql

ROOT = Path(__file__).resolve().parents[3]
OWN = {
    "features": Path(__file__).with_name("features.sql"),
    "marketplace": ROOT / "examples" / "marketplace" / "schema.sql",
}


def assert_loads(schema: Schema, result: WriteResult) -> None:
    """Into an empty database; then the server counts the tables and foreign keys."""
    running = server()
    with running.database(schema.options.get("database")) as name:
        running.run(for_mariadb(result.text), name)
        count = running.run(
            "SELECT (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'),"
            " (SELECT COUNT(*) FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE());",
            name,
        ).split()[-2:]
    tables = [table for table in schema.tables if table.partition_of is None]
    foreign_keys = [key for table in tables for key in table.foreign_keys]
    assert [int(number) for number in count] == [len(tables), len(foreign_keys)]


@pytest.mark.parametrize("entry", real_sql())
def test_a_real_schema_loads_into_mariadb(entry: dict[str, Any]):
    schema = reader(entry["dialect"]).read(read_real(entry)).schema_
    result = writer("mysql").write(schema, WriteOptions())
    assert str(result.proof) == "parsed by sqlglot 30 (mysql)"
    assert_loads(schema, result)


@pytest.mark.parametrize("version", ["8.0", "8.4"])
@pytest.mark.parametrize("name", OWN)
def test_our_own_schemas_load_into_mariadb(name: str, version: str):
    schema = reader("postgresql").read(OWN[name].read_text()).schema_
    result = writer("mysql").write(schema, WriteOptions(version=version))
    assert str(result.proof) == "parsed by sqlglot 30 (mysql)"
    assert_loads(schema, result)


@pytest.mark.parametrize("entry", real_sql())
def test_what_is_written_is_read_in_full_and_the_same_from_then_on(entry: dict[str, Any]):
    def read_again(schema: Schema) -> Schema:
        result = reader("mysql").read(writer("mysql").write(schema, WriteOptions(prove=False)).text)
        assert result.unread == ()
        return result.schema_

    first = read_again(reader(entry["dialect"]).read(read_real(entry)).schema_)
    assert read_again(first) == first
