"""The script: `db.createCollection` and `createIndex` for each collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.model.documents import Collection, DocumentSchema
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.documents import documents
from dbdesign.writers.javascript.program import comment, statement
from dbdesign.writers.javascript.syntax import Call, Node, Obj, Raw, Str, document, literal
from dbdesign.writers.mongodb.validator import json_schema
from dbdesign.writers.mongoose.collections import index_options
from dbdesign.writers.postgresql.notes import Notes


def script(schema: Schema | DocumentSchema, options: WriteOptions) -> WriteResult:
    """See `writers.mongodb.write`."""
    notes = Notes()
    found = documents(schema, notes) if isinstance(schema, Schema) else schema
    text = "\n\n".join(part for collection in found.collections for part in _collection(collection, notes, options))
    if any(one.timestamps != (None, None) for one in found.collections):
        notes.add(
            "the whole schema",
            "when a document was made and changed: the server sets no such fields",
            "set them in the application",
        )
    _note_defaults(found, notes)
    return WriteResult(text=f"{text}\n" if text else "", notes=notes.all(), proof=Proof(level="by rule"))


def _note_defaults(schema: DocumentSchema, notes: Notes) -> None:
    for collection in schema.collections:
        for path, field in collection.paths():
            if field.default is not None or field.default_expression is not None:
                notes.add(f"{collection.name}.{path}", "a default: the server sets none", "set it in the application")


def _collection(collection: Collection, notes: Notes, options: WriteOptions) -> Iterator[str]:
    made: dict[str, Any] = {}
    if collection.capped:
        made |= {"capped": True, **collection.capped}
    if collection.time_series:
        made["timeseries"] = dict(collection.time_series)
    else:
        made["validator"] = {"$jsonSchema": json_schema(collection, notes)}
        made["validationLevel"] = "moderate" if collection.validation == "moderate" else "strict"
        made["validationAction"] = "error"
    if "collation" in collection.options:
        made["collation"] = collection.options["collation"]
    call = Call("db.createCollection", [Str(collection.name), expanded(made)])
    text = statement(document(call))
    said = comment(collection.comment) + "\n" if collection.comment and options.comments else ""
    yield said + text
    indexes = list(_indexes(collection))
    if indexes:
        yield "\n".join(indexes)
    if collection.shard_key:
        keys = literal(dict(collection.shard_key))
        where = f"`${{db.getName()}}.{collection.name}`"
        yield statement(document(Call("sh.shardCollection", [Raw(where), keys])))


def _indexes(collection: Collection) -> Iterator[str]:
    for index in collection.indexes:
        entries = [one for one in index_options(index) if one[0] != "background"]
        args: list[Node] = [literal(dict(index.keys)), *([Obj(entries)] if entries else [])]
        call = Call("db.getCollection", [Str(collection.name)]).then("createIndex", *args)
        yield statement(document(call))


def expanded(value: Any) -> Node:
    """A JSON value with its objects one entry a line, down to those that hold plain values only."""
    if isinstance(value, dict):
        is_inner = any(isinstance(one, dict) for one in value.values())
        return Obj([(str(name), expanded(one)) for name, one in value.items()], expanded=is_inner)
    return literal(value)
