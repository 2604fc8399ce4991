"""Fields of documents as definitions of Mongoose's paths."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from dbdesign.model.documents import DocumentField
from dbdesign.writers.javascript.syntax import Arr, Arrow, Call, Node, Obj, Raw, Str, literal
from dbdesign.writers.mongoose.context import Context

CONSTRUCTORS = {"string": "String", "double": "Number", "bool": "Boolean", "date": "Date", "binData": "Buffer"}
SCHEMA_TYPES = {
    "int": "Int32", "long": "BigInt", "decimal": "Decimal128", "objectId": "ObjectId", "uuid": "UUID", "mixed": "Mixed", "regex": "Mixed",
    "timestamp": "Mixed",
}  # fmt: skip
GEOMETRIES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection")
"""GeoJSON's (RFC 7946, section 1.4)."""
STRUCTURAL = frozenset({"subdocument", "_id", "timestamps", "required", "computed", "strict"})
"""Options of the model that are not a path's own keywords."""
Entries = list[tuple[str, Node]]


def definition(fields: Sequence[DocumentField], context: Context, where: str, *, expanded: bool = True) -> Obj:
    """The object that a schema or a nested path is made of."""
    return Obj(
        [(one.name, node(one, context, f"{where}.{one.name}")) for one in fields], expanded=expanded and bool(fields)
    )


def node(field: DocumentField, context: Context, where: str) -> Node:
    """What stands behind a path's name."""
    if field.type == "object" and not field.options.get("subdocument") and not _entries(field, context, where):
        return _nested(field, context, where)
    entries = _entries(field, context, where)
    kind = type_node(field, context, where)
    if not entries:
        return kind
    return Obj([("type", kind), *entries])


def _nested(field: DocumentField, context: Context, where: str) -> Node:
    if not field.fields:
        return Raw(context.types("Mixed"))
    return definition(field.fields, context, where)


def type_node(field: DocumentField, context: Context, where: str) -> Node:
    """The type alone."""
    if field.type in CONSTRUCTORS:
        return Raw(CONSTRUCTORS[field.type])
    if field.type in SCHEMA_TYPES:
        if field.type in {"regex", "timestamp"}:
            context.notes.add(where, f"the BSON type {field.type}", "Mixed")
        return Raw(context.types(SCHEMA_TYPES[field.type]))
    if field.type == "array":
        return Arr([node(field.element, context, f"{where}[]")] if field.element is not None else [])
    if field.type == "vector":
        return Arr([Raw("Number")])
    if field.type == "map":
        return Raw("Map")
    if field.type == "geojson":
        return geojson(field, context)
    return subschema(field, context, where)


def subschema(field: DocumentField, context: Context, where: str) -> Call:
    """`new Schema({ … }, { _id: false })`."""
    options: Entries = (
        [] if field.options.get("_id", field.options.get("subdocument", False)) else [("_id", Raw("false"))]
    )
    if field.discriminator and field.discriminator != "__t":
        options.append(("discriminatorKey", Str(field.discriminator)))
    if "timestamps" in field.options:
        options.append(("timestamps", literal(field.options["timestamps"])))
    if "strict" in field.options:
        options.append(("strict", literal(field.options["strict"])))
    own = [
        one
        for one in field.fields
        if one.name != field.discriminator and one.name not in stamped(field.options.get("timestamps"))
    ]
    return Call(
        context.schema_class(), [definition(own, context, where), *([Obj(options)] if options else [])], new=True
    )


def stamped(timestamps: Any) -> tuple[str, ...]:
    """The fields that a `timestamps` option of a nested schema adds."""
    if timestamps is True:
        return ("createdAt", "updatedAt")
    if not isinstance(timestamps, dict):
        return ()
    names = {name: timestamps.get(name, True) for name in ("createdAt", "updatedAt")}
    return tuple(name if value is True else str(value) for name, value in names.items() if value)


def geojson(field: DocumentField, context: Context) -> Call:
    """A schema for a GeoJSON geometry."""
    kinds = Arr([Str(one) for one in field.values or GEOMETRIES])
    fields: Entries = [
        ("type", Obj([("type", Raw("String")), ("enum", kinds), ("required", Raw("true"))])),
        ("coordinates", Obj([("type", Raw(context.types("Mixed"))), ("required", Raw("true"))])),
    ]
    return Call(context.schema_class(), [Obj(fields, expanded=True), Obj([("_id", Raw("false"))])], new=True)


