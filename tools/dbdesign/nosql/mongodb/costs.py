"""What a pattern's request costs: documents, index keys, bytes; each execution, and each second at peak."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.model.patterns import AccessPattern
from dbdesign.nosql.mongodb.catalogue import needs
from dbdesign.nosql.mongodb.index_keys import Index, by_key, constant
from dbdesign.nosql.mongodb.layout import Home, Layout
from dbdesign.nosql.mongodb.sizes import (
    DOCUMENT,
    INDEX_ENTRY,
    Part,
    array_bytes,
    attribute_bytes,
    average,
    element_bytes,
    entity_bytes,
    field_bytes,
)

VERSION_BYTES = field_bytes("schema_version", 4)
MEASUREMENT = 4.0
"""Bytes per field of a measurement in a compressed time series bucket: delta and run-length encoding (proposal; 8.0 stores columns)."""


def stored_bytes(home: Home, layout: Layout, part: Part = average) -> float:
    """A document as it is stored: without what is cold, with what is embedded, copied and versioned."""
    if home.inside is not None:
        return stored_bytes(layout.homes[home.inside.relation.parent], layout, part)
    size = entity_bytes(home.entity, part, without=home.cold)
    size += VERSION_BYTES if home.versioned else 0
    for one in home.embeds:
        child = layout.homes[one.relation.child].entity
        element = element_bytes(child, one.relation.by)
        children = min(part(one.relation.children), one.limit)
        size += field_bytes(one.field, element) * children if one.single else array_bytes(one.field, children, element)
    for copy in home.copies:
        parent = layout.homes[copy.relation.parent].entity.attribute_by_name
        size += field_bytes(copy.field, DOCUMENT + sum(attribute_bytes(parent[name], part) for name in copy.attributes))
    for ids in home.identifiers:
        relation = layout.traffic.model.relation_between(home.entity.name, ids.of)
        if relation is not None:
            spread = relation.children if relation.parent == home.entity.name else relation.parents or relation.children
            size += array_bytes(ids.field, part(spread), 21)
    return size


def collection_bytes(home: Home, layout: Layout) -> float:
    """All documents of an entity's own collection, uncompressed."""
    if home.series is not None:
        return layout.traffic.count(home.entity.name) * MEASUREMENT * len(home.entity.attributes)
    return layout.traffic.count(home.entity.name) * stored_bytes(home, layout)


def index_used(pattern: AccessPattern, home: Home, indexes: Iterable[Index]) -> Index | None:
    """The index that serves a pattern."""
    if by_key(pattern, home) or home.series is not None:
        return None
    own = [one for one in indexes if one.collection == home.collection]
    found = next((one for one in own if pattern.name in one.serves), None)
    return found or max((one for one in own if one.keys[0][0] in {home.path(name) for name in pattern.equal} and not one.where),
                        key=lambda one: _prefix(one, pattern, home), default=None)  # fmt: skip


def _prefix(index: Index, pattern: AccessPattern, home: Home) -> int:
    equal = {home.path(name) for name in pattern.equal}
    return next((place for place, (path, _) in enumerate(index.keys) if path not in equal), len(index.keys))


def covered(pattern: AccessPattern, home: Home, index: Index | None) -> bool:
    """Whether the index alone answers: everything that is read stands in it, no array, no absent field."""
    if index is None or pattern.together or not pattern.project or home.inside is not None or home.properties:
        return False
    paths = {path for path, _ in index.keys}
    read = {home.path(name) for name in needs(pattern, home.entity)} - set(index.where)
    return read <= paths


def examined(pattern: AccessPattern, home: Home, index: Index | None, layout: Layout) -> float:
    """Index keys, or documents where there is no index, that are looked at for one execution."""
    matched = layout.traffic.matched(pattern)
    returned = layout.traffic.returned(pattern)
    if index is None and not by_key(pattern, home) and home.series is None:
        return layout.traffic.count(home.entity.name)
    residual = 1.0
    paths = set() if index is None else {path for path, _ in index.keys} | set(index.where)
    for name, share in pattern.filter.items():
        if home.path(name) not in paths:
            residual *= share
    ahead = {path for path, _ in index.keys} if index else set()
    sorted_in_index = (
        not pattern.order or home.series is not None or all(home.path(one.attribute) in ahead for one in pattern.order)
    )
    wanted = returned if sorted_in_index else matched
    return min(wanted, matched) / max(residual, 1e-9)


def read_cost(pattern: AccessPattern, layout: Layout, indexes: tuple[Index, ...]) -> dict[str, float]:
    """Of a read."""
    home = layout.home(pattern)
    index = index_used(pattern, home, indexes)
    keys = examined(pattern, home, index, layout)
    returned = layout.traffic.returned(pattern)
    if home.inside is not None:
        per_parent = max(home.inside.relation.children.average, 1.0)
        through = home.inside.relation.by[-1] in pattern.equal
        documents = 1.0 if through else max(returned, keys / per_parent)
    else:
        documents = 0.0 if covered(pattern, home, index) else keys
    if home.series is not None:
        bucket = _bucket(home, layout)
        documents = max(keys / bucket, 1.0)
        size = documents * bucket * MEASUREMENT * len(home.entity.attributes)
    else:
        size = documents * stored_bytes(home, layout)
    extra_documents, extra_bytes = _joined(pattern, home, layout, returned)
    return _per_second(
        {
            "keys": keys,
            "documents": documents + extra_documents,
            "bytes_read": size + extra_bytes,
        },
        pattern,
    )


