"""What breaks in a design, now or from some load on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from dbdesign.nosql.base import Concern
from dbdesign.nosql.redis.coverage import Work, reserved, tag_text
from dbdesign.nosql.redis.estimate import Memory, StructureSize
from dbdesign.nosql.redis.module_writer import counted
from dbdesign.nosql.redis.plan import Plan
from dbdesign.nosql.redis.sharding import Sharding
from dbdesign.nosql.redis.store import Settings
from dbdesign.nosql.redis.structures import BUCKET_ENTRIES, TAG_SHARE

BIG_STRING, BIG_KEY = 10_000, 1e9
"""Bytes of a value that is slow to send as one; bytes of a key that cannot be moved or deleted in one go."""
MEMORY_ONLY = 500e9
"""Bytes of one entity from which memory is the wrong place for all of it [a judgement: some thousand dollars a month]."""
LOADED = 0.5
"""Share of a shard's commands that one hot value may take."""


def concerns(
    plan: Plan,
    settings: Settings,
    sizes: list[StructureSize],
    works: Mapping[str, Work],
    sharding: Sharding,
    needed: Memory,
) -> Iterator[Concern]:
    """Big keys, hot keys, unbounded reads, growth without end, counters that round, what crosses slots."""
    yield from _big_keys(sizes)
    yield from _hot(plan, settings, sharding)
    yield from _reads(plan, works)
    yield from _lifetimes(plan)
    yield from _writes(plan, works, settings)
    yield from _growth(plan, settings, sizes, sharding, needed)


def _big_keys(sizes: list[StructureSize]) -> Iterator[Concern]:
    for one in sizes:
        if one.structure in {"hash", "json"} and one.large > BIG_STRING:
            yield Concern(
                object=one.name,
                message=f"{one.large:,.0f} B at p99: each read of a whole one holds up the event loop and the network",
                remedy="Keep the large attribute apart (object storage, or a key of its own), and read fields by HMGET",
            )  # fmt: skip
        elif one.largest > BIG_KEY:
            yield Concern(
                object=one.name,
                message=f"the largest key takes {one.largest / 1e9:,.1f} GB: it cannot be moved between nodes, nor divided",
                remedy="Divide it by a part of the order (a month, a hash of the member) in the key's name, and merge pages when reading",
                until=f"{BIG_KEY / one.largest:.1%} of its size" if one.largest else None,
            )
        elif one.structure == "bucket" and one.largest > 100_000:
            yield Concern(
                object=one.name, message=f"the largest hash takes {one.largest:,.0f} B, and reading it whole sends all of it",
                remedy=f"Read it by HSCAN from {BUCKET_ENTRIES:,} fields on",
            )  # fmt: skip


def _hot(plan: Plan, settings: Settings, sharding: Sharding) -> Iterator[Concern]:
    rates = {one.name: one.peak_rate for one in plan.model.patterns}
    for name, tag, commands in sharding.hot:
        if commands > settings.shard_commands * LOADED:
            factor = settings.shard_commands / commands
            yield Concern(
                object=f"{tag} in {name!r}",
                message=f"its most wanted value takes {commands:,.0f} commands/s at peak, of {settings.shard_commands:,.0f} "
                "that a shard serves: "
                "more shards do not help, since a key is in one slot",
                remedy="Read it from replicas or a cache in the client (CLIENT TRACKING); divide a counter over keys and add them up",
                until=f"{rates[name] * factor:,.0f}/s of this pattern",
            )


def _reads(plan: Plan, works: Mapping[str, Work]) -> Iterator[Concern]:
    for pattern in plan.model.patterns:
        work, use = works[pattern.name], plan.uses[pattern.name]
        if (
            pattern.operation == "reads"
            and use.by in {"index", "bucket", "stream"}
            and not pattern.page
            and work.bytes_p99 > 1e6
        ):
            yield Concern(
                object=pattern.name, message=f"has no page: {work.bytes_p99:,.0f} B at p99 in one answer", remedy="Give it a page",
            )  # fmt: skip
        if use.sorted_after or use.share < 0.05:
            yield Concern(
                object=pattern.name, message=f"reads what it does not return: {work.commands:,.0f} commands for a page",
                remedy="A search index (search.redis), or a sorted set for this combination",
            )  # fmt: skip
        if pattern.operation == "reads" and work.bytes * pattern.peak_rate > 500e6:
            yield Concern(
                object=pattern.name,
                message=f"sends {work.bytes * pattern.peak_rate / 1e9:,.1f} GB/s at peak: a network card before a processor",
                remedy="Project fewer attributes, shorten the page, or cache in the client",
            )


