"""What a plan takes in memory: each structure by its members, and what the server needs beside its data."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dbdesign.model.patterns import Entity, Spread
from dbdesign.nosql.redis import memory
from dbdesign.nosql.redis.memory import Layout
from dbdesign.nosql.redis.plan import IndexPlan, Plan, Record
from dbdesign.nosql.redis.record_size import (
    hash_usage,
    integer_length,
    json_usage,
    key_part,
    packed_bytes,
    value_bytes,
)  # fmt: skip
from dbdesign.nosql.redis.sizes import count_after, weighted
from dbdesign.nosql.redis.store import Settings

FRAGMENTATION = 1.15
"""Resident over used memory of a server whose values change: 1.0 to 1.3 in practice; beyond 1.5 active defragmentation is worth its CPU."""
DUMPED = 60e6
"""Bytes of memory that a fork writes to disk each second: an assumption to measure (`rdb_last_bgsave_time_sec`)."""
PAGE = 4096
"""Bytes of a page of memory, which a write copies as a whole while a fork lives."""
BUFFERS = 256e6 + 64e6
"""Replica output buffer (client-output-buffer-limit, hard limit) and the replication backlog set in the configuration."""
EMPTY = 1.0e6
"""Bytes that a server uses without data."""


@dataclass(frozen=True)
class StructureSize:
    """What the keys of one structure take.

    Attributes:
        each: bytes of a key at the average, `large` at the 99th percentile of its members and values.
        largest: bytes of the largest.
    """

    name: str
    structure: str
    pattern: str
    keys: float
    members: float
    each: float
    large: float
    largest: float
    total: float
    then: float


def sizes_of(plan: Plan, settings: Settings, *, months: float) -> list[StructureSize]:
    """Every structure of a plan, as it is today and after so many months."""
    keys = max(_key_count(plan), 1.0)
    found = []
    for record in plan.records.values():
        factor = growth(record.entity, months)
        found += [one for one in (_record(record, settings.layout, keys, factor),) if one]
        found += list(_uniques(record, settings.layout, keys, factor))
    for index in plan.indexes.values():
        record = plan.records[index.entity]
        found.append(_index(index, record, settings.layout, keys, growth(record.entity, months)))
    share = settings.cached_share
    return [replace(one, keys=one.keys * share, total=one.total * share, then=one.then * share) for one in found]


def growth(entity: Entity, months: float) -> float:
    """How many times as many there will be."""
    return count_after(entity, months) / entity.count if entity.count else 1.0


def _key_count(plan: Plan) -> float:
    total = 0.0
    for record in plan.records.values():
        count = record.entity.count or 0.0
        total += 0 if record.form == "edge" else count / record.per_key.average
        total += count * len(record.entity.unique)
    return total + sum(index_keys(one, plan.records[one.entity].entity) for one in plan.indexes.values())


def index_keys(index: IndexPlan, entity: Entity) -> float:
    """How many keys an index has."""
    count = (entity.count or 0.0) * index.share
    return 1.0 if not index.tag and not index.rest else max(count / index.members.average, 1.0)


def _name_length(prefix: str, names: tuple[str, ...], entity: Entity) -> float:
    return len(prefix) + 2 + sum(1 + key_part(entity, name) for name in names)


def _record(record: Record, layout: Layout, keys: float, factor: float) -> StructureSize | None:
    entity = record.entity
    if record.form == "edge":
        return None
    expires = record.ttl is not None
    names = record.tag if record.form in {"bucket", "stream"} else entity.key
    key = _name_length(record.prefix, names, entity)
    if record.form in {"hash", "json"}:
        usage = hash_usage if record.form == "hash" else json_usage
        each = usage(entity, layout, key, keys, expires=expires)
        large = usage(entity, layout, key, keys, expires=expires, large=True)
        return _sized(
            record.entity.name, record.form, record.pattern, entity.count or 0.0, 1.0, each, large, large, factor
        )
    parts = {
        members: _many(record, layout, key, keys, members) for members in (record.per_key.large, record.per_key.largest)
    }
    each = sum(share * _many(record, layout, key, keys, members) for share, members in weighted(record.per_key))
    several = (entity.count or 0.0) / record.per_key.average
    return _sized(
        entity.name, record.form, record.pattern, several, record.per_key.average, each, parts[record.per_key.large],
        parts[record.per_key.largest], factor,
    )  # fmt: skip


def _many(record: Record, layout: Layout, key: float, keys: float, members: float) -> float:
    """Bytes of a bucket or stream with so many entities; of less than one, the share of one."""
    entity, expires = record.entity, record.ttl is not None
    if record.form == "stream":
        values = [one for one in entity.attributes if one.name not in entity.key]
        sizes = [value_bytes(one) * one.present for one in values]
        names = sum(len(one.name) for one in values)
        return memory.stream(layout, key, keys, max(members, 1.0), sizes, names=names, expires=expires).total
    name = sum(key_part(entity, one) for one in record.rest) + len(record.rest) - 1
    whole = max(round(members), 1)
    listed = min(whole, 5000)
    usage = memory.hash_of(layout, key, keys, [(name, packed_bytes(entity))] * listed, expires=expires)
    return usage.keyspace + usage.value * whole / listed


def _uniques(record: Record, layout: Layout, keys: float, factor: float) -> Iterator[StructureSize]:
    entity = record.entity
    owner = sum(key_part(entity, one) for one in entity.key) + len(entity.key) - 1
    for names in entity.unique:
        name = f"{entity.name}.unique_{'_'.join(names)}"
        key = _name_length(f"{record.prefix}.unique_{'_'.join(names)}", names, entity)
        each = memory.string(layout, key, keys, owner, expires=record.ttl is not None).total
        pattern = f"{record.prefix}.unique_{'_'.join(names)}:{{{':'.join(f'<{one}>' for one in names)}}}"
        yield _sized(name, "string", pattern, entity.count or 0.0, 1.0, each, each, each, factor)


def _index(index: IndexPlan, record: Record, layout: Layout, keys: float, factor: float) -> StructureSize:
    entity, expires = record.entity, record.ttl is not None

    def of(members: float) -> float:
        return index_bytes(index, entity, layout, keys, members, expires=expires)

    each = sum(share * of(max(members, 1.0)) for share, members in weighted(index.members))
    return _sized(
        index.name, index.kind, index.pattern, index_keys(index, entity), index.members.average, each, of(index.members.large),
        of(index.members.largest), factor,
    )  # fmt: skip


def member_length(index: IndexPlan, entity: Entity) -> float:
    """Characters of a member."""
    length = sum(key_part(entity, one) for one in index.member) + max(len(index.member) - 1, 0)
    ordered = index.kind == "lexicographic set" and index.order
    return length + (1 + key_part(entity, index.order) if ordered and index.order else 0)


def index_bytes(
    index: IndexPlan, entity: Entity, layout: Layout, keys: float, members: float, *, expires: bool = False
) -> float:
    """Bytes of a key of an index with so many members."""
    key = _name_length(index.prefix, (*index.tag, *index.rest), entity)
    length = member_length(index, entity)
    if index.kind in {"sorted set", "lexicographic set"}:
        score = integer_length(key_part(entity, index.order)) if index.order and index.kind == "sorted set" else 0.0
        return memory.sorted_set(layout, key, keys, members, length, score=score, expires=expires).total
    if index.kind == "set":
        return memory.set_of(layout, key, keys, members, length, expires=expires).total
    if index.kind == "list":
        return memory.list_of(layout, key, keys, min(members, index.keep or members), length, expires=expires).total
    if index.kind == "bitmap":
        return memory.bitmap(layout, key, keys, entity.count or 1.0, expires=expires).total
    return memory.hyperloglog(layout, key, keys, distinct=members, expires=expires).total


def _sized(
    name: str,
    structure: str,
    pattern: str,
    keys: float,
    members: float,
    each: float,
    large: float,
    largest: float,
    factor: float,
) -> StructureSize:
    return StructureSize(
        name, structure, pattern, keys, members, each, large, largest, keys * each, keys * each * factor
    )


@dataclass(frozen=True)
class Memory:
    """Bytes that a design takes, today and at the horizon; `resident` is what the machine must have, all shards together."""

    used: float
    then: float
    copied: float
    resident: float


def memory_of(sizes: list[StructureSize], writes: float, *, persistent: bool, shards: float = 1.0) -> Memory:
    """Data, fragmentation, pages copied while a fork lives, and buffers.

    Args:
        writes: commands per second at peak that change something.
        persistent: whether snapshots or rewrites of the log fork at all; without, only a replica's full synchronisation does.
    """
    used = sum(one.total for one in sizes) + EMPTY
    then = sum(one.then for one in sizes) + EMPTY * shards
    pages = then / PAGE
    seconds = then / shards / DUMPED
    copied = then * (1 - math.exp(-writes * seconds / max(pages, 1.0)))
    reserve = copied if persistent else copied / 2
    return Memory(used, then, reserve, then * FRAGMENTATION + reserve + BUFFERS * shards)


def spread_text(spread: Spread) -> str:
    """`150 (p99 2,000, at most 7,500)`."""
    parts = [f"{name} {value:,.0f}" for name, value in (("p99", spread.p99), ("at most", spread.maximum)) if value]
    return f"{spread.average:,.4g}" + (f" ({', '.join(parts)})" if parts else "")
