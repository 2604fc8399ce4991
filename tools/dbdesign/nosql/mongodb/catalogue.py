"""The pattern catalogue: which of MongoDB's schema patterns applies to which entity, by its trigger and the numbers met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dbdesign.model.patterns import AccessPattern, Attribute, Entity, Relation, Spread
from dbdesign.nosql.mongodb import limits
from dbdesign.nosql.mongodb.placement import Placement
from dbdesign.nosql.mongodb.sizes import attribute_bytes, entity_bytes
from dbdesign.nosql.mongodb.traffic import Traffic


@dataclass(frozen=True)
class Applied:
    """A pattern that applies.

    Attributes:
        pattern: its name in the catalogue: `subset`, `outlier`, `time series`, `bucket`, `computed`, `approximation`, `attribute`,
            `extended reference`, `polymorphic`, `schema version`, `archive`.
        object: entity, or relation as `parent → child`.
        attributes: those that it is about.
        advised: whether it is advice only, and not in the collections as designed.
    """

    pattern: str
    object: str
    because: str
    effect: str
    attributes: tuple[str, ...] = ()
    advised: bool = False

    def as_json(self) -> dict[str, Any]:
        """For the design."""
        found: dict[str, Any] = {
            "pattern": self.pattern, "object": self.object, "because": self.because, "effect": self.effect,
        }  # fmt: skip
        return (
            found
            | ({"attributes": list(self.attributes)} if self.attributes else {})
            | ({"advised": True} if self.advised else {})
        )


def applied(traffic: Traffic, placements: tuple[Placement, ...]) -> tuple[Applied, ...]:
    """Every pattern that applies, by entity in the model's order."""
    embedded = {one.relation.child for one in placements if one.embeds}
    found: list[Applied] = []
    for name in traffic.entities:
        if name not in embedded:
            found += _of_entity(name, traffic, placements)
        found += _counters(name, traffic)
    found += [one for placement in placements for one in _outlier(placement)]
    found += _polymorphic(traffic)
    return tuple(found)


def _of_entity(name: str, traffic: Traffic, placements: tuple[Placement, ...]) -> Iterator[Applied]:
    entity = traffic.entity(name)
    series = _time_series(entity, traffic)
    hosts = any(one.embeds and one.relation.parent == name for one in placements)
    if series is not None and not hosts:
        yield series
        return
    yield from _bucket(entity, traffic)
    yield from _subset(entity, traffic)
    yield from _attribute(entity, traffic)
    yield from _extended(entity, traffic, placements)
    yield from _version(entity, traffic)
    yield from _archive(entity, traffic)


def _time_series(entity: Entity, traffic: Traffic) -> Applied | None:
    """Append-only, identified by meta and time alone, read by meta and in the order of time."""
    times = [one for one in entity.key if _is_time(entity.attribute_by_name.get(one)) and len(entity.key) > 1]
    written = traffic.writes(entity.name)
    reads = traffic.reads(entity.name)
    if not times or not written or any(one.operation != "inserts" for one in written) or entity.unique:
        return None
    meta = tuple(one for one in entity.key if one != times[0])
    ordered = {key.attribute for one in reads for key in one.order} | {one.range for one in reads if one.range}
    if ordered - {times[0]} or any(not set(one.equal) <= set(meta) for one in reads):
        return None
    inserted = sum(one.rate for one in written)
    return Applied(
        "time series",
        entity.name,
        f"only inserted ({inserted:,.0f}/s), identified by {', '.join(meta)} and {times[0]}, read by no other condition",
        f"a native time series collection: timeField {times[0]}, metaField {meta[0] if len(meta) == 1 else 'meta'};"
        " buckets of up to 1,000 measurements instead of a document each",
        (times[0], *meta),
    )


