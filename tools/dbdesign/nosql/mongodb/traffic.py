"""What the patterns of a model ask of its entities: which reads go through which relation, how many entities each returns, how often."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity, Relation

UNKNOWN_COUNT = 1_000_000.0
"""Entities assumed where none are said."""


class Traffic:
    """The patterns of a model, asked by entity and relation."""

    def __init__(self, model: AccessModel) -> None:
        self.model = model

    def entity(self, name: str) -> Entity:
        """The entity of that name, with the attributes that it has since a relation is by them."""
        return self.entities[name]

    @cached_property
    def entities(self) -> dict[str, Entity]:
        """Entities with inherited attributes, by name."""
        return {one.name: self._whole(one) for one in self.model.entities}

    def _whole(self, entity: Entity) -> Entity:
        missing = {
            name: parent_name
            for relation in self.model.relations
            if relation.child == entity.name and not relation.many_to_many
            for name, parent_name in zip(relation.by, self._key(relation), strict=False)
            if name not in entity.attribute_by_name
        }
        added = [self._inherited(name, entity, parent_name) for name, parent_name in missing.items()]
        return entity.model_copy(update={"attributes": (*added, *entity.attributes)}) if added else entity

    def _key(self, relation: Relation) -> tuple[str, ...]:
        return self.model.entity_by_name[relation.parent].key

    def _inherited(self, name: str, entity: Entity, of_parent: str) -> Attribute:
        for relation in self.model.relations:
            parent = self.model.entity_by_name[relation.parent]
            if relation.child == entity.name and name in relation.by and of_parent in parent.attribute_by_name:
                return parent.attribute_by_name[of_parent].model_copy(update={"name": name, "monotonic": False})
        return Attribute(name=name)

    def count(self, name: str) -> float:
        """Entities today."""
        count = self.entity(name).count
        return count if count is not None else UNKNOWN_COUNT

    def reads(self, name: str) -> list[AccessPattern]:
        """The patterns that read an entity first."""
        return [one for one in self.model.patterns if one.operation == "reads" and one.entity == name]

    def writes(self, name: str) -> list[AccessPattern]:
        """The patterns that change an entity, first or together with another."""
        return [one for one in self.model.patterns if one.operation != "reads" and name in {one.entity, *one.together}]

    def written(self, name: str) -> float:
        """Entities of that name written per second on average."""
        return sum(one.rate * self.written_each(one, name) for one in self.writes(name))

    def written_each(self, pattern: AccessPattern, name: str) -> float:
        """Entities of that name that an execution writes."""
        if pattern.entity == name or pattern.operation == "updates":
            return 1.0
        relation = self.model.relation_between(pattern.entity, name)
        return max(relation.children.average, 1.0) if relation and relation.child == name else 1.0

    def joint(self, relation: Relation) -> list[AccessPattern]:
        """Reads of parent and child together."""
        ends = {relation.parent, relation.child}
        return [
            one for one in self.model.patterns
            if one.operation == "reads" and one.entity in ends and ends <= {one.entity, *one.together}
        ]  # fmt: skip

    def through(self, relation: Relation) -> list[AccessPattern]:
        """Reads of the children of one parent, without the parent."""
        return [
            one
            for one in self.reads(relation.child)
            if names_parent(one, relation) and relation.parent not in one.together
        ]

    def alone(self, relation: Relation) -> list[AccessPattern]:
        """Reads of the child that name no parent and do not come with it."""
        known = {one.name for one in (*self.joint(relation), *self.through(relation))}
        return [one for one in self.reads(relation.child) if one.name not in known]

    def joined_elsewhere(self, relation: Relation) -> list[AccessPattern]:
        """Reads of other entities together with the child: they would have to take it out of the parents' documents."""
        return [
            one
            for one in self.model.patterns
            if one.operation == "reads" and relation.child in one.together and one.entity != relation.parent
        ]

    def parent_alone(self, relation: Relation) -> list[AccessPattern]:
        """Reads of the parent without the child."""
        return [one for one in self.reads(relation.parent) if relation.child not in one.together]

    def matched(self, pattern: AccessPattern) -> float:
        """Entities that the equalities leave, before a range and a page: by the key one, else by distinct values or children."""
        entity, equal = self.entity(pattern.entity), set(pattern.equal)
        if equal and any(set(key) <= equal for key in (entity.key, *entity.unique) if key):
            return 1.0
        count, share = self.count(entity.name), 1.0
        grouped = False
        for relation in self._relations_by(entity.name, equal):
            if not grouped:
                share, grouped = min(relation.children.average / max(count, 1.0), 1.0), True
        covered = {name for one in self._relations_by(entity.name, equal) for name in one.by}
        for name in equal - covered:
            attribute = entity.attribute_by_name[name]
            distinct = attribute.distinct or float(len(attribute.values)) or None
            if distinct:
                share /= distinct
            elif not grouped and attribute.type == "uuid":
                share /= max(count / 100.0, 1.0)
        for kept in pattern.filter.values():
            share *= kept
        return max(count * share, 1.0) if equal or pattern.filter else count

    def _relations_by(self, name: str, equal: set[str]) -> list[Relation]:
        return [
            one for one in self.model.relations
            if one.child == name and one.by and one.by[-1] in equal and not one.many_to_many
        ]  # fmt: skip

    def returned(self, pattern: AccessPattern) -> float:
        """Entities that an execution returns on average: what matches, up to the page."""
        matched = self.matched(pattern)
        return min(matched, pattern.page) if pattern.page is not None else matched

    def documents_read(self, name: str) -> Iterator[tuple[AccessPattern, float]]:
        """Each read of an entity with the entities that it returns per second."""
        for one in self.reads(name):
            yield one, one.rate * self.returned(one)

    def changes(self, name: str) -> dict[str, float]:
        """Attribute → how often a second it changes, by the updates that name it."""
        found: dict[str, float] = {}
        entity = self.entity(name)
        for one in self.model.patterns:
            if one.operation == "updates" and one.entity == name:
                for changed in one.changes or [each.name for each in entity.attributes if each.name not in entity.key]:
                    found[changed] = found.get(changed, 0.0) + one.rate
        return found


def names_parent(pattern: AccessPattern, relation: Relation) -> bool:
    """Whether a pattern of the child names one parent: by the last attribute of `by`, the parent's own; those before are its owners'."""
    return bool(relation.by) and relation.by[-1] in pattern.equal
