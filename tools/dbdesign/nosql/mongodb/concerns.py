"""What breaks, now or from some load on: sizes against the limits, hot documents, too many indexes, what a server does not enforce."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.errors import InputError
from dbdesign.model.patterns import AccessModel
from dbdesign.nosql.base import Concern, Unserved
from dbdesign.nosql.mongodb import limits
from dbdesign.nosql.mongodb.catalogue import Applied
from dbdesign.nosql.mongodb.costs import examined, index_used, stored_bytes
from dbdesign.nosql.mongodb.index_keys import Index, by_key, expiry
from dbdesign.nosql.mongodb.layout import Home, Layout
from dbdesign.nosql.mongodb.sharding import Sharding
from dbdesign.nosql.mongodb.sizes import entity_bytes, large, largest, value_bytes


def check_limits(model: AccessModel) -> None:
    """Raises `InputError` for what no MongoDB design can hold."""
    for entity in model.entities:
        where = f"entities.{entity.name}" + (f", line {entity.line}" if entity.line else "")
        for one in entity.attributes:
            size = value_bytes(one, largest)
            if size > limits.DOCUMENT_BYTES:
                raise InputError(
                    f"{one.name} has up to {size:,.0f} bytes, and a document may have {limits.DOCUMENT_BYTES:,}",
                    where=where,
                    remedy="Keep it in object storage or GridFS and store its address, or say a smaller maximum",
                )
        size = entity_bytes(entity, largest)
        if size > limits.DOCUMENT_BYTES:
            raise InputError(
                f"a document has up to {size:,.0f} bytes, and MongoDB allows {limits.DOCUMENT_BYTES:,}",
                where=where,
                remedy="Move the largest attributes to object storage or to entities of their own",
            )
        if not entity.key:
            raise InputError("no key is said", where=where, remedy="Name the attributes that identify one under `key`")


def check_relations(model: AccessModel) -> None:
    """Raises `InputError` for a many-to-many relation of entities that no single attribute identifies: it has nothing to keep."""
    for relation in model.relations:
        for name in (relation.parent, relation.child) if relation.many_to_many else ():
            key = model.entity_by_name[name].key
            if len(key) > 1:
                raise InputError(
                    f"{relation.parent} and {relation.child} are many to many, and {name} is identified by {', '.join(key)}",
                    where="relations" + (f", line {relation.line}" if relation.line else ""),
                    remedy="Give it a key of one attribute, or make the link an entity with a relation to each",
                )


def concerns(layout: Layout, indexes: tuple[Index, ...], sharded: tuple[Sharding, ...]) -> Iterator[Concern]:
    """All of them."""
    for home in layout.homes.values():
        if home.inside is None:
            yield from _sizes(home, layout)
            yield from _life(home)
            yield from _series(home)
        yield from _hot(home, layout)
    yield from _indexes(layout, indexes)
    yield from _moving(layout, indexes)
    for one in sharded:
        yield from _sharded(one)
    yield from _advised(layout.applied)
    yield from _lookups(layout)
    yield from _regions(layout)


def _sizes(home: Home, layout: Layout) -> Iterator[Concern]:
    p99, most = stored_bytes(home, layout, large), stored_bytes(home, layout, largest)
    for size, name in ((p99, "at the 99th percentile"), (most, "at most")):
        if size > limits.LARGE_DOCUMENT_BYTES:
            yield Concern(
                object=home.collection,
                message=f"a document has {size:,.0f} bytes {name}: the limit is {limits.DOCUMENT_BYTES:,}",
                remedy="reference the largest part, or keep it in object storage",
                until=None if size > limits.DOCUMENT_BYTES else f"{limits.DOCUMENT_BYTES / size:.1f} times this size",
            )
            return
    if p99 > limits.EMBEDDED_BYTES:
        yield Concern(
            object=home.collection,
            message=f"a document has {p99:,.0f} bytes at the 99th percentile, above 1 MB: each read and write moves all of it",
            remedy="split what is seldom read (subset pattern)",
            until=f"{limits.DOCUMENT_BYTES / most:.1f} times the largest" if most else None,
        )


def _life(home: Home) -> Iterator[Concern]:
    entity = home.entity
    if entity.retention_days is None:
        return
    if home.series is None and expiry(entity) is None:
        yield Concern(
            object=home.collection,
            message=f"documents may go after {entity.retention_days:,.0f} days, but no attribute says since when",
            remedy="add a date `expires_at` to each and a TTL index on it with expireAfterSeconds: 0",
        )
    elif home.series is None:
        gone = (entity.count or 0.0) / entity.retention_days / 86400
        yield Concern(
            object=home.collection,
            message=f"the TTL index deletes about {gone:,.1f} documents a second, in a pass each minute on the primary",
            remedy="let readers filter by the date as well: what has expired is visible until the pass",
            until=f"{max(5000 / gone, 1):,.0f} times this rate (5,000 deletes a second, a proposal)" if gone else None,
        )


def _series(home: Home) -> Iterator[Concern]:
    if home.series is None:
        return
    yield Concern(
        object=home.collection,
        message="time series collections take no validator and no unique index: duplicates and wrong types are not refused",
        remedy=f"check in the writer; deduplicate reads by {home.series.time} where it matters",
    )


def _hot(home: Home, layout: Layout) -> Iterator[Concern]:
    """One document that is written too often."""
    for one in layout.traffic.model.patterns:
        if one.operation != "updates" or one.entity != home.entity.name or one.hottest is None:
            continue
        rate = one.hottest * one.peak_rate
        if rate > limits.HOT_DOCUMENT_WRITES / 2:
            broken = rate > limits.HOT_DOCUMENT_WRITES
            yield Concern(
                object=f"{home.collection}: {one.name}",
                message=f"{rate:,.0f} writes a second of one document at peak: each waits for the one before and retries on conflict",
                remedy="spread the counter over several documents and add them on reading"
                if one.increments
                else "collect changes, or lock by a queue in front",
                until=None if broken else f"{limits.HOT_DOCUMENT_WRITES / one.hottest:,.0f}/s of the pattern",
            )


def _indexes(layout: Layout, indexes: tuple[Index, ...]) -> Iterator[Concern]:
    for name in dict.fromkeys(one.collection for one in indexes):
        count = 1 + sum(one.collection == name for one in indexes)
        if count > limits.INDEXES:
            yield Concern(
                object=name,
                message=f"{count} indexes: each insert writes as many entries, and all compete for memory",
                remedy="give up those of the rarest patterns, or let a search index serve them",
                until=None if count > limits.MAX_INDEXES else f"{limits.MAX_INDEXES} indexes, which is the limit",
            )
    collections = sum(home.inside is None for home in layout.homes.values())
    if collections > limits.COLLECTIONS:
        yield Concern(object="database", message=f"{collections:,} collections", remedy="merge those of one shape")


def _moving(layout: Layout, indexes: tuple[Index, ...]) -> Iterator[Concern]:
    """Keys of indexes that change often: each change deletes an entry and inserts another."""
    for home in layout.homes.values():
        for one in layout.traffic.model.patterns:
            if one.operation != "updates" or one.entity != home.entity.name or one.peak_rate < limits.MOVING_KEYS:
                continue
            changed = {home.path(name) for name in one.changes}
            moved = [
                index for index in indexes if index.collection == home.collection and changed & dict(index.keys).keys()
            ]
            if moved:
                yield Concern(
                    object=f"{home.collection}: {one.name}",
                    message=f"each of {one.peak_rate:,.0f} changes a second moves an entry in {', '.join(index.label for index in moved)}",
                    remedy="give up the index, change the key in larger steps, or keep the list in a sorted set of Redis",
                    until=f"{limits.SHARD_WRITES / (1 + len(moved)):,.0f}/s on one replica set",
                )


def _sharded(one: Sharding) -> Iterator[Concern]:
    if not one.needed:
        return
    chosen = one.chosen
    size = f"{one.bytes_then / 1e12:,.1f} TB at the horizon and {one.writes_at_peak:,.0f} writes a second at peak"
    if chosen is None:
        yield Concern(
            object=one.collection,
            message=f"{size} are more than one replica set carries, and no shard key passes: {_vetoes(one)}",
            remedy="keep uniqueness in a small collection (a document each value, written in one transaction), then shard by the key",
        )
    else:
        yield Concern(
            object=one.collection,
            message=f"{size}: {one.shards} shards by {dict(chosen.keys)}; {1 - chosen.local:.0%} of the operations ask every shard",
            remedy="shard from the start, with one shard: a later start moves the data under load",
            until=f"{limits.SHARD_BYTES / 1e12:g} TB or {limits.SHARD_WRITES:,.0f} writes a second on one replica set",
        )


def _vetoes(one: Sharding) -> str:
    return "; ".join(one.candidates[0].vetoes) if one.candidates else "no candidate"


def _advised(applied: tuple[Applied, ...]) -> Iterator[Concern]:
    for one in applied:
        if one.pattern == "archive":
            yield Concern(object=one.object, message=one.because, remedy=one.effect)


def _lookups(layout: Layout) -> Iterator[Concern]:
    for one in layout.traffic.model.patterns:
        if one.operation != "reads" or one.peak_rate < limits.HOT_PEAK:
            continue
        home = layout.home(one)
        joined = [name for name in one.together if not any(each.relation.child == name for each in home.embeds)]
        joined = [name for name in joined if not any(each.relation.parent == name for each in home.copies)]
        if len(joined) >= 2:
            yield Concern(
                object=one.name,
                message=f"{len(joined)} $lookup ({', '.join(joined)}) on a hot path of {one.peak_rate:,.0f}/s",
                remedy="embed one, copy what is shown (extended reference), or read in parallel by key",
            )


def _regions(layout: Layout) -> Iterator[Concern]:
    regions = layout.traffic.model.regions
    if len(regions) < 2:
        return
    first = max(regions, key=lambda name: regions[name])
    away = 1 - regions[first]
    yield Concern(
        object="replica set",
        message=f"one primary, in {first}: {away:.0%} of the writes and of the strong reads come from another region and pay the way",
        remedy="read with nearest where staleness is allowed; zones by a region attribute first in the shard key keep writes at home",
    )


def unserved(layout: Layout, indexes: tuple[Index, ...]) -> Iterator[Unserved]:
    """Patterns that read a whole collection, or so much more than they return that no index helps."""
    for one in layout.traffic.model.patterns:
        if one.operation == "inserts":
            continue
        home = layout.home(one)
        index = index_used(one, home, indexes)
        if index is None and not by_key(one, home) and home.series is None:
            count = layout.traffic.count(home.entity.name)
            if count > limits.SCANNED and (one.page is None or one.filter):
                yield Unserved(
                    pattern=one.name,
                    reason=f"no condition that an index takes: all {count:,.0f} documents are read",
                    instead="an equality or a range, a search index, or a copy in a warehouse",
                )
            continue
        looked, returned = examined(one, home, index, layout), layout.traffic.returned(one)
        if looked > limits.SCANNED and looked / max(returned, 1) > limits.EXAMINED:
            yield Unserved(
                pattern=one.name,
                reason=f"{looked:,.0f} keys are examined to return {returned:,.0f}",
                instead="a more selective equality, or the order in the index",
            )
    if len(layout.traffic.model.regions) > 1 and any(
        one.operation != "reads" or one.consistency == "strong" for one in layout.traffic.model.patterns
    ):
        yield Unserved(
            pattern="writes and strong reads from every region at local latency",
            reason="a replica set has one primary; secondaries in other regions answer eventually consistent reads only",
            instead="zone sharding by region for what belongs to one, or a store with consensus per range",
        )
