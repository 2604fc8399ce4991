"""Generated rows of an access model, and what its patterns mean for them, evaluated one row after the other."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity, Relation
from dbdesign.nosql.mongodb.placement import plural

Row = dict[str, Any]
Rows = dict[str, list[Row]]
START = datetime(2026, 1, 1, tzinfo=UTC)
ROOTS = 6
CHILDREN = 3


class Generator:
    """Rows with consistent references; the first parent of each relation has as many children as `most` says."""

    def __init__(self, model: AccessModel, entities: dict[str, Entity], most: dict[str, int]) -> None:
        self.model = model
        self.entities = entities
        self.most = most
        self.random = random.Random(7)
        self.counter = 0
        self.rows: Rows = {}

    def all(self) -> Rows:
        for name in self._order():
            self.rows[name] = []
            self._fill(self.entities[name])
        return self.rows

    def _order(self) -> list[str]:
        done: list[str] = []
        left = list(self.entities)
        while left:
            ready = [
                one for one in left if all(r.parent in done or r.parent == one for r in self._parents(one))
            ] or left[:1]
            done += ready
            left = [one for one in left if one not in ready]
        return done

    def _parents(self, name: str) -> list[Relation]:
        return [one for one in self.model.relations if one.child == name and one.by and not one.many_to_many]

    def _fill(self, entity: Entity) -> None:
        relations = self._parents(entity.name)
        if not relations:
            for _ in range(ROOTS):
                self._add(entity, {})
            return
        main = relations[0]
        for place, parent in enumerate(self.rows[main.parent]):
            first = self.most.get(f"{main.parent} → {entity.name}", CHILDREN + 9)
            number = 1 if main.children.largest <= 1 else first if place == 0 else CHILDREN
            for _ in range(number):
                self._add(entity, self.referring(main, parent))

    def referring(self, relation: Relation, parent: Row) -> Row:
        key = self.entities[relation.parent].key
        return {by: parent[own] for by, own in zip(relation.by, key, strict=False)}

    def _add(self, entity: Entity, given: Row) -> None:
        row = self.new(entity, given)
        if not any(self._same(entity, row, one) for one in self.rows[entity.name]):
            self.rows[entity.name].append(row)

    def _same(self, entity: Entity, row: Row, other: Row) -> bool:
        return any(names and all(row.get(n) == other.get(n) for n in names) for names in (entity.key, *entity.unique))

    def new(self, entity: Entity, given: Row) -> Row:
        row = dict(given)
        for relation in self._parents(entity.name):
            if all(by in row for by in relation.by):
                continue
            key = self.entities[relation.parent].key
            fits = [
                one for one in self.rows.get(relation.parent, ())
                if all(by not in row or row[by] == one[own] for by, own in zip(relation.by, key, strict=False))
            ]  # fmt: skip
            if fits and not (relation.optional and self.random.random() < 0.3):
                row |= self.referring(relation, self.random.choice(fits))
        for attribute in entity.attributes:
            if attribute.name not in row and not self._absent(attribute, entity):
                row[attribute.name] = self.value(attribute, entity)
        return row

    def unlike_others(self, entity: Entity) -> Row:
        """A row whose key and unique values no other has."""
        row = self.new(entity, {})
        while any(self._same(entity, row, one) for one in self.rows[entity.name]):
            row = self.new(entity, {})
        return row

    def _absent(self, attribute: Attribute, entity: Entity) -> bool:
        held = {name for one in (entity.key, *entity.unique) for name in one}
        return attribute.name not in held and self.random.random() >= max(attribute.present, 0.3)

    def value(self, attribute: Attribute, entity: Entity) -> Any:
        self.counter += 1
        number = self.counter
        if attribute.values:
            return self.random.choice(list(attribute.values))
        if attribute.type == "string":
            alone = attribute.name in entity.key or any(attribute.name in one for one in entity.unique)
            return (
                f"{attribute.name[:1]}{number:05d}"
                if alone or attribute.monotonic or not attribute.distinct
                else f"{attribute.name[:1]}{number % 3}"
            )
        return self._typed(attribute, number)

    def _typed(self, attribute: Attribute, number: int) -> Any:
        from bson import Decimal128

        made = {
            "number": number,
            "decimal": Decimal128(f"{number}.50"),
            "boolean": number % 3 > 0,
            "timestamp": START + timedelta(seconds=number),
            "date": START + timedelta(days=number),
            "uuid": uuid.UUID(int=self.random.getrandbits(128)),
            "binary": bytes([number % 256]) * 8,
            "json": {"n": number, "list": [number, "x"]},
            "list": [number, number + 1],
        }
        return made[attribute.type]


def parameters(pattern: AccessPattern, rows: Rows, entity: Entity, seed: int) -> Row | None:
    """Values for a pattern's parameters: those of one row; None where no row has them all."""
    wanted = [
        *pattern.equal,
        *(one for one in pattern.filter if one != pattern.range and constant(entity, pattern, one) is None),
    ]
    fits = [one for one in rows[entity.name] if all(name in one for name in wanted)]
    if not fits:
        return None
    chosen = fits[seed % len(fits)]
    found = {name: chosen[name] for name in wanted}
    if pattern.range:
        values = sorted(one[pattern.range] for one in rows[entity.name] if pattern.range in one)
        found[f"{pattern.range}_from"] = values[len(values) // 10]
        found[f"{pattern.range}_to"] = values[-1 - len(values) // 20]
    return found


def constant(entity: Entity, pattern: AccessPattern, name: str) -> str | None:
    """The value that a filter keeps, where the shares tell."""
    near = [
        value
        for value, share in entity.attribute_by_name[name].values.items()
        if abs(share - pattern.filter[name]) < 1e-9
    ]
    return near[0] if len(near) == 1 else None


def matching(pattern: AccessPattern, rows: Rows, entity: Entity, bound: Row) -> list[Row]:
    """The rows that a pattern's conditions leave."""

    def fits(row: Row) -> bool:
        for name in pattern.equal:
            if row.get(name, None) != bound[name] or name not in row:
                return False
        for name in pattern.filter:
            if name == pattern.range:
                continue
            value = constant(entity, pattern, name)
            if row.get(name) != (value if value is not None else bound[name]):
                return False
        if pattern.range:
            value = row.get(pattern.range)
            return value is not None and bound[f"{pattern.range}_from"] <= value < bound[f"{pattern.range}_to"]
        return True

    return [one for one in rows[entity.name] if fits(one)]


def expected(
    pattern: AccessPattern, rows: Rows, model: AccessModel, entities: dict[str, Entity], bound: Row
) -> list[Row]:
    """What a reading pattern gives, in its order, before the page is cut."""
    entity = entities[pattern.entity]
    found = matching(pattern, rows, entity, bound)
    for key in reversed(pattern.order):
        there = [one for one in found if key.attribute in one]
        absent = [one for one in found if key.attribute not in one]
        there.sort(key=lambda one: _comparable(one[key.attribute]), reverse=key.descending)
        found = [*there, *absent] if key.descending else [*absent, *there]
    return [_with_others(one, pattern, rows, model, entities) for one in found]


def _comparable(value: Any) -> Any:
    return value.to_decimal() if hasattr(value, "to_decimal") else value


def _with_others(row: Row, pattern: AccessPattern, rows: Rows, model: AccessModel, entities: dict[str, Entity]) -> Row:
    found = {name: value for name, value in row.items() if not pattern.project or name in pattern.project}
    for name in pattern.together:
        relation = model.relation_between(pattern.entity, name)
        assert relation is not None
        if relation.many_to_many:
            found[plural(name)] = [
                dict(one) for one in rows[name] if _linked(relation, row, one, pattern.entity, entities)
            ]
        elif relation.parent == pattern.entity:
            pairs = list(zip(relation.by, entities[relation.parent].key, strict=False))
            found[plural(name)] = [dict(one) for one in rows[name] if all(one.get(by) == row[own] for by, own in pairs)]
        else:
            pairs = list(zip(relation.by, entities[relation.parent].key, strict=False))
            parents = [one for one in rows[name] if all(row.get(by) == one[own] for by, own in pairs)]
            if parents:
                found[name] = dict(parents[0])
    return found


def _linked(relation: Relation, row: Row, other: Row, name: str, entities: dict[str, Entity]) -> bool:
    """Links of a many-to-many relation: those that `links` gives."""
    parent, child = (row, other) if relation.parent == name else (other, row)
    return child[entities[relation.child].key[-1]] in links(relation, parent, entities)


def links(relation: Relation, parent: Row, entities: dict[str, Entity]) -> list[Any]:
    """The keys of the children that a parent is linked with, kept in the row itself."""
    found: list[Any] = parent.get(f"_links_{relation.child}", [])
    return found
