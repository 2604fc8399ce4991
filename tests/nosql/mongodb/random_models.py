"""Access models of two to four entities with any relation between them, and patterns of every kind, from a seed."""

from __future__ import annotations

import random
from typing import Any

from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity, Relation, SortKey, Spread

TYPES = ("string", "number", "decimal", "boolean", "timestamp", "uuid", "json", "date")
CHILDREN = (
    Spread(average=4, p99=20, maximum=40),
    Spread(average=3, p99=10, maximum=900),
    Spread(average=300, p99=4000, maximum=100_000),
)


class Maker:
    """One model."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.entities: list[Entity] = []
        self.relations: list[Relation] = []

    def model(self) -> AccessModel:
        for number in range(self.random.randint(2, 4)):
            self._entity(f"e{number}")
        patterns = [one for number in range(14) if (one := self._pattern(f"q{number}")) is not None]
        return AccessModel(entities=tuple(self.entities), relations=tuple(self.relations), patterns=tuple(patterns))

    def _maybe(self, share: float) -> bool:
        return self.random.random() < share

    def _attributes(self) -> list[Attribute]:
        return [self._attribute(f"a{number}") for number in range(self.random.randint(2, 6))]

    def _attribute(self, name: str) -> Attribute:
        kind: Any = self.random.choice(TYPES)
        values = {"v1": 0.9, "v2": 0.08, "v3": 0.02} if kind == "string" and self._maybe(0.4) else {}
        return Attribute(
            name=name, type=kind, values=values, present=self.random.choice([1, 1, 1, 0.6]),
            distinct=self.random.choice([None, 3, 50]), mutable=self.random.choice([None, True]),
            size=Spread(average=self.random.choice([10, 2000])) if kind in {"string", "json"} else None,
            monotonic=kind == "timestamp" and self._maybe(0.5),
        )  # fmt: skip

    def _entity(self, name: str) -> None:
        attributes = self._attributes()
        key: tuple[str, ...] = ("id",) if self._maybe(0.8) else ("k1", "id")
        if self.entities and self._maybe(0.8):
            parent = self.random.choice(self.entities)
            key, own = self._related(name, parent)
        else:
            own = [Attribute(name=one) for one in key]
        self.entities.append(
            Entity(
                name=name, key=key, count=10.0 ** self.random.randint(3, 9), attributes=(*own, *attributes),
                retention_days=self.random.choice([None, None, 30, 800]),
            )
        )  # fmt: skip

    def _related(self, name: str, parent: Entity) -> tuple[tuple[str, ...], list[Attribute]]:
        by = tuple(f"p_{one}" for one in parent.key)
        if len(by) == 1 and self._maybe(0.2):
            few = Spread(average=3, p99=20, maximum=self.random.choice([50, 5000]))
            others = Spread(average=2, p99=9, maximum=self.random.choice([20, 9000]))
            self.relations.append(
                Relation(parent=parent.name, child=name, children=few, parents=others, many_to_many=True)
            )
            return ("id",), [Attribute(name="id", type="uuid")]
        single = self._maybe(0.2)
        children = Spread(average=1, p99=1, maximum=1) if single else self.random.choice(CHILDREN)
        self.relations.append(
            Relation(parent=parent.name, child=name, by=by, children=children, optional=self._maybe(0.15))
        )
        key = ("id",) if single else self.random.choice([("id",), (*by, "id")])
        held = [
            parent.attribute_by_name[own].model_copy(update={"name": one, "present": 1.0})
            for own, one in zip(parent.key, by, strict=True)
        ]
        kind: Any = self.random.choice(["uuid", "string"])
        return key, [*held, Attribute(name="id", type=kind)]

    def _pattern(self, name: str) -> AccessPattern | None:
        entity = self.random.choice(self.entities)
        make = self.random.choice([self._read] * 6 + [self._insert, self._update, self._delete])
        made = make(entity)
        return (
            None
            if made is None
            else AccessPattern(name=name, entity=entity.name, rate=self.random.choice([1, 50, 5000]), **made)
        )

    def _insert(self, entity: Entity) -> dict[str, Any] | None:
        single = any(one.child == entity.name and one.children.maximum == 1 for one in self.relations)
        return None if single else {"operation": "inserts"}

    def _delete(self, entity: Entity) -> dict[str, Any] | None:
        parent = any(one.parent == entity.name for one in self.relations)
        return None if parent else {"operation": "deletes", "equal": entity.key}

    def _update(self, entity: Entity) -> dict[str, Any] | None:
        fixed = {*entity.key, *(by for one in self.relations for by in one.by)}
        free = [one.name for one in entity.attributes if one.name not in fixed]
        changes = tuple(self.random.sample(free, min(len(free), 2)))
        return (
            {"operation": "updates", "equal": entity.key, "changes": changes, "increments": self._maybe(0.3)}
            if free
            else None
        )

    def _read(self, entity: Entity) -> dict[str, Any]:
        plain = [one.name for one in entity.attributes if one.type != "json"]
        equal = (
            tuple(self.random.sample(plain, min(len(plain), self.random.randint(0, 2))))
            if self._maybe(0.5)
            else entity.key
        )
        for one in self.relations:
            if one.child == entity.name and one.by and self._maybe(0.3):
                equal = one.by
        made: dict[str, Any] = {"equal": equal, "page": self.random.choice([None, None, 1, 5, 50])}
        free = [one for one in plain if one not in equal]
        if free and self._maybe(0.3):
            made["order"] = (SortKey(attribute=self.random.choice(free), descending=self._maybe(0.5)),)
        ranged = [
            one.name for one in entity.attributes if one.type in {"number", "timestamp"} and one.name not in equal
        ]
        if ranged and self._maybe(0.2):
            made["range"] = self.random.choice(ranged)
        if self._maybe(0.3):
            names = [one.name for one in entity.attributes]
            chosen = self.random.sample(names, self.random.randint(1, len(names)))
            made["project"] = tuple(dict.fromkeys((*chosen, *(key.attribute for key in made.get("order", ())))))
        near = [one for one in self.relations if entity.name in {one.parent, one.child}]
        if near and self._maybe(0.5):
            relation = self.random.choice(near)
            made["together"] = (relation.child if relation.parent == entity.name else relation.parent,)
        listed = [one.name for one in entity.attributes if one.values and one.name not in equal]
        if listed and self._maybe(0.3):
            made["filter"] = {listed[0]: self.random.choice([0.9, 0.02])}
        return made
