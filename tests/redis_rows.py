"""Rows for an access model, and what each pattern must give on them, by looking at every row."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity

Row = dict[str, Any]
START = datetime(2026, 1, 1, tzinfo=UTC)


class Rows:
    """Rows by entity, made from a seed, kept as a plain list each."""

    def __init__(self, model: AccessModel, seed: int) -> None:
        self.model = model
        self.random = random.Random(seed)
        self.rows: dict[str, list[Row]] = {one.name: [] for one in model.entities}
        self.clock = 0
        self.pools: dict[tuple[str, str], list[Any]] = {}

    def make(self, name: str, **given: Any) -> Row | None:
        """A new row that no key or unique value forbids; None where none was found."""
        entity = self.model.entity_by_name[name]
        for _ in range(50):
            row = self._row(entity, given)
            if row is not None and not self._taken(entity, row):
                return row
        return None

    def _taken(self, entity: Entity, row: Row) -> bool:
        return any(
            all(row.get(one) == other.get(one) for one in names)
            for names in (entity.key, *entity.unique)
            for other in self.rows[entity.name]
        )

    def _row(self, entity: Entity, given: Mapping[str, Any]) -> Row | None:
        row: Row = dict(given)
        for relation in self.model.relations:
            if relation.child != entity.name or not relation.by or all(one in given for one in relation.by):
                continue
            keys = self.model.entity_by_name[relation.parent].key
            pairs = list(zip(relation.by, keys, strict=False))
            fitting = [
                one
                for one in self.rows[relation.parent][:12]
                if all(row.get(by, one[key]) == one[key] for by, key in pairs)
            ]
            if fitting and not (relation.optional and self.random.random() < 0.3):
                parent = self.random.choice(fitting)
                row |= {by: parent[key] for by, key in pairs}
            elif not relation.optional and self.rows[relation.parent]:
                return None
        for attribute in entity.attributes:
            key = attribute.name in entity.key
            if attribute.name not in row and (key or attribute.present >= 1 or self.random.random() < 0.6):
                row[attribute.name] = self.value(entity, attribute)
        return {name: value for name, value in row.items() if value is not None}

    def value(self, entity: Entity, attribute: Attribute) -> Any:
        """A value of an attribute: from a few where it is looked up by, of its own where it is a key or unique."""
        own = entity.key == (attribute.name,) or any(attribute.name in one for one in entity.unique)
        alone = own or attribute.name == (entity.key[-1] if entity.key else "")
        wanted = any(attribute.name in one.equal for one in self.model.patterns if one.entity == entity.name)
        if attribute.values:
            return self.random.choice(list(attribute.values))
        if wanted and not alone and attribute.type in {"string", "uuid", "number"}:
            pool = self.pools.setdefault((entity.name, attribute.name), [self._fresh(attribute) for _ in range(4)])
            return self.random.choice(pool)
        return self._fresh(attribute)

    def _fresh(self, attribute: Attribute) -> Any:
        some = self.random
        if attribute.type == "uuid":
            return str(uuid.UUID(int=some.getrandbits(128)))
        if attribute.type == "timestamp":
            self.clock += some.randint(1, 9_000)
            return START + timedelta(milliseconds=self.clock)
        if attribute.type == "date":
            return date(2026, 1, 1) + timedelta(days=some.randint(0, 90))
        if attribute.type == "number":
            return some.randint(0, 100_000)
        if attribute.type == "decimal":
            return Decimal(some.randint(0, 10**7)) / 100
        if attribute.type == "boolean":
            return some.random() < 0.5
        if attribute.type in {"json", "list"}:
            return {"a": some.randint(0, 9), "ü{}:%": ["x", None]} if attribute.type == "json" else [1, "zwei"]
        size = min(int(attribute.size.average) if attribute.size else 12, 200)
        if attribute.type == "binary":
            return some.randbytes(size)
        return "".join(some.choices("abcdefghijkl {}:%é", k=max(size, 8)))

    def add(self, name: str, row: Row) -> None:
        """Keep a row, in the place of the one with its key."""
        key = self.model.entity_by_name[name].key
        self.rows[name] = [one for one in self.rows[name] if any(one[part] != row[part] for part in key)] + [row]

    def matching(self, pattern: AccessPattern, equal: Row) -> list[Row]:
        """Rows that have these values."""
        return [
            row for row in self.rows[pattern.entity] if all(row.get(name) == value for name, value in equal.items())
        ]

    def expected(self, pattern: AccessPattern, equal: Row, low: Any = None, high: Any = None) -> list[Row]:
        """All rows that a pattern must give, in order, its page not yet cut."""
        found = self.matching(pattern, equal)
        for name in filter(None, [pattern.range, *(one.attribute for one in pattern.order)]):
            found = [row for row in found if row.get(name) is not None]
        if pattern.range:
            found = [
                row
                for row in found
                if (low is None or row[pattern.range] >= low) and (high is None or row[pattern.range] <= high)
            ]
        for key in reversed(pattern.order):
            found = sorted(found, key=lambda row: row[key.attribute], reverse=key.descending)
        return found


def shown(pattern: AccessPattern, row: Mapping[str, Any]) -> Row:
    """What a pattern returns of a row."""
    wanted = pattern.project if pattern.project and not pattern.together else row
    return {name: row[name] for name in wanted if row.get(name) is not None}
