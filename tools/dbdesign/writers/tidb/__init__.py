"""TiDB DDL: MySQL's, with clustered keys said, AUTO_RANDOM in place of hot AUTO_INCREMENT keys, and without what TiDB lacks."""

from __future__ import annotations

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """The schema as TiDB DDL, with notes on what TiDB cannot say. Raises `InputError` for a version that is not written for."""
    from dbdesign.writers.tidb.write import write_tidb

    return write_tidb(schema, options or WriteOptions())


WRITER = Writer(name="tidb", title="TiDB DDL", kind="ddl", suffix=".sql", write=write, versions=("7.5", "8.1", "8.5"))
