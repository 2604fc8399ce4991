"""PostgreSQL 14 to 18: idiomatic DDL in dependency order, from PostgreSQL's own schemas and from those of other engines."""

from __future__ import annotations

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """The DDL for a schema.

    Raises:
        InputError: for a version that is not among `DIALECT.versions`.
    """
    from dbdesign.writers.postgresql.generate import generate

    return generate(schema, options or WriteOptions())


WRITER = Writer(
    name="postgresql", title="PostgreSQL", kind="ddl", suffix=".sql", write=write, versions=DIALECT.versions
)
