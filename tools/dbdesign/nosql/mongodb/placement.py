"""Embed or reference, relation by relation, with the numbers that decided and both priced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dbdesign.model.patterns import Relation
from dbdesign.nosql.mongodb import limits
from dbdesign.nosql.mongodb.sizes import array_bytes, average, element_bytes, entity_bytes, large, largest
from dbdesign.nosql.mongodb.traffic import Traffic

Kind = Literal["embed", "embed one", "reference", "ids in parent", "ids in child", "link collection"]


@dataclass(frozen=True)
class Check:
    """A condition, what it was measured at, and whether it holds."""

    condition: str
    measured: str
    holds: bool

    def __str__(self) -> str:
        return f"{'✓' if self.holds else '✗'} {self.condition}: {self.measured}"


@dataclass(frozen=True)
class Price:
    """What a placement costs, per second on average: documents read, bytes read and bytes written."""

    documents_read: float
    bytes_read: float
    bytes_written: float

    def as_cost(self) -> dict[str, float]:
        """By unit."""
        return {
            "documents_read_per_second": round(self.documents_read, 2),
            "bytes_read_per_second": round(self.bytes_read),
            "bytes_written_per_second": round(self.bytes_written),
        }


@dataclass(frozen=True)
class Placement:
    """Where the children of a relation are."""

    relation: Relation
    kind: Kind
    checks: tuple[Check, ...]
    embedded: Price
    referenced: Price
    saved: float = 0.0
    written: float = 0.0
    document_bytes: Mapping[str, float] = field(default_factory=dict)

    @property
    def embeds(self) -> bool:
        """Whether the children stand in the parent's document."""
        return self.kind in {"embed", "embed one"}

    def as_json(self) -> dict[str, Any]:
        """For the design."""
        return {
            "parent": self.relation.parent,
            "child": self.relation.child,
            "by": list(self.relation.by),
            "decision": self.kind,
            "because": [str(one) for one in self.checks],
            "embedded": self.embedded.as_cost(),
            "referenced": self.referenced.as_cost(),
            "document_bytes_if_embedded": {name: round(size) for name, size in self.document_bytes.items()},
        }


def plural(name: str) -> str:
    """The name of an array of these."""
    last = name.rsplit(".", 1)[-1]
    if last.endswith("s") and not last.endswith("ss"):
        return last
    if last.endswith("lf"):
        return f"{last[:-1]}ves"
    if last.endswith(("s", "x", "ch", "sh")):
        return f"{last}es"
    return f"{last[:-1]}ies" if last.endswith("y") and last[-2:-1] not in "aeiou" else f"{last}s"


def placements(traffic: Traffic) -> tuple[Placement, ...]:
    """A placement for each relation; a child is embedded at most once, and never into what is embedded itself."""
    found = [_placement(relation, traffic) for relation in traffic.model.relations]
    chosen: dict[str, Placement] = {}
    for one in sorted((each for each in found if each.embeds), key=lambda each: -each.saved):
        chosen.setdefault(one.relation.child, one)
    result: list[Placement] = []
    for one in found:
        why = _displaced(one, chosen)
        result.append(one if why is None else _referenced(one, why))
    return tuple(result)


def _displaced(placement: Placement, chosen: Mapping[str, Placement]) -> Check | None:
    if not placement.embeds:
        return None
    relation = placement.relation
    winner = chosen[relation.child]
    if winner is not placement:
        return Check("not embedded elsewhere", f"{relation.child} is embedded in {winner.relation.parent}", holds=False)
    if relation.parent in chosen and relation.parent != relation.child:
        return Check("the parent is a document of its own", f"{relation.parent} is embedded itself", holds=False)
    return None


def _referenced(placement: Placement, why: Check) -> Placement:
    return Placement(
        placement.relation, "reference", (*placement.checks, why), placement.embedded, placement.referenced,
        placement.saved, placement.written, placement.document_bytes,
    )  # fmt: skip


def _placement(relation: Relation, traffic: Traffic) -> Placement:
    embedded, referenced = _prices(relation, traffic)
    saved, written = _saved(relation, traffic), traffic.written(relation.child)
    sizes = {name: document_bytes(relation, traffic, part) for name, part in _PARTS.items()}
    if relation.many_to_many:
        kind, checks = _many_to_many(relation)
    elif relation.children.largest <= 1:
        checks = tuple(_one_to_one(relation, traffic))
        kind = "embed one" if all(one.holds for one in checks) else "reference"
    else:
        checks = tuple(_checks(relation, traffic, saved, written, sizes))
        kind = "embed" if all(one.holds for one in checks) else "reference"
    return Placement(relation, kind, checks, embedded, referenced, saved, written, sizes)


_PARTS = {"average": average, "p99": large, "maximum": largest}


def document_bytes(relation: Relation, traffic: Traffic, part: Any) -> float:
    """The parent's document with its children: as many as `part` says, each of average size."""
    parent, child = traffic.entity(relation.parent), traffic.entity(relation.child)
    element = element_bytes(child, relation.by)
    return entity_bytes(parent, part) + array_bytes(plural(child.name), part(relation.children), element)


def co_read(relation: Relation, traffic: Traffic) -> float:
    """Share of the child's reads that go through its parent: together with it, or all children of one."""
    near = sum(one.rate for one in (*traffic.joint(relation), *traffic.through(relation)))
    alone = sum(one.rate for one in traffic.alone(relation))
    return near / (near + alone) if near else 0.0


def _saved(relation: Relation, traffic: Traffic) -> float:
    """Documents per second that need not be read where the children stand in the parent."""
    children = relation.children.average
    joint = sum(one.rate for one in traffic.joint(relation)) * children
    through = sum(one.rate * (min(traffic.returned(one), children) - 1) for one in traffic.through(relation))
    return joint + through


