"""Real T-SQL scripts are read in full, and written again they read the same."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dbdesign.readers.base import reader
from dbdesign.writers.base import WriteOptions, writer
from dbdesign.writers.sqlserver.proof import first_difference
from real_schemas import read_real, real_sql

STRINGS_AND_COMMENTS = re.compile(r"N?'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)


@pytest.mark.parametrize("entry", real_sql("sqlserver"))
def test_a_real_script_is_read_in_full(entry: dict[str, Any]):
    text = read_real(entry)
    result = reader("sqlserver").read(text)
    tables, bare = result.schema_.tables, STRINGS_AND_COMMENTS.sub(" ", text)
    assert len(tables) == entry["tables"] == result.declared_tables
    assert sum(len(table.foreign_keys) for table in tables) == len(re.findall(r"\bREFERENCES\b", bare, re.IGNORECASE))
    assert len(result.schema_.views) == len(re.findall(r"\bCREATE\s+VIEW\b", bare, re.IGNORECASE))
    indexes = len(re.findall(r"\bCREATE\s+(?:UNIQUE\s+)?(?:(?:NON)?CLUSTERED\s+)?INDEX\b", bare, re.IGNORECASE))
    assert sum(len(table.indexes) for table in tables) == indexes
    assert sum(c.default is not None for t in tables for c in t.columns) == len(
        re.findall(r"\bDEFAULT\b", re.sub(r"(?s)AS TABLE \(.*?\);", "", bare), re.IGNORECASE)
    )
    assert result.unread == ()


@pytest.mark.parametrize("entry", real_sql("sqlserver"))
def test_a_real_script_is_recognised(entry: dict[str, Any]):
    text = read_real(entry)
    sure = {name: reader(name).recognise(text) for name in ("sqlserver", "sqlite", "mysql", "postgresql")}
    assert max(sure, key=lambda name: sure[name]) == "sqlserver"


@pytest.mark.parametrize("entry", real_sql("sqlserver"))
def test_a_real_script_written_again_reads_the_same(entry: dict[str, Any]):
    schema = reader("sqlserver").read(read_real(entry)).schema_
    result = writer("sqlserver").write(schema, WriteOptions())
    assert (result.notes, str(result.proof)) == (
        (),
        "parsed by dbdesign's T-SQL reader (read back equal to what was meant; not executed)",
    )
    again = reader("sqlserver").read(result.text)
    assert first_difference(schema, again.schema_) is None
    assert writer("sqlserver").write(again.schema_, WriteOptions(prove=False)).text == result.text
