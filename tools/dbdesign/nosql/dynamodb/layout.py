"""Keys, access paths and tables: what a DynamoDB design is made of before it is written in anybody's notation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from dbdesign.model.patterns import Entity
from dbdesign.nosql.dynamodb.sizes import STORED_AS, TTL

KEYABLE = {"S", "N", "B"}
"""Types that a key attribute may have."""


@dataclass(frozen=True)
class Part:
    """A piece of a key.

    Attributes:
        kind: `attribute`: its value. `literal`: `name` itself. `shard`: a number below `count` that follows from the attributes `of`.
            `marker`: `name`, only where the attribute `of[0]` has `value`; elsewhere the item has no such key and is not in the index.
    """

    kind: Literal["attribute", "literal", "shard", "marker"]
    name: str
    count: int = 0
    of: tuple[str, ...] = ()
    value: str | bool | None = None

    @property
    def attributes(self) -> tuple[str, ...]:
        """What it is made from."""
        return (self.name,) if self.kind == "attribute" else self.of

    def __str__(self) -> str:
        if self.kind == "shard":
            return f"shard of {self.count}"
        return f"'{self.name}'" if self.kind in {"literal", "marker"} else self.name


def attribute(name: str) -> Part:
    """A part that is an attribute."""
    return Part("attribute", name)


def literal(text: str) -> Part:
    """A part that is a constant."""
    return Part("literal", text)


@dataclass(frozen=True)
class KeyAttribute:
    """An attribute of an item that is in a key: one of the entity's own, or made from parts that are joined by `#`."""

    name: str
    type: str
    parts: tuple[Part, ...]
    own: bool

    @property
    def sources(self) -> tuple[str, ...]:
        """The entity's attributes that it depends on."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.attributes))


@dataclass(frozen=True)
class Path:
    """A table's key or an index's: one way to get at an entity's items.

    Attributes:
        hash: parts of the partition key; `range` of the sort key.
        projected: names that an index holds beside keys; None for all.
        share: of the entity's items that it holds.
    """

    name: str
    kind: Literal["table", "GSI", "LSI"]
    entity: str
    hash: tuple[Part, ...]
    range: tuple[Part, ...] = ()
    projected: frozenset[str] | None = None
    share: float = 1.0

    @property
    def attributes(self) -> frozenset[str]:
        """The entity's attributes that its key is made from."""
        return frozenset(name for part in (*self.hash, *self.range) for name in part.attributes)

    @property
    def shards(self) -> int:
        """Over how many values of the partition key one value of its attributes is spread."""
        return next((part.count for part in self.hash if part.kind == "shard"), 1)

    def __str__(self) -> str:
        ranged = f"; {', '.join(map(str, self.range))}" if self.range else ""
        return f"({', '.join(map(str, self.hash))}{ranged})"


@dataclass(frozen=True)
class Placement:
    """Where an entity's items are and under which attributes.

    Attributes:
        table: that holds them; `base` its key for this entity, `indexes` those that this entity is in.
        keys: key attributes by path name, partition key first: (hash attributes, range attributes).
        embedded: children that are kept in the items, as lists under the child's name.
    """

    entity: Entity
    table: str
    base: Path
    indexes: tuple[Path, ...] = ()
    keys: Mapping[str, tuple[tuple[KeyAttribute, ...], tuple[KeyAttribute, ...]]] = field(default_factory=dict)
    embedded: tuple[Entity, ...] = ()

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The table's key and every index."""
        return (self.base, *self.indexes)

    @cached_property
    def made(self) -> tuple[KeyAttribute, ...]:
        """Attributes that only exist for keys, once each."""
        found: dict[str, KeyAttribute] = {}
        for hashed, ranged in self.keys.values():
            found.update({one.name: one for one in (*hashed, *ranged) if not one.own})
        return tuple(found.values())

    @cached_property
    def base_names(self) -> tuple[str, ...]:
        """Names of the table's key attributes."""
        hashed, ranged = self.keys[self.base.name]
        return tuple(one.name for one in (*hashed, *ranged))

    def stored_names(self, path: Path) -> frozenset[str] | None:
        """Names of the attributes that items have on a path; None for all."""
        if path.projected is None:
            return None
        hashed, ranged = self.keys[path.name]
        return frozenset((*self.base_names, *(one.name for one in (*hashed, *ranged)), *path.projected))