def _checks(
    relation: Relation, traffic: Traffic, saved: float, written: float, sizes: Mapping[str, float]
) -> Iterator[Check]:
    share, children = co_read(relation, traffic), relation.children
    yield Check(f"read through the parent ≥ {limits.CO_READ:.0%}", f"{share:.0%}", share >= limits.CO_READ)
    bounded = children.maximum is not None and children.maximum <= limits.BOUNDED_CHILDREN
    most = "not said" if children.maximum is None else f"{children.maximum:,.0f}"
    yield Check(f"bounded: at most {limits.BOUNDED_CHILDREN:,} children", most, bounded)
    p99 = children.large
    yield Check(f"p99 children ≤ {limits.EMBEDDED_CHILDREN}", f"{p99:,.0f}", p99 <= limits.EMBEDDED_CHILDREN)
    size = sizes["p99"]
    yield Check("p99 document ≤ 1 MB", f"{size:,.0f} B", size <= limits.EMBEDDED_BYTES)
    hot = [one for one in traffic.alone(relation) if one.peak_rate >= limits.HOT_PEAK]
    named = ", ".join(f"{one.name} {one.peak_rate:,.0f}/s" for one in hot) or "none"
    yield Check(f"not read alone at ≥ {limits.HOT_PEAK:.0f}/s", named, not hot)
    joined = [one.name for one in traffic.joined_elsewhere(relation)]
    yield Check("not joined from elsewhere", ", ".join(joined) or "no", not joined)
    yield Check("writes of children < documents saved", f"{written:,.0f}/s against {saved:,.0f}/s", written < saved)
    yield from _lifetimes(relation, traffic)


def _lifetimes(relation: Relation, traffic: Traffic) -> Iterator[Check]:
    """A TTL index deletes documents, not elements; a child without a parent has no document to stand in."""
    parent, child = traffic.entity(relation.parent), traffic.entity(relation.child)
    if child.retention_days is not None and child.retention_days != parent.retention_days:
        kept = "for ever" if parent.retention_days is None else f"{parent.retention_days:,.0f} days"
        yield Check("same lifetime", f"child {child.retention_days:,.0f} days, parent {kept}", holds=False)
    if relation.optional:
        yield Check("every child has a parent", "the relation is optional", holds=False)


def _one_to_one(relation: Relation, traffic: Traffic) -> Iterator[Check]:
    parent, child = traffic.entity(relation.parent), traffic.entity(relation.child)
    of_parent, of_child = entity_bytes(parent), entity_bytes(child)
    split = of_child > limits.SPLIT_CHILD_BYTES and of_parent < limits.SPLIT_PARENT_BYTES
    yield Check(
        "no child above 10 kB with a parent below 1 kB", f"{of_child:,.0f} B and {of_parent:,.0f} B", holds=not split
    )
    changed, read = sum(traffic.changes(child.name).values()), sum(one.rate for one in traffic.reads(parent.name))
    yield Check(
        "the child changes less than the parent is read", f"{changed:,.1f}/s against {read:,.1f}/s", changed <= read
    )
    hot = [one for one in traffic.alone(relation) if one.peak_rate >= limits.HOT_PEAK]
    yield Check(f"not read alone at ≥ {limits.HOT_PEAK:.0f}/s", ", ".join(one.name for one in hot) or "none", not hot)
    yield from _lifetimes(relation, traffic)


def _many_to_many(relation: Relation) -> tuple[Kind, tuple[Check, ...]]:
    parents = relation.parents or relation.children
    sides = {"ids in parent": relation.children, "ids in child": parents}
    checks = tuple(
        Check(
            f"{name}: bounded, p99 ≤ {limits.ARRAY_ELEMENTS}",
            f"p99 {spread.large:,.0f}, at most {'not said' if spread.maximum is None else f'{spread.maximum:,.0f}'}",
            spread.maximum is not None
            and spread.maximum <= limits.BOUNDED_CHILDREN
            and spread.large < limits.ARRAY_ELEMENTS,
        )
        for name, spread in sides.items()
    )
    if not any(one.holds for one in checks):
        return "link collection", checks
    of_parent, of_child = checks
    if of_parent.holds and (not of_child.holds or relation.children.large <= parents.large):
        return "ids in parent", checks
    return "ids in child", checks


def _prices(relation: Relation, traffic: Traffic) -> tuple[Price, Price]:
    """Embedded and referenced, over all patterns of both ends."""
    parent, child = traffic.entity(relation.parent), traffic.entity(relation.child)
    own, single, children = entity_bytes(parent), entity_bytes(child), relation.children.average
    whole = document_bytes(relation, traffic, average)
    joint = sum(one.rate for one in traffic.joint(relation))
    parents = sum(one.rate * traffic.returned(one) for one in traffic.parent_alone(relation))
    through = [(one.rate, min(traffic.returned(one), max(children, 1.0))) for one in traffic.through(relation)]
    alone = sum(one.rate * traffic.returned(one) for one in traffic.alone(relation))
    of_children = sum(rate * number for rate, number in through)
    rates = sum(rate for rate, _ in through)
    written, parents_written = traffic.written(child.name), traffic.written(parent.name)
    in_parent = joint + parents + rates + alone
    embedded = Price(in_parent, in_parent * whole, (written + parents_written) * whole)
    documents = joint * (1 + children) + parents + of_children + alone
    read = joint * (own + children * single) + parents * own + (of_children + alone) * single
    return embedded, Price(documents, read, written * single + parents_written * own)
