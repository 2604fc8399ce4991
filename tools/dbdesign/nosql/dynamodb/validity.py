"""What cannot be designed for at all: said with the limit and what to change."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from dbdesign.errors import InputError
from dbdesign.model.patterns import AccessModel, Entity
from dbdesign.nosql.dynamodb.layout import Path, Placement
from dbdesign.nosql.dynamodb.limits import HASH_BYTES, ITEM_BYTES, RANGE_BYTES
from dbdesign.nosql.dynamodb.plan import Plan, made_size
from dbdesign.nosql.dynamodb.requests import function_of, identifier
from dbdesign.nosql.dynamodb.sizes import STORED_AS, attribute_size, entity_size, value_size

FASTEST = 1e8
"""Executions a second above which a rate is taken for a mistake: ours."""


def check_model(model: AccessModel) -> None:
    """Raises `InputError` with everything that cannot be, each with its entity or pattern."""
    found = [*_named(model), *_entities(model), *_patterns(model)]
    if found:
        raise InputError("; ".join(found), where="access patterns", remedy="Change the design file as said")


def _entities(model: AccessModel) -> Iterator[str]:
    for entity in model.entities:
        if not entity.key:
            yield f"{entity.name} has no key: name the attributes that identify one"
        size = entity_size(entity)
        if size.largest > ITEM_BYTES:
            yield _too_large(entity, size.largest)
        for name in entity.key:
            one = entity.attribute_by_name.get(name)
            if one is not None and STORED_AS[one.type] in {"M", "L"}:
                yield f"{entity.name}.{name} is a {one.type}, which cannot be a key in DynamoDB: use a string or number"


def _too_large(entity: Entity, size: float) -> str:
    biggest = max(entity.attributes, key=lambda one: attribute_size(one).largest)
    return (
        f"{entity.name} may take {size / 1024:,.0f} KB, an item at most {ITEM_BYTES // 1024} KB: keep {biggest.name}"
        f" ({value_size(biggest).largest / 1024:,.0f} KB) in an object store and its address in the item, or split it over several items"
    )


def _named(model: AccessModel) -> Iterator[str]:
    """Names that DynamoDB, or the functions of the patterns, cannot tell apart or take."""
    places: dict[str, str] = {}
    for pattern in model.patterns:
        name = function_of(pattern.name)
        if name in places:
            yield f"patterns {places[name]!r} and {pattern.name!r} would both be the function {name}: rename one"
        places[name] = pattern.name
    for entity in model.entities:
        if not re.fullmatch(r"[A-Za-z0-9_.-]{3,230}", entity.name):
            yield f"{entity.name!r} cannot be the name of a table: 3 to 230 of A-Z, a-z, 0-9, _, - and ."
        names: dict[str, str] = {}
        for one in entity.attributes:
            if identifier(one.name) in names:
                yield f"{entity.name}: {names[identifier(one.name)]!r} and {one.name!r} would both be the parameter {identifier(one.name)}"
            names[identifier(one.name)] = one.name


def _patterns(model: AccessModel) -> Iterator[str]:
    for pattern in model.patterns:
        if not math.isfinite(pattern.peak_rate) or pattern.peak_rate > FASTEST or pattern.rate < 0:
            yield f"pattern {pattern.name!r}: {pattern.peak_rate:g} executions a second cannot be"
        if pattern.peak is not None and pattern.peak < pattern.rate:
            yield f"pattern {pattern.name!r}: its peak is below its average"
        if pattern.consistency == "strong" and pattern.stale_seconds:
            yield f"pattern {pattern.name!r}: it is to be strongly consistent and may be stale, which exclude each other"
        entity = model.entity_by_name.get(pattern.entity)
        if entity is not None and (fixed := sorted(set(pattern.changes) & set(entity.key))):
            yield (
                f"pattern {pattern.name!r} changes {', '.join(fixed)}, the key of {entity.name}: in DynamoDB an item's key cannot change;"
                " write it as a delete and an insert, or choose another key"
            )
        if entity is None:
            yield f"pattern {pattern.name!r} names {pattern.entity!r}, which is no entity"
            continue
        related = {name for one in model.relations if one.child == entity.name for name in one.by}
        named = {*pattern.equal, *pattern.changes, *pattern.filter, *([pattern.range] if pattern.range else [])}
        if missing := sorted(named - set(entity.attribute_by_name) - related - set(entity.key)):
            yield f"pattern {pattern.name!r} names {', '.join(missing)}, which {entity.name} does not have"


def check_plan(plan: Plan) -> None:
    """Raises `InputError` where items with their made keys, or key values, exceed the engine's limits."""
    found = [text for one in plan.placements.values() for text in _placement(one)]
    if found:
        raise InputError(
            "; ".join(found),
            where="access patterns",
            remedy="Shorten the attributes, or use a digest of them in the key",
        )


def _placement(placement: Placement) -> Iterator[str]:
    entity = placement.entity
    size = entity_size(entity) + made_size(placement, placement.base)
    if size.largest > ITEM_BYTES:
        yield f"{entity.name} with its keys may take {size.largest / 1024:,.0f} KB, an item at most {ITEM_BYTES // 1024} KB"
    for path in placement.paths:
        yield from _key_sizes(placement, path)


def _key_sizes(placement: Placement, path: Path) -> Iterator[str]:
    for parts, most, what in ((path.hash, HASH_BYTES, "partition"), (path.range, RANGE_BYTES, "sort")):
        total = 0.0
        for part in parts:
            one = placement.entity.attribute_by_name.get(part.name) if part.kind == "attribute" else None
            total += value_size(one).largest if one else 8.0
        if total > most:
            yield f"the {what} key {path} of {placement.entity.name} may take {total:,.0f} bytes, at most {most:,} are allowed"