def _bucket(entity: Entity, traffic: Traffic) -> Iterator[Applied]:
    """Small things that are only appended, and read by many of one owner in the order of time, where a time series cannot hold them."""
    times = {one.name for one in entity.attributes if _is_time(one)}
    written = traffic.writes(entity.name)
    apart = all(one.operation == "inserts" and one.entity == entity.name and not one.atomic for one in written)
    if not written or not apart or entity_bytes(entity) > limits.BUCKETED_BYTES:
        return
    lists = [one for one in traffic.reads(entity.name) if _lists_newest(one, times)]
    read = sum(one.rate * traffic.returned(one) for one in lists)
    others = sum(one.rate for one in traffic.reads(entity.name) if one not in lists)
    owners = {one.equal for one in lists}
    if not read or len(owners) > 1 or read < limits.BUCKETED_READ * (sum(one.rate for one in lists) + others):
        return
    (owner,) = owners
    each = max(round(read / sum(one.rate for one in lists)), 1)
    yield Applied(
        "bucket",
        entity.name,
        f"{entity_bytes(entity):,.0f} B each, only inserted, and {each:,} of one {', '.join(owner)} are read at a time",
        f"documents of up to {each:,} by {', '.join(owner)} ($push, $inc of a count, upsert where the last one is full): a page is one"
        f" document instead of {each:,}",
        owner,
        advised=True,
    )


def _lists_newest(pattern: AccessPattern, times: set[str]) -> bool:
    first = pattern.order[0] if pattern.order else None
    return bool(pattern.equal) and not pattern.filter and first is not None and first.attribute in times


def _is_time(attribute: Attribute | None) -> bool:
    return attribute is not None and attribute.type == "timestamp" and attribute.monotonic


def needs(pattern: AccessPattern, entity: Entity) -> set[str]:
    """The attributes that a pattern reads or compares."""
    conditions = {*pattern.equal, *pattern.filter, *(key.attribute for key in pattern.order)}
    conditions |= {pattern.range} if pattern.range else set()
    return conditions | set(pattern.project or [one.name for one in entity.attributes])


def _subset(entity: Entity, traffic: Traffic) -> Iterator[Applied]:
    """Cold attributes are those that most of the documents read do not need."""
    read = list(traffic.documents_read(entity.name))
    total = sum(documents for _, documents in read)
    if not total:
        return
    compared = {*entity.key, *(name for one in entity.unique for name in one)}
    for pattern in traffic.model.patterns:
        if pattern.entity == entity.name:
            compared |= {
                *pattern.equal,
                *pattern.filter,
                *(key.attribute for key in pattern.order),
                pattern.range or "",
            }
    cold: list[Attribute] = []
    for one in entity.attributes:
        needed = sum(documents for pattern, documents in read if one.name in needs(pattern, entity))
        if one.name not in compared and needed <= (1 - limits.SUBSET_HOT_READS) * total and attribute_bytes(one) >= 64:
            cold.append(one)
    cold_bytes, whole = sum(attribute_bytes(one) for one in cold), entity_bytes(entity)
    if cold_bytes < limits.SUBSET_LEAST_BYTES or cold_bytes < limits.SUBSET_COLD_BYTES * whole:
        return
    names = tuple(one.name for one in cold)
    if any(_loses_identifier(one, entity, set(names)) for one in traffic.writes(entity.name)):
        return
    hot = sum(documents for pattern, documents in read if not needs(pattern, entity) & set(names))
    yield Applied(
        "subset",
        entity.name,
        f"{', '.join(names)}: {cold_bytes:,.0f} of {whole:,.0f} B of a document, not needed by {hot / total:.0%} of the documents read",
        f"{', '.join(names)} in {entity.name}_detail with the same _id; the working set is {whole - cold_bytes:,.0f} B a document",
        names,
    )


def _loses_identifier(pattern: AccessPattern, entity: Entity, cold: set[str]) -> bool:
    """Whether a write needs the cold document without knowing its `_id`."""
    if pattern.entity != entity.name or pattern.operation == "inserts":
        return False
    touches = pattern.operation == "deletes" or not pattern.changes or bool(cold & set(pattern.changes))
    return touches and not (len(entity.key) == 1 and entity.key[0] in pattern.equal)


def _attribute(entity: Entity, traffic: Traffic) -> Iterator[Applied]:
    searched = {
        name for one in traffic.model.patterns if one.entity == entity.name for name in (*one.equal, *one.filter)
    }
    sparse = tuple(
        one.name for one in entity.attributes
        if one.present <= limits.SPARSE and one.name in searched and one.name not in entity.key
    )  # fmt: skip
    if len(sparse) >= limits.SPARSE_ATTRIBUTES:
        yield Applied(
            "attribute",
            entity.name,
            f"{len(sparse)} sparse attributes (present in at most {limits.SPARSE:.0%}) are searched: an index each would be"
            f" more than the {limits.INDEXES} that a collection should have",
            "an array `properties` of {k, v} with one index on (properties.k, properties.v)",
            sparse,
        )


