"""Stores generated rows as a layout says, and turns stored documents back into rows."""

from __future__ import annotations

import importlib.util
from typing import Any

from dbdesign.nosql.mongodb.files import create_options, index_options
from dbdesign.nosql.mongodb.layout import Embedded, Home, Layout, link_name
from dbdesign.nosql.mongodb.placement import plural
from dbdesign.nosql.mongodb.writing import document_of

Row = dict[str, Any]
Rows = dict[str, list[Row]]
ABSENT = object()


def bound(value: Any, values: Row) -> Any:
    """A command with its parameters in place; fields whose parameter is absent are left out."""
    if isinstance(value, dict):
        made = {name: bound(one, values) for name, one in value.items()}
        return {name: one for name, one in made.items() if one is not ABSENT}
    if isinstance(value, list):
        made_list = [bound(one, values) for one in value]
        return [one for one in made_list if one is not ABSENT and not (isinstance(one, dict) and set(one) == {"k"})]
    if isinstance(value, str) and value.startswith(":"):
        return values.get(value[1:], ABSENT)
    return value


def create(database: Any, schema: Any) -> None:
    """The collections with validators, and the indexes."""
    for one in schema.collections:
        database.create_collection(one.name, **create_options(one))
        for index in one.indexes:
            if "hashed" in index.keys.values():
                continue  # SecantusDB has no hashed indexes; they serve sharding alone
            database[one.name].create_index(
                list(index.keys.items()), **index_options(index), **({"name": index.name} if index.name else {})
            )


def documents(rows: Rows, layout: Layout) -> dict[str, list[Row]]:
    """Every document by its collection."""
    found: dict[str, list[Row]] = {}
    for name, home in layout.homes.items():
        if home.inside is None:
            for row in rows[name]:
                _add(row, home, layout, rows, found)
    for relation in layout.links():
        key = layout.homes[relation.parent].entity.key[-1]
        for parent in rows[relation.parent]:
            for child in parent[f"_links_{relation.child}"]:
                link = {f"{relation.parent}_id": parent[key], f"{relation.child}_id": child}
                found.setdefault(link_name(relation), []).append(link)
    return found


def _add(row: Row, home: Home, layout: Layout, rows: Rows, found: dict[str, list[Row]]) -> None:
    from bson import ObjectId

    values = dict(row)
    for copy in home.copies:
        values |= copied(row, copy, layout, rows)
    for ids in home.identifiers:
        values[ids.field] = _ids(row, home, ids.of, layout, rows)
    document = bound(document_of(home), values)
    if home.cold and "_id" not in document:
        document["_id"] = ObjectId()
    for embedded in home.embeds:
        _embed(document, row, embedded, home, layout, rows, found)
    found.setdefault(home.collection, []).append(document)
    if home.cold:
        from dbdesign.nosql.mongodb.index_keys import expiry

        names = (*home.cold, *([expiry(home.entity)] if expiry(home.entity) else []))
        cold = {"_id": document["_id"], **{one: row[one] for one in names if one in row}}
        found.setdefault(home.detail, []).append(cold)


def copied(row: Row, copy: Any, layout: Layout, rows: Rows) -> Row:
    key = layout.homes[copy.relation.parent].entity.key
    pairs = list(zip(copy.relation.by, key, strict=False))
    parent = next((one for one in rows[copy.relation.parent] if all(row.get(by) == one[own] for by, own in pairs)), {})
    return {f"{copy.field}_{name}": parent[name] for name in copy.attributes if name in parent}


def _ids(row: Row, home: Home, other: str, layout: Layout, rows: Rows) -> list[Any]:
    relation = layout.traffic.model.relation_between(home.entity.name, other)
    assert relation is not None
    if relation.parent == home.entity.name:
        return list(row[f"_links_{other}"])
    key, own = layout.homes[other].entity.key[-1], home.entity.key[-1]
    return [one[key] for one in rows[other] if row[own] in one[f"_links_{home.entity.name}"]]


def _embed(
    document: Row, row: Row, one: Embedded, home: Home, layout: Layout, rows: Rows, found: dict[str, list[Row]]
) -> None:
    child = layout.homes[one.relation.child]
    pairs = list(zip(one.relation.by, home.entity.key, strict=False))
    children = [each for each in rows[child.entity.name] if all(each.get(by) == row[own] for by, own in pairs)]
    elements = [bound(document_of(child), each) for each in children]
    if one.single:
        if elements:
            document[one.field] = elements[0]
        return
    document[one.field] = elements[: one.limit]
    rest = elements[one.limit :]
    if rest and one.overflow:
        document["has_overflow"] = True
        from dbdesign.nosql.mongodb.index_keys import expiry

        stamp = expiry(home.entity)
        stamps = {stamp: row[stamp]} if stamp else {}
        pages = [rest[place : place + one.limit] for place in range(0, len(rest), one.limit)]
        for number, page in enumerate(pages, start=1):
            overflow = {**{by: row[own] for by, own in pairs}, "page": number, one.field: page, **stamps}
            found.setdefault(one.overflow, []).append(overflow)


def row_of(document: Row, home: Home, layout: Layout) -> Row:
    """A stored or returned document as a row: own names, no identifiers of the store, children as rows."""
    found = dict(document)
    for name in ("schema_version", "has_overflow"):
        found.pop(name, None)
    if home.inside is None:
        if home.key is None:
            found.pop("_id", None)
        elif "_id" in found:
            found[home.key] = found.pop("_id")
    if home.series is not None and len(home.series.meta) > 1:
        found |= found.pop("meta", {})
    for each in found.pop("properties", []):
        found[each["k"]] = each["v"]
    for ids in home.identifiers:
        found.pop(ids.field, None)
    copied_whole = [one.field for one in home.copies if set(found.get(one.field, {})) <= set(one.attributes)]
    for one in home.copies:
        if one.field in copied_whole:
            _whole_copy(found, one, layout)
    for name, other in layout.homes.items():
        if isinstance(found.get(plural(name)), list) and plural(name) not in home.entity.attribute_by_name:
            found[plural(name)] = [row_of(one, other, layout) for one in found[plural(name)]]
        elif (
            isinstance(found.get(name), dict) and name not in home.entity.attribute_by_name and name not in copied_whole
        ):
            found[name] = row_of(found[name], other, layout)
    return found


def _whole_copy(found: Row, copy: Any, layout: Layout) -> None:
    key = layout.homes[copy.relation.parent].entity.key
    if copy.field in found:
        found[copy.field] = {
            **found[copy.field],
            **{own: found[by] for by, own in zip(copy.relation.by, key, strict=False) if by in found},
        }


def has_server() -> bool:
    """Whether the packages of the extra are there."""
    return importlib.util.find_spec("pymongo") is not None
