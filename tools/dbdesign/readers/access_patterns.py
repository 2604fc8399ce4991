"""Entities, relations and access patterns as they stand in a design file.

```yaml
entities:
  customer:
    key: customer_id
    count: 5M
    growth: 2% per month
    unique: [email]
    attributes:
      customer_id: uuid
      email: {type: string, size: {average: 24, p99: 60}}
  order:
    key: order_id
    count: 200M
    retention: 2 years
    attributes:
      order_id: uuid
      created_at: {type: timestamp, monotonic: true}
      status: {type: string, size: 8, values: {paid: 95%, failed: 4%, pending: 1%}}
relations:
  - {parent: customer, child: order, by: customer_id, children: {average: 40, p99: 900, maximum: 50_000}}
patterns:
  - name: recent orders of a customer
    reads: order
    equal: customer_id
    order: created_at desc
    page: 20
    rate: 300/s
    peak: 2000/s
    hottest: 0.5%
```

Everything is checked against everything else: a pattern that names an attribute which its entity does not have is an error with its line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast, get_args

from dbdesign.model import quantity
from dbdesign.model.patterns import (
    AccessModel,
    AccessPattern,
    Attribute,
    AttributeType,
    Consistency,
    Entity,
    Operation,
    Relation,
    SortKey,
    Spread,
)
from dbdesign.model.workload import LatencyTarget
from dbdesign.readers.design_document import Document, is_null, line_of, nearest

if TYPE_CHECKING:
    from yaml.nodes import Node

SECTIONS = ("entities", "relations", "patterns", "regions")
OPERATIONS: tuple[Operation, ...] = get_args(Operation)
TYPES: tuple[str, ...] = get_args(AttributeType)
ATTRIBUTE = {"type", "size", "present", "distinct", "values", "monotonic", "mutable"}
ENTITY = {"key", "count", "growth", "retention", "unique", "attributes"}
RELATION = {"parent", "child", "by", "children", "parents", "optional"}
PATTERN = {
    "name", *OPERATIONS, "equal", "range", "order", "filter", "project", "page", "rate", "peak", "hottest", "consistency", "stale",
    "together", "changes", "atomic", "increments", "target",
}  # fmt: skip


def parse_patterns(document: Document, entries: Mapping[str, Node], target: LatencyTarget | None = None) -> AccessModel:
    """The access model of a document's sections; what is wrong is added to the document's problems.

    Args:
        entries: the document's top-level entries.
        target: latency target of patterns that name none.
    """
    return _Patterns(document, target).parse(entries)


def check_patterns(document: Document, model: AccessModel) -> None:
    """Add what does not fit together in a model that has all its entities, those of a schema included, to the document's problems."""
    _Checks(document, model).run()


