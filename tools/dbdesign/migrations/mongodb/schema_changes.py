"""What differs between two JSON schemas, and whether documents that were accepted may be refused now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

_NUMBERS = frozenset({"int", "long", "double", "decimal"})
_LOWER = frozenset({"minimum", "minLength", "minItems", "minProperties"})
"""The larger, the fewer documents fit."""
_UPPER = frozenset({"maximum", "maxLength", "maxItems", "maxProperties"})
_SILENT = frozenset(
    {"description", "title", "properties", "required", "bsonType", "type", "enum", "items", "additionalProperties"}
)
"""Keywords that say nothing of documents, or are looked at by themselves."""


@dataclass(frozen=True)
class SchemaChange:
    """One difference.

    Attributes:
        path: of the field, dotted; empty for the document.
        tightens: whether documents that were accepted may be refused.
    """

    path: str
    kind: Literal["field added", "field removed", "required", "optional", "type", "values", "closed", "opened", "rule"]
    tightens: bool
    said: str


def schema_changes(before: Mapping[str, Any], after: Mapping[str, Any], path: str = "") -> Iterator[SchemaChange]:
    """The differences, outer fields first."""
    yield from _required(before, after, path)
    yield from _types(before, after, path)
    yield from _values(before, after, path)
    yield from _closed(before, after, path)
    yield from _rules(before, after, path)
    yield from _fields(before, after, path)


def _fields(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[SchemaChange]:
    old, new = before.get("properties", {}), after.get("properties", {})
    for name in dict.fromkeys((*old, *new)):
        place = f"{path}.{name}" if path else name
        if name not in old:
            yield SchemaChange(
                place, "field added", bool(set(new[name]) - {"description", "title"}), f"{place} is described"
            )
        elif name not in new:
            closed = after.get("additionalProperties") is False
            yield SchemaChange(place, "field removed", closed, f"{place} is described no longer")
        else:
            yield from schema_changes(old[name], new[name], place)
    if isinstance(before.get("items"), Mapping) and isinstance(after.get("items"), Mapping):
        yield from schema_changes(before["items"], after["items"], f"{path}[]")
    elif before.get("items") != after.get("items"):
        yield SchemaChange(path, "rule", "items" in after, "items")


def _required(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[SchemaChange]:
    old, new = before.get("required", ()), after.get("required", ())
    for name in new:
        if name not in old:
            place = f"{path}.{name}" if path else name
            yield SchemaChange(place, "required", True, f"{place} is required")
    for name in old:
        if name not in new:
            place = f"{path}.{name}" if path else name
            yield SchemaChange(place, "optional", False, f"{place} is required no longer")


def _types(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[SchemaChange]:
    old, new = bson_types(before), bson_types(after)
    if old != new:
        wider = new is None or (old is not None and old <= new)
        named = " or ".join(sorted(new)) if new is not None else "of any type"
        yield SchemaChange(path, "type", not wider, f"{path or 'the document'} is {named}")


def bson_types(schema: Mapping[str, Any]) -> frozenset[str] | None:
    """The BSON types that a schema accepts; None for any. `number` is its four kinds."""
    said = schema.get("bsonType", schema.get("type"))
    if said is None:
        return None
    names = {said} if isinstance(said, str) else set(said)
    names = {"bool" if name == "boolean" else name for name in names}
    return frozenset(names - {"number"} | (_NUMBERS if "number" in names else set()))


def _values(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[SchemaChange]:
    old, new = before.get("enum"), after.get("enum")
    if old != new:
        tightens = new is not None and (old is None or any(one not in new for one in old))
        yield SchemaChange(
            path, "values", tightens, f"{path} is one of {new}" if new is not None else f"{path} has any value"
        )


def _closed(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[SchemaChange]:
    old, new = before.get("additionalProperties", True), after.get("additionalProperties", True)
    if old != new:
        where = path or "the document"
        if new is False or isinstance(new, Mapping):
            yield SchemaChange(path, "closed", True, f"{where} has no other fields than those described")
        else:
            yield SchemaChange(path, "opened", False, f"{where} may have other fields")


def _rules(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[SchemaChange]:
    for keyword in sorted((before.keys() | after.keys()) - _SILENT):
        old, new = before.get(keyword), after.get(keyword)
        if old != new:
            yield SchemaChange(
                path, "rule", _tightens(keyword, old, new), f"{keyword} of {path or 'the document'} is {new}"
            )


def _tightens(keyword: str, old: Any, new: Any) -> bool:
    if new is None or new is False:
        return False
    if old is None:
        return True
    if keyword in _LOWER:
        return bool(new > old)
    return bool(new < old) if keyword in _UPPER else True
