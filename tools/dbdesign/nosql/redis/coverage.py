"""What serves each pattern: commands, keys, bytes, round trips, complexity, and the slots that it touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dbdesign.model.patterns import AccessPattern, Entity
from dbdesign.nosql.base import Coverage
from dbdesign.nosql.redis.indexes import joined_name, joining
from dbdesign.nosql.redis.module_writer import counted
from dbdesign.nosql.redis.plan import IndexPlan, Plan, Record, Use
from dbdesign.nosql.redis.record_size import packed_bytes, projected_bytes

SCRIPT = 1
"""Commands that a script's call counts for, beside those in it."""


@dataclass(frozen=True)
class Work:
    """What one execution of a pattern does.

    Attributes:
        steps: commands as text, in order.
        slots: hash tags that it touches, each in words.
        bytes: of values, at the average and at the 99th percentile.
    """

    served_by: str
    steps: tuple[str, ...]
    commands: float
    keys: float
    round_trips: int
    bytes: float
    bytes_p99: float
    complexity: str
    slots: tuple[str, ...]
    notes: tuple[str, ...] = ()


def works(plan: Plan) -> Mapping[str, Work]:
    """The work of every pattern."""
    return {one.name: work_of(one, plan) for one in plan.model.patterns}


def coverage_of(plan: Plan, done: Mapping[str, Work]) -> tuple[Coverage, ...]:
    """What serves each pattern."""
    return tuple(_coverage(one, done[one.name]) for one in plan.model.patterns)


def _coverage(pattern: AccessPattern, work: Work) -> Coverage:
    return Coverage(
        pattern=pattern.name,
        served_by=work.served_by,
        request="; ".join(work.steps),
        cost={
            "keys": work.keys,
            "commands": work.commands,
            "round_trips": float(work.round_trips),
            "bytes": work.bytes,
            "bytes_at_p99": work.bytes_p99,
            "commands_per_second_at_peak": work.commands * pattern.peak_rate,
            "bytes_per_second_at_peak": work.bytes * pattern.peak_rate,
        },
        notes=(work.complexity, *work.notes),
    )


def work_of(pattern: AccessPattern, plan: Plan) -> Work:
    """The work of one pattern."""
    use = plan.uses[pattern.name]
    if pattern.operation == "reads":
        return _with_related(pattern, _read(pattern, use, plan), plan)
    return _write(pattern, use, plan)


def record_bytes(entity: Entity, project: tuple[str, ...] = (), *, large: bool = False) -> float:
    """Bytes of what is read of an entity."""
    return projected_bytes(entity, project, large=large) if project else packed_bytes(entity, large=large)


def tag_text(names: tuple[str, ...], values: Mapping[str, str] | None = None) -> str:
    """A hash tag in words: `{order_id}`."""
    return "{" + ":".join((values or {}).get(name, name) for name in names) + "}"


def index_slot(index: IndexPlan) -> str:
    """What decides an index's slot: its tag, or its whole name."""
    return tag_text(index.tag) if index.tag else index.prefix


def _read(pattern: AccessPattern, use: Use, plan: Plan) -> Work:
    record = plan.records[pattern.entity]
    if use.by == "key":
        return _single(pattern, use, record)
    if use.by == "unique":
        return _by_unique(pattern, use, record)
    if use.by == "stream":
        return _stream(pattern, record)
    if use.by == "bucket":
        return _bucket(pattern, use, record)
    return _listed(pattern, use, plan)


def fetch(record: Record, project: tuple[str, ...]) -> str:
    """The command that reads one entity."""
    if record.form == "hash":
        return f"HMGET {record.pattern} {' '.join(project)}" if project else f"HGETALL {record.pattern}"
    field = ":".join(f"<{name}>" for name in record.rest)
    commands = {
        "json": f"GET {record.pattern}", "bucket": f"HGET {record.pattern} {field}",
        "stream": f"XRANGE {record.pattern} <{record.rest[0] if record.rest else 'id'}> <same> COUNT 1",
    }  # fmt: skip
    return commands.get(record.form, "ZSCORE of its first index")


