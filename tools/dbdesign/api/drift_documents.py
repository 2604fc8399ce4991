"""The differences between two schemas of documents: collections, fields by their paths, indexes by their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from dbdesign.api.drift import LEFT, RIGHT, Difference, Drift, Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbdesign.model.documents import Collection, DocumentField, DocumentIndex, DocumentSchema

_LIBRARY = frozenset({"alias", "options", "default", "default_expression", "comment", "references", "references_path"})
"""What a library keeps and validators cannot say (MongoDB manual, "$jsonSchema": it has no defaults and no references)."""

_STRUCTURE = frozenset({"name", "fields", "element", "variants", "discriminator"})
_REASON = "a $jsonSchema validator has no defaults, references or options of a library"


def document_drift(left: Side, right: Side, ignore: Sequence[str] = ()) -> Drift:
    """What differs between the collections of two sources."""
    from dbdesign.api.source import MONGODB

    found = Drift()
    library = MONGODB not in {left.form, right.form}
    for one in _collections(_of(left), _of(right), left, right):
        collection = one.object.partition(".")[0].partition(" (")[0]
        pattern = next((p for p in ignore if fnmatchcase(collection, p) or fnmatchcase(one.object, p)), None)
        if pattern is not None:
            found.ignored.append(_reason(one, f"asked for: {pattern}"))
        elif not library and one.what == "differs" and one.kind == "field" and set(one.left) <= _LIBRARY:
            found.cannot_express.append(_reason(one, _REASON))
        else:
            found.differences.append(one)
    return found


def _of(side: Side) -> DocumentSchema:
    documents = side.result.documents
    assert documents is not None  # noqa: S101 - the caller has seen that both sides are documents
    return documents


def _reason(one: Difference, reason: str) -> Difference:
    return Difference(one.kind, one.object, one.what, one.left, one.right, reason, one.places)


def _collections(before: DocumentSchema, after: DocumentSchema, left: Side, right: Side) -> Iterator[Difference]:
    old = {one.name: one for one in before.collections}
    new = {one.name: one for one in after.collections}
    for name in dict.fromkeys((*old, *new)):
        places = {
            side: place for side, place in ((LEFT, left.place("", name)), (RIGHT, right.place("", name))) if place
        }
        if name not in new:
            yield Difference("collection", name, "only left", _short(old[name]), None, None, places)
        elif name not in old:
            yield Difference("collection", name, "only right", None, _short(new[name]), None, places)
        else:
            yield from _fields(old[name], new[name], places)
            yield from _indexes(old[name], new[name], places)


def _short(one: Collection) -> dict[str, Any]:
    return {"fields": [f"{path} {field.type}" for path, field in one.paths()], "indexes": len(one.indexes)}


def _fields(before: Collection, after: Collection, places: Mapping[str, str]) -> Iterator[Difference]:
    old, new = dict(before.paths()), dict(after.paths())
    for path in dict.fromkeys((*old, *new)):
        label = f"{after.name}.{path}"
        one, other = old.get(path), new.get(path)
        if one is None or other is None:
            what = "only right" if one is None else "only left"
            yield Difference("field", label, what, one and _json(one), other and _json(other), None, places)
            continue
        by_library = {name for name in _differing(one, other) if name in _LIBRARY}
        for names in (_differing(one, other) - by_library, by_library):
            if names:
                yield Difference("field", label, "differs", _some(one, names), _some(other, names), None, places)


def _differing(one: DocumentField, other: DocumentField) -> set[str]:
    return {
        name for name in type(one).model_fields if name not in _STRUCTURE and getattr(one, name) != getattr(other, name)
    }


def _some(one: DocumentField, names: set[str]) -> dict[str, Any]:
    said = one.model_dump(mode="json", warnings="none")
    return {name: said[name] for name in said if name in names}


def _json(one: DocumentField) -> dict[str, Any]:
    return {
        "type": one.type,
        **one.model_dump(
            mode="json", warnings="none", exclude_defaults=True, exclude={"name", "fields", "element", "variants"}
        ),
    }


def _indexes(before: Collection, after: Collection, places: Mapping[str, str]) -> Iterator[Difference]:
    """Indexes are the same where their keys are: the server allows one of each (manual, "createIndexes")."""
    old = {tuple(one.keys.items()): one for one in before.indexes}
    new = {tuple(one.keys.items()): one for one in after.indexes}
    for keys in dict.fromkeys((*old, *new)):
        label = f"{after.name} ({', '.join(f'{path} {order}' for path, order in keys)})"
        one, other = old.get(keys), new.get(keys)
        if one is None or other is None:
            what = "only right" if one is None else "only left"
            yield Difference("index", label, what, one and _index(one), other and _index(other), None, places)
        elif one.model_copy(update={"name": None}) != other.model_copy(update={"name": None}):
            yield Difference("index", label, "differs", _index(one), _index(other), None, places)


def _index(one: DocumentIndex) -> dict[str, Any]:
    return {
        "keys": dict(one.keys),
        **one.model_dump(mode="json", warnings="none", exclude_defaults=True, exclude={"keys", "name"}),
    }
