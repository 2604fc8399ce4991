"""Other projects' PostgreSQL schemas are read in full."""

from __future__ import annotations

from typing import Any

import pytest

from dbdesign.readers.postgresql import read
from real_schemas import read_real, real_sql

EXPLAINED = {"CREATE LANGUAGE", "SET", "OWNER TO", "INSERT", "SELECT setval"}


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_a_real_schema_has_the_tables_and_foreign_keys_that_its_index_says(entry: dict[str, Any]) -> None:
    result = read(read_real(entry))
    tables = result.schema_.tables
    assert (len(tables), sum(len(table.foreign_keys) for table in tables)) == (entry["tables"], entry["fks"])
    assert result.declared_tables == entry["tables"]
    assert result.unread == ()
    assert {one.kind for one in result.skipped} <= EXPLAINED
    assert str(result.proof).startswith("executed on PostgreSQL 18")


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_every_table_of_a_real_schema_has_a_line(entry: dict[str, Any]) -> None:
    text = read_real(entry)
    result = read(text)
    lines = text.splitlines()
    for table in result.schema_.tables:
        assert table.name.lower() in lines[result.lines[table.label] - 1].lower()