def _notes(pattern: AccessPattern, use: Use) -> tuple[str, ...]:
    notes = []
    if use.filters:
        share = f", {use.share:.3g} of what is read passes" if use.share < 1 else ""
        notes.append(f"{', '.join(use.filters)}: compared after reading{share}")
    if use.sorted_after:
        notes.append(f"read whole, then sorted by {use.sorted_after}")
    if len(pattern.order) > 1 and use.by != "bucket":
        notes.append(f"ordered by {pattern.order[0].attribute} alone: ties stand in the order of their keys")
    if pattern.consistency == "strong":
        notes.append(
            "strong: read from the primary only; a failover may still lose writes that no replica had acknowledged (WAIT)"
        )
    return tuple(notes)


def _single(pattern: AccessPattern, use: Use, record: Record) -> Work:
    project = () if use.filters else pattern.project
    sizes = [record_bytes(record.entity, project, large=large) for large in (False, True)]
    fields = len(project) or len(record.entity.attributes)
    complexity = "O(1)" if record.form != "hash" else f"O({fields}) fields"
    return Work(
        record.pattern, (fetch(record, project),), 1, 1, 1, sizes[0], sizes[1], complexity, (tag_text(record.tag),), _notes(pattern, use)
    )  # fmt: skip


def unique_pattern(record: Record, names: tuple[str, ...]) -> str:
    """The key that reserves a unique value."""
    tag = record.tag if set(record.tag) <= set(names) else names
    rest = "".join(f":<{name}>" for name in names if name not in tag)
    return f"{record.prefix}.unique_{'_'.join(names)}:{{{':'.join(f'<{name}>' for name in tag)}}}{rest}"


def unique_tag(record: Record, names: tuple[str, ...]) -> tuple[str, ...]:
    """The attributes in the hash tag of a reservation."""
    return record.tag if set(record.tag) <= set(names) else names


def _by_unique(pattern: AccessPattern, use: Use, record: Record) -> Work:
    key = unique_pattern(record, use.unique)
    sizes = [record_bytes(record.entity, large=large) + 40 for large in (False, True)]
    slots = tuple(dict.fromkeys((tag_text(unique_tag(record, use.unique)), tag_text(record.tag))))
    steps = (f"GET {key}", fetch(record, ()))
    return Work(f"{key} → {record.pattern}", steps, 2, 2, 2, sizes[0], sizes[1], "O(1)", slots, _notes(pattern, use))


def _taken(pattern: AccessPattern, average: float, large: float) -> tuple[float, float]:
    """How many of so many a page takes."""
    page = float(pattern.page) if pattern.page else float("inf")
    return min(page, average), min(page, large)


def _stream(pattern: AccessPattern, record: Record) -> Work:
    average, large = _taken(pattern, record.per_key.average, record.per_key.large)
    down = bool(pattern.order and pattern.order[0].descending)
    ends = "<to> <from>" if down else "<from> <to>"
    ends = ends if pattern.range else "+ -" if down else "- +"
    count = f" COUNT {pattern.page}" if pattern.page else ""
    step = f"{'XREVRANGE' if down else 'XRANGE'} {record.pattern} {ends}{count}"
    sizes = [average * record_bytes(record.entity), large * record_bytes(record.entity)]
    notes = () if pattern.page else ("no page: everything in the range is sent",)
    return Work(
        record.pattern,
        (step,),
        1,
        1,
        1,
        sizes[0],
        sizes[1],
        f"O(log N + {average:,.0f})",
        (tag_text(record.tag),),
        notes,
    )


def _bucket(pattern: AccessPattern, use: Use, record: Record) -> Work:
    per = record.per_key
    sizes = [per.average * record_bytes(record.entity), per.large * record_bytes(record.entity)]
    complexity = f"O({per.average:,.4g}) fields on average, {per.large:,.0f} at p99"
    return Work(
        record.pattern, (f"HVALS {record.pattern}",), 1, 1, 1, sizes[0], sizes[1], complexity, (tag_text(record.tag),), _notes(pattern, use)
    )  # fmt: skip


