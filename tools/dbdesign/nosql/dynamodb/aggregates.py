"""What is read or written together: as one item, as an item collection, or apart; and the patterns that follow for each entity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity, Relation, Spread
from dbdesign.nosql.dynamodb.limits import ITEM_BYTES
from dbdesign.nosql.dynamodb.sizes import Size, entity_size

ONE_ITEM_P99 = 100 * 1024
"""Bytes up to which parent and children may be one item at the 99th percentile: ours; each change writes all of it."""
JOINT = " / "
"""Between a pattern's name and the entity of its part."""
FIND = "find"
"""The part of an update or delete that finds the items' keys first."""


@dataclass(frozen=True)
class Parted:
    """A pattern as a sequence of patterns on one entity each: its own first, then those of what is handled together.

    Attributes:
        times: executions of each part for one of the whole, on average and at the 99th percentile.
        relations: of each part with the pattern's entity; None for the first.
    """

    whole: AccessPattern
    parts: tuple[AccessPattern, ...]
    times: tuple[tuple[float, float], ...]
    relations: tuple[Relation | None, ...]


def parted(model: AccessModel) -> tuple[Parted, ...]:
    """Every pattern with its parts."""
    return tuple(_parted(one, model) for one in model.patterns)


def _parted(pattern: AccessPattern, model: AccessModel) -> Parted:
    own = pattern.model_copy(update={"together": ()})
    parts, times = [own], [(1.0, 1.0)]
    relations: list[Relation | None] = [None]
    found: list[tuple[AccessPattern, tuple[float, float], Relation | None]] = []
    entity = model.entity_by_name[pattern.entity]
    if pattern.operation in {"updates", "deletes"} and not set(entity.key) <= set(pattern.equal):
        finding = own.model_copy(
            update={"name": pattern.name + JOINT + FIND, "operation": "reads", "project": entity.key}
        )
        found.append((finding, (1.0, 1.0), None))
        parts[0] = own.model_copy(update={"equal": entity.key})
    for name in pattern.together:
        relation = model.relation_between(pattern.entity, name)
        if relation is not None and relation.by and name != pattern.entity:
            part = _part(pattern, name, relation, model)
            if pattern.operation == "deletes":
                key = model.entity_by_name[name].key
                update = {
                    "name": f"{part[0].name}{JOINT}{FIND}",
                    "operation": "reads",
                    "project": key,
                    "rate": pattern.rate,
                }
                found.append((part[0].model_copy(update=update), (1.0, 1.0), None))
                part = (part[0].model_copy(update={"equal": key}), *part[1:])
            found.append(part)
    return Parted(
        whole=pattern,
        parts=(*parts, *(one for one, _, _ in found)),
        times=(*times, *(one for _, one, _ in found)),
        relations=(*relations, *(one for _, _, one in found)),
    )


def _part(
    pattern: AccessPattern, name: str, relation: Relation, model: AccessModel
) -> tuple[AccessPattern, tuple[float, float], Relation]:
    entity = model.entity_by_name[name]
    below = relation.child == name
    part = AccessPattern(
        name=pattern.name + JOINT + name,
        operation=pattern.operation,
        entity=name,
        equal=relation.by if below else entity.key,
        rate=pattern.rate,
        peak=pattern.peak,
        hottest=pattern.hottest,
        consistency=pattern.consistency,
        atomic=pattern.atomic,
    )
    if pattern.operation == "reads":
        return part, (1.0, 1.0), relation
    if (
        pattern.operation == "updates"
    ):  # what is written with a change is new: an entry with a balance, a booking with a seat
        return part.model_copy(update={"operation": "inserts", "equal": ()}), (1.0, 1.0), relation
    children = (relation.children.average, relation.children.large) if below else (1.0, 1.0)
    update: dict[str, object] = {"rate": pattern.rate * children[0], "peak": pattern.peak_rate * children[0]}
    if pattern.operation == "inserts" and below and _assigned(entity, relation):
        update |= {"operation": "updates", "equal": entity.key, "changes": relation.by}
    return part.model_copy(update=update), children, relation