@dataclass
class _Patterns:
    document: Document
    target: LatencyTarget | None

    def parse(self, entries: Mapping[str, Node]) -> AccessModel:
        entities = tuple(
            self._entity(name, node)
            for name, node in self.document.mapping(entries.get("entities"), None, "entities").items()
        )
        relations = tuple(
            found
            for number, node in enumerate(self.document.items(entries.get("relations"), "relations"), start=1)
            if (found := self._relation(node, f"relation {number}")) is not None
        )
        patterns = tuple(self._patterns(entries.get("patterns")))
        return AccessModel(
            entities=entities, relations=relations, patterns=patterns, regions=self._regions(entries.get("regions"))
        )

    def _entity(self, name: str, node: Node) -> Entity:
        what = f"entities.{name}"
        entries = self.document.mapping(node, ENTITY, what)
        attributes = tuple(
            self._attribute(attribute, one, f"{what}.{attribute}")
            for attribute, one in self.document.mapping(entries.get("attributes"), None, f"{what}.attributes").items()
        )
        quantity_of = self.document.quantity
        return Entity(
            name=name,
            attributes=attributes,
            key=self.document.names(entries.get("key"), f"{what}.key"),
            unique=tuple(self._unique(entries.get("unique"), f"{what}.unique")),
            count=quantity_of(entries.get("count"), f"{what}.count", quantity.count),
            growth=quantity_of(entries.get("growth"), f"{what}.growth", quantity.growth),
            retention_days=quantity_of(entries.get("retention"), f"{what}.retention", quantity.days),
            line=line_of(node),
        )

    def _unique(self, node: Node | None, what: str) -> Iterator[tuple[str, ...]]:
        """`[email, [tenant, code]]`: each entry a set."""
        from yaml.nodes import ScalarNode

        if node is None or is_null(node):
            return
        for one in [node] if isinstance(node, ScalarNode) else self.document.items(node, what):
            yield self.document.names(one, what)

    def _attribute(self, name: str, node: Node, what: str) -> Attribute:
        from yaml.nodes import ScalarNode

        if isinstance(node, ScalarNode) and not is_null(node):
            return Attribute(name=name, type=self._type(node, what))
        entries = self.document.mapping(node, ATTRIBUTE, what)
        values = {
            value: share
            for value, entry in self.document.mapping(entries.get("values"), None, f"{what}.values").items()
            if (share := self.document.quantity(entry, f"{what}.values.{value}", quantity.share)) is not None
        }
        if sum(values.values()) > 1 + 1e-9:
            self.document.problem(
                node, f"{what}: the shares of its values add up to {sum(values.values()):.3g}, more than 1"
            )
        present = self.document.quantity(entries.get("present"), f"{what}.present", quantity.share)
        return Attribute(
            name=name,
            type=self._type(entries.get("type"), f"{what}.type"),
            size=self._spread(entries.get("size"), f"{what}.size", of_bytes=True),
            present=1.0 if present is None else present,
            distinct=self.document.quantity(entries.get("distinct"), f"{what}.distinct", quantity.count),
            values=values,
            monotonic=bool(self.document.flag(entries.get("monotonic"), f"{what}.monotonic")),
            mutable=self.document.flag(entries.get("mutable"), f"{what}.mutable"),
        )

    def _type(self, node: Node | None, what: str) -> AttributeType:
        return cast("AttributeType", self.document.choice(node, what, TYPES) or "string")

    def _spread(self, node: Node | None, what: str, *, of_bytes: bool = False) -> Spread | None:
        """A number, or `{average, p99, maximum}`."""
        from yaml.nodes import ScalarNode

        if node is None or is_null(node):
            return None
        parse = quantity.size if of_bytes else quantity.count
        if isinstance(node, ScalarNode):
            average = self.document.quantity(node, what, parse)
            return None if average is None else Spread(average=average)
        entries = self.document.mapping(node, {"average", "p99", "maximum"}, what)
        average, p99, maximum = (
            self.document.quantity(entries.get(part), f"{what}.{part}", parse) for part in ("average", "p99", "maximum")
        )
        if average is None:
            self.document.problem(node, f"{what} has no `average`")
            return None
        rising = [one for one in (average, p99, maximum) if one is not None]
        if rising != sorted(rising):
            self.document.problem(node, f"{what}: average, p99 and maximum must not fall")
            return None
        return Spread(average=average, p99=p99, maximum=maximum)

    def _relation(self, node: Node, what: str) -> Relation | None:
        entries = self.document.mapping(node, RELATION, what)
        parent, child = (self.document.text(entries.get(name), f"{what}: {name}") for name in ("parent", "child"))
        children = self._spread(entries.get("children"), f"{what}: children")
        parents = self._spread(entries.get("parents"), f"{what}: parents")
        if parent is None or child is None or children is None:
            missing = [n for n, one in (("parent", parent), ("child", child), ("children", children)) if one is None]
            self.document.problem(
                node, f"{what} has no {', '.join(f'`{one}`' for one in missing)}: how many there are decides designs"
            )
            return None
        return Relation(
            parent=parent,
            child=child,
            by=self.document.names(entries.get("by"), f"{what}: by"),
            children=children,
            parents=parents,
            many_to_many=parents is not None,
            optional=bool(self.document.flag(entries.get("optional"), f"{what}: optional")),
            line=line_of(node),
        )

    def _patterns(self, node: Node | None) -> Iterator[AccessPattern]:
        names: set[str] = set()
        for number, one in enumerate(self.document.items(node, "patterns"), start=1):
            found = self._pattern(one, number)
            if found is None:
                continue
            if found.name in names:
                self.document.problem(one, f"two patterns are named {found.name!r}")
            names.add(found.name)
            yield found

    def _pattern(self, node: Node, number: int) -> AccessPattern | None:
        entries = self.document.mapping(node, PATTERN, f"pattern {number}")
        name = self.document.text(entries.get("name"), f"pattern {number}: name") or f"pattern {number}"
        what = f"pattern {name!r}"
        said: list[Operation] = [one for one in OPERATIONS if one in entries]
        if len(said) != 1:
            self.document.problem(
                node, f"{what} must have one of {', '.join(f'`{one}`' for one in OPERATIONS)}, with the entity's name"
            )
            return None
        entity = self.document.text(entries[said[0]], f"{what}: {said[0]}")
        rate = self.document.quantity(entries.get("rate"), f"{what}: rate", quantity.rate)
        peak = self.document.quantity(entries.get("peak"), f"{what}: peak", quantity.rate)
        if entity is None or rate is None:
            if "rate" not in entries:
                self.document.problem(node, f"{what} has no `rate`: write how often it runs, such as 300/s or 12/min")
            return None
        if peak is not None and peak < rate:
            self.document.problem(entries["peak"], f"{what}: the peak of {peak:g}/s is below the average of {rate:g}/s")
        page = self.document.quantity(entries.get("page"), f"{what}: page", quantity.count)
        if page is not None and page < 1:
            self.document.problem(entries["page"], f"{what}: a page holds at least one")
        consistency = self.document.choice(entries.get("consistency"), f"{what}: consistency", get_args(Consistency))
        stale = self.document.quantity(entries.get("stale"), f"{what}: stale", quantity.seconds)
        if stale and consistency == "strong":
            self.document.problem(
                entries["stale"], f"{what} is to be strongly consistent and may be stale: these exclude each other"
            )
        return AccessPattern(
            name=name,
            operation=said[0],
            entity=entity,
            equal=self.document.names(entries.get("equal"), f"{what}: equal"),
            range=self.document.text(entries.get("range"), f"{what}: range"),
            order=tuple(self._order(entries.get("order"), f"{what}: order")),
            filter=self._shares(entries.get("filter"), f"{what}: filter"),
            project=self.document.names(entries.get("project"), f"{what}: project"),
            page=int(page) if page else None,
            rate=rate,
            peak=peak,
            hottest=self.document.quantity(entries.get("hottest"), f"{what}: hottest", quantity.share),
            consistency=cast("Consistency", consistency or "eventual"),
            stale_seconds=stale,
            together=self.document.names(entries.get("together"), f"{what}: together"),
            changes=self.document.names(entries.get("changes"), f"{what}: changes"),
            atomic=bool(self.document.flag(entries.get("atomic"), f"{what}: atomic")),
            increments=bool(self.document.flag(entries.get("increments"), f"{what}: increments")),
            target=self.document.quantity(entries.get("target"), f"{what}: target", quantity.latency) or self.target,
            line=line_of(node),
        )

    def _order(self, node: Node | None, what: str) -> Iterator[SortKey]:
        for text in self.document.names(node, what):
            for part in text.split(","):
                name, _, direction = part.strip().partition(" ")
                if direction.strip().lower() not in {"", "asc", "desc"} and node is not None:
                    self.document.problem(node, f"{what}: write an attribute, or `attribute desc`")
                yield SortKey(attribute=name, descending=direction.strip().lower() == "desc")

    def _shares(self, node: Node | None, what: str) -> dict[str, float]:
        found = {
            name: self.document.quantity(one, f"{what}.{name}", quantity.share)
            for name, one in self.document.mapping(node, None, what).items()
        }
        return {name: share for name, share in found.items() if share is not None}

    def _regions(self, node: Node | None) -> dict[str, float]:
        from yaml.nodes import SequenceNode

        if isinstance(node, SequenceNode):
            names = self.document.names(node, "regions")
            return {name: 1 / len(names) for name in names}
        found = self._shares(node, "regions")
        if found and node is not None and abs(sum(found.values()) - 1) > 0.01:
            self.document.problem(node, f"regions: the shares add up to {sum(found.values()):.3g}, not 1")
        return found