def index_step(index: IndexPlan, pattern: AccessPattern, batch: float | None) -> str:
    """The command that reads a page of an index."""
    if index.kind == "set":
        return f"SMEMBERS {index.pattern}"
    if index.kind == "list":
        return f"LRANGE {index.pattern} 0 {(pattern.page or 0) - 1}"
    if index.kind == "bitmap":
        return f"GET {index.pattern}"
    down = bool(pattern.order and pattern.order[0].descending and pattern.order[0].attribute == index.order)
    lexicographic = index.kind == "lexicographic set"
    low, high = ("-", "+") if lexicographic else ("-inf", "+inf")
    if pattern.range == index.order and pattern.range:
        low, high = f"<{pattern.range} from>", f"<{pattern.range} to>"
    ends = (
        f"{high} {low} BY{'LEX' if lexicographic else 'SCORE'} REV"
        if down
        else f"{low} {high} BY{'LEX' if lexicographic else 'SCORE'}"
    )
    return f"ZRANGE {index.pattern} {ends}" + (f" LIMIT 0 {batch:.0f}" if batch else "")


def _listed(pattern: AccessPattern, use: Use, plan: Plan) -> Work:
    index, record = plan.indexes[use.index or ""], plan.records[pattern.entity]
    wanted = pattern.model_copy(update={"page": None}) if use.sorted_after else pattern
    average, large = _taken(wanted, index.members.average * use.share, index.members.large * use.share)
    read = [average / use.share, large / use.share]
    batch = round((wanted.page or 0) / use.share) or None
    step = index_step(index, pattern, batch)
    member = 40.0
    if use.covered:
        return Work(
            f"{index.name} ({index.kind})", (step,), 1, 1, 1, read[0] * member, read[1] * member, _complexity(index, read[0]),
            (index_slot(index),), ("the index says all that is asked for", *_notes(pattern, use)),
        )  # fmt: skip
    project = (*pattern.project, *use.filters) if pattern.project and not use.sorted_after else ()
    one = record_bytes(record.entity, project), record_bytes(record.entity, project, large=True)
    inside = set(record.tag) <= {*index.tag, *index.rest}
    slots = (index_slot(index),) if inside else (index_slot(index), f"{tag_text(record.tag)} of each entity")
    return Work(
        f"{index.name} ({index.kind}) → {record.pattern}",
        (step, f"{fetch(record, project)} for each, pipelined"),
        1 + read[0], 1 + read[0], 2, read[0] * (member + one[0]), read[1] * (member + one[1]),
        _complexity(index, read[0]), slots, _notes(pattern, use),
    )  # fmt: skip


def _complexity(index: IndexPlan, read: float) -> str:
    if index.kind in {"sorted set", "lexicographic set"}:
        return f"O(log {index.members.large:,.0f} + {read:,.4g})"
    return f"O({index.members.large:,.0f}) at p99" if index.kind == "set" else f"O({read:,.0f})"


def _with_related(pattern: AccessPattern, work: Work, plan: Plan) -> Work:
    for other in pattern.together:
        relation = joining(plan, pattern.entity, other)
        if relation.child == other:
            inner = plan.uses[joined_name(pattern, other)]
            more = _read(inner.pattern, inner, plan)
        else:
            record = plan.records[other]
            parent = pattern.model_copy(
                update={"entity": other, "project": (), "filter": {}, "order": (), "together": ()}
            )
            more = _single(parent, Use(parent, "key"), record)
        several = max(work.keys - 1, 1) if plan.uses[pattern.name].by == "index" else 1
        work = Work(
            f"{work.served_by} with {more.served_by}", (*work.steps, *more.steps), work.commands + several * more.commands,
            work.keys + several * more.keys, work.round_trips + round(several) * more.round_trips, work.bytes + several * more.bytes,
            work.bytes_p99 + several * more.bytes_p99, f"{work.complexity} and {more.complexity}",
            tuple(dict.fromkeys((*work.slots, *_same_slots(more.slots, pattern, other, plan)))), (*work.notes, *more.notes),
        )  # fmt: skip
    return work


