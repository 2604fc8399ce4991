"""Writes DBML (https://dbml.dbdiagram.io/docs): complete as far as the language goes, with a note on whatever it cannot say."""

from __future__ import annotations

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions) -> WriteResult:
    """The whole selection as one DBML document; tables that are referenced and not shown are marked as stubs."""
    from dbdesign.writers.dbml.document import document

    return document(schema, options)


WRITER = Writer(name="dbml", title="DBML", kind="diagram", suffix=".dbml", write=write)
