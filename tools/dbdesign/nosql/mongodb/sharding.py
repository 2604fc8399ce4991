"""Shard keys by score, with vetoes, and whether one replica set carries the collection.

The score is 35 L + 15 C + 20 B + 20 J + 10 G: L the share of operations with an equality on the key, C whether it has values enough, B how
evenly it spreads, J the share of relations that stay together, G whether it neither changes nor grows monotonically (proposal).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from dbdesign.model.patterns import Entity
from dbdesign.nosql.mongodb import limits
from dbdesign.nosql.mongodb.costs import collection_bytes
from dbdesign.nosql.mongodb.index_keys import Index
from dbdesign.nosql.mongodb.layout import Home, Layout

Keys = tuple[tuple[str, int | str], ...]


@dataclass(frozen=True)
class Candidate:
    """A shard key with its score."""

    attributes: tuple[str, ...]
    keys: Keys
    score: float
    local: float
    parts: dict[str, float]
    vetoes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For the design."""
        return {
            "key": dict(self.keys),
            "score": round(self.score, 1),
            "targeted_share": round(self.local, 3),
            "parts": {name: round(value, 2) for name, value in self.parts.items()},
            "vetoes": list(self.vetoes),
        }


@dataclass(frozen=True)
class Sharding:
    """A collection's candidates, best first, and whether it must be sharded within the horizon."""

    collection: str
    bytes_now: float
    bytes_then: float
    writes_at_peak: float
    shards: int
    candidates: tuple[Candidate, ...]

    @property
    def needed(self) -> bool:
        """Whether one replica set does not carry it."""
        return self.shards > 1

    @property
    def chosen(self) -> Candidate | None:
        """The best without a veto."""
        return next((one for one in self.candidates if not one.vetoes), None)

    def as_json(self) -> dict[str, Any]:
        """For the design."""
        return {
            "collection": self.collection,
            "needed": self.needed,
            "shards": self.shards,
            "bytes_now": round(self.bytes_now),
            "bytes_then": round(self.bytes_then),
            "writes_at_peak_per_second": round(self.writes_at_peak, 1),
            "candidates": [one.as_json() for one in self.candidates],
        }


def grown(entity: Entity, amount: float, months: float) -> float:
    """What a number of entities becomes: with a retention only as the rate of arrival grows."""
    growth = entity.growth
    if growth is None:
        return amount
    if growth.rate_per_month is not None:
        return amount * float((1 + growth.rate_per_month) ** months)
    per_month = (growth.rows_per_second or 0.0) * 86400 * 30.44
    kept = min(months, (entity.retention_days or math.inf) / 30.44)
    return max(amount, per_month * kept) if entity.retention_days else amount + per_month * months


def sharding(layout: Layout, months: float) -> tuple[Sharding, ...]:
    """For each collection of an entity."""
    return tuple(_of(home, layout, months) for home in layout.homes.values() if home.inside is None)


def _of(home: Home, layout: Layout, months: float) -> Sharding:
    now = collection_bytes(home, layout)
    count = layout.traffic.count(home.entity.name)
    then = now / max(count, 1.0) * grown(home.entity, count, months)
    peak = sum(
        one.peak_rate * layout.traffic.written_each(one, home.entity.name)
        for one in layout.traffic.writes(home.entity.name)
    )
    peak += sum(
        one.peak_rate for embedded in home.embeds for one in layout.traffic.writes(embedded.relation.child)
        if one.entity == embedded.relation.child
    )  # fmt: skip
    shards = max(math.ceil(then / limits.SHARD_BYTES), math.ceil(peak / limits.SHARD_WRITES), 1)
    found = sorted(
        _candidates(home, layout, max(shards, 2)),
        key=lambda one: (bool(one.vetoes), -round(one.score, 6), len(one.keys) == 1, one.attributes, str(one.keys)),
    )
    return Sharding(home.collection, now, then, peak, shards, tuple(found[:6]))


def _candidates(home: Home, layout: Layout, shards: int) -> Iterator[Candidate]:
    entity = home.entity
    seen: set[Keys] = set()
    singles = dict.fromkeys([*entity.key, *(name for one in layout.traffic.reads(entity.name) for name in one.equal)])
    for name in singles:
        way = "hashed" if not entity.unique and (len(entity.key) == 1) else 1
        options: list[tuple[tuple[str, ...], Keys]] = [((name,), ((home.path(name), way),))]
        rest = tuple(one for one in entity.key if one != name)
        if rest:
            attributes = (name, *rest)
            options.append((attributes, tuple((home.path(one), 1) for one in attributes)))
        if home.series is not None:
            options = [((name,), ((home.path(name), 1),))] if name in home.series.meta else []
        for attributes, keys in options:
            if keys not in seen:
                seen.add(keys)
                yield _scored(attributes, keys, home, layout, shards)


def _scored(attributes: tuple[str, ...], keys: Keys, home: Home, layout: Layout, shards: int) -> Candidate:
    entity, lead = home.entity, attributes[0]
    count = layout.traffic.count(entity.name)
    local = _local(lead, home, layout)
    distinct = _distinct(lead, home, layout) if len(attributes) == 1 else count
    largest = _largest_share(lead, home, layout) if len(attributes) == 1 else 1 / max(count, 1.0)
    parts = {
        "L": local,
        "C": max(min(math.log10(max(distinct / shards, 1.0)) / 2, 1.0), 0.0),
        "B": 1 - min(max(largest * shards - 1, 0.0), 1.0),
        "J": _together(lead, entity, layout),
        "G": _stable(attributes, keys, home, layout),
    }
    weights = {"L": 35, "C": 15, "B": 20, "J": 20, "G": 10}
    score = sum(weights[name] * value for name, value in parts.items())
    vetoes = tuple(_vetoes(attributes, keys, distinct, largest, shards, home, layout))
    return Candidate(attributes, keys, score, local, parts, vetoes)