def _same_slots(slots: tuple[str, ...], pattern: AccessPattern, other: str, plan: Plan) -> tuple[str, ...]:
    """A child's tag in the parent's words where it is the same."""
    relation = joining(plan, pattern.entity, other)
    parent = plan.records[relation.parent]
    if relation.by and tag_text(relation.by) in slots and parent.tag == parent.entity.key:
        return tuple(tag_text(parent.tag) if one == tag_text(relation.by) else one for one in slots)
    return slots


def changed_attributes(pattern: AccessPattern, entity: Entity) -> set[str]:
    """Attributes that an update changes: all but the key where none is named."""
    return set(pattern.changes) or {one.name for one in entity.attributes} - set(entity.key)


def touched_indexes(pattern: AccessPattern, plan: Plan) -> list[IndexPlan]:
    """Indexes that a write changes."""
    own = plan.of(pattern.entity)
    if pattern.operation != "updates":
        return own
    return [one for one in own if one.attributes & changed_attributes(pattern, plan.records[pattern.entity].entity)]


def _store_steps(pattern: AccessPattern, record: Record) -> list[str]:
    field = ":".join(f"<{name}>" for name in record.rest)
    count = counted(pattern, record.entity)
    if record.form == "edge":
        return []
    if pattern.operation == "deletes":
        return [f"HDEL {record.pattern} {field}" if record.form == "bucket" else f"DEL {record.pattern}"]
    if pattern.operation == "inserts":
        trim = " MINID ~ <now - retention>" if record.ttl else ""
        steps = {
            "hash": f"HSET {record.pattern} <fields>", "json": f"SET {record.pattern} <json>",
            "bucket": f"HSET {record.pattern} {field} <json>",
            "stream": f"XADD {record.pattern}{trim} <{record.rest[0] if record.rest else 'ms'}>-* <fields>",
        }  # fmt: skip
        return [steps[record.form], *([f"EXPIRE {record.pattern} {record.ttl} ± 10 %"] if record.ttl else [])]
    changed = [name for name in pattern.changes if name != count]
    steps_ = [f"HINCRBYFLOAT {record.pattern} {count} <by>"] if count else []
    if record.form == "bucket":
        return [*steps_, f"MERGE {record.pattern} {field} {' '.join(changed) or '<changes>'}"]
    return [*steps_, *([f"HSET {record.pattern} {' '.join(changed) or '<changes>'}"] if changed or not count else [])]


def _index_step(pattern: AccessPattern, index: IndexPlan) -> list[str]:
    add = {"set": "SADD", "list": "LPUSH", "bitmap": "SETBIT", "hyperloglog": "PFADD"}.get(index.kind, "ZADD")
    remove = {"set": "SREM", "list": "LREM", "bitmap": "SETBIT"}.get(index.kind, "ZREM")
    moves = pattern.operation == "updates" and {*index.tag, *index.rest, *index.member, *index.where} & set(
        pattern.changes
    )
    only = f" where {', '.join(f'{name} = {value}' for name, value in index.where.items())}" if index.where else ""
    if pattern.operation == "deletes":
        return [f"{remove} {index.pattern}"]
    trim = [f"LTRIM {index.pattern} 0 {(index.keep or 1) - 1}"] if index.kind == "list" else []
    return [*([f"{remove} {index.pattern} (old)"] if moves else []), f"{add} {index.pattern}{only}", *trim]


