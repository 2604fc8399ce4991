"""A whole plan: which entities share a table, each one's keys and indexes, and where everything is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dbdesign.model.patterns import AccessModel, AccessPattern, Entity, Relation
from dbdesign.nosql.dynamodb.aggregates import Parted, parted
from dbdesign.nosql.dynamodb.capacity import fetches, needed
from dbdesign.nosql.dynamodb.choice import Chooser, Chosen
from dbdesign.nosql.dynamodb.layout import KeyAttribute, Part, Path, Placement, attribute, key_attributes, literal
from dbdesign.nosql.dynamodb.matching import Statistics, serves
from dbdesign.nosql.dynamodb.prices import Prices
from dbdesign.nosql.dynamodb.sizes import Size, value_size

PADDED = 16.0
"""Bytes of a number as a piece of a joined key."""


@dataclass(frozen=True)
class Plan:
    """A design before it is written.

    Attributes:
        collected: relations whose children share the parent's partition key.
        single: whether all entities are in one table.
    """

    model: AccessModel
    parts: tuple[Parted, ...]
    chosen: Mapping[str, Chosen]
    placements: Mapping[str, Placement]
    collected: tuple[Relation, ...] = ()
    single: bool = False

    def statistics(self, entity: str) -> Statistics:
        """What is known of an entity's numbers."""
        return Statistics(self.model, self.model.entity_by_name[entity])

    def shared(self, entity: str) -> bool:
        """Whether an entity's table holds others too."""
        table = self.placements[entity].table
        return sum(one.table == table for one in self.placements.values()) > 1


@dataclass
class Planner:
    """Makes plans; what was chosen for an entity is kept for the next plan with the same patterns of it.

    Attributes:
        several: whether global indexes may have several attributes a side.
    """

    prices: Prices
    several: bool = True

    def __post_init__(self) -> None:
        self._known: dict[tuple[str, ...], Chosen] = {}

    def plan(self, model: AccessModel, collected: Sequence[Relation] = ()) -> Plan:
        """The cheapest keys and indexes of each entity, with the relations' children beside their parents."""
        parts = parted(model)
        chosen, placements = {}, {}
        for one in model.entities:
            found = self._chosen(one, model, parts, collected)
            reads = [
                part for whole in parts for part in whole.parts if part.entity == one.name and part.operation == "reads"
            ]
            chosen[one.name] = _completed(found, self._placed(one, found, collected), reads)
            placements[one.name] = self._placed(one, chosen[one.name], collected)
        return Plan(model, parts, chosen, placements, tuple(collected))

    def single(self, plan: Plan, name: str) -> Plan:
        """The same keys and indexes in one table of that name, its indexes shared by all entities and projecting everything."""
        chosen, placements = {}, {}
        for entity in plan.model.entities:
            overloaded = _overloaded(plan.chosen[entity.name], entity, plan.collected)
            chosen[entity.name] = overloaded
            placements[entity.name] = _placement(entity, name, overloaded, several=False, shared=True)
        return replace(plan, chosen=chosen, placements=placements, single=True)

    def _chosen(
        self, entity: Entity, model: AccessModel, parts: Iterable[Parted], collected: Sequence[Relation]
    ) -> Chosen:
        of_entity = [one for whole in parts for one in whole.parts if one.entity == entity.name]
        reads = tuple(one for one in of_entity if one.operation == "reads")
        writes = tuple(one for one in of_entity if one.operation != "reads")
        bases = _bases(entity, collected)
        related = [one.model_dump_json() for one in model.relations if one.child == entity.name]
        place = (entity.model_dump_json(), repr(bases), *related, *(one.model_dump_json() for one in of_entity))
        if place not in self._known:
            self._known[place] = Chooser(entity, reads, writes, Statistics(model, entity), self.prices).choose(bases)
        return self._known[place]

    def _placed(self, entity: Entity, chosen: Chosen, collected: Sequence[Relation]) -> Placement:
        root = _root(entity.name, collected)
        shared = any(entity.name in (one.parent, one.child) for one in collected)
        return _placement(
            entity, root, chosen, several=self.several, shared=shared, own_hash=_own_hash(entity.name, collected)
        )


def _completed(chosen: Chosen, placement: Placement, reads: Sequence[AccessPattern]) -> Chosen:
    """With what indexes must hold beside keys: attributes of keys that are joined are not there by themselves."""
    entity = placement.entity
    renewed: dict[str, Path] = {}
    base = {one.name for side in placement.keys[chosen.base.name] for one in side if one.own}
    for path in chosen.indexes:
        own = base | {one.name for side in placement.keys[path.name] for one in side if one.own}
        missing: set[str] = set()
        for pattern in reads:
            if path.projected is None or chosen.served.get(pattern.name) != path:
                continue
            match = serves(path, pattern)
            if match is not None and (match.fan_out > 1 or not match.ordered):
                missing |= {key.attribute for key in pattern.order}
            names = needed(pattern, entity)
            if names is not None and not fetches(path, pattern, entity):
                missing |= names & (set(pattern.project) | {key.attribute for key in pattern.order})
        if path.projected is not None and missing - own - path.projected:
            renewed[path.name] = replace(path, projected=path.projected | (missing - own))
    if not renewed:
        return chosen
    served = {name: way if isinstance(way, str) else renewed.get(way.name, way) for name, way in chosen.served.items()}
    indexes = tuple(renewed.get(one.name, one) for one in chosen.indexes)
    return replace(chosen, indexes=indexes, served=served)


