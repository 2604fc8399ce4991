"""Entities as tables: keys, attribute types, relations as foreign keys, counts and spreads as volumes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dbdesign.model.patterns import AccessModel, Attribute, AttributeType, Entity, Relation
from dbdesign.model.schema import Column, ForeignKey, Key, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.model.workload import ColumnVolume, TableVolume
from dbdesign.patterns.relational.skew import exponent_of

TYPES: Mapping[AttributeType, DataType] = {
    "string": DataType(kind=Kind.TEXT, native="text"),
    "decimal": DataType(kind=Kind.DECIMAL, native="numeric"),
    "boolean": DataType(kind=Kind.BOOLEAN, native="boolean"),
    "timestamp": DataType(kind=Kind.TIMESTAMPTZ, native="timestamp with time zone"),
    "date": DataType(kind=Kind.DATE, native="date"),
    "uuid": DataType(kind=Kind.UUID, native="uuid"),
    "binary": DataType(kind=Kind.BLOB, native="bytea"),
    "json": DataType(kind=Kind.JSONB, native="jsonb"),
    "list": DataType(kind=Kind.JSONB, native="jsonb"),
    "number": DataType(kind=Kind.INT64, native="bigint"),
}
SMALLER = (
    (2.0, DataType(kind=Kind.INT16, native="smallint")),
    (4.0, DataType(kind=Kind.INT32, native="integer")),
)
"""Integers of a `number` that is said to take no more bytes."""
VARIABLE = frozenset({Kind.TEXT, Kind.DECIMAL, Kind.BLOB, Kind.JSONB})
ALIGNMENT = {Kind.INT64: 8, Kind.TIMESTAMPTZ: 8, Kind.UUID: 8, Kind.INT32: 4, Kind.DATE: 4, Kind.INT16: 2}
"""By which fixed widths are ordered, so that nothing is padded; a UUID's 16 bytes need none and break none."""
LONGEST_FIXED = 64
"""Characters of a fixed length up to which texts are counted in."""
SHORT = 126
"""Bytes of a value up to which its header takes one byte, else four (`VARATT_SHORT_MAX`, varatt.h)."""


