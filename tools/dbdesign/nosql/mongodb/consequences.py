"""What follows from a layout: alternatives with their prices, duplicated facts with their repair, doors that close, missing numbers."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.patterns import Relation, Spread
from dbdesign.nosql.base import Alternative, DuplicatedFact, OneWayDoor, Question
from dbdesign.nosql.mongodb import limits
from dbdesign.nosql.mongodb.catalogue import counted
from dbdesign.nosql.mongodb.costs import stored_bytes
from dbdesign.nosql.mongodb.layout import Copy, Home, Layout
from dbdesign.nosql.mongodb.placement import Placement, co_read
from dbdesign.nosql.mongodb.requests import Command, mongosh
from dbdesign.nosql.mongodb.sharding import Sharding
from dbdesign.nosql.mongodb.sizes import DOCUMENT, attribute_bytes


def alternatives(layout: Layout) -> Iterator[Alternative]:
    """Embed against reference of each relation, and the subset against the whole document, side by side."""
    for placement in layout.placements:
        if placement.relation.many_to_many:
            continue
        yield from _placed(placement)
    for home in layout.homes.values():
        if home.cold:
            yield from _split(home, layout)


def _placed(placement: Placement) -> Iterator[Alternative]:
    relation = placement.relation
    name = f"{relation.parent} → {relation.child}"
    failed = [one for one in placement.checks if not one.holds]
    yield Alternative(
        name=f"{name}: embed", description=f"{relation.child} within the documents of {relation.parent}",
        cost=placement.embedded.as_cost(), chosen=placement.embeds,
        break_even=None if placement.embeds else "; ".join(_turns(placement)) or None,
    )  # fmt: skip
    yield Alternative(
        name=f"{name}: reference",
        description=f"{relation.child} in a collection of its own, by {', '.join(relation.by) or 'key'}"
        + (f"; because of {', '.join(one.condition for one in failed)}" if failed else ""),
        cost=placement.referenced.as_cost(), chosen=not placement.embeds,
        break_even="; ".join(_turns(placement)) or None if placement.embeds else None,
    )  # fmt: skip


def _turns(placement: Placement) -> Iterator[str]:
    """At which numbers the other placement becomes the better one."""
    children = placement.relation.children
    if placement.embeds:
        if placement.kind == "embed":
            yield f"above {limits.EMBEDDED_CHILDREN} children at the 99th percentile (now {children.large:,.0f})"
            yield f"above {placement.saved:,.0f} writes of children a second (now {placement.written:,.0f})"
        return
    failed = [one for one in placement.checks if not one.holds]
    for one in failed:
        yield f"once {one.condition} (now {one.measured})"


def _split(home: Home, layout: Layout) -> Iterator[Alternative]:
    cold = DOCUMENT + sum(attribute_bytes(home.entity.attribute_by_name[one]) for one in home.cold)
    hot = stored_bytes(home, layout)
    read = list(layout.traffic.documents_read(home.entity.name))
    every = sum(number for _, number in read)
    whole = [number for one, number in read if not one.project or set(one.project) & set(home.cold)]
    both = sum(whole)
    name = f"{home.entity.name}: subset"
    yield Alternative(
        name=name, description=f"{', '.join(home.cold)} in {home.detail}", chosen=True,
        cost={"documents_read_per_second": every + both, "bytes_read_per_second": every * hot + both * cold},
    )  # fmt: skip
    share = hot / (hot + cold) if hot + cold else 0
    yield Alternative(
        name=f"{home.entity.name}: whole", description="one document with everything",
        cost={"documents_read_per_second": every, "bytes_read_per_second": every * (hot + cold)},
        break_even=f"once more than {1 - limits.SUBSET_HOT_READS:.0%} of the documents read need {', '.join(home.cold)}"
        f" (now {both / every if every else 0:.1%}; a hot document is {share:.0%} of the whole)",
    )  # fmt: skip


def duplicates(layout: Layout) -> Iterator[DuplicatedFact]:
    """Copies of an extended reference, and computed counters."""
    for home in layout.homes.values():
        for copy in home.copies:
            yield _copied(copy, home, layout)
    yield from _computed(layout)


def _copied(copy: Copy, home: Home, layout: Layout) -> DuplicatedFact:
    parent = layout.homes[copy.relation.parent]
    rate = sum(layout.traffic.changes(parent.entity.name).get(name, 0.0) for name in copy.attributes)
    local = home.path(copy.relation.by[-1])
    foreign = parent.path(parent.entity.key[-1])
    fields = {name: f"$_now.{name}" for name in copy.attributes}
    pipeline = [
        {"$lookup": {"from": parent.collection, "localField": local, "foreignField": foreign, "as": "_now"}},
        {"$set": {"_now": {"$first": "$_now"}}},
        {"$set": {"_now": fields}},
        {"$match": {"$expr": {"$ne": [f"${copy.field}", "$_now"]}}},
        {"$project": {copy.field: "$_now"}},
        {"$merge": {"into": home.collection, "on": "_id", "whenMatched": "merge", "whenNotMatched": "discard"}},
    ]
    return DuplicatedFact(
        fact=f"{', '.join(copy.attributes)} of {parent.entity.name}",
        owner=parent.collection,
        copies=(f"{home.collection}.{copy.field}",),
        updated_by=f"updateMany on {home.collection} by {local} with each change"
        f" ({rate:g}/s, {copy.relation.children.average:,.0f} copies each)",
        staleness="until that update is through: seconds; a change stream on the parent makes up for one that was lost",
        repair=mongosh(Command(home.collection, "aggregate", {"pipeline": pipeline})),
    )


def _computed(layout: Layout) -> Iterator[DuplicatedFact]:
    for pattern in layout.traffic.model.patterns:
        relation = counted(pattern, layout.traffic) if pattern.operation == "updates" and pattern.increments else None
        if relation is None:
            continue
        home, child = layout.home(pattern), layout.homes[relation.child]
        of = home.entity.attribute_by_name
        for name in (one for one in pattern.changes if of[one].type in {"number", "decimal"}):
            if child.inside is not None:
                continue
            yield DuplicatedFact(
                fact=f"{name}: counted from {child.entity.name}",
                owner=child.collection,
                copies=(f"{home.collection}.{home.path(name)}",),
                updated_by=f"pattern {pattern.name!r}: $inc with each insert"
                + ("" if pattern.atomic else ", not in the same transaction"),
                staleness="exact in a transaction; else a crash between the two writes leaves it wrong until repaired",
                repair=mongosh(
                    Command(home.collection, "aggregate", {"pipeline": recount(relation, child, home, name)})
                ),
            )


def recount(relation: Relation, child: Home, home: Home, attribute: str) -> list[dict[str, object]]:
    """Counts the children of each parent anew, none of them too, and writes what it finds."""
    local, foreign = home.path(home.entity.key[-1]), child.path(relation.by[-1])
    count = {
        "from": child.collection,
        "localField": local,
        "foreignField": foreign,
        "pipeline": [{"$group": {"_id": None, "n": {"$sum": 1}}}],
        "as": "_counted",
    }
    path = home.path(attribute)
    return [
        {"$lookup": count},
        {"$set": {"_counted": {"$first": "$_counted"}}},
        {"$set": {"_counted": {"$ifNull": ["$_counted.n", 0]}}},
        {"$match": {"$expr": {"$ne": [f"${path}", "$_counted"]}}},
        {"$project": {path: "$_counted"}},
        {"$merge": {"into": home.collection, "on": "_id", "whenMatched": "merge", "whenNotMatched": "discard"}},
    ]


def doors(layout: Layout, sharded: tuple[Sharding, ...]) -> Iterator[OneWayDoor]:
    """Decisions that only a copy of the data undoes."""
    for home in layout.homes.values():
        if home.inside is not None:
            continue
        if home.key is not None:
            yield OneWayDoor(
                decision=f"{home.collection}._id is {home.key}",
                why="saves an index beside the one on _id, which every collection has",
                undo="an _id never changes: insert each document anew, delete the old, and mend every reference",
            )
        if home.series is not None:
            yield OneWayDoor(
                decision=f"{home.collection} is a time series collection by {home.series.meta_field} and {home.series.time}",
                why="buckets are a fraction of the storage and of the index entries",
                undo="a collection cannot be turned, nor its fields changed: $out or insert into a new one, and switch",
            )
    for one in sharded:
        if one.needed and one.chosen is not None:
            yield OneWayDoor(
                decision=f"shard key of {one.collection}: {dict(one.chosen.keys)}",
                why=f"score {one.chosen.score:.0f}, {one.chosen.local:.0%} of the operations go to one shard",
                undo="reshardCollection copies the collection (1.2 times its size free, writes blocked for the last seconds);"
                " refineCollectionShardKey only appends fields",
            )
    for placement in layout.placements:
        if placement.embeds:
            yield OneWayDoor(
                decision=f"{placement.relation.child} is embedded in {placement.relation.parent}",
                why=f"saves {placement.saved:,.0f} documents read a second",
                undo="$unwind and $merge into a collection, dual writes meanwhile, then $unset: reads and code change,"
                f" {_documents(placement, layout):,.0f} documents are rewritten",
            )


def _documents(placement: Placement, layout: Layout) -> float:
    return layout.traffic.count(placement.relation.parent)


def questions(layout: Layout) -> Iterator[Question]:
    """Numbers that are not said and would turn a decision, and those that stand near the edge."""
    for placement in layout.placements:
        yield from _of_relation(placement, layout)
    for pattern in layout.traffic.model.patterns:
        if (
            pattern.operation == "updates"
            and pattern.hottest is None
            and pattern.peak_rate > limits.HOT_DOCUMENT_WRITES
            and pattern.increments
        ):
            edge = limits.HOT_DOCUMENT_WRITES / pattern.peak_rate
            yield Question(
                question=f"{pattern.name}: which share of the changes goes to the hottest document?",
                assumed="evenly spread",
                flips=f"above {edge:.1%} one document is written more than {limits.HOT_DOCUMENT_WRITES:,.0f} times a second:"
                " counters must be split or approximated",
            )
    for pattern in layout.traffic.model.patterns:
        first = pattern.order[0].attribute if pattern.order else None
        if (
            pattern.operation == "reads"
            and pattern.range
            and first
            and first != pattern.range
            and pattern.range not in pattern.filter
        ):
            matched = layout.traffic.matched(pattern)
            edge = min((pattern.page or matched) * limits.EXAMINED / matched, 1.0)
            yield Question(
                question=f"{pattern.name}: which share of what the equalities leave does the range on {pattern.range} keep?",
                assumed="much of it: the index is equality, sort, range",
                flips=f"below {edge:.2%} the index becomes equality, range, sort, with a bounded sort in memory",
            )


def _of_relation(placement: Placement, layout: Layout) -> Iterator[Question]:
    relation = placement.relation
    name = f"{relation.parent} → {relation.child}"
    children: Spread = relation.children
    others = [one for one in placement.checks if not one.holds and "children" not in one.condition]
    if (children.p99 is None or children.maximum is None) and not others and placement.kind in {"embed", "reference"}:
        yield Question(
            question=f"{name}: how many children has a parent at the 99th percentile and at most?",
            assumed=f"p99 {children.large:,.0f}, maximum {'unbounded' if children.maximum is None else f'{children.maximum:,.0f}'}",
            flips=f"a maximum up to {limits.BOUNDED_CHILDREN:,} and a p99 up to {limits.EMBEDDED_CHILDREN} embed; more references",
        )
    share = co_read(relation, layout.traffic)
    others = [one for one in placement.checks if not one.holds and not one.condition.startswith("read through")]
    if abs(share - limits.CO_READ) <= 0.1 and not others:
        yield Question(
            question=f"{name}: which share of the reads of {relation.child} goes through {relation.parent}?",
            assumed=f"{share:.0%}, by the rates of the patterns",
            flips=f"from {limits.CO_READ:.0%} on it is embedded, below referenced",
        )


def link_repairs(layout: Layout) -> Iterator[tuple[str, str]]:
    """References that lead nowhere: a query for each, since MongoDB has no foreign keys."""
    for placement in layout.placements:
        relation = placement.relation
        parent, child = layout.homes[relation.parent], layout.homes[relation.child]
        if (
            placement.embeds
            or relation.many_to_many
            or child.inside is not None
            or not relation.by
            or child.series is not None
        ):
            continue
        local, foreign = child.path(relation.by[-1]), parent.path(parent.entity.key[-1])
        if parent.inside is not None:
            continue
        pipeline = [
            {"$match": {local: {"$exists": True}}},
            {"$lookup": {"from": parent.collection, "localField": local, "foreignField": foreign, "as": "_parent"}},
            {"$match": {"_parent": []}},
            {"$project": {local: 1}},
        ]
        yield (
            f"{child.collection}.{local} without a {parent.entity.name}",
            mongosh(Command(child.collection, "aggregate", {"pipeline": pipeline})),
        )