def _root(name: str, collected: Sequence[Relation]) -> str:
    return next((one.parent for one in collected if one.child == name), name)


def _own_hash(name: str, collected: Sequence[Relation]) -> bool:
    """Whether the partition key of a collection is an attribute that all its entities have under the same name."""
    of_root = [one for one in collected if one.parent == _root(name, collected)]
    return all(len(one.by) == 1 for one in of_root) and len({one.by for one in of_root}) <= 1


def _bases(entity: Entity, collected: Sequence[Relation]) -> list[Path] | None:
    """The key that an item collection prescribes: the parent's, then what it is and the rest of its own."""
    for one in collected:
        if one.parent == entity.name:
            return [Path(entity.name, "table", entity.name, tuple(map(attribute, entity.key)), (literal(entity.name),))]
        if one.child == entity.name:
            rest = [attribute(name) for name in entity.key if name not in one.by]
            hashed = tuple(map(attribute, one.by))
            return [Path(entity.name, "table", entity.name, hashed, (literal(entity.name), *rest))]
    return None


def _overloaded(chosen: Chosen, entity: Entity, collected: Sequence[Relation]) -> Chosen:
    base = chosen.base
    root = _root(entity.name, collected)
    renamed: dict[str, Path] = {
        base.name: replace(base, hash=(literal(root), *base.hash), range=base.range or (literal(entity.name),))
    }
    numbers = {"GSI": 0, "LSI": 0}
    for path in chosen.indexes:
        numbers[path.kind] += 1
        name = f"{path.kind.lower()}{numbers[path.kind]}"
        hashed = renamed[base.name].hash if path.kind == "LSI" else (literal(entity.name), *path.hash)
        ranged = path.range or (literal(entity.name),)
        renamed[path.name] = replace(path, name=name, projected=None, hash=hashed, range=ranged)
    served = {name: way if isinstance(way, str) else renamed[way.name] for name, way in chosen.served.items()}
    return replace(
        chosen,
        base=renamed[base.name],
        indexes=tuple(renamed[one.name] for one in chosen.indexes),
        served=served,
    )


def _placement(
    entity: Entity, table: str, chosen: Chosen, *, several: bool, shared: bool, own_hash: bool = False
) -> Placement:
    base = chosen.base
    keys: dict[str, tuple[tuple[KeyAttribute, ...], tuple[KeyAttribute, ...]]] = {}
    taken = {one.name for one in entity.attributes}
    pk, sk = (name if name not in taken else f"{name}_key" for name in ("pk", "sk"))
    keys[base.name] = (
        key_attributes(base.hash, entity, pk, several=False, made=shared and not own_hash),
        key_attributes(base.range, entity, sk, several=False, made=shared),
    )
    for path in chosen.indexes:
        hashed = (
            keys[base.name][0]
            if path.kind == "LSI"
            else key_attributes(path.hash, entity, f"{path.name}_pk", several=several, made=shared)
        )
        more = several and path.kind == "GSI"
        keys[path.name] = (hashed, key_attributes(path.range, entity, f"{path.name}_sk", several=more, made=shared))
    return Placement(entity, table, base, chosen.indexes, keys)


def made_size(placement: Placement, path: Path) -> Size:
    """Bytes of the attributes that only exist for keys, as far as they are stored on a path."""
    names = placement.stored_names(path)
    total = Size()
    for one in placement.made:
        if names is None or one.name in names:
            length = len(one.name.encode()) + len(one.parts) - 1
            total += Size(length, length, length)
            for part in one.parts:
                total += _part_size(part, placement.entity)
    return total


def _part_size(part: Part, entity: Entity) -> Size:
    if part.kind == "shard":
        return Size(1.0, 2.0, 3.0)
    if part.kind != "attribute":
        length = float(len(part.name.encode()))
        return Size(length, length, length)
    found = entity.attribute_by_name.get(part.name)
    if found is None:
        return Size(36.0, 36.0, 36.0)
    return Size(PADDED, PADDED, PADDED) if found.type in {"number", "decimal"} else value_size(found)


def reads_of(plan: Plan, entity: str) -> tuple[AccessPattern, ...]:
    """All reads of an entity, parts of others included."""
    return tuple(
        one for whole in plan.parts for one in whole.parts if one.entity == entity and one.operation == "reads"
    )


def writes_of(plan: Plan, entity: str) -> tuple[AccessPattern, ...]:
    """All writes of an entity, parts of others included."""
    return tuple(
        one for whole in plan.parts for one in whole.parts if one.entity == entity and one.operation != "reads"
    )