def _write(pattern: AccessPattern, use: Use, plan: Plan) -> Work:
    record = plan.records[pattern.entity]
    entity, touched = record.entity, touched_indexes(pattern, plan)
    steps = [*_reservations(pattern, record), *_store_steps(pattern, record)]
    for index in touched:
        steps += _index_step(pattern, index)
    tags = [
        *(tag_text(unique_tag(record, one)) for one in _reserved(pattern, entity)),
        *([tag_text(record.tag)] if record.form != "edge" else []),
    ]
    tags += [index_slot(one) for one in touched]
    size = [record_bytes(entity, pattern.changes, large=large) for large in (False, True)]
    reads = _reads_before(pattern, record, touched)
    for other in pattern.together:
        beside, number, more = _together(pattern, other, plan)
        steps += beside
        tags += more
        size = [
            size[0] + number * record_bytes(plan.records[other].entity),
            size[1] + number * record_bytes(plan.records[other].entity, large=True),
        ]
        reads = 1
    slots = tuple(dict.fromkeys(tags))
    trips = (len(slots) if plan.cluster else 1) + reads
    found = _found(pattern, use, plan)
    notes = [*_write_notes(plan, slots, reads), *([f"finds them first: {found.served_by}"] if found else [])]
    return Work(
        record.pattern if record.form != "edge" else " and ".join(one.name for one in touched),
        (*(found.steps if found else ()), "EVALSHA apply: " + ", ".join(steps)),
        SCRIPT * (len(slots) if plan.cluster else 1) + len(steps) + reads, float(len(steps)), trips + (found.round_trips if found else 0),
        size[0], size[1], "O(1)" if not touched else "O(log N) for each sorted set", slots, tuple(notes),
    )  # fmt: skip


def _found(pattern: AccessPattern, use: Use, plan: Plan) -> Work | None:
    if pattern.operation == "inserts" or (use.by == "key" and not use.filters):
        return None
    return _read(pattern.model_copy(update={"project": ()}), use, plan)


def _reserved(pattern: AccessPattern, entity: Entity) -> list[tuple[str, ...]]:
    """Unique sets that a write reserves or frees."""
    changed = changed_attributes(pattern, entity)
    return [one for one in entity.unique if pattern.operation != "updates" or set(one) & changed]


def reserved(record: Record) -> set[str]:
    """Slots of an entity's unique values: reserving them first is safe, whatever crashes afterwards."""
    return {tag_text(unique_tag(record, one)) for one in record.entity.unique}


def _reservations(pattern: AccessPattern, record: Record) -> list[str]:
    verb = "FREE" if pattern.operation == "deletes" else "SETNX"
    return [f"{verb} {unique_pattern(record, one)}" for one in _reserved(pattern, record.entity)]


def _reads_before(pattern: AccessPattern, record: Record, touched: list[IndexPlan]) -> int:
    """1 where the script is told what it finds, and refuses where that has changed."""
    if pattern.operation == "inserts":
        return 0
    if pattern.operation == "deletes":
        return 1
    count, known = counted(pattern, record.entity), set(pattern.equal)
    if count and all(not one.where and not (one.attributes - {count}) - known for one in touched):
        return 0
    return 1 if touched or _reserved(pattern, record.entity) else 0


def _together(pattern: AccessPattern, other: str, plan: Plan) -> tuple[list[str], float, list[str]]:
    """Steps, entities and tags of what is written with it."""
    relation, record = joining(plan, pattern.entity, other), plan.records[other]
    several = relation.child == other and pattern.operation != "updates"  # beside an update one is inserted
    number = relation.children.average if several else 1.0
    put = pattern.model_copy(update={"entity": other, "operation": "inserts", "together": (), "changes": ()})
    steps = [*_reservations(put, record), *_store_steps(put, record)]
    tags = [tag_text(record.tag)] if record.form != "edge" else []
    for index in plan.of(other):
        steps += _index_step(put, index)
        tags.append(index_slot(index))
    tags += [tag_text(unique_tag(record, one)) for one in record.entity.unique]
    each = "for each" if several else "for one"
    return [f"{one} {each} {other}" for one in steps], number, list(_same_slots(tuple(tags), pattern, other, plan))


def _write_notes(plan: Plan, slots: tuple[str, ...], reads: int) -> list[str]:
    notes = []
    if len(slots) > 1 and plan.cluster:
        notes.append(
            f"{len(slots)} slots ({', '.join(slots)}): a script each, reservations first, then the entity, then its indexes"
        )
    elif len(slots) > 1:
        notes.append("one script over all keys: atomic on one shard; in a cluster these would be several slots")
    else:
        notes.append("one script, one slot: atomic")
    if reads:
        notes.append(
            "reads the entity first, and the script refuses where it has changed meanwhile: then it is tried again"
        )
    return notes
