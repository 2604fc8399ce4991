"""Hot keys, limits and anti-patterns of a plan: what breaks, now or from which load on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbdesign.model.patterns import AccessPattern
from dbdesign.nosql.base import Concern, Question
from dbdesign.nosql.dynamodb.costing import Load
from dbdesign.nosql.dynamodb.hot import write_share
from dbdesign.nosql.dynamodb.layout import Path, Placement
from dbdesign.nosql.dynamodb.limits import (
    COLLECTION_BYTES,
    HOT_READS,
    HOT_WRITES,
    PAGE_BYTES,
    TRANSACTION_BYTES,
    TRANSACTION_ITEMS,
)
from dbdesign.nosql.dynamodb.plan import Plan, reads_of
from dbdesign.nosql.dynamodb.serve import Serving, Step
from dbdesign.nosql.dynamodb.sizes import entity_size

TABLE_QUOTA = 40_000
"""Read and write units a second of an on-demand table by default (ServiceQuotas); may be raised on request."""


def concerns(
    plan: Plan, servings: Sequence[Serving], found: Sequence[Load], regions: Sequence[str]
) -> Iterator[Concern]:
    """What breaks, the worst first: hot keys, limits, then what only needs care."""
    for placement in plan.placements.values():
        for path in placement.paths:
            yield from _hot(plan, placement, path, servings)
    for serving in servings:
        yield from _transaction(serving)
        yield from _unbounded(serving, plan)
    yield from _collections(plan)
    yield from _quotas(found)
    yield from _unread(plan, servings)
    if len(regions) > 1:
        yield from _regions(servings, regions)


def _hot(plan: Plan, placement: Placement, path: Path, servings: Sequence[Serving]) -> Iterator[Concern]:
    steps = [(serving, step) for serving in servings for step in serving.steps]
    object_ = placement.table if path.kind == "table" else f"{placement.table}.{path.name}"
    writes, writers = 0.0, []
    for serving, step in steps:
        if step.reads or step.placement is not placement or path.name not in step.by_path:
            continue
        share, _ = write_share(
            path, step.pattern, reads_of(plan, placement.entity.name), plan.statistics(placement.entity.name)
        )
        units = share * serving.pattern.peak_rate * step.by_path[path.name].average / path.shards
        writes += units
        writers += [(units, serving.pattern.name)]
    if writes > HOT_WRITES:
        yield _too_hot(object_, "writes", writes, HOT_WRITES, max(writers)[1], path)
    reads, readers = 0.0, []
    for serving, step in steps:
        if step.reads and step.path == path and step.placement is placement and serving.pattern.hottest is not None:
            units = serving.pattern.hottest * serving.pattern.peak_rate * step.units.average / path.shards
            reads += units
            readers += [(units, serving.pattern.name)]
    if reads > HOT_READS:
        yield _too_hot(object_, "reads", reads, HOT_READS, max(readers)[1], path)


def _too_hot(object_: str, what: str, units: float, limit: int, pattern: str, path: Path) -> Concern:
    reading = what == "reads"
    back = " A throttled index fails the writes of the table." if not reading and path.kind == "GSI" else ""
    remedy = (
        "Answer the most wanted values from a cache (DAX, or one in the application for a second), or keep copies under several keys"
        if reading
        else "Queue and combine the writes of that value, or spread it over several items"
    )
    return Concern(
        object=object_,
        message=f"the most wanted key takes {units:,.0f} {what[:-1]} units a second at peak, mostly by {pattern!r};"
        f" a partition sustains {limit:,}.{back}",
        remedy=remedy,
        until=f"{limit / units:.0%} of the peak",
    )


def _transaction(serving: Serving) -> Iterator[Concern]:
    if not serving.transaction:
        return
    items, size = 0.0, 0.0
    for step in serving.steps:
        times = (
            step.relation.children.largest
            if step.relation is not None
            and step.relation.child == step.pattern.entity
            and serving.pattern.operation != "updates"
            else 1.0
        )
        items += times * (1 + len(step.placement.entity.unique) * (step.kind == "insert"))
        size += times * entity_size(step.placement.entity).large
    if items > TRANSACTION_ITEMS or size > TRANSACTION_BYTES:
        limit = f"{TRANSACTION_ITEMS} items" if items > TRANSACTION_ITEMS else "4 MB"
        yield Concern(
            object=serving.pattern.name,
            message=f"at most it writes {items:,.0f} items of {size / 1024:,.0f} KB at once, a transaction takes {limit}",
            remedy="Write the parent last with a state that readers test, in several transactions, and delete leftovers of those"
            " that never finished",
            until=f"{limit} at once",
        )


def _unbounded(serving: Serving, plan: Plan) -> Iterator[Concern]:
    for step in serving.steps:
        if not step.reads or step.kind not in {"query", "collection"} or step.pattern.page is not None:
            continue
        names = frozenset(name for part in step.path.hash if part.kind == "attribute" for name in part.attributes)
        most = plan.statistics(step.placement.entity.name).matching(names | set(step.pattern.equal)).largest
        size = most * entity_size(step.placement.entity).average
        if size > PAGE_BYTES:
            yield Concern(
                object=serving.pattern.name,
                message=f"it has no page, and at most reads {most:,.0f} items of {size / 1024**2:,.1f} MB:"
                f" {size / PAGE_BYTES:,.0f} requests",
                remedy="Give it a page",
                until="1 MB for one request",
            )


def _collections(plan: Plan) -> Iterator[Concern]:
    for placement in plan.placements.values():
        if not any(one.kind == "LSI" for one in placement.indexes):
            continue
        names = placement.base.attributes - {name for part in placement.base.range for name in part.attributes}
        most = (
            plan.statistics(placement.entity.name).matching(names).largest * entity_size(placement.entity).average * 2
        )
        yield Concern(
            object=placement.table,
            message=f"with a local index, all items of one partition key value may take 10 GB;"
            f" the largest takes {most / 1024**3:.2g} GB today",
            remedy="Replace the local index by a global one and an eventually consistent read before that",
            until=f"{COLLECTION_BYTES / max(most, 1.0):,.1f} times today's largest",
        )


def _quotas(found: Sequence[Load]) -> Iterator[Concern]:
    for load in found:
        units = max(load.reads_peak, load.writes_peak)
        if units > TABLE_QUOTA:
            yield Concern(
                object=load.name,
                message=f"it takes {units:,.0f} units a second at peak, by default a table or index gets {TABLE_QUOTA:,}",
                remedy="Have the quota raised before going live, and set the warm throughput to the peak: a new table starts at 4,000"
                " writes and 12,000 reads",
                until=f"{TABLE_QUOTA / units:.0%} of the peak",
            )


def _unread(plan: Plan, servings: Sequence[Serving]) -> Iterator[Concern]:
    read = {step.placement.entity.name for serving in servings for step in serving.steps if step.reads}
    joint = {one.child for one in plan.collected}
    for name in plan.placements:
        if name not in read | joint:
            yield Concern(
                object=name,
                message="no pattern reads it",
                remedy="Name the pattern that does, or keep it elsewhere (a stream to an object store)",
            )


def _regions(servings: Sequence[Serving], regions: Sequence[str]) -> Iterator[Concern]:
    careful = [
        one.pattern.name
        for one in servings
        if one.transaction or one.pattern.increments or one.pattern.consistency == "strong"
    ]
    if careful:
        yield Concern(
            object="all tables",
            message=f"written in {len(regions)} regions, the last writer wins: transactions, counters, unique values and strong reads"
            f" hold in one region only ({', '.join(careful[:5])})",
            remedy="Write each item in one home region, or use multi-region strong consistency (three regions, no transactions)",
        )


def questions(plan: Plan, servings: Sequence[Serving]) -> list[Question]:
    """Numbers that are missing and would flip a decision; those that flip it soonest first."""
    found = [
        *_counts(plan),
        *_moves(servings),
        *_distincts(plan, servings),
        *_shares(servings),
        *_ranges(servings),
    ]
    return [one for _, one in sorted(found, key=lambda pair: pair[0])][:12]


def _counts(plan: Plan) -> Iterator[tuple[float, Question]]:
    for entity in plan.model.entities:
        if entity.count is None:
            yield (
                0.0,
                Question(
                    question=f"How many {entity.name} are there?",
                    assumed="1,000",
                    flips="storage, index sizes and whether its reads fit one page",
                ),
            )


def _moves(servings: Sequence[Serving]) -> Iterator[tuple[float, Question]]:
    """Updates that may change an index's key: an unchanged key is not written twice."""
    for serving in servings:
        for step in serving.steps:
            if step.kind != "update" or step.pattern.increments:
                continue
            known = step.placement.entity.attribute_by_name
            kept = {
                name for name in step.pattern.changes if name in known and known[name].type not in {"timestamp", "date"}
            }
            names = {name for path in step.placement.indexes for name in path.attributes & kept}
            own = step.by_path[step.placement.base.name].average
            if names and len(step.pattern.changes) > 1 and step.units.average > own * 1.5:
                share = 1 - own / step.units.average
                yield (
                    0.1,
                    Question(
                        question=f"In which share of {serving.pattern.name!r} does {', '.join(sorted(names))} really change?",
                        assumed="in all",
                        flips=f"{share:.0%} of its write units: an index entry whose key stays is written once or not at all, not twice",
                    ),
                )


