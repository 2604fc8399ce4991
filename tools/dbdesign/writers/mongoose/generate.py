"""From collections, or a relational schema, to a module of TypeScript."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.errors import UnknownNameError
from dbdesign.model.documents import DocumentSchema
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.documents import documents
from dbdesign.writers.javascript.program import module
from dbdesign.writers.mongoose.collections import statements
from dbdesign.writers.mongoose.context import Context
from dbdesign.writers.mongoose.nest import classes
from dbdesign.writers.postgresql.notes import Notes

_STYLES = ("schema", "nestjs")


def generate(schema: Schema | DocumentSchema, options: WriteOptions) -> WriteResult:
    """See `writers.mongoose.write`."""
    style = options.style or "schema"
    if style not in _STYLES:
        raise UnknownNameError.among("style", style, _STYLES)
    notes = Notes()
    found = documents(schema, notes) if isinstance(schema, Schema) else schema
    context = Context(found, notes, schema_word="MongooseSchema" if style == "nestjs" else "Schema")
    if isinstance(schema, Schema):
        _note_validation(found, notes)
    text = module(*_module(context, style))
    return WriteResult(text=text, notes=notes.all(), proof=Proof(level="by rule"))


def _note_validation(found: DocumentSchema, notes: Notes) -> None:
    notes.add(
        "the whole schema",
        "limits are enforced by Mongoose in the application, not by the server",
        "the target mongodb writes validators for the server as well",
    )
    texts = [
        f"{one.name}.{field.name}"
        for one in found.collections
        for field in one.fields
        if field.required and field.type == "string"
    ]
    for where in texts:
        notes.add(
            where,
            "an empty text in a required field, which Mongoose takes for missing",
            'Schema.Types.String.checkRequired((value) => value != null) allows ""',
        )


def _module(context: Context, style: str) -> tuple[dict[str, list[str]], list[str]]:
    write = classes if style == "nestjs" else statements
    found = [text for collection in context.schema.collections for text in write(collection, context)]
    return dict(_imports(context)), found


def _imports(context: Context) -> Iterator[tuple[str, list[str]]]:
    sources = {"node:crypto": context.crypto, "@nestjs/mongoose": context.nest, "mongoose": context.mongoose}
    for source, names in sources.items():
        if names:
            yield source, sorted(names, key=lambda name: (name.removeprefix("type ").lower(), name))