def _assigned(entity: Entity, relation: Relation) -> bool:
    """Whether the children are there before the parent: what refers to it changes, as a seat gets its booking."""
    return any(one is not None and one.mutable for one in (entity.attribute_by_name.get(name) for name in relation.by))


def embeddable(model: AccessModel) -> Iterator[Relation]:
    """Relations whose children may be kept within the parent's item: bounded, small, and never handled without it."""
    for relation in model.relations:
        if _embeddable(relation, model):
            yield relation


def _embeddable(relation: Relation, model: AccessModel) -> bool:
    parent, child = model.entity_by_name.get(relation.parent), model.entity_by_name.get(relation.child)
    if parent is None or child is None or parent is child or relation.many_to_many or relation.optional:
        return False
    if relation.children.maximum is None or relation.children.p99 is None or child.unique or not relation.by:
        return False
    if child.retention_days != parent.retention_days or any(one.parent == child.name for one in model.relations):
        return False
    whole = entity_size(parent) + children_size(child, relation)
    if whole.largest > ITEM_BYTES * 0.9 or whole.large > ONE_ITEM_P99 or _assigned(child, relation):
        return False
    return any(child.name in one.together for one in model.patterns) and all(
        _with_parent(one, relation) for one in model.patterns if child.name in (one.entity, *one.together)
    )


def _with_parent(pattern: AccessPattern, relation: Relation) -> bool:
    if pattern.entity == relation.parent:
        return True
    return (
        pattern.entity == relation.child
        and pattern.operation == "reads"
        and set(pattern.equal) == set(relation.by)
        and not (pattern.together or pattern.range or pattern.filter or pattern.order)
    )


def children_size(child: Entity, relation: Relation) -> Size:
    """Bytes of all children of a parent as a list of maps, without what refers to the parent."""
    names = {one.name for one in child.attributes} - set(relation.by)
    one = entity_size(child.model_copy(update={"retention_days": None}), names)
    each = one + Size(*(4.0 + len(names),) * 3)
    children = relation.children
    return each.scaled(children.average, children.large, children.largest) + Size(3.0, 3.0, 3.0)


def embedded(model: AccessModel, relation: Relation) -> AccessModel:
    """The model with a relation's children within the parent, as an attribute of the child's name."""
    parent, child = model.entity_by_name[relation.parent], model.entity_by_name[relation.child]
    size = children_size(child, relation)
    kept = Attribute(
        name=child.name, type="list", size=Spread(average=size.average, p99=size.large, maximum=size.largest)
    )
    grown = parent.model_copy(update={"attributes": (*parent.attributes, kept)})
    patterns = []
    for one in model.patterns:
        if one.entity == child.name:
            update = {"entity": parent.name, "equal": parent.key, "project": (child.name,), "page": None}
            patterns.append(one.model_copy(update=update))
            continue
        together = tuple(name for name in one.together if name != child.name)
        project = (*one.project, child.name) if one.project and child.name in one.together else one.project
        patterns.append(one.model_copy(update={"together": together, "project": project}))
    return model.model_copy(
        update={
            "entities": tuple(grown if one is parent else one for one in model.entities if one is not child),
            "relations": tuple(one for one in model.relations if child.name not in (one.parent, one.child)),
            "patterns": tuple(patterns),
        }
    )


def collectable(model: AccessModel) -> Iterator[Relation]:
    """Relations whose children may share the parent's partition key: their key begins with the parent's."""
    for relation in model.relations:
        parent, child = model.entity_by_name.get(relation.parent), model.entity_by_name.get(relation.child)
        read = any(one.entity == relation.parent and relation.child in one.together for one in model.patterns)
        if not (parent and child and read and relation.by) or parent is child:
            continue
        if set(relation.by) < set(child.key) and len(relation.by) == len(parent.key):
            yield relation