@dataclass
class _Checks:
    """What the parts that the document says say of each other; what follows from a schema holds by itself."""

    document: Document
    model: AccessModel

    def run(self) -> None:
        for entity in self.model.entities:
            if entity.line is not None:
                self._entity(entity)
        for relation in self.model.relations:
            if relation.line is None:
                continue
            for name in (relation.parent, relation.child):
                self._known(name, relation.line, f"the relation of {relation.parent} and {relation.child}")
            child = self.model.entity_by_name.get(relation.child)
            if child is not None and not relation.many_to_many:
                self._attributes(
                    child, relation.by, relation.line, f"the relation of {relation.parent} and {relation.child}"
                )
        for pattern in self.model.patterns:
            if pattern.query is None:
                self._pattern(pattern)

    def _entity(self, entity: Entity) -> None:
        for names in (entity.key, *entity.unique):
            self._attributes(entity, names, entity.line, f"the key of {entity.name}")
        if not entity.key:
            self._problem(entity.line, f"entities.{entity.name} has no `key`: name the attributes that identify one")

    def _pattern(self, pattern: AccessPattern) -> None:
        what = f"pattern {pattern.name!r}"
        entity = self._known(pattern.entity, pattern.line, what)
        for name in pattern.together:
            if self._known(name, pattern.line, what) and self.model.relation_between(pattern.entity, name) is None:
                self._problem(
                    pattern.line, f"{what} handles {name} together with {pattern.entity}, but no relation joins them"
                )
        if entity is None:
            return
        ranged = (pattern.range,) if pattern.range else ()
        ordered = tuple(key.attribute for key in pattern.order)
        named = (*pattern.equal, *ranged, *ordered, *pattern.filter, *pattern.project, *pattern.changes)
        self._attributes(entity, named, pattern.line, what)
        for name in pattern.changes:
            attribute = entity.attribute_by_name.get(name)
            if attribute is not None and attribute.mutable is False:
                self._problem(pattern.line, f"{what} changes {name}, which {pattern.entity} says is not mutable")

    def _known(self, name: str, line: int | None, what: str) -> Entity | None:
        found = self.model.entity_by_name.get(name)
        if found is None:
            self._problem(line, f"{what} names {name!r}, which is no entity{nearest(name, self.model.entity_by_name)}")
        return found

    def _attributes(self, entity: Entity, names: tuple[str, ...], line: int | None, what: str) -> None:
        owned = {**entity.attribute_by_name, **dict.fromkeys(self._inherited(entity))}
        for name in names:
            if name not in owned:
                self._problem(line, f"{what} names {name!r}, which {entity.name} does not have{nearest(name, owned)}")

    def _inherited(self, entity: Entity) -> Iterator[str]:
        """Attributes that a child has since a relation is by them, though it does not list them."""
        for relation in self.model.relations:
            if relation.child == entity.name:
                yield from relation.by

    def _problem(self, line: int | None, message: str) -> None:
        self.document.add(line or 1, message)
