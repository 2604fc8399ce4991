"""MySQL 8.0 and 8.4 DDL.

A schema of another engine is first adapted to what MySQL can say (`adapt`, with a note for what it cannot), then printed as any MySQL
schema is; so a MySQL schema is printed as it was read and loses nothing.
"""

from __future__ import annotations

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """The schema as MySQL DDL, with notes on what MySQL cannot say. Raises `InputError` for a version that is not written for."""
    from dbdesign.writers.mysql.write import write_mysql

    return write_mysql(schema, options or WriteOptions())


WRITER = Writer(name="mysql", title="MySQL DDL", kind="ddl", suffix=".sql", write=write, versions=("8.0", "8.4"))
