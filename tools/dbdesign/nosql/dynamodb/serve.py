"""How each pattern is served under a plan: steps with their requests, units and heat."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dbdesign.model.patterns import AccessPattern, Relation
from dbdesign.nosql.dynamodb.aggregates import FIND, JOINT, Parted
from dbdesign.nosql.dynamodb.capacity import Units, fetches, read_units, write_units
from dbdesign.nosql.dynamodb.choice import SENTINEL
from dbdesign.nosql.dynamodb.layout import Path, Placement
from dbdesign.nosql.dynamodb.limits import GLOBAL_INDEXES, HOT_WRITES, PAGE_BYTES, READ_UNIT, TARGET
from dbdesign.nosql.dynamodb.matching import Match, rows_read, serves
from dbdesign.nosql.dynamodb.plan import Plan, made_size
from dbdesign.nosql.dynamodb.requests import Request, read_request
from dbdesign.nosql.dynamodb.sizes import entity_size, units


@dataclass(frozen=True)
class Counter:
    """A counter that is too hot for one item: kept in shards, copied into the attribute by the stream."""

    entity: str
    attribute: str
    table: str
    shards: int


@dataclass(frozen=True)
class Step:
    """A part of a pattern under a plan.

    Attributes:
        kind: `get`, `query`, `scan`, `collection` (parent and children at once), `sentinel`, `insert`, `update`, `delete`, `count`.
        units: read or write units of the table or index for one execution of the whole pattern.
        by_path: of a write, units by path name, the table's own included.
        relation: with the pattern's entity; None for its own part.
    """

    kind: str
    pattern: AccessPattern
    placement: Placement
    path: Path
    units: Units
    match: Match | None = None
    request: Request | None = None
    by_path: dict[str, Units] = field(default_factory=dict)
    relation: Relation | None = None
    fetch: bool = False
    rows: float = 1.0
    counter: Counter | None = None

    @property
    def reads(self) -> bool:
        """Whether it reads."""
        return self.pattern.operation == "reads"


@dataclass(frozen=True)
class Serving:
    """A pattern under a plan. `unserved` says why it is not."""

    parted: Parted
    steps: tuple[Step, ...]
    transaction: bool = False
    unserved: str | None = None

    @property
    def pattern(self) -> AccessPattern:
        """The pattern."""
        return self.parted.whole

    @property
    def rru(self) -> Units:
        """Read units of one execution."""
        return sum((one.units for one in self.steps if one.reads), Units())

    @property
    def wru(self) -> Units:
        """Write units of one execution, indexes included."""
        return sum((one.units for one in self.steps if not one.reads), Units())


def servings(plan: Plan) -> tuple[Serving, ...]:
    """How each pattern is served."""
    return tuple(_serving(one, plan) for one in plan.parts)


def _serving(parted: Parted, plan: Plan) -> Serving:
    whole = parted.whole
    joint = _collection(parted, plan) if whole.operation == "reads" else None
    if joint is not None:
        rest = [
            number
            for number, one in enumerate(parted.parts)
            if number and not _collected(parted.relations[number], plan)
        ]
        return Serving(parted, (joint, *(_part(parted, number, plan) for number in rest)))
    steps: list[Step] = []
    for number, part in enumerate(parted.parts):
        if (
            part.operation == "reads"
            and part.name not in plan.chosen[part.entity].served
            and _scannable(plan, part) is None
        ):
            return Serving(parted, (), unserved=_why(part, plan))
        steps.append(_part(parted, number, plan))
    writes = [one for one in steps if not one.reads]
    sentinels = sum(_sentinels(one, plan) for one in writes)
    transaction = bool(writes) and ((len(writes) > 1 and whole.operation != "deletes") or sentinels > 0)
    if not transaction:
        return Serving(parted, tuple(steps))
    return Serving(parted, tuple(_doubled(one, plan) for one in steps), transaction=True)


def _doubled(step: Step, plan: Plan) -> Step:
    """In a transaction a write of the table costs twice; what keeps unique values is written with it."""
    if step.reads:
        return step
    base = step.by_path[step.placement.base.name]
    unique = Units(2.0, 2.0) * _sentinels(step, plan)
    by_path = {**step.by_path, step.placement.base.name: base * 2.0}
    return replace(step, units=step.units + base + unique, by_path=by_path)


def _sentinels(step: Step, plan: Plan) -> float:
    """Items that keep unique values which a write puts or deletes."""
    entity = plan.model.entity_by_name[step.pattern.entity]
    if step.kind in {"insert", "delete"}:
        return float(len(entity.unique))
    if step.kind == "update":
        return 2.0 * sum(bool(set(one) & set(step.pattern.changes)) for one in entity.unique)
    return 0.0


def _part(parted: Parted, number: int, plan: Plan) -> Step:
    part, relation = parted.parts[number], parted.relations[number]
    if part.operation == "reads":
        step = _read(part, plan)
        if number and relation is not None:
            step = replace(step, relation=relation, units=step.units * _executions(parted, plan))
        return step
    return replace(_write(part, parted.times[number], plan), relation=relation)


def _executions(parted: Parted, plan: Plan) -> float:
    """Executions of a part for each item that the pattern's own part returns."""
    own = _read(parted.parts[0], plan)
    return max(own.rows, 1.0)


