"""Writes Prisma schemas (https://www.prisma.io/docs/orm/reference/prisma-schema-reference), formatted as `prisma format` formats them.

The provider is the schema's own engine (TiDB's is `mysql`). Names are as Prisma's users choose them, with `@map` and `@@map` where the
database's differ; what the language cannot say becomes a note.
"""

from __future__ import annotations

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions) -> WriteResult:
    """The schema as one `schema.prisma`."""
    from dbdesign.writers.prisma.document import document

    return document(schema, options)


WRITER = Writer(name="prisma", title="Prisma schema", kind="orm", suffix=".prisma", write=write)