@dataclass
class Tables:
    """The tables that are made of an access model, beside those that are there.

    Attributes:
        there: by entity name, which need no table of their own.
        assumptions: what was not said and had to be decided.
    """

    access: AccessModel
    there: Mapping[str, Table]
    made: dict[str, Table] = field(default_factory=dict)
    volumes: dict[str, TableVolume] = field(default_factory=dict)
    assumptions: list[str] = field(default_factory=list)

    def make(self) -> None:
        """All tables, parents before their children."""
        for entity in self._ordered():
            self.made[entity.name], self.volumes[entity.name] = self._table(entity)
        for relation in self.access.relations:
            if relation.many_to_many:
                self._junction(relation)
        self._tell()

    def _ordered(self) -> list[Entity]:
        """Parents first, as far as relations go round in no circle."""
        left = {one.name: one for one in self.access.entities if one.name not in self.there}
        found: list[Entity] = []
        while left:
            free = [name for name in left if not any(one.parent in left for one in self._parents(name))]
            found += [left.pop(name) for name in free or list(left)[:1]]
        return found

    def _parents(self, child: str) -> Iterator[Relation]:
        return (
            one for one in self.access.relations if one.child == child and one.parent != child and not one.many_to_many
        )

    def table_of(self, entity: str) -> Table | None:
        """The table of an entity, made or there."""
        return self.made.get(entity) or self.there.get(entity)

    def _table(self, entity: Entity) -> tuple[Table, TableVolume]:
        keys = [one for relation in self._parents(entity.name) if (one := self._foreign_key(entity, relation))]
        attributes = self._attributes(entity)
        optional = {name for one in self._parents(entity.name) if one.optional for name in one.by}
        columns = sorted(
            (self._column(entity, one, optional) for one in attributes),
            key=lambda one: (one.type.kind in VARIABLE, -ALIGNMENT.get(one.type.kind, 1)),
        )
        table = Table(
            name=entity.name,
            columns=tuple(columns),
            primary_key=Key(columns=entity.key) if entity.key else None,
            unique_keys=tuple(Key(columns=one) for one in entity.unique if set(one) != set(entity.key)),
            foreign_keys=tuple(dict.fromkeys(keys)),
        )
        return table, TableVolume(
            rows=entity.count,
            growth=entity.growth,
            retention_days=entity.retention_days,
            columns={one.name: self._volume(entity, one) for one in attributes},
        )

    def _attributes(self, entity: Entity) -> list[Attribute]:
        """Those that are listed, and the parents' keys that relations are by though nobody lists them."""
        found = dict(entity.attribute_by_name)
        for relation in self._parents(entity.name):
            parent = self.access.entity_by_name.get(relation.parent)
            for name, of_parent in zip(self._by(relation), parent.key if parent else (), strict=False):
                if name not in found and parent is not None:
                    source = parent.attribute_by_name.get(of_parent, Attribute(name=of_parent))
                    found[name] = Attribute(name=name, type=source.type, size=source.size)
        for name in (*entity.key, *(name for one in entity.unique for name in one)):
            found.setdefault(name, Attribute(name=name))
        return list(found.values())

    def _by(self, relation: Relation) -> tuple[str, ...]:
        """The child's attributes that hold the parent's key; the parent's names where nothing is said."""
        parent = self.access.entity_by_name.get(relation.parent)
        return relation.by or (parent.key if parent else ())

    def _column(self, entity: Entity, attribute: Attribute, optional: set[str]) -> Column:
        type_of = column_type(attribute)
        lax = attribute.name not in entity.key and (attribute.present < 1 or attribute.name in optional)
        stamped = attribute.monotonic and type_of.kind in {Kind.TIMESTAMPTZ, Kind.DATE}
        now = "now()" if type_of.kind is Kind.TIMESTAMPTZ else "CURRENT_DATE"
        return Column(name=attribute.name, type=type_of, nullable=lax, default=now if stamped else None)

    def _foreign_key(self, entity: Entity, relation: Relation) -> ForeignKey | None:
        parent = self.table_of(relation.parent)
        if parent is None and relation.parent == entity.name:
            return None
        by = self._by(relation)
        key = parent.primary_key.columns if parent is not None and parent.primary_key else ()
        types = {one.name: column_type(one).kind for one in self._attributes(entity)}
        same = (
            parent is not None
            and len(by) == len(key)
            and all(
                (held := parent.column(there)) is not None and held.type.kind is types.get(here)
                for here, there in zip(by, key, strict=True)
            )
        )
        if not same or parent is None or len(set(by)) < len(by):
            self.assumptions.append(
                f"{entity.name} ({', '.join(by)}) does not hold the whole key of {relation.parent} in its types: no foreign key is made"
            )
            return None
        return ForeignKey(
            columns=by, referenced_namespace=parent.namespace, referenced_table=parent.name, referenced_columns=key
        )

    def _volume(self, entity: Entity, attribute: Attribute) -> ColumnVolume:
        kind = column_type(attribute).kind
        stamped = kind in {Kind.TIMESTAMPTZ, Kind.DATE} or (kind is Kind.TEXT and attribute.monotonic)
        distinct = attribute.distinct
        if distinct is not None and entity.count is not None:
            distinct = min(distinct, max(entity.count * attribute.present, 1.0))
        low, high = _ends(entity, attribute)
        return ColumnVolume(
            distinct=distinct,
            minimum=low,
            maximum=high,
            nulls=round(1 - attribute.present, 9)
            if attribute.present < 1 and attribute.name not in entity.key
            else None,
            values={value: share * attribute.present for value, share in attribute.values.items()},
            skew=None if attribute.values else self._skew(entity, attribute.name),
            correlation=1.0 if attribute.monotonic and stamped else None,
            width=_width(attribute, kind),
        )

    def _skew(self, entity: Entity, name: str) -> float | None:
        """Of a column that holds a parent's key: how unevenly the parents have children, and what they themselves have of theirs."""
        found: list[float] = []
        for relation in self._parents(entity.name):
            by, parent = self._by(relation), self.access.entity_by_name.get(relation.parent)
            if name not in by or parent is None or entity.key == by:
                continue
            if name == by[-1] and parent.count and (own := exponent_of(relation.children, parent.count)) is not None:
                found.append(own)
            volume = self.volumes.get(relation.parent)
            place = by.index(name)
            if name != by[-1] and volume is not None and place < len(parent.key):
                above = volume.columns.get(parent.key[place], ColumnVolume()).skew
                found += [above] if above is not None else []
        return max(found, default=None)

    def _junction(self, relation: Relation) -> None:
        """The table of a relation of many to many."""
        ends = [self.access.entity_by_name.get(name) for name in (relation.parent, relation.child)]
        name = f"{relation.parent}_{relation.child}"
        tables = [self.table_of(one.name) for one in ends if one is not None]
        if len(tables) < 2 or any(one is None or one.primary_key is None for one in tables) or name in self.made:
            self.assumptions.append(f"{relation.parent} and {relation.child} have no keys to relate them by: left out")
            return
        columns: list[Column] = []
        keys: list[ForeignKey] = []
        for table in tables:
            assert table is not None  # noqa: S101 - checked above
            assert table.primary_key is not None  # noqa: S101
            taken = {one.name for one in columns}
            named = [one if one not in taken else f"{table.name}_{one}" for one in table.primary_key.columns]
            for here, there in zip(named, table.primary_key.columns, strict=True):
                held = table.column(there)
                columns += [Column(name=here, type=held.type, nullable=False)] if held is not None else []
            keys.append(
                ForeignKey(
                    columns=tuple(named), referenced_table=table.name, referenced_columns=table.primary_key.columns
                )
            )
        self.made[name] = Table(
            name=name,
            columns=tuple(columns),
            primary_key=Key(columns=tuple(one.name for one in columns)),
            foreign_keys=tuple(keys),
        )
        parent = ends[0]
        rows = parent.count * relation.children.average if parent is not None and parent.count is not None else None
        self.volumes[name] = TableVolume(rows=rows, growth=parent.growth if parent else None)
        self.assumptions.append(f"{relation.parent} and {relation.child} are related by a table of their own, {name}")

    def _tell(self) -> None:
        """The decisions that hold for all tables."""
        entities = [one for one in self.access.entities if one.name in self.made]
        if not entities:
            return
        said = "the schema is derived from the entities: a table each, its key the primary key, relations foreign keys, and columns "
        found = [f"{said}ordered so that nothing is padded"]
        attributes = [one for entity in entities for one in entity.attributes]
        if any(one.type == "number" for one in attributes):
            found.append("a number is a bigint, or a smallint or integer where its size says so")
        if any(one.type == "decimal" for one in attributes):
            found.append("a decimal is numeric without a precision: give it one that fits the currency")
        if any(one.type in {"json", "list"} for one in attributes):
            found.append(
                "json and list are jsonb, as large as the size that is said; what compression saves is not counted"
            )
        if any(_fixed(one) for one in attributes):
            found.append("a string whose size is one number is always so long")
        if any(one.type == "string" and one.size is None and not one.values for one in attributes):
            found.append("a string without a size takes 16 bytes")
        if any(one.children.maximum or one.children.p99 for one in self.access.relations):
            found.append(
                "children are spread over their parents by Zipf's law, with the exponent that gives the richest parent its maximum "
                "(else the 99th percentile its number)"
            )
        self.assumptions[:0] = found