def _lifetimes(plan: Plan) -> Iterator[Concern]:
    for record in plan.records.values():
        own = plan.of(record.entity.name)
        if record.form == "stream" and record.ttl is None:
            yield Concern(
                object=record.entity.name, message="a stream without a retention grows for ever: XADD has no MINID to trim by",
                remedy="Give the entity a retention",
            )  # fmt: skip
        loose = [
            one.name
            for one in own
            if record.ttl and not one.trim and one.kind in {"sorted set", "lexicographic set", "set"}
        ]
        if loose and record.form != "edge":
            yield Concern(
                object=", ".join(loose),
                message=f"{record.entity.name} expires, its entries here do not one by one: readers pass over them, and they take memory",
                remedy="Run redis_store.repair for each now and then; it removes entries whose entity is gone",
            )


def _writes(plan: Plan, works: Mapping[str, Work], settings: Settings) -> Iterator[Concern]:
    for pattern in plan.model.patterns:
        entity, slots = plan.records[pattern.entity].entity, works[pattern.name].slots
        count = counted(pattern, entity)
        attribute = entity.attribute_by_name.get(count or "")
        if attribute is not None and attribute.type == "decimal":
            yield Concern(
                object=pattern.name, message=f"counts {count}, a decimal, in floating point (HINCRBYFLOAT)",
                remedy="Keep it in its smallest unit, as a number",
            )  # fmt: skip
        money = [one for one in pattern.changes if (a := entity.attribute_by_name.get(one)) and a.type == "decimal"]
        if money and pattern.operation == "updates" and not pattern.increments and settings.role != "cache":
            yield Concern(
                object=pattern.name, message=f"{', '.join(money)} is replaced by what was computed from an older read",
                remedy="Pass expected= with what was read: the script refuses where it has changed",
            )  # fmt: skip
        apart = set(slots) - {tag_text(plan.records[pattern.entity].tag)} - reserved(plan.records[pattern.entity])
        if plan.cluster and apart and pattern.operation != "reads":
            yield Concern(
                object=pattern.name, message=f"crosses slots ({', '.join(slots)}): one script each, not all or nothing",
                remedy="Readers pass over entries without an entity; run the repairs after a crash",
            )  # fmt: skip


def _growth(
    plan: Plan, settings: Settings, sizes: list[StructureSize], sharding: Sharding, needed: Memory
) -> Iterator[Concern]:
    for one in sizes:
        if one.total > MEMORY_ONLY and settings.role != "cache":
            yield Concern(
                object=one.name,
                message=f"{one.total / 1e12:,.2f} TB today and {one.then / 1e12:,.2f} TB in {settings.months:,.0f} months, all in memory",
                remedy="Keep it in a store on disk, and here what is read often (role=cache, or a retention of days)",
            )
    if sharding.shards == 1 and needed.then > needed.used:
        rate = math.log(needed.then / needed.used) / settings.months if settings.months else 0.0
        left = math.log(settings.node_bytes / needed.used) / rate if rate and needed.used < settings.node_bytes else 0.0
        if left:
            yield Concern(
                object="memory", message=f"one shard holds {needed.used / 1e9:,.2f} GB today", until=f"{left:,.0f} months at this growth",
                remedy="A cluster then: hash tags are chosen for it, and what would cross slots is named with each pattern",
            )  # fmt: skip
    if settings.cluster == "no" and (sharding.by_memory > 1 or sharding.by_commands > 1):
        yield Concern(
            object="cluster=no",
            message=f"memory asks for {sharding.by_memory} shards, commands for {sharding.by_commands}: one cannot hold or serve this",
            remedy="cluster=auto, or a larger node_memory and shard_commands if they were measured",
        )
    for record in plan.records.values():
        largest = record.per_tag.largest * sum(s.each for s in sizes if s.name == record.entity.name)
        if record.form == "hash" and record.tag != record.entity.key and largest > settings.node_bytes * TAG_SHARE / 2:
            yield Concern(
                object=record.entity.name, message=f"the largest value of its hash tag holds {largest / 1e9:,.1f} GB in one slot",
                remedy="Give the largest tenants a shard of their own, or add a part to the tag",
            )  # fmt: skip