def _extended(entity: Entity, traffic: Traffic, placements: tuple[Placement, ...]) -> Iterator[Applied]:
    """A child that is read together with its parent repeats what of the parent is small and changes rarely."""
    for placement in placements:
        relation = placement.relation
        if relation.child != entity.name or placement.embeds or relation.many_to_many:
            continue
        read = sum(one.rate * traffic.returned(one) for one in traffic.joint(relation) if one.entity == entity.name)
        parent = traffic.entity(relation.parent)
        changes = traffic.changes(parent.name)
        small = [
            one
            for one in parent.attributes
            if one.name not in parent.key and one.type not in {"json", "list", "binary"}
        ]
        fit: list[Attribute] = []
        for one in sorted(small, key=attribute_bytes):
            copies = changes.get(one.name, 0.0) * relation.children.average
            if copies < read and sum(map(attribute_bytes, (*fit, one))) <= limits.EXTENDED_BYTES:
                fit.append(one)
        names = tuple(one.name for one in parent.attributes if one in fit)
        if read and names:
            rate = sum(changes.get(name, 0.0) for name in names)
            yield Applied(
                "extended reference",
                f"{parent.name} → {entity.name}",
                f"{read:,.0f} documents a second are read together with {parent.name}; {', '.join(names)} change {rate:g} times a second",
                f"{entity.name}.{parent.name} holds {', '.join(names)}",
                names,
            )


def _version(entity: Entity, traffic: Traffic) -> Iterator[Applied]:
    count = traffic.count(entity.name)
    brief = entity.retention_days is not None and entity.retention_days <= 90
    if count >= limits.VERSIONED_DOCUMENTS and not brief:
        yield Applied(
            "schema version",
            entity.name,
            f"{count:,.0f} documents cannot change their shape in one update",
            "schema_version in each document; readers take every version, writers the newest, a job brings the rest",
        )


def hot_documents(entity: Entity, traffic: Traffic) -> float:
    """Documents that lists can show: the newest page of each value of their equalities."""
    count = traffic.count(entity.name)
    hot = 0.0
    for one in traffic.reads(entity.name):
        if one.page is None or (one.range is None and not one.order):
            continue
        matched = traffic.matched(one)
        hot += count * min(one.page / matched, 1.0)
    return min(hot, count)


def _archive(entity: Entity, traffic: Traffic) -> Iterator[Applied]:
    count, size = traffic.count(entity.name), entity_bytes(entity)
    stamped = any(_is_time(one) for one in entity.attributes)
    lists = [one for one in traffic.reads(entity.name) if one.order and one.page and not one.range]
    long = entity.retention_days is None or entity.retention_days >= 365
    if (
        not (stamped and lists and long)
        or any(_reaches_back(one, entity) for one in traffic.reads(entity.name))
        or count * size < limits.ARCHIVE_BYTES
    ):
        return
    cold = 1 - hot_documents(entity, traffic) / count
    if cold > limits.COLD:
        yield Applied(
            "archive",
            entity.name,
            f"{cold:.0%} of {count:,.0f} documents ({count * size * cold / 1e9:,.0f} GB) stand behind the newest page of every list",
            "older documents to a cheaper store by date ($merge, or $out to object storage); reads by key fall back to it",
            advised=True,
        )


def _reaches_back(pattern: AccessPattern, entity: Entity) -> bool:
    """Whether a list shows entities of any age: it is neither ordered by their age nor a range nor a filtered queue."""
    if (
        pattern.range
        or pattern.filter
        or any(set(key) <= set(pattern.equal) for key in (entity.key, *entity.unique) if key)
    ):
        return False
    first = pattern.order[0] if pattern.order else None
    return (
        pattern.page is None
        or first is None
        or not (first.descending and entity.attribute_by_name[first.attribute].monotonic)
    )