def column_type(attribute: Attribute) -> DataType:
    """PostgreSQL's type of an attribute."""
    if attribute.type == "number" and attribute.size is not None:
        for most, type_of in SMALLER:
            if attribute.size.largest <= most:
                return type_of
        if attribute.size.largest > 8:
            return TYPES["decimal"]
    return TYPES[attribute.type]


def _fixed(attribute: Attribute) -> bool:
    """Whether all of its values have the same length."""
    size = attribute.size
    return attribute.type == "string" and size is not None and size.largest == size.average and size.average >= 1


def _ends(entity: Entity, attribute: Attribute) -> tuple[str | None, str | None]:
    """The first and the last text of a length that all have, in which there is room for as many as there may be."""
    if not _fixed(attribute) or attribute.values or attribute.size is None:
        return None, None
    length = round(attribute.size.average)
    if length > LONGEST_FIXED:
        return None, None
    count = max(attribute.distinct or 1.0, entity.count or 1.0)
    for first, last, digits in (("0", "9", 10.0), ("a", "z", 26.0)):
        if length * math.log(digits) >= math.log(count):
            return first * length, last * length
    return None, None


def _width(attribute: Attribute, kind: Kind) -> float | None:
    """Bytes as stored, the header of variable-length values counted in."""
    if kind not in VARIABLE or attribute.size is None:
        return None
    return attribute.size.average + (1 if attribute.size.average <= SHORT else 4)
