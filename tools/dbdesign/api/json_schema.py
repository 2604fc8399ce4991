"""Collections as `$jsonSchema` validators and indexes say them, in the model of documents.

Source: MongoDB manual, "Specify JSON Schema Validation" (JSON Schema draft 4 with `bsonType`), "createIndexes".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args

from dbdesign.errors import LimitError
from dbdesign.model.documents import BsonType, Collection, DocumentField, DocumentIndex, DocumentSchema

if TYPE_CHECKING:
    from dbdesign.migrations.mongodb.collections import Collection as Described
    from dbdesign.migrations.mongodb.collections import MongoIndex

_TYPES = {"boolean": "bool", "number": "double", "integer": "long", "null": "mixed"}
_KNOWN = frozenset(get_args(BsonType))
_SAID = {
    "bsonType", "type", "properties", "required", "items", "enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems",
    "pattern", "description", "title", "additionalProperties",
}  # fmt: skip
_INDEX = {"unique", "sparse", "partialFilterExpression", "expireAfterSeconds"}
MOST_FIELDS = 20_000
"""Fields of all collections together: YAML's aliases could else make more than any memory holds."""

DEEPEST = 100
"""Levels of nesting that MongoDB stores (manual, "MongoDB Limits and Thresholds")."""


def as_documents(described: tuple[Described, ...]) -> DocumentSchema:
    """The collections in the model of documents."""
    _check_size(described)
    return DocumentSchema(collections=tuple(_collection(one) for one in described))


def _check_size(described: tuple[Described, ...]) -> None:
    waiting: list[tuple[Any, int]] = [(one.schema_, 0) for one in described]
    seen = 0
    while waiting:
        schema, depth = waiting.pop()
        seen += 1
        if seen > MOST_FIELDS:
            raise LimitError(f"has more than {MOST_FIELDS:,} fields", where="the collections", remedy="Take it apart")
        if isinstance(schema, Mapping) and depth <= DEEPEST:
            inside = schema.get("properties")
            waiting += [(one, depth + 1) for one in inside.values()] if isinstance(inside, Mapping) else []
            waiting += [(schema["items"], depth + 1)] if "items" in schema else []


def _collection(one: Described) -> Collection:
    schema = one.schema_
    rest = {key: value for key, value in schema.items() if key not in _SAID}
    return Collection(
        name=one.name,
        fields=_fields(schema, 0),
        indexes=tuple(_index(index) for index in one.indexes),
        strict=schema.get("additionalProperties") is False,
        validation="strict" if schema else "off",
        comment=schema.get("description") or schema.get("title"),
        options=rest,
    )


def _fields(schema: Mapping[str, Any], depth: int) -> tuple[DocumentField, ...]:
    required = schema.get("required") or ()
    said = schema.get("properties")
    if not isinstance(said, Mapping) or depth > DEEPEST:
        return ()
    return tuple(
        _field(str(name), one, name in required, depth) for name, one in said.items() if isinstance(one, Mapping)
    )


def _field(name: str, said: Mapping[str, Any], required: bool, depth: int) -> DocumentField:
    items = said.get("items")
    options = {key: value for key, value in said.items() if key not in _SAID}
    kind, more = _type(said)
    return DocumentField(
        name=name,
        type=kind,
        required=required,
        fields=_fields(said, depth + 1),
        element=_field("", items, False, depth + 1) if isinstance(items, Mapping) and depth < DEEPEST else None,
        values=tuple(said.get("enum") or ()),
        minimum=said.get("minimum"),
        maximum=said.get("maximum"),
        min_length=said.get("minLength"),
        max_length=said.get("maxLength"),
        min_items=said.get("minItems"),
        max_items=said.get("maxItems"),
        pattern=said.get("pattern"),
        comment=said.get("description") or said.get("title"),
        options={**options, **more},
    )


def _type(said: Mapping[str, Any]) -> tuple[BsonType, dict[str, Any]]:
    """The type; where several are allowed, `mixed` with them as an option, but for `null` beside one."""
    given = said.get("bsonType", said.get("type"))
    names = [_TYPES.get(str(one), str(one)) for one in (given if isinstance(given, list) else [given] if given else [])]
    others = [one for one in names if one != "mixed"]
    if len(others) == 1 and others[0] in _KNOWN:
        return others[0], {}  # type: ignore[return-value]
    if not names and ("properties" in said or "items" in said):
        return ("object" if "properties" in said else "array"), {}
    return "mixed", {"bsonType": names} if len(names) > 1 or (names and names[0] not in _KNOWN) else {}


def _index(one: MongoIndex) -> DocumentIndex:
    options = one.options
    return DocumentIndex(
        name=one.name,
        keys=one.keys,
        unique=options.get("unique") is True,
        sparse=options.get("sparse") is True,
        where=options.get("partialFilterExpression") or {},
        expire_after_seconds=options.get("expireAfterSeconds"),
        options={key: value for key, value in options.items() if key not in _INDEX},
    )