def _bucket(home: Home, layout: Layout) -> float:
    """Measurements of a bucket: those of one meta value, up to 1,000 (manual, "About Time Series Data")."""
    meta = set(home.series.meta) if home.series else set()
    children = [
        one.children.average
        for one in layout.traffic.model.relations
        if one.child == home.entity.name and set(one.by) <= meta
    ]
    return max(min([1000.0, *children]), 1.0)


def _joined(pattern: AccessPattern, home: Home, layout: Layout, returned: float) -> tuple[float, float]:
    documents = size = 0.0
    if home.cold and needs(pattern, home.entity) & set(home.cold):
        documents += returned
        size += returned * (DOCUMENT + sum(attribute_bytes(home.entity.attribute_by_name[one]) for one in home.cold))
    for name in pattern.together:
        other = layout.homes[name]
        relation = layout.traffic.model.relation_between(home.entity.name, name)
        if relation is None or any(one.relation.child == name for one in home.embeds) or home.inside is not None:
            continue
        each = relation.children.average if relation.parent == home.entity.name else 1.0
        documents += returned * each
        size += returned * each * stored_bytes(other, layout)
    return documents, size


def write_cost(pattern: AccessPattern, layout: Layout, indexes: tuple[Index, ...]) -> dict[str, float]:
    """Of a write: the document is written whole, and each index whose keys change."""
    home = layout.home(pattern)
    touched = 1.0 if pattern.operation == "inserts" else layout.traffic.matched(pattern)
    changed = {home.path(one) for one in pattern.changes}
    own = [one for one in indexes if one.collection == home.collection]
    affected = [
        one for one in own
        if pattern.operation != "updates" or not changed or changed & {path for path, _ in one.keys} | (changed & set(one.where))
    ]  # fmt: skip
    entries = touched * (len(affected) + (pattern.operation != "updates" and home.inside is None))
    if home.series is not None:
        documents, size = touched, touched * MEASUREMENT * len(home.entity.attributes)
    else:
        cold_only = bool(home.cold) and bool(pattern.changes) and set(pattern.changes) <= set(home.cold)
        part = _cold_bytes(home) if cold_only else stored_bytes(home, layout)
        documents, size = touched, touched * part
        if home.cold and not cold_only and (not pattern.changes or set(pattern.changes) & set(home.cold)):
            documents, size = documents + touched, size + touched * _cold_bytes(home)
    for name in pattern.together:
        other = layout.homes[name]
        apart = other.inside is None or (pattern.operation == "updates" and not lies_with(other, home))
        if layout.traffic.model.relation_between(home.entity.name, name) is not None and apart:
            each = layout.traffic.written_each(pattern, name)
            documents, size = documents + each, size + each * stored_bytes(other, layout)
            entries += each * (1 + sum(one.collection == other.collection for one in indexes))
    found = {
        "documents_written": documents,
        "index_entries": entries,
        "bytes_written": size + entries * (INDEX_ENTRY + 20),
    }
    return _per_second(found, pattern)


def lies_with(other: Home, home: Home) -> bool:
    """Whether an entity lies in the documents of another, which a write of that rewrites anyway."""
    return other.inside is not None and home.inside is None and other.inside.relation.parent == home.entity.name


def _cold_bytes(home: Home) -> float:
    return DOCUMENT + sum(attribute_bytes(home.entity.attribute_by_name[one]) for one in home.cold)


def _per_second(cost: dict[str, float], pattern: AccessPattern) -> dict[str, float]:
    rate = pattern.peak_rate
    return {name: round(value, 2) for name, value in cost.items()} | {
        f"{name}_per_second": round(value * rate, 2) for name, value in cost.items() if not name.startswith("index")
    }


def targeted(pattern: AccessPattern, home: Home, index: Index | None) -> str:
    """What serves a pattern, with the condition."""
    parts = [f"{home.path(name)} = :{name}" for name in pattern.equal]
    for name, share in pattern.filter.items():
        parts.append(f"{home.path(name)} = {constant(home.entity.attribute_by_name.get(name), share) or f':{name}'}")
    if pattern.range:
        parts.append(f"{home.path(pattern.range)} in a range")
    said = f": {', '.join(parts)}" if parts else ""
    if by_key(pattern, home):
        return f"{home.collection} {{_id: 1}}{said}"
    if home.series is not None:
        return f"{home.collection} (time series, clustered by {home.series.meta_field} and {home.series.time}){said}"
    if index is None:
        return f"{home.collection} (all documents){said}"
    kept = (f"{path} exists" if isinstance(value, dict) else f"{path} = {value}" for path, value in index.where.items())
    where = f" where {', '.join(kept)}" if index.where else ""
    return f"{index.label}{where}{said}"
