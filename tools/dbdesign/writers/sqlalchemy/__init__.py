"""SQLAlchemy 2 models: declarative classes with `Mapped[]`, relationships on both sides, association tables."""

from __future__ import annotations

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """One module of models for a schema, on its own engine."""
    from dbdesign.writers.sqlalchemy.generate import generate
    from dbdesign.writers.sqlalchemy.module import Writing

    return generate(Writing, schema, options or WriteOptions())


WRITER = Writer(name="sqlalchemy", title="SQLAlchemy 2 models", kind="orm", suffix=".py", write=write)
