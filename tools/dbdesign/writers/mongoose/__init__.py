"""Writes schemas of Mongoose 9, or classes of @nestjs/mongoose (style `nestjs`), from collections or from a relational schema."""

from __future__ import annotations

from dbdesign.model.documents import DocumentSchema
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult

STYLES = ("schema", "nestjs")


def write(schema: Schema | DocumentSchema, options: WriteOptions | None = None) -> WriteResult:
    """One module of TypeScript with a schema, a type and a model for each collection."""
    from dbdesign.writers.mongoose.generate import generate

    return generate(schema, options or WriteOptions())


WRITER = Writer(name="mongoose", title="Mongoose (TypeScript)", kind="orm", suffix=".ts", write=write)
