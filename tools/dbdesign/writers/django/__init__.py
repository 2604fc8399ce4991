"""Writes Django models: one `models.py` as `ruff format` lays it out, with a note on whatever Django cannot say."""

from __future__ import annotations

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """The models of a schema, for Django 5.2 and later."""
    from dbdesign.writers.django.document import document

    return document(schema, options or WriteOptions())


WRITER = Writer(name="django", title="Django", kind="orm", suffix=".py", write=write)
