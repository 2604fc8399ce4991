"""Writes SQLite DDL, and proves it by executing it."""

from __future__ import annotations

from dbdesign.dialects.sqlite import DIALECT
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """The schema as SQLite DDL."""
    from dbdesign.writers.sqlite.write import write_sqlite

    return write_sqlite(schema, options or WriteOptions())


WRITER = Writer(name="sqlite", title="SQLite", kind="ddl", suffix=".sql", write=write, versions=DIALECT.versions)
