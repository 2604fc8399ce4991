"""A collection as a schema, its indexes, its type and its model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.model.documents import Collection, DocumentField, DocumentIndex
from dbdesign.writers.javascript.program import comment, constant, statement, type_alias
from dbdesign.writers.javascript.syntax import Call, Node, Obj, Raw, Str, document, literal
from dbdesign.writers.mongoose.context import Context
from dbdesign.writers.mongoose.fields import Entries, definition

KEPT_OPTIONS = (
    "versionKey",
    "id",
    "_id",
    "minimize",
    "autoIndex",
    "autoCreate",
    "bufferCommands",
    "toJSON",
    "toObject",
    "optimisticConcurrency",
    "collation",
    "strictQuery",
    "validateBeforeSave",
    "read",
    "writeConcern",
    "selectPopulatedPaths",
    "skipVersioning",
    "storeSubdocValidationError",
    "collectionOptions",
    "excludeIndexes",
    "lean",
    "pluginTags",
    "overwriteModels",
    "typeKey",
)
"""Options of Mongoose's schemas (guide, "Options") that the model keeps as they are."""


def statements(collection: Collection, context: Context) -> Iterator[str]:
    """The statements for a collection, in the order in which they must stand."""
    context.mongoose |= {"Schema", "model", "type InferSchemaType"}
    name = context.models[collection.name]
    schema = context.names.new(f"{name[0].lower()}{name[1:]}Schema")
    own = own_fields(collection)
    args: list[Node] = [
        definition(own, context, collection.name),
        Obj(schema_options(collection, context), expanded=False),
    ]
    text = constant(schema, Call("Schema", args, new=True))
    yield f"{comment(collection.comment)}\n{text}" if collection.comment else text
    declared = [statement(document(index_call(schema, index))) for index in collection.indexes]
    if declared:
        yield "\n".join(declared)
    yield from embedded_discriminators(collection, schema, context)
    yield (
        type_alias(name, "InferSchemaType", f"typeof {schema}")
        + "\n\n"
        + constant(name, Call("model", [Str(name), Raw(schema)]))
    )
    for value, fields in collection.variants.items():
        yield _variant(name, value, fields, collection, context)


def own_fields(collection: Collection) -> list[DocumentField]:
    """The fields without those that Mongoose adds itself."""
    added = {*collection.timestamps, collection.discriminator if collection.variants else None}
    return [one for one in collection.fields if one.name not in added]


def schema_options(collection: Collection, context: Context) -> Entries:
    """The schema's options."""
    found: Entries = [("collection", Str(collection.name))]
    found += timestamps(collection.timestamps)
    if not collection.strict:
        found.append(("strict", Raw("false")))
    if collection.discriminator and collection.discriminator != "__t":
        found.append(("discriminatorKey", Str(collection.discriminator)))
    for key, value in (
        ("timeseries", collection.time_series),
        ("capped", collection.capped),
        ("shardKey", collection.shard_key),
    ):
        if value:
            found.append((key, literal(value)))
    for key, value in collection.options.items():
        if key in KEPT_OPTIONS:
            found.append((key, literal(value)))
        elif key not in {"plugins", "virtuals", "hooks"}:
            context.notes.add(collection.name, f"the option {key}", None)
    return found


def timestamps(names: tuple[str | None, str | None]) -> Entries:
    """The option `timestamps`."""
    created, updated = names
    if created is None and updated is None:
        return []
    if names == ("createdAt", "updatedAt"):
        return [("timestamps", Raw("true"))]
    values = {"createdAt": created, "updatedAt": updated}
    return [("timestamps", Obj([(key, _stamp(value)) for key, value in values.items() if value != key]))]


def _stamp(value: str | None) -> Node:
    return Raw("false") if value is None else Str(value)


def index_call(schema: str, index: DocumentIndex) -> Call:
    """`schema.index({ email: 1 }, { unique: true })`."""
    options = index_options(index)
    keys = Obj([(name, literal(value)) for name, value in index.keys.items()])
    return Call(f"{schema}.index", [keys, *([Obj(options)] if options else [])])


def index_options(index: DocumentIndex) -> Entries:
    """What createIndex takes beside the keys."""
    values: dict[str, Any] = {"name": index.name} if index.name else {}
    values |= {"unique": True} if index.unique else {}
    values |= {"sparse": True} if index.sparse else {}
    if index.expire_after_seconds is not None:
        seconds = index.expire_after_seconds
        values["expireAfterSeconds"] = int(seconds) if float(seconds).is_integer() else seconds
    values |= {"partialFilterExpression": index.where} if index.where else {}
    return [(name, literal(value)) for name, value in {**values, **index.options}.items()]


def _variant(
    parent: str, value: str, fields: tuple[DocumentField, ...], collection: Collection, context: Context
) -> str:
    from dbdesign.writers.javascript.naming import pascal

    name = context.names.new(pascal(value), f"{parent}{pascal(value)}")
    schema = Call("Schema", [definition(fields, context, f"{collection.name}({value})")], new=True)
    tail: list[Node] = [] if name == value else [Str(value)]
    return constant(name, Call(f"{parent}.discriminator", [Str(name), schema, *tail]))


def embedded_discriminators(collection: Collection, schema: str, context: Context) -> Iterator[str]:
    """`schema.path("events").discriminator("Click", new Schema({ … }))` for nested objects with variants."""
    for path, field in _discriminated(collection.fields, ""):
        holder = "DocumentArray" if path.endswith("[]") else "Subdocument"
        target = f"{schema}.path<{context.types(holder)}>"
        for value, fields in field.variants.items():
            inner: Mapping[str, Any] = (
                {"_id": False} if not field.options.get("_id", field.options.get("subdocument", False)) else {}
            )
            args: list[Node] = [
                definition(fields, context, f"{collection.name}.{path}({value})"),
                *([literal(inner)] if inner else []),
            ]
            call = Call(target, [Str(path.replace("[]", ""))]).then(
                "discriminator", Str(value), Call(context.schema_class(), args, new=True)
            )
            yield statement(document(call))


def _discriminated(fields: tuple[DocumentField, ...], before: str) -> Iterator[tuple[str, DocumentField]]:
    for field in fields:
        path, one = f"{before}{field.name}", field
        if one.type == "array" and one.element is not None:
            path, one = f"{path}[]", one.element
        if one.variants:
            yield path, one
        elif one.type == "object":
            yield from _discriminated(one.fields, f"{path}.")
