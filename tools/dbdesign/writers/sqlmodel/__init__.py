"""SQLModel models: one class a table, with relationships on both sides and link models."""

from __future__ import annotations

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """One module of models for a schema, on its own engine."""
    from dbdesign.writers.sqlalchemy.generate import generate
    from dbdesign.writers.sqlmodel.module import WritingModels

    return generate(WritingModels, schema, options or WriteOptions())


WRITER = Writer(name="sqlmodel", title="SQLModel models", kind="orm", suffix=".py", write=write)
