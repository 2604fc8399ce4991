"""Anti-patterns of collections: arrays, document sizes, indexes, validators."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dbdesign.model.documents import Collection, DocumentField, DocumentIndex
from dbdesign.model.finding import Finding, Severity
from dbdesign.nosql.mongodb import limits
from dbdesign.nosql.mongodb.index_keys import prefix_of
from dbdesign.nosql.mongodb.review.source import UNDECLARED, Reviewed
from dbdesign.nosql.mongodb.sizes import DOCUMENT

FIXED = {
    "double": 8,
    "int": 4,
    "long": 8,
    "decimal": 16,
    "bool": 1,
    "date": 8,
    "objectId": 12,
    "uuid": 21,
    "timestamp": 8,
}


def structure(reviewed: Reviewed) -> Iterator[Finding]:
    """All of them."""
    created = any(UNDECLARED not in one.options for one in reviewed.collections.values())
    for one in reviewed.collections.values():
        yield from _arrays(one)
        yield from _size(one)
        yield from _indexes(one)
        yield from _parallel(one)
        if created:
            yield from _validation(one)
    if len(reviewed.collections) > limits.COLLECTIONS:
        yield Finding(
            rule="too-many-collections", severity=Severity.HIGH, object="database",
            message=f"{len(reviewed.collections):,} collections: each keeps files and memory open, whether it is used or not",
            evidence={"collections": len(reviewed.collections), "limit": limits.COLLECTIONS},
            fix="merge collections of one shape, with a field that tells them apart",
        )  # fmt: skip


def _arrays(collection: Collection) -> Iterator[Finding]:
    for path, field in collection.paths():
        if field.type != "array":
            continue
        place = f"{collection.name}.{path}"
        if field.max_items is None:
            if _is_set_of_few(field):
                continue
            yield Finding(
                rule="unbounded-array", severity=Severity.MEDIUM if _grows(field) else Severity.LOW, object=place,
                message="an array without a limit grows until the document meets 16 MB, and every write moves all of it",
                evidence={"field": path, "maxItems": "not said"},
                fix="set maxItems to twice the 99th percentile (in a model: validate the array's length); what can exceed it belongs in a"
                " collection of its own, by reference",
            )  # fmt: skip
        elif field.max_items >= limits.ARRAY_ELEMENTS:
            yield Finding(
                rule="large-array", severity=Severity.MEDIUM, object=place,
                message=f"an array of up to {field.max_items:,} elements is slow to search and costly to index",
                evidence={"field": path, "maxItems": field.max_items, "threshold": limits.ARRAY_ELEMENTS},
                fix="keep the newest in the document ($push with $slice), the others in a collection of their own",
            )  # fmt: skip


def _is_set_of_few(field: DocumentField) -> bool:
    """Roles, weekdays: an enumeration bounds what a sensible array of it holds."""
    return field.element is not None and bool(field.element.values)


def _grows(field: DocumentField) -> bool:
    """Whether the elements are things of their own, of which there are ever more: objects and references."""
    element = field.element
    return (
        element is None or element.type in {"object", "objectId", "array", "mixed", "map"} or bool(element.references)
    )


def largest(fields: tuple[DocumentField, ...]) -> float:
    """Bytes that an object of these fields may have, as far as its fields have limits: at least that."""
    return DOCUMENT + sum(2 + len(field.name.encode()) + _largest_value(field) for field in fields)


def _largest_value(field: DocumentField) -> float:
    if field.type == "object":
        return largest(field.fields)
    if field.type == "string":
        longest = max((len(str(one)) for one in field.values), default=field.max_length or 0)
        return 5 + 4.0 * longest
    if field.type == "array" and field.max_items is not None and field.element is not None:
        return DOCUMENT + field.max_items * (2 + len(str(field.max_items)) + _largest_value(field.element))
    return FIXED.get(field.type, 0.0)


def _size(collection: Collection) -> Iterator[Finding]:
    size = largest(collection.fields)
    if size > limits.LARGE_DOCUMENT_BYTES:
        beyond = size > limits.DOCUMENT_BYTES
        yield Finding(
            rule="large-document", severity=Severity.HIGH if beyond else Severity.MEDIUM, object=collection.name,
            message=f"the validator allows {size:,.0f} bytes, {'above' if beyond else 'close to'} the limit of {limits.DOCUMENT_BYTES:,}",
            evidence={"bytes": round(size), "limit": limits.DOCUMENT_BYTES, "threshold": limits.LARGE_DOCUMENT_BYTES},
            fix="reference the largest array instead of embedding it, or lower its maxItems",
        )  # fmt: skip


def _indexes(collection: Collection) -> Iterator[Finding]:
    count = 1 + len(collection.indexes)
    if count > limits.INDEXES:
        yield Finding(
            rule="too-many-indexes", severity=Severity.HIGH if count > limits.MAX_INDEXES else Severity.MEDIUM, object=collection.name,
            message=f"{count} indexes: each insert writes an entry in all of them",
            evidence={"indexes": count, "threshold": limits.INDEXES, "limit": limits.MAX_INDEXES},
            fix="drop those that $indexStats shows unused, and those that are a prefix of another",
        )  # fmt: skip
    for place, one in enumerate(collection.indexes):
        other = next(
            (each for number, each in enumerate(collection.indexes) if _makes_redundant(each, one, number < place)),
            None,
        )
        if other is not None:
            yield Finding(
                rule="redundant-index", severity=Severity.LOW, object=f"{collection.name} {_keys(one)}",
                message=f"{_keys(other)} begins with the same keys and serves every query of it",
                evidence={"index": _keys(one), "covered_by": _keys(other)},
                fix=f"db.getCollection({json.dumps(collection.name)}).dropIndex({json.dumps(one.name) if one.name else _keys(one)})",
            )  # fmt: skip


def _makes_redundant(other: DocumentIndex, one: DocumentIndex, earlier: bool) -> bool:
    special = one.unique or one.sparse or one.expire_after_seconds is not None or "collation" in one.options
    ways = (*one.keys.values(), *other.keys.values())
    if (
        other is one
        or special
        or other.sparse
        or dict(one.where) != dict(other.where)
        or any(way not in (1, -1) for way in ways)
    ):
        return False
    if len(one.keys) == len(other.keys) and not (earlier or other.unique):
        return False
    return prefix_of(tuple(one.keys.items()), tuple(other.keys.items()))


def _keys(index: DocumentIndex) -> str:
    return json.dumps(dict(index.keys))


def array_paths(collection: Collection) -> set[str]:
    """Dotted paths of arrays, as queries write them."""
    return {path.replace("[]", "") for path, field in collection.paths() if field.type == "array"}


def _parallel(collection: Collection) -> Iterator[Finding]:
    arrays = array_paths(collection)
    for index in collection.indexes:
        hit = {
            next((one for one in sorted(arrays) if path == one or path.startswith(f"{one}.")), None)
            for path in index.keys
        }
        hit.discard(None)
        if len(hit) > 1:
            yield Finding(
                rule="parallel-arrays", severity=Severity.HIGH, object=f"{collection.name} {_keys(index)}",
                message="a compound index takes one array: a document with two of them is refused (cannot index parallel arrays)",
                evidence={"arrays": sorted(one for one in hit if one)},
                fix="an index for each array, or one array of objects that hold both values",
            )  # fmt: skip


def _validation(collection: Collection) -> Iterator[Finding]:
    by_library = collection.model is not None and collection.strict
    if collection.validation == "off" and not collection.time_series and not by_library:
        yield Finding(
            rule="no-validator", severity=Severity.LOW, object=collection.name,
            message="no validator: whatever is written stays, with misspelt names and mixed types",
            evidence={"validation": "off"},
            fix=f"db.runCommand({{ collMod: {json.dumps(collection.name)}, validator: {{ $jsonSchema: … }},"
            " validationLevel: 'moderate', validationAction: 'warn' })",
        )  # fmt: skip
