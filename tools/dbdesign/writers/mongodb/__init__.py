"""Writes a script for mongosh: collections with `$jsonSchema` validators and indexes, from collections or from a relational schema."""

from __future__ import annotations

from dbdesign.model.documents import DocumentSchema
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema | DocumentSchema, options: WriteOptions | None = None) -> WriteResult:
    """One script; it makes what is not there and fails where a collection of that name is."""
    from dbdesign.writers.mongodb.script import script

    return script(schema, options or WriteOptions())


WRITER = Writer(name="mongodb", title="MongoDB (mongosh)", kind="ddl", suffix=".js", write=write, versions=("8.0",))