def _read(part: AccessPattern, plan: Plan) -> Step:
    placement, statistics = plan.placements[part.entity], plan.statistics(part.entity)
    way = plan.chosen[part.entity].served.get(part.name)
    if way is None:
        return _scan(part, plan)
    if isinstance(way, str):
        factor = 1.0 if part.consistency == "strong" else 0.5
        size = entity_size(placement.entity) + made_size(placement, placement.base)
        found = Units(1.0 + units(size, READ_UNIT), 1.0 + math.ceil(size.large / READ_UNIT)) * factor
        return Step(SENTINEL, part, placement, placement.base, found)
    match = serves(way, part)
    if match is None:
        raise AssertionError(f"{part.name!r} is not served by {way}")
    _, returned = rows_read(way, match, part, statistics)
    return Step(
        kind="get" if match.item else "query",
        pattern=part,
        placement=placement,
        path=way,
        units=read_units(way, match, part, statistics, made_size(placement, way)),
        match=match,
        request=read_request(placement, way, match, part, statistics),
        fetch=fetches(way, part, placement.entity) and part.name.rpartition(JOINT)[2] != FIND,
        rows=returned.average,
    )


def _scannable(plan: Plan, part: AccessPattern) -> float | None:
    """Bytes of a table that is read whole: only where that is one page, and the pattern has no condition."""
    if part.equal or part.range or part.filter or plan.shared(part.entity):
        return None
    entity = plan.model.entity_by_name[part.entity]
    size = entity_size(entity).average * (entity.count if entity.count is not None else 1000.0)
    return size if size <= PAGE_BYTES else None


def _scan(part: AccessPattern, plan: Plan) -> Step:
    placement = plan.placements[part.entity]
    size = _scannable(plan, part) or 0.0
    found = max(math.ceil(size / READ_UNIT), 1) * (1.0 if part.consistency == "strong" else 0.5)
    fields: dict[str, object] = {"TableName": placement.table}
    if part.consistency == "strong":
        fields["ConsistentRead"] = True
    return Step(
        "scan",
        part,
        placement,
        placement.base,
        Units(found, found),
        request=Request("Scan", fields),
        rows=plan.statistics(part.entity).count,
    )


def _write(part: AccessPattern, times: tuple[float, float], plan: Plan) -> Step:
    placement, entity = plan.placements[part.entity], plan.model.entity_by_name[part.entity]
    counter = counter_of(part, plan)
    if counter is not None:
        return Step(
            "count",
            part,
            placement,
            placement.base,
            Units(1.0, 1.0),
            counter=counter,
            by_path={placement.base.name: Units()},
        )
    by_path = {}
    for path in placement.paths:
        found = write_units(part, entity, path, made_size(placement, path))
        by_path[path.name] = Units(found.average * times[0], found.large * times[1])
    kind = {"inserts": "insert", "updates": "update", "deletes": "delete"}[part.operation]
    return Step(kind, part, placement, placement.base, sum(by_path.values(), Units()), by_path=by_path, rows=times[0])


def counter_of(part: AccessPattern, plan: Plan) -> Counter | None:
    """The counter that a pattern counts on, where one item would take more writes than a partition does."""
    entity = plan.model.entity_by_name[part.entity]
    if not part.increments or part.atomic or part.consistency == "strong" or part.operation != "updates":
        return None
    if part.hottest is None or len(part.changes) != 1 or not set(entity.key) <= set(part.equal):
        return None
    each = sum((write_units(part, entity, one) for one in plan.placements[part.entity].paths), Units()).average
    load = part.hottest * part.peak_rate * each
    if load <= HOT_WRITES:
        return None
    name = part.changes[0]
    return Counter(
        part.entity, name, f"{part.entity}_{name}_counter", max(math.ceil(load / each / HOT_WRITES / TARGET), 2)
    )


def _collected(relation: Relation | None, plan: Plan) -> bool:
    return relation is not None and relation in plan.collected


def _collection(parted: Parted, plan: Plan) -> Step | None:
    """Parent and children by one query, where they share a partition and all of the parent's key is given."""
    whole = parted.whole
    parent = plan.placements[whole.entity]
    joined = [
        one for one in parted.relations if one is not None and one.parent == whole.entity and _collected(one, plan)
    ]
    if not joined or set(whole.equal) != set(parent.entity.key):
        return None
    total = entity_size(parent.entity) + made_size(parent, parent.base)
    rows = 1.0
    for relation in joined:
        child = plan.placements[relation.child]
        size = entity_size(child.entity) + made_size(child, child.base)
        total += size.scaled(relation.children.average, relation.children.large, relation.children.largest)
        rows += relation.children.average
    factor = 1.0 if whole.consistency == "strong" else 0.5
    match = serves(parent.base, parted.parts[0])
    if match is None:
        return None
    request = read_request(parent, parent.base, match, parted.parts[0], plan.statistics(whole.entity), whole=True)
    found = Units(units(total, READ_UNIT), float(math.ceil(total.large / READ_UNIT))) * factor
    return Step("collection", parted.parts[0], parent, parent.base, found, match=match, request=request, rows=rows)


def _why(part: AccessPattern, plan: Plan) -> str:
    if part.consistency == "strong":
        return (
            f"it must be strongly consistent, but {part.entity} is not kept by {', '.join(part.equal) or 'anything that it compares'},"
            " and global indexes are only eventually consistent"
        )
    if not part.equal and not part.filter:
        return "it compares nothing by equality: only a Scan of the whole table reads it"
    if len(plan.placements[part.entity].indexes) >= GLOBAL_INDEXES:
        return f"{part.entity} has {GLOBAL_INDEXES} global indexes already, for reads that cost more without"
    return "no key can serve its conditions and its order together"


def served_paths(serving: Serving) -> Iterator[tuple[Placement, Path]]:
    """The keys and indexes that a pattern reads."""
    for one in serving.steps:
        if one.reads:
            yield one.placement, one.path