def _local(lead: str, home: Home, layout: Layout) -> float:
    """Share of the operations, weighted by the documents that they touch, that go to one shard."""
    names = {home.entity.name, *(one.relation.child for one in home.embeds)}
    total = near = 0.0
    for one in layout.traffic.model.patterns:
        if one.entity not in names:
            continue
        weight = one.rate * (layout.traffic.returned(one) if one.operation == "reads" else 1.0)
        inside = (
            one.entity != home.entity.name
            and any(each.relation.by[-1] in one.equal for each in home.embeds)
            and lead == home.key
        )
        total += weight
        near += weight if one.operation == "inserts" or lead in one.equal or inside else 0.0
    return near / total if total else 0.0


def _distinct(name: str, home: Home, layout: Layout) -> float:
    count = layout.traffic.count(home.entity.name)
    if home.entity.key == (name,) or (name,) in home.entity.unique:
        return count
    attribute = home.entity.attribute_by_name[name]
    known = attribute.distinct or float(len(attribute.values)) or None
    if known:
        return known
    for relation in layout.traffic.model.relations:
        if relation.child == home.entity.name and name in relation.by:
            parent = layout.traffic.entity(relation.parent)
            position = relation.by.index(name)
            own = parent.key[position] if position < len(parent.key) else None
            if len(parent.key) == 1:
                return layout.traffic.count(parent.name)
            if own is not None and (own != name or own in parent.key[:-1]):
                grand = [one for one in layout.traffic.model.relations if one.child == parent.name and own in one.by]
                if grand:
                    return layout.traffic.count(grand[0].parent)
    return count if attribute.type == "uuid" else count / 10


def _largest_share(name: str, home: Home, layout: Layout) -> float:
    """The share of the documents that have the commonest value."""
    count = max(layout.traffic.count(home.entity.name), 1.0)
    attribute = home.entity.attribute_by_name[name]
    if attribute.values:
        return max(attribute.values.values())
    for relation in layout.traffic.model.relations:
        if relation.child == home.entity.name and relation.by and name == relation.by[-1]:
            return min(relation.children.largest / count, 1.0)
    return 1 / max(_distinct(name, home, layout), 1.0)


def _together(lead: str, entity: Entity, layout: Layout) -> float:
    """Share of the entity's relations whose other side can have the same key."""
    relations = [
        one for one in layout.traffic.model.relations if entity.name in {one.parent, one.child} and not one.many_to_many
    ]
    if not relations:
        return 1.0
    near = sum(lead in (*one.by, *layout.traffic.entity(one.parent).key) for one in relations)
    return near / len(relations)


def _stable(attributes: tuple[str, ...], keys: Keys, home: Home, layout: Layout) -> float:
    changes = layout.traffic.changes(home.entity.name)
    of = home.entity.attribute_by_name
    if any(of[one].mutable or one in changes for one in attributes):
        return 0.0
    return 0.3 if of[attributes[0]].monotonic and keys[0][1] != "hashed" else 1.0


def _vetoes(
    attributes: tuple[str, ...], keys: Keys, distinct: float, largest: float, shards: int, home: Home, layout: Layout
) -> Iterator[str]:
    entity, of = home.entity, home.entity.attribute_by_name
    if distinct < 10 * shards:
        yield f"{distinct:,.0f} values for {shards} shards"
    if largest > 2 / shards:
        yield f"one value has {largest:.0%} of the documents"
    if of[attributes[0]].present < 1:
        yield f"{attributes[0]} is absent in {1 - of[attributes[0]].present:.0%}"
    hashed = keys[0][1] == "hashed"
    for names in (*((entity.key,) if len(entity.key) > 1 and home.series is None else ()), *entity.unique):
        if hashed or not set(attributes) <= set(names):
            why = "a hashed key allows no unique index but that on _id" if hashed else "it would not begin with the key"
            yield f"unique ({', '.join(names)}): {why}"
    changes = layout.traffic.changes(entity.name)
    if changed := sum(changes.get(one, 0.0) for one in attributes):
        yield f"it changes {changed:,.0f} times a second, and each change moves the document"


def with_shard_keys(found: tuple[Index, ...], sharded: tuple[Sharding, ...]) -> tuple[Index, ...]:
    """The indexes with one that begins with each chosen shard key; a unique index in another order is given that of the key."""
    result = list(found)
    for one in sharded:
        if not one.needed or one.chosen is None or one.chosen.keys == (("_id", 1),):
            continue
        keys = one.chosen.keys
        own = [each for each in result if each.collection == one.collection]
        if any(each.keys[: len(keys)] == keys and not each.where for each in own):
            continue
        names = {path for path, _ in keys}
        unique = next((each for each in own if each.unique and {path for path, _ in each.keys} == names), None)
        added = Index(
            one.collection, tuple((path, way) for path, way in keys), unique=unique is not None, why="shard key"
        )
        if unique is not None:
            result[result.index(unique)] = replace(
                unique, unique=False, why=f"{unique.why}; unique in the order of the shard key"
            )
        result.append(added)
    return tuple(sorted(result, key=lambda each: (each.collection, not each.unique, str(each.keys))))