def stored_type(entity: Entity, name: str) -> str:
    """DynamoDB's type of an attribute; of one that only a relation names, a string."""
    if name == TTL:
        return "N"
    found = entity.attribute_by_name.get(name)
    return STORED_AS[found.type] if found else "S"


def key_attributes(
    parts: tuple[Part, ...], entity: Entity, name: str, *, several: bool, made: bool = False
) -> tuple[KeyAttribute, ...]:
    """The attributes of one side of a key.

    Args:
        name: of the attribute where parts must be joined.
        several: whether each part may be an attribute of its own, as in global indexes since November 2025.
        made: never to take the entity's own attributes: other entities of the table may have them too.
    """
    if not parts:
        return ()
    if several and not made and len(parts) <= 4 and all(part.kind != "literal" for part in parts):
        return tuple(_single(part, entity, name) for part in parts)
    if len(parts) == 1 and not made:
        return (_single(parts[0], entity, name),)
    return (KeyAttribute(name, "S", parts, own=False),)


def _single(part: Part, entity: Entity, name: str) -> KeyAttribute:
    if part.kind == "attribute":
        kind = stored_type(entity, part.name)
        if kind in KEYABLE:
            return KeyAttribute(part.name, kind, (part,), own=True)
        return KeyAttribute(f"{part.name}_key", "S", (part,), own=False)
    if part.kind == "marker":
        return KeyAttribute(part.name, "S", (part,), own=False)
    return KeyAttribute(f"{name.removesuffix('_pk')}_{part.kind}", "S", (part,), own=False)


@dataclass(frozen=True)
class PhysicalIndex:
    """An index of a table, as its definition says it. `projected` None for ALL, empty for KEYS_ONLY."""

    name: str
    kind: Literal["GSI", "LSI"]
    hash: tuple[tuple[str, str], ...]
    range: tuple[tuple[str, str], ...]
    projected: tuple[str, ...] | None


@dataclass(frozen=True)
class PhysicalTable:
    """A table, as its definition says it: names and types of key attributes."""

    name: str
    hash: tuple[str, str]
    range: tuple[str, str] | None
    indexes: tuple[PhysicalIndex, ...] = ()
    entities: tuple[str, ...] = ()
    ttl: bool = False
    stream: bool = False

    @property
    def definitions(self) -> dict[str, str]:
        """Type by key attribute, each once: those of the keys and no others."""
        found = dict([self.hash, *([self.range] if self.range else [])])
        for index in self.indexes:
            found.update([*index.hash, *index.range])
        return found


def physical_tables(placements: Iterable[Placement], streams: Iterable[str] = ()) -> tuple[PhysicalTable, ...]:
    """The tables that placements need; indexes of one name that several entities are in are merged."""
    by_table: dict[str, list[Placement]] = {}
    for one in placements:
        by_table.setdefault(one.table, []).append(one)
    streamed = set(streams)
    return tuple(_physical(name, members, name in streamed) for name, members in by_table.items())


def _physical(name: str, members: list[Placement], stream: bool) -> PhysicalTable:
    hashed, ranged = members[0].keys[members[0].base.name]
    indexes: dict[str, PhysicalIndex] = {}
    for member in members:
        for index in _indexes(member):
            there = indexes.get(index.name)
            indexes[index.name] = index if there is None else _merged(there, index)
    return PhysicalTable(
        name=name,
        hash=(hashed[0].name, hashed[0].type),
        range=(ranged[0].name, ranged[0].type) if ranged else None,
        indexes=tuple(indexes.values()),
        entities=tuple(one.entity.name for one in members),
        ttl=any(one.entity.retention_days is not None for one in members),
        stream=stream,
    )


def _indexes(member: Placement) -> Iterator[PhysicalIndex]:
    for path in member.indexes:
        hashed, ranged = member.keys[path.name]
        key_names = {*member.base_names, *(one.name for one in (*hashed, *ranged))}
        yield PhysicalIndex(
            name=path.name,
            kind="LSI" if path.kind == "LSI" else "GSI",
            hash=tuple((one.name, one.type) for one in hashed),
            range=tuple((one.name, one.type) for one in ranged),
            projected=None if path.projected is None else tuple(sorted(path.projected - key_names)),
        )


def _merged(one: PhysicalIndex, other: PhysicalIndex) -> PhysicalIndex:
    projected = (
        None if one.projected is None or other.projected is None else tuple(sorted({*one.projected, *other.projected}))
    )
    return PhysicalIndex(one.name, one.kind, one.hash, one.range or other.range, projected)