def _counters(name: str, traffic: Traffic) -> Iterator[Applied]:
    """Numbers that are counted up in a document: computed where a child's writes cause them, approximated where one document is too hot."""
    entity = traffic.entity(name)
    for pattern in traffic.model.patterns:
        if pattern.operation != "updates" or pattern.entity != name or not pattern.increments:
            continue
        numbers = tuple(one for one in pattern.changes if entity.attribute_by_name[one].type in {"number", "decimal"})
        source = counted(pattern, traffic)
        if source is not None and numbers:
            read = sum(one.rate for one in traffic.reads(name))
            yield Applied(
                "computed", name,
                f"{', '.join(numbers)}: read {read:,.0f} times a second, counted {pattern.rate:,.0f} times a second with {source.child}",
                f"kept by $inc in {name}; the truth is {source.child}, and the repair query counts it anew",
                numbers,
            )  # fmt: skip
        hottest = (pattern.hottest or 0.0) * pattern.peak_rate
        if hottest > limits.HOT_DOCUMENT_WRITES and pattern.consistency == "eventual" and not pattern.atomic:
            yield Applied(
                "approximation", name,
                f"{pattern.name}: {hottest:,.0f} writes a second of one document at peak, more than {limits.HOT_DOCUMENT_WRITES:,.0f}",
                f"write every {hottest / 50:,.0f}th change with that weight, or collect changes in the application for a second",
                numbers, advised=True,
            )  # fmt: skip


def counted(pattern: AccessPattern, traffic: Traffic) -> Relation | None:
    """The relation whose children an increment counts: its attribute is called like them, and they come and go at that rate.

    Where two relations join the same pair, the attribute names the other end: a user's `followers` are those follows in which the user is
    the followee.
    """
    near = [
        relation for relation in traffic.model.relations
        if relation.parent == pattern.entity and relation.by and not relation.many_to_many and _names(pattern, relation)
        and _comes(relation.child, pattern.rate, traffic)
    ]  # fmt: skip
    other = [
        one for one in near if not any(name.rstrip("s") == one.by[-1].removesuffix("_id") for name in pattern.changes)
    ]
    return next(iter(other or near), None)


def _comes(name: str, rate: float, traffic: Traffic) -> bool:
    """Whether entities are inserted, and deleted, at about that rate: counted at each insert, or at each of both."""
    inserted = sum(one.rate for one in traffic.writes(name) if one.operation == "inserts" and one.entity == name)
    return bool(inserted) and (_similar(inserted, rate) or _similar(inserted + _deleted(name, traffic), rate))


def _deleted(name: str, traffic: Traffic) -> float:
    return sum(one.rate for one in traffic.writes(name) if one.operation == "deletes")


def _similar(one: float, other: float) -> bool:
    return abs(one - other) <= 0.05 * max(one, other)


def _names(pattern: AccessPattern, relation: Relation) -> bool:
    """Whether the counter is called like the child or its reference: comments and comment, followers and followee_id."""
    stems = {relation.child[:6], *(name.removesuffix("_id")[:6] for name in relation.by)}
    return any(one.startswith(stem) for one in pattern.changes for stem in stems if len(stem) >= 3)


def outlying(children: Spread) -> bool:
    """Whether the largest parents have more children than an array should hold, or than twice the 99th percentile of a skewed number."""
    skewed = children.large > limits.OUTLIER * children.average or children.largest > limits.OUTLIER * children.large
    return children.largest > 2 * children.large and (skewed or children.largest >= limits.ARRAY_ELEMENTS)


def _outlier(placement: Placement) -> Iterator[Applied]:
    relation, children = placement.relation, placement.relation.children
    if placement.kind != "embed" or not outlying(children):
        return
    yield Applied(
        "outlier",
        f"{relation.parent} → {relation.child}",
        f"p99 {children.large:,.0f} children, but at most {children.largest:,.0f}",
        f"the array holds {2 * children.large:,.0f}; what is beyond stands in overflow documents, flagged by has_overflow",
    )


def _polymorphic(traffic: Traffic) -> Iterator[Applied]:
    """Children of one parent that are read together and share half of their attributes."""
    for pattern in traffic.model.patterns:
        names = pattern.together if pattern.operation == "reads" else ()
        for place, one in enumerate(names):
            for other in names[place + 1 :]:
                first, second = traffic.entity(one).attribute_by_name, traffic.entity(other).attribute_by_name
                shared = first.keys() & second.keys()
                if len(shared) >= 3 and len(shared) * 2 >= min(len(first), len(second)):
                    yield Applied(
                        "polymorphic", f"{one}, {other}",
                        f"{pattern.name} reads both, and they share {', '.join(sorted(shared))}",
                        "one collection with a discriminator `kind`, required by the validator and first in its indexes",
                        tuple(sorted(shared)), advised=True,
                    )  # fmt: skip