def _entries(field: DocumentField, context: Context, where: str) -> Entries:
    """The keywords beside `type`."""
    found: Entries = []
    if field.type == "map" and field.element is not None:
        found.append(("of", node(field.element, context, f"{where}.*")))
    if field.required and not _is_always_there(field):
        found.append(("required", Raw("true")))
    found += _default(field, context, where)
    if field.values and field.type != "geojson":
        found.append(("enum", Arr([literal(one) for one in field.values])))
    for name, value in (("min", field.minimum), ("max", field.maximum)):
        if value is not None:
            found.append((name, _bound(value, field)))
    for name, length in (("minlength", field.min_length), ("maxlength", field.max_length)):
        if length is not None:
            found.append((name, Raw(str(length))))
    if field.pattern is not None:
        found.append(("match", Raw(regex(field.pattern))))
    if field.min_items is not None or field.max_items is not None:
        found.append(("validate", _items(field)))
    return [*found, *_references(field, context), *_options(field, context, where)]


def _references(field: DocumentField, context: Context) -> Entries:
    found: Entries = []
    if field.references is not None:
        found.append(("ref", Str(context.models.get(field.references, field.references))))
    if field.references_path is not None:
        found.append(("refPath", Str(field.references_path)))
    if field.alias is not None:
        found.append(("alias", Str(field.alias)))
    return found


def _is_always_there(field: DocumentField) -> bool:
    """A nested path needs no `required`: Mongoose writes it with its members, and has no validator for it."""
    return field.type == "object" and not field.options.get("subdocument")


def _default(field: DocumentField, context: Context, where: str) -> Entries:
    if field.default_expression is not None:
        return _computed(field, context, where)
    if field.default is None:
        return []
    value = literal(field.default)
    if isinstance(field.default, dict | list):
        return [("default", Arrow("()", value))]
    if field.type == "date" and isinstance(field.default, str):
        value = Call("Date", [value], new=True)
    if field.type == "long" and isinstance(field.default, int):
        value = Call("BigInt", [value])
    if field.type == "decimal":
        context.mongoose.add("Types")
        value = Arrow("()", Call("Types.Decimal128.fromString", [Str(str(field.default))]))
    if field.type == "objectId":
        context.mongoose.add("Types")
        value = Arrow("()", Call("Types.ObjectId", [Str(str(field.default))], new=True))
    return [("default", value)]


def _computed(field: DocumentField, context: Context, where: str) -> Entries:
    text = field.default_expression or ""
    if text in {"Date.now", "() => Date.now()", "() => new Date()"} and field.type in {"date", "double", "long"}:
        return [("default", Raw("Date.now") if text == "Date.now" else Raw(text))]
    if text == "randomUUID" and field.type == "uuid":
        context.mongoose.add("Types")
        return [("default", Arrow("()", Call("Types.UUID", [], new=True)))]
    if text == "randomUUID":
        context.crypto.add("randomUUID")
        return [("default", Arrow("()", Call("randomUUID", [])))]
    if text == "undefined":
        return [("default", Raw("undefined"))]
    context.notes.add(where, f"the default {text[:80]}, which is computed by code", "no default")
    return []


def _bound(value: float | str, field: DocumentField) -> Node:
    if field.type == "date" and isinstance(value, str):
        return Call("Date", [Str(value)], new=True)
    if field.type == "long" and isinstance(value, int):
        return Call("BigInt", [Raw(str(value))])
    return literal(value)


def _items(field: DocumentField) -> Node:
    """A validator of an array's length, which no keyword of Mongoose bounds."""
    limits = [(">=", field.min_items), ("<=", field.max_items)]
    text = " && ".join(f"value.length {operator} {bound}" for operator, bound in limits if bound is not None)
    return Arrow("(value: unknown[])", Raw(text))


def regex(pattern: str) -> str:
    """A regular expression literal, of a pattern with flags (`/a/i`) or without."""
    if re.fullmatch(r"/.+/[dgimsuvy]*", pattern, re.DOTALL):
        return pattern
    body = re.sub(r"(?<!\\)((?:\\\\)*)/", r"\1\\/", pattern).replace("\n", "\\n").replace("\r", "\\r")
    return f"/{body or '(?:)'}/"


def _options(field: DocumentField, context: Context, where: str) -> Entries:
    found: Entries = []
    for name, value in field.options.items():
        if name in STRUCTURAL:
            continue
        if _is_plain(value):
            found.append((name, literal(value)))
        else:
            context.notes.add(where, f"the option {name}", None)
    return found


def _is_plain(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError, RecursionError):
        return False
    return True
