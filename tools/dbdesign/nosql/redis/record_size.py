"""Bytes of an entity's record: as fields of a hash, as JSON in a string, as a field of a hash that several share."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dbdesign.model.patterns import Attribute, Entity, Spread
from dbdesign.nosql.redis import memory
from dbdesign.nosql.redis.memory import HASH_VALUE, Layout
from dbdesign.nosql.redis.sizes import share_above, stored

QUOTES = 6
"""Characters that JSON puts around a name and its value: four quotes, colon, comma."""
BINARY_AS_TEXT = 4 / 3
MANY = 1e6
"""Keys at which structures are compared with each other."""


def value_bytes(attribute: Attribute, *, packed: bool = False, large: bool = False) -> float:
    """Bytes of a value, at the average or at the 99th percentile."""
    size = stored(attribute)
    wanted = size.large if large else size.average
    return wanted * BINARY_AS_TEXT if packed and attribute.type == "binary" else wanted


def packed_length(attribute: Attribute) -> float:
    """Characters that a value counts for in a listpack, which keeps integers as binary: 7, 13, 16, 24, 32 or 64 bits (listpack.c)."""
    size = value_bytes(attribute)
    if attribute.type not in {"number", "timestamp", "boolean"}:
        return size
    return integer_length(size)


def integer_length(digits: float) -> float:
    """Bytes of an integer in a listpack beyond the two that every element has."""
    return next((size for most, size in ((2, 0.0), (3, 1.0), (4, 2.0), (7, 3.0), (9, 4.0)) if digits <= most), 8.0)


def packed_bytes(entity: Entity, *, large: bool = False) -> float:
    """Bytes of an entity as a JSON object; at the 99th percentile every attribute is there and as large."""
    return 1 + sum(
        (1.0 if large else one.present) * (len(one.name) + value_bytes(one, packed=True, large=large) + QUOTES)
        for one in entity.attributes
    )


def projected_bytes(entity: Entity, names: Iterable[str], *, large: bool = False) -> float:
    """Bytes of some attributes."""
    wanted = set(names)
    return sum(
        (1.0 if large else one.present) * value_bytes(one, large=large)
        for one in entity.attributes
        if one.name in wanted
    )


def hash_usage(
    entity: Entity, layout: Layout, key: float, keys: float, *, expires: bool = False, large: bool = False
) -> float:
    """Bytes of an entity as a hash of its own: of those that have a value too long for a listpack and of the rest, by their shares."""
    fields = [(float(len(one.name)), value_bytes(one, large=large)) for one in entity.attributes]
    if large:
        return memory.hash_of(layout, key, keys, fields, expires=expires).total
    packed = _packed(entity, layout, key, keys, expires=expires)
    table = _table(entity, layout, key, keys, expires=expires)
    loose = long_share(entity)
    return (1 - loose) * packed + loose * table


def long_share(entity: Entity) -> float:
    """Share of the entities that have a value too long for a listpack."""
    short = 1.0
    for one in entity.attributes:
        short *= 1 - one.present * share_above(stored(one), HASH_VALUE)
    return 1 - short


def _packed(entity: Entity, layout: Layout, key: float, keys: float, *, expires: bool) -> float:
    """As a listpack, each value as long as those that fit."""
    fields = [(float(len(one.name)), min(packed_length(one), HASH_VALUE)) for one in entity.attributes]
    return _present(entity, lambda some: memory.hash_of(layout, key, keys, some, expires=expires).total, fields)


def _table(entity: Entity, layout: Layout, key: float, keys: float, *, expires: bool) -> float:
    """As a hash table: one field is lengthened beyond the limit so that the layout is that of a table, and taken off again."""
    fields = [(float(len(one.name)), value_bytes(one)) for one in entity.attributes]
    longest = max((size for _, size in fields), default=0.0)
    if longest > HASH_VALUE or not fields:
        return _present(entity, lambda some: memory.hash_of(layout, key, keys, some, expires=expires).total, fields)
    at = max(range(len(fields)), key=lambda place: fields[place][1])
    lengthened = [*fields[:at], (fields[at][0], HASH_VALUE + 1.0), *fields[at + 1 :]]
    excess = layout.text(HASH_VALUE + 1.0) - layout.text(longest)
    return (
        _present(entity, lambda some: memory.hash_of(layout, key, keys, some, expires=expires).total, lengthened)
        - excess
    )


def _present(
    entity: Entity, total: Callable[[list[tuple[float, float]]], float], fields: list[tuple[float, float]]
) -> float:
    """The total with every field, less what each is missing for the share of the entities that do not have it."""
    whole = total(fields)
    for place, one in enumerate(entity.attributes):
        if one.present < 1 and len(fields) > 1:
            whole -= (1 - one.present) * max(total(fields) - total([*fields[:place], *fields[place + 1 :]]), 0.0)
    return whole


def json_usage(
    entity: Entity, layout: Layout, key: float, keys: float, *, expires: bool = False, large: bool = False
) -> float:
    """Bytes of an entity as JSON in a string of its own."""
    return memory.string(layout, key, keys, packed_bytes(entity, large=large), expires=expires).total


def as_hash(entity: Entity, layout: Layout) -> float:
    """Bytes of an entity as a hash, with a key of ordinary length."""
    return hash_usage(entity, layout, key_length(entity), MANY)


def as_json(entity: Entity, layout: Layout) -> float:
    """Bytes of an entity as JSON, with a key of ordinary length."""
    return json_usage(entity, layout, key_length(entity), MANY)


def as_bucket(entity: Entity, layout: Layout, per_key: Spread) -> float:
    """Bytes of an entity as a field of a hash that so many share."""
    members = max(round(per_key.average), 1)
    name = (
        sum(stored(entity.attribute_by_name[one]).average for one in entity.key if one in entity.attribute_by_name) / 2
    )
    fields = [(name, packed_bytes(entity))] * min(members, 5000)
    return memory.hash_of(layout, key_length(entity), MANY / members, fields).total / len(fields)


def key_length(entity: Entity) -> float:
    """Characters of a key: prefix, name, braces and the values of the key."""
    return 6 + len(entity.name) + sum(1 + key_part(entity, name) for name in entity.key)


def key_part(entity: Entity, name: str) -> float:
    """Characters of an attribute's value in a key."""
    attribute = entity.attribute_by_name.get(name)
    return 36.0 if attribute is None else stored(attribute).average
