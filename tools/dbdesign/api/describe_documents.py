"""Collections of documents as JSON and as short lines: what `read_schema` answers with for a document database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from dbdesign.errors import UnknownNameError

if TYPE_CHECKING:
    from dbdesign.model.documents import Collection, DocumentField, DocumentIndex, DocumentSchema

Detail = Literal["names", "summary", "full"]
Json = dict[str, Any]
_NAMED = {"name", "type", "required", "fields", "element", "variants"}


def document_counts(documents: DocumentSchema) -> dict[str, int]:
    """How many collections, fields (also nested ones), indexes and references."""
    every = [field for one in documents.collections for _, field in one.paths()]
    return {
        "collections": len(documents.collections),
        "fields": len(every),
        "indexes": sum(len(one.indexes) for one in documents.collections),
        "references": sum(field.references is not None for field in every),
    }


def collections_json(
    documents: DocumentSchema,
    patterns: Sequence[str],
    detail: Detail,
    lines: Mapping[str, int],
    files: Mapping[str, str],
) -> Iterator[Json]:
    """The collections that match, at a level of detail.

    Raises:
        UnknownNameError: a pattern that matches none.
    """
    names = [one.name for one in documents.collections]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise UnknownNameError.among("collection", pattern, names, where="tables")
    for one in documents.collections:
        if not patterns or any(fnmatchcase(one.name, pattern) for pattern in patterns):
            place = {key: found[one.name] for key, found in (("line", lines), ("path", files)) if one.name in found}
            yield _collection(one, detail, place)


def _collection(one: Collection, detail: Detail, place: Json) -> Json:
    if detail == "names":
        return {"name": one.name}
    if detail == "summary":
        references = sorted({field.references for _, field in one.paths() if field.references})
        found: Json = {"name": one.name, "field_count": sum(1 for _ in one.paths()), "index_count": len(one.indexes)}
        return {**found, **({"references": references} if references else {})}
    said = one.model_dump(
        mode="json", warnings="none", exclude_defaults=True, exclude={"name", "fields", "indexes", "variants"}
    )
    variants = {value: [_field(field) for field in fields] for value, fields in one.variants.items()}
    return {
        "name": one.name,
        **place,
        **said,
        "fields": [_field(field) for field in one.fields],
        **({"variants": variants} if variants else {}),
        "indexes": [_index(index) for index in one.indexes],
    }


def _field(one: DocumentField) -> Json:
    found: Json = {"name": one.name} if one.name else {}
    found["type"] = one.type
    if one.required:
        found["required"] = True
    found |= one.model_dump(mode="json", warnings="none", exclude_defaults=True, exclude=_NAMED)
    if one.fields:
        found["fields"] = [_field(field) for field in one.fields]
    if one.element is not None:
        found["element"] = _field(one.element)
    if one.variants:
        found["variants"] = {value: [_field(field) for field in fields] for value, fields in one.variants.items()}
    return found


def _index(one: DocumentIndex) -> Json:
    return {
        "keys": dict(one.keys),
        **one.model_dump(mode="json", warnings="none", exclude_defaults=True, exclude={"keys"}),
    }


def collection_text(found: Json) -> str:
    """The same collection as lines: each field by its path, then the indexes."""
    name = found["name"] + (" (continued)" if found.get("continued") else "")
    if "field_count" in found:
        references = f"; refers to {', '.join(found['references'])}" if found.get("references") else ""
        return f"{name}: {found['field_count']} fields, {found['index_count']} indexes{references}"
    lines = [name]
    if rest := {key: one for key, one in found.items() if key not in _SAID}:
        lines.append(f"  [{_plain(rest)}]")
    lines += [f"  {text}" for text in _fields(found.get("fields", ()), "")]
    for value, fields in found.get("variants", {}).items():
        lines += [f"  as {value}: {text}" for text in _fields(fields, "")]
    for index in found.get("indexes", ()):
        rest = {key: one for key, one in index.items() if key != "keys"}
        lines.append(f"  index ({_plain(index['keys'])}){f' [{_plain(rest)}]' if rest else ''}")
    return "\n".join(lines)


_SAID = {"name", "line", "path", "continued", "fields", "variants", "indexes"}


def _fields(fields: Sequence[Json], before: str) -> Iterator[str]:
    for one in fields:
        place = f"{before}{one.get('name', '')}"
        rest = {key: value for key, value in one.items() if key not in _NAMED}
        yield f"{place}: {one['type']}{'!' if one.get('required') else ''}{f' [{_plain(rest)}]' if rest else ''}"
        yield from _fields(one.get("fields", ()), f"{place}.")
        if "element" in one:
            yield from _fields([{**one["element"], "name": "[]"}], place)
        for value, inside in one.get("variants", {}).items():
            yield from _fields(inside, f"{place}<{value}>.")


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key} {_plain(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return " ".join(str(value).split())
