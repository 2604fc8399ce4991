"""Writes T-SQL for SQL Server, and proves it by reading it back."""

from __future__ import annotations

from dbdesign.dialects.sqlserver import DIALECT
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """The schema as T-SQL, in batches that GO ends."""
    from dbdesign.writers.sqlserver.write import write_sqlserver

    return write_sqlserver(schema, options or WriteOptions())


WRITER = Writer(name="sqlserver", title="SQL Server", kind="ddl", suffix=".sql", write=write, versions=DIALECT.versions)
