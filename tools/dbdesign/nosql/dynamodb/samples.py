"""Values for an access model's entities: deterministic, skewed as the model says, children of parents that are there."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from dbdesign.model.patterns import AccessModel, Attribute, Entity, Relation
from dbdesign.nosql.dynamodb.sizes import value_size

Row = dict[str, Any]
START = datetime(2026, 1, 1, tzinfo=UTC)
"""When the first value of a time is; the model's own times are unknown."""
WORDS = (
    "river",
    "amber",
    "quiet",
    "north",
    "copper",
    "lantern",
    "meadow",
    "signal",
    "harbour",
    "violet",
    "paper",
    "cedar",
)
DEEPEST = 3
SKEW = 1.1
"""Exponent by which the first parents have more children than later ones."""


def sample(model: AccessModel, count: int, *, longest: int = 200) -> dict[str, list[Row]]:
    """Rows by entity, parents before children.

    Args:
        count: of rows of an entity, where it has as many; of one that has parents three times as many.
        longest: bytes of a value at most, so that samples stay readable.
    """
    rows: dict[str, list[Row]] = {}
    for entity in _in_order(model):
        rows[entity.name] = list(_rows(entity, model, rows, count, longest))
    return rows


def _in_order(model: AccessModel) -> list[Entity]:
    """Parents before their children; of a cycle, in the order of the file."""
    known = model.entity_by_name
    waiting = {one.name: {rel.parent for rel in model.relations if rel.child == one.name} for one in model.entities}
    done: dict[str, Entity] = {}
    while waiting:
        ready = [name for name, parents in waiting.items() if not (parents & waiting.keys()) - {name}]
        for name in ready or list(waiting)[:1]:
            done[name] = known[name]
            del waiting[name]
    return list(done.values())


def _rows(entity: Entity, model: AccessModel, rows: Mapping[str, list[Row]], count: int, longest: int) -> Iterator[Row]:
    chance = random.Random(f"dbdesign {entity.name}")  # noqa: S311 - the same for the same model, on purpose
    parents = [one for one in model.relations if one.child == entity.name and one.by and rows.get(one.parent)]
    wanted = count * 3 if parents else count
    if entity.count is not None:
        wanted = max(min(wanted, int(entity.count)), 1)
    seen: set[tuple[str, ...]] = set()
    for number in range(wanted * 4):
        if len(seen) >= wanted * (1 + len(entity.unique)):
            return
        row = _row(entity, parents, rows, number, chance, longest, model)
        places = [(str(names), *(str(row.get(name)) for name in names)) for names in (entity.key, *entity.unique)]
        if not any(place in seen for place in places):
            seen.update(places)
            yield row


def _row(
    entity: Entity,
    parents: list[Relation],
    rows: Mapping[str, list[Row]],
    number: int,
    chance: random.Random,
    longest: int,
    model: AccessModel,
) -> Row:
    row: Row = {}
    for relation in parents:
        if relation.optional and chance.random() < 0.3:
            continue
        choices = rows[relation.parent]
        choices = [
            one
            for one in choices
            if all(row.get(by, one.get(key)) == one.get(key) for by, key in _pairs(relation, model))
        ] or choices[:1]
        picked = choices[_skewed(len(choices), chance)]
        row.update({by: picked[key] for by, key in _pairs(relation, model) if by not in row and key in picked})
    for attribute in entity.attributes:
        if attribute.name in row:
            continue
        key = attribute.name in entity.key or any(attribute.name in one for one in entity.unique)
        if key or chance.random() < attribute.present:
            row[attribute.name] = value(
                attribute, entity, number, chance, longest, distinct=key and len(entity.key) == 1
            )
    for name in entity.key:
        row.setdefault(name, f"{name}-{number}")
    return row


def _pairs(relation: Relation, model: AccessModel) -> list[tuple[str, str]]:
    return list(zip(relation.by, model.entity_by_name[relation.parent].key, strict=False))


def _skewed(count: int, chance: random.Random) -> int:
    weights = [1 / (rank + 1) ** SKEW for rank in range(count)]
    return chance.choices(range(count), weights)[0]


def value(
    attribute: Attribute, entity: Entity, number: int, chance: random.Random, longest: int, *, distinct: bool = True
) -> Any:
    """A value of an attribute: of its values by their shares, else by its type; near its size."""
    if attribute.values:
        names = list(attribute.values)
        picked = chance.choices(names, list(attribute.values.values()))[0]
        return picked == "true" if attribute.type == "boolean" else picked
    span = (
        number if distinct or attribute.monotonic else chance.randrange(max(int(min(attribute.distinct or 12, 12)), 1))
    )
    kind = attribute.type
    if kind == "uuid":
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{entity.name}.{attribute.name}.{span}"))
    if kind in {"timestamp", "date"}:
        return _time(number if attribute.monotonic else chance.randrange(5000), kind)
    if kind in {"number", "decimal", "boolean", "binary"}:
        return _scalar(kind, attribute, number, chance, longest)
    size = max(1, round(_size(attribute, chance, longest)))
    if kind == "json":
        return {"text": _text(chance, max(size - 8, 1)), "count": number % 7}
    if kind == "list":
        return [{"number": one, "text": _text(chance, 12)} for one in range(1 + number % 3)]
    if attribute.monotonic:
        return f"{number:0{min(size, 26)}d}"
    label = f"{attribute.name[:3]}{span}"
    if distinct or attribute.distinct or size <= 12:
        return label[-max(size, len(str(span)) + 1) :]
    return _text(chance, size)


def _scalar(kind: str, attribute: Attribute, number: int, chance: random.Random, longest: int) -> Any:
    if kind == "boolean":
        return chance.random() < 0.3
    if kind == "binary":
        return bytes(chance.randrange(256) for _ in range(round(_size(attribute, chance, longest))))
    if attribute.monotonic:
        return number + 1
    whole = chance.randrange(int(min(attribute.distinct or 9000, 9000)))
    return whole if kind == "number" else Decimal(whole) / 100


def _size(attribute: Attribute, chance: random.Random, longest: int) -> float:
    size = value_size(attribute)
    grown = size.average * chance.uniform(0.6, 1.4) if chance.random() > 0.02 else size.large
    return min(grown if size.large > size.average else size.average, longest)


def _time(step: int, kind: str) -> str:
    moment = START + timedelta(minutes=17 * step)
    return moment.strftime("%Y-%m-%d") if kind == "date" else moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _text(chance: random.Random, size: int) -> str:
    words: list[str] = []
    length = 0
    while length < size:
        words.append(chance.choice(WORDS))
        length += len(words[-1]) + 1
    return " ".join(words)[:size].strip() or "a"


def items_file(items: Mapping[str, list[dict[str, Any]]]) -> str:
    """Items in DynamoDB's JSON form by table."""

    def plain(one: Any) -> str:
        import base64

        return base64.b64encode(one).decode()

    return json.dumps(items, indent=1, ensure_ascii=False, default=plain) + "\n"
