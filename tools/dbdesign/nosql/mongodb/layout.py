"""Where each entity's documents and attributes are, once relations are placed and patterns applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dbdesign.model.patterns import AccessPattern, Attribute, Entity, Relation
from dbdesign.nosql.mongodb.catalogue import Applied, applied, outlying
from dbdesign.nosql.mongodb.placement import Placement, placements, plural
from dbdesign.nosql.mongodb.traffic import Traffic

PROPERTIES = "properties"
"""The array of the attribute pattern."""


@dataclass(frozen=True)
class Embedded:
    """Children in their parent's document.

    Attributes:
        field: array, or object where `single`.
        limit: elements that the array may hold: twice the 99th percentile where outliers overflow, else the maximum.
        overflow: collection of what is beyond, where the maximum is; None for none.
    """

    relation: Relation
    field: str
    single: bool
    limit: int
    overflow: str | None


@dataclass(frozen=True)
class TimeSeries:
    """The attributes of a time series collection; more than one of `meta` stand in an object of that name."""

    time: str
    meta: tuple[str, ...]

    @property
    def meta_field(self) -> str:
        """The `metaField`."""
        return self.meta[0] if len(self.meta) == 1 else "meta"


@dataclass(frozen=True)
class Identifiers:
    """An array of the other side's keys, of a many-to-many relation."""

    field: str
    of: str


@dataclass(frozen=True)
class Copy:
    """A parent's attributes in its children: an extended reference."""

    relation: Relation
    attributes: tuple[str, ...]

    @property
    def field(self) -> str:
        """The object that holds them."""
        return self.relation.parent


@dataclass
class Home:
    """Where the documents of an entity are.

    Attributes:
        collection: its own, or that of the parent it is embedded in.
        inside: how it is embedded; None for a document of its own.
        embeds: the children within.
        cold: attributes in the collection `detail`.
        properties: attributes in the array of the attribute pattern.
    """

    entity: Entity
    collection: str
    inside: Embedded | None = None
    embeds: list[Embedded] = field(default_factory=list)
    cold: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    series: TimeSeries | None = None
    identifiers: list[Identifiers] = field(default_factory=list)
    copies: list[Copy] = field(default_factory=list)
    versioned: bool = False
    parent_paths: Mapping[str, str] = field(default_factory=dict)

    @property
    def detail(self) -> str:
        """The collection of the cold attributes."""
        return f"{self.collection}_detail"

    @property
    def key(self) -> str | None:
        """The attribute that is the `_id`, where one alone identifies."""
        if self.inside is not None or self.series is not None or len(self.entity.key) != 1:
            return None
        return self.entity.key[0]

    def path(self, attribute: str) -> str:
        """The dotted path of an attribute in the collection's documents."""
        if self.inside is not None:
            return self.parent_paths.get(attribute) or f"{self.inside.field}.{attribute}"
        if attribute == self.key:
            return "_id"
        if self.series is not None and attribute in self.series.meta and len(self.series.meta) > 1:
            return f"meta.{attribute}"
        return attribute

    def parent_is(self, name: str) -> bool:
        """Whether this is embedded in the documents of that entity."""
        return self.inside is not None and self.inside.relation.parent == name

    def stored(self) -> Iterator[Attribute]:
        """The attributes that stand in a document of the entity itself, or an element."""
        hidden = set(self.cold) | set(self.properties)
        if self.inside is not None:
            hidden |= set(self.inside.relation.by)
        yield from (one for one in self.entity.attributes if one.name not in hidden)


@dataclass(frozen=True)
class Layout:
    """The whole: homes by entity, and what decided them."""

    traffic: Traffic
    placements: tuple[Placement, ...]
    applied: tuple[Applied, ...]
    homes: Mapping[str, Home]

    def home(self, pattern: AccessPattern) -> Home:
        """Where a pattern's entity is."""
        return self.homes[pattern.entity]

    def links(self) -> Iterator[Relation]:
        """Many-to-many relations that have a collection of their own."""
        yield from (one.relation for one in self.placements if one.kind == "link collection")

    def placement(self, relation: Relation) -> Placement:
        """The placement of a relation."""
        return next(one for one in self.placements if one.relation is relation)


def link_name(relation: Relation) -> str:
    """The collection of a many-to-many relation."""
    return f"{relation.parent}_{relation.child}"


def layout(traffic: Traffic) -> Layout:
    """Places every entity."""
    placed = placements(traffic)
    found = applied(traffic, placed)
    homes = {name: Home(entity, name) for name, entity in traffic.entities.items()}
    for placement in placed:
        _place(placement, homes)
    for one in found:
        _apply(one, homes, traffic)
    return Layout(traffic, placed, found, homes)


def _place(placement: Placement, homes: Mapping[str, Home]) -> None:
    relation = placement.relation
    parent, child = homes[relation.parent], homes[relation.child]
    if placement.embeds:
        children = relation.children
        single = placement.kind == "embed one"
        spills = not single and outlying(children)
        limit = max(int(2 * children.large if spills else children.largest), 1)
        overflow = f"{relation.parent}_{relation.child}_overflow" if spills else None
        name = relation.child.rsplit(".", 1)[-1] if single else plural(relation.child)
        embedded = Embedded(relation, name, single, limit, overflow)
        parent.embeds.append(embedded)
        child.inside, child.collection = embedded, parent.collection
        child.parent_paths = {by: parent.path(own) for by, own in zip(relation.by, parent.entity.key, strict=False)}
    elif placement.kind == "ids in parent":
        parent.identifiers.append(Identifiers(f"{relation.child}_ids", relation.child))
    elif placement.kind == "ids in child":
        child.identifiers.append(Identifiers(f"{relation.parent}_ids", relation.parent))


def _apply(one: Applied, homes: Mapping[str, Home], traffic: Traffic) -> None:
    if one.pattern == "extended reference":
        parent, child = one.object.split(" → ")
        relation = next(
            each for each in traffic.model.relations if (each.parent, each.child) == (parent, child) and each.by
        )
        homes[child].copies.append(Copy(relation, one.attributes))
    elif one.pattern == "subset":
        homes[one.object].cold = one.attributes
    elif one.pattern == "attribute":
        homes[one.object].properties = one.attributes
    elif one.pattern == "time series":
        homes[one.object].series = TimeSeries(one.attributes[0], one.attributes[1:])
    elif one.pattern == "schema version":
        homes[one.object].versioned = True
