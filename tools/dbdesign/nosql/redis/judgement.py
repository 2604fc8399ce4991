"""What to know of a design before it is built: alternatives side by side, one-way doors, duplicated facts, missing numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity, Spread
from dbdesign.nosql.base import Alternative, DuplicatedFact, OneWayDoor, Question, Unserved
from dbdesign.nosql.redis import memory
from dbdesign.nosql.redis.coverage import Work
from dbdesign.nosql.redis.estimate import StructureSize, growth, index_keys, member_length, spread_text
from dbdesign.nosql.redis.memory import HASH_ENTRIES, HASH_VALUE, Layout
from dbdesign.nosql.redis.plan import Plan, Record
from dbdesign.nosql.redis.record_size import as_bucket, as_hash, as_json, long_share, packed_bytes
from dbdesign.nosql.redis.search import SearchIndex
from dbdesign.nosql.redis.store import CACHED, Settings
from dbdesign.nosql.redis.structures import BUCKET_BYTES, BUCKET_ENTRIES, SHARING, is_known

WEIGHTY = 0.1
"""Share of the memory from which how long an entity stays is worth a question."""


def alternatives(
    plan: Plan, settings: Settings, sizes: list[StructureSize], search: list[SearchIndex]
) -> Iterator[Alternative]:
    """Other structures for each entity and index, and other servers, in bytes."""
    for record in plan.records.values():
        if record.form in {"hash", "json", "bucket"}:
            yield from _forms(record, settings)
    for index in plan.indexes.values():
        if index.kind == "sorted set" and index.members.average >= 1:
            yield from _lists(plan, index.name, settings, sizes)
    then = sum(one.then for one in sizes)
    yield Alternative(
        name="a cache before a store on disk",
        description=f"role=cache: the {CACHED:.0%} that is wanted most in Redis, everything in a store on disk",
        cost={"bytes_then": then / settings.cached_share * CACHED},
        break_even=f"cheaper as soon as a hit rate above what misses may cost is reached with less than {then / 1e9:,.1f} GB in memory",
    )
    for one in search:
        yield Alternative(
            name=f"search index on {one.entity}",
            description=f"{one.create}: {one.reason}; one more copy of these attributes, kept by the server",
            break_even="better once a third combination of conditions is asked for: each costs another sorted set and a write to it",
        )


def _forms(record: Record, settings: Settings) -> Iterator[Alternative]:
    entity, layout = record.entity, settings.layout
    costs = {"hash": as_hash(entity, layout), "json": as_json(entity, layout)}
    if record.tag != entity.key:
        costs["bucket"] = as_bucket(entity, layout, record.per_tag)
    count = (entity.count or 0.0) * growth(entity, settings.months)
    loose = long_share(entity)
    said = {
        "hash": f"fields of a hash each; {loose:.0%} have a value above {HASH_VALUE} B and are hash tables",
        "json": "JSON in a string: read and written whole",
        "bucket": f"{spread_text(record.per_tag)} in one hash, as JSON",
    }
    even = {
        "hash": f"smallest while every value is at most {HASH_VALUE} B: `hash-max-listpack-value` above the longest keeps listpacks",
        "json": "smaller than a hash once a value is long; needs that no attribute is changed alone",
        "bucket": _bucket_even(record, settings, min(costs["hash"], costs["json"])),
    }
    for name, each in costs.items():
        yield Alternative(
            name=f"{entity.name} as {name}", description=said[name], cost={"bytes_each": each, "bytes_then": each * count},
            break_even=even[name], chosen=name == record.form,
        )  # fmt: skip


def _bucket_even(record: Record, settings: Settings, alone: float) -> str:
    """From how many that share a key a bucket is smaller than keys of their own, and up to how many it may be one hash."""
    entity = record.entity
    sizes = ((several, as_bucket(entity, settings.layout, Spread(average=float(several)))) for several in range(1, 65))
    first = next((several for several, each in sizes if each < alone), None)
    smaller = f"smaller from {first} that share a tag on" if first else "never smaller, but one command reads all"
    largest = min(BUCKET_ENTRIES, BUCKET_BYTES / packed_bytes(entity))
    return f"{smaller}; one hash up to {largest:,.0f} of them; up to {HASH_ENTRIES} of at most {HASH_VALUE} B are a listpack"


def _lists(plan: Plan, name: str, settings: Settings, sizes: list[StructureSize]) -> Iterator[Alternative]:
    """A capped list in the place of a sorted set that only the newest of are read."""
    index = plan.indexes[name]
    users = [one.pattern for one in plan.uses.values() if one.index == name]
    pages = [one.page for one in users]
    attribute = plan.records[index.entity].entity.attribute_by_name.get(index.order or "")
    if any(one.range or not one.page or not one.order or not one.order[0].descending for one in users) or not pages:
        return
    if attribute is None or not attribute.monotonic:
        return
    entity = plan.records[index.entity].entity
    length = member_length(index, entity)
    keys = index_keys(index, entity)
    page = max(one or 0 for one in pages)
    kept = min(index.members.average, page)
    each = memory.list_of(settings.layout, 40.0, max(keys, 1.0), kept, length).total
    size = next(one for one in sizes if one.name == name)
    factor = size.then / size.total if size.total else 1.0
    yield Alternative(
        name=f"{name} as a sorted set", description=f"all {spread_text(index.members)} members, any page",
        cost={"bytes_each": size.each, "bytes_then": size.then}, chosen=True,
    )  # fmt: skip
    yield Alternative(
        name=f"{name} as a capped list", description=f"LPUSH and LTRIM: the newest {page} alone",
        cost={"bytes_each": each, "bytes_then": each * keys * factor},
        break_even=f"better where nobody reads beyond the newest {page}, and nothing is deleted or moved",
    )  # fmt: skip


def one_way_doors(plan: Plan) -> Iterator[OneWayDoor]:
    """What cannot be undone without moving the data."""
    for record in plan.records.values():
        if record.tag != record.entity.key and record.form != "edge":
            yield OneWayDoor(
                decision=f"{record.entity.name} has the hash tag {{{':'.join(record.tag)}}}",
                why=f"what shares it is in one slot, for ever together; {record.why}",
                undo=f"write under new keys beside the old, copy {record.entity.count or 0:,.0f} entities by SCAN, switch readers, delete",
            )
    buckets = [one.entity.name for one in plan.records.values() if one.form in {"bucket", "stream", "edge"}]
    if buckets:
        yield OneWayDoor(
            decision=f"no key of its own: {', '.join(buckets)}",
            why="single entities cannot expire, be locked or be moved by themselves (fields of a hash can expire from 7.4 on)",
            undo="copy each into a key of its own under another prefix, readers trying both meanwhile",
        )
    yield OneWayDoor(
        decision="values are text, times milliseconds, keys as written here",
        why="every reader and writer in every language must agree on it",
        undo="a version in the prefix (app2:…), both written until the copy is done",
    )


def duplicates(plan: Plan) -> Iterator[DuplicatedFact]:
    """Every index entry and reservation repeats what an entity says."""
    for record in plan.records.values():
        own = plan.of(record.entity.name)
        for index in own[1:] if record.form == "edge" else own:
            if index.kind == "hyperloglog":
                continue
            owner = own[0].pattern if record.form == "edge" else record.pattern
            apart = plan.cluster and index.tag != record.tag
            yield DuplicatedFact(
                fact=f"{', '.join(sorted(index.attributes))} of {record.entity.name}",
                owner=owner,
                copies=(index.pattern,),
                updated_by="the script that writes the entity"
                + (", after it, in a slot of its own" if apart else ", in the same call"),
                staleness="milliseconds; a crash between the slots leaves it until the repair" if apart else "none",
                repair=f"redis_store.repair(client, {index.name!r})",
            )
        for names in record.entity.unique:
            yield DuplicatedFact(
                fact=f"{', '.join(names)} of {record.entity.name}",
                owner=record.pattern,
                copies=(f"{record.prefix}.unique_{'_'.join(names)}:…",),
                updated_by="the script that writes the entity; reserved before it",
                staleness="none; a crash between the slots leaves a reservation without an entity"
                if plan.cluster
                else "none",
                repair=f"redis_store.repair_unique(client, {record.entity.name!r}, {names!r})",
            )


def unserved(plan: Plan, works: dict[str, Work], settings: Settings) -> Iterator[Unserved]:
    """What the design cannot give."""
    for pattern in plan.model.patterns:
        slots = works[pattern.name].slots
        if settings.role == "cache" and pattern.consistency == "strong":
            yield Unserved(
                pattern=pattern.name,
                reason="a cache may hold an older value",
                instead="read it from the store behind the cache",
            )
        elif plan.cluster and pattern.atomic and pattern.together and len(slots) > 1:
            yield Unserved(
                pattern=pattern.name,
                reason=f"all or nothing over {len(slots)} slots ({', '.join(slots)}): a cluster has no transaction across slots; a crash "
                "between them leaves a part, which the repairs mend",
                instead="an outbox: one script writes the entity and an event to a stream of the same slot, a consumer applies the rest; "
                "or a relational store for this part",
            )
        if pattern.operation == "reads" and not pattern.equal and not pattern.filter and not pattern.page:
            yield Unserved(pattern=pattern.name, reason="asks for everything at once", instead="give it a page")
    if len(plan.model.regions) > 1:
        yield Unserved(
            pattern="writes in every region",
            reason=f"Redis has one primary for each slot: {len(plan.model.regions)} regions write to one, others read replicas that lag",
            instead="a deployment for each region with its own entities, or Redis Enterprise's active-active databases",
        )


def questions(plan: Plan, settings: Settings, sizes: list[StructureSize]) -> Iterator[Question]:
    """Numbers that are missing and would change something."""
    then = sum(one.then for one in sizes)
    weighty = {one.name for one in sizes if one.then > then * WEIGHTY}
    for record in plan.records.values():
        if record.entity.count is None:
            yield Question(
                question=f"How many {record.entity.name} are there?", assumed="none",
                flips=f"the memory, and from {settings.node_bytes / 1e9:,.0f} GB in all a cluster",
            )  # fmt: skip
        if not record.entity.retention_days and record.entity.name in weighty:
            yield Question(
                question=f"After how long may entities of {record.entity.name} go?", assumed="never",
                flips=f"with a retention its keys expire, and {then / 1e9:,.0f} GB do not grow without end",
            )  # fmt: skip
    yield from _unknown_values(plan)
    if settings.role == "cache":
        yield Question(
            question="Which share of the entities takes nine in ten of the reads?", assumed=f"{settings.cached_share:.0%}",
            flips=f"the memory follows it: {then / settings.cached_share / 1e9:,.1f} GB hold everything",
        )  # fmt: skip
    for pattern in plan.model.patterns:
        if pattern.hottest is None and pattern.peak_rate > settings.shard_commands / 2 and pattern.equal:
            yield Question(
                question=f"Which share of {pattern.name!r} goes to its most wanted {', '.join(pattern.equal)}?", assumed="an even spread",
                flips=f"from {settings.shard_commands / pattern.peak_rate / 2:.0%} on one key takes half of what a shard serves",
            )  # fmt: skip
    yield Question(
        question="May the data be lost?"
        if settings.role == "cache"
        else "May a second of writes be lost, and may all of it be rebuilt?",
        assumed=settings.role,
        flips="role=cache: no AOF, eviction, times to live; half the machines"
        if settings.role != "cache"
        else "role=source_of_truth: AOF, no eviction",
    )


def _unknown_values(plan: Plan) -> Iterator[Question]:
    asked = set()
    for index in plan.indexes.values():
        entity = plan.records[index.entity].entity
        for name in (*index.tag, *index.rest):
            if name not in entity.key and not is_known(entity, name, plan.model) and (entity.name, name) not in asked:
                asked.add((entity.name, name))
                yield Question(
                    question=f"How many {entity.name} have the same {name}, on average and at most?",
                    assumed=f"{SHARING} on average",
                    flips=f"above {memory.ZSET_ENTRIES} members {index.name} is a skip list, about eight times the bytes; "
                    "above a million a big key",
                )  # fmt: skip


def other_layouts(settings: Settings) -> list[tuple[str, Settings]]:
    """The same design on another server."""
    older = replace(settings, layout=Layout((7, 0), 16))
    newer = replace(settings, layout=Layout((8, 2), 8))
    return [("Redis 7.0 (Debian's allocator)", older), ("Redis 8.2 (bundled allocator)", newer)]


def shorter_ids(model: AccessModel) -> AccessModel:
    """The model with its UUIDs as 22 characters of base64url."""

    def short(attribute: Attribute) -> Attribute:
        return (
            attribute.model_copy(update={"type": "string", "size": Spread(average=22.0)})
            if attribute.type == "uuid"
            else attribute
        )

    def shortened(entity: Entity) -> Entity:
        return entity.model_copy(update={"attributes": tuple(short(one) for one in entity.attributes)})

    return model.model_copy(update={"entities": tuple(shortened(one) for one in model.entities)})


def described(pattern: AccessPattern) -> str:
    """A pattern's name and load."""
    return f"{pattern.name} ({pattern.peak_rate:,.0f}/s)"