def _distincts(plan: Plan, servings: Sequence[Serving]) -> Iterator[tuple[float, Question]]:
    seen: set[tuple[str, str]] = set()
    for serving in servings:
        entity = serving.pattern.entity
        statistics = plan.statistics(entity)
        for name in serving.pattern.equal:
            if (
                (entity, name) in seen
                or not statistics.unsaid(name)
                or statistics.matching(frozenset(serving.pattern.equal)).largest <= 1
            ):
                continue
            seen.add((entity, name))
            rows = statistics.count / statistics.distinct(name)
            yield (
                0.2,
                Question(
                    question=f"How many {entity} share one {name}, on average and at the 99th percentile?",
                    assumed=f"{rows:,.3g} on average, ten times as many at the 99th percentile",
                    flips=f"whether {serving.pattern.name!r} may be sorted by the reader (up to 1 MB) or needs an index in its order",
                ),
            )


def _shares(servings: Sequence[Serving]) -> Iterator[tuple[float, Question]]:
    for serving in servings:
        pattern = serving.pattern
        if pattern.hottest is not None or not serving.steps:
            continue
        threshold = _threshold(pattern, serving.steps)
        if threshold < 0.5:
            yield (
                threshold,
                Question(
                    question=f"Which share of {pattern.name!r} goes to the most wanted {', '.join(pattern.equal) or 'parent'}?",
                    assumed="what follows from the data, or an even spread",
                    flips=f"above {threshold:.1%} one partition is too hot: shards or a cache are needed",
                ),
            )


def _threshold(pattern: AccessPattern, steps: Sequence[Step]) -> float:
    found = 1.0
    for step in steps:
        limit = HOT_READS if step.reads else HOT_WRITES
        each = [step.units.average] if step.reads else [one.average for one in step.by_path.values()]
        for units in each:
            load = pattern.peak_rate * units / max(step.path.shards, 1)
            found = min(found, limit / load) if load else found
    return found


def _ranges(servings: Sequence[Serving]) -> Iterator[tuple[float, Question]]:
    for serving in servings:
        pattern = serving.pattern
        if pattern.operation == "reads" and pattern.range and pattern.page is None:
            yield (
                0.3,
                Question(
                    question=f"Which share of the items does the range of {pattern.range} in {pattern.name!r} leave?",
                    assumed="a third",
                    flips="its read units, and whether a page is needed",
                ),
            )
