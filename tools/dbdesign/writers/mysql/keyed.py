"""Decides the types of columns that are in keys: MySQL indexes no unbounded text, and foreign keys want equal types on both ends.

The rules: unbounded text or binary in a primary, unique or foreign key becomes VARCHAR(255) or VARBINARY(255), less where several share
the 3072 bytes of a key; columns joined by foreign keys take the widest integer, or the parent's type; a row's columns fit in 65,535 bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from dbdesign.dialects.mysql import MAX_KEY_BYTES, MAX_ROW_BYTES
from dbdesign.model.schema import Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.mysql.types import Mapped, longtext, varchar

KEY_TEXT = 255
"""Characters of a text that becomes a VARCHAR for a key's sake."""
WIDTHS = [Kind.BOOLEAN, Kind.INT8, Kind.INT16, Kind.INT24, Kind.INT32, Kind.INT64]
BYTES = {
    Kind.BOOLEAN: 1,
    Kind.INT8: 1,
    Kind.INT16: 2,
    Kind.INT24: 3,
    Kind.INT32: 4,
    Kind.INT64: 8,
    Kind.FLOAT32: 4,
    Kind.FLOAT64: 8,
    Kind.DATE: 3,
    Kind.TIME: 6,
    Kind.TIMESTAMP: 8,
    Kind.YEAR: 1,
    Kind.ENUM: 2,
    Kind.SET: 8,
}
LOBS = frozenset({Kind.TEXT, Kind.BLOB})
Place = tuple[str, str]
"""Label of a table and name of a column."""
Types = dict[Place, Mapped]


def size(mapped: Mapped) -> int:
    """The most bytes that a value takes in a key or row; of text in a row, its pointer."""
    data_type = mapped.type
    if data_type.kind in {Kind.CHAR, Kind.VARCHAR}:
        return (data_type.length or 1) * (1 if mapped.charset == "ascii" else 4) + 2
    if data_type.kind in {Kind.BINARY, Kind.VARBINARY}:
        return (data_type.length or 1) + 2
    if data_type.kind is Kind.DECIMAL:
        return (data_type.precision or 10) // 2 + 2
    return BYTES.get(data_type.kind, 12)


def strong_keys(table: Table) -> Iterator[tuple[str, ...]]:
    """The columns of each key whose values must be whole: primary, unique, foreign, partitioning."""
    if table.primary_key:
        yield table.primary_key.columns
    for key in table.unique_keys:
        yield key.columns
    for index in table.indexes:
        if index.unique:
            yield tuple(key.column for key in index.keys if key.column)
    for foreign_key in table.foreign_keys:
        yield foreign_key.columns
    if table.partitioning:
        yield tuple(key.column for key in table.partitioning.keys if key.column)


class KeyedTypes:
    """Changes the mapped types of a schema's columns to what its keys need."""

    def __init__(self, schema: Schema, types: Types, context: Context) -> None:
        self.schema = schema
        self.types = types
        self.context = context

    def settle(self) -> None:
        """Changes `types` in place and notes what changed."""
        self._bound_texts()
        self._join_groups()
        for table in self.schema.tables:
            self._fit_row(table)

    def _bound_texts(self) -> None:
        wanted: dict[Place, int] = {}
        for table in self.schema.tables:
            for key in self._keys_of(table):
                self._share(table, key, wanted)
        for place, length in wanted.items():
            self._bound(place, length)

    def _keys_of(self, table: Table) -> Iterator[tuple[str, ...]]:
        yield from strong_keys(table)
        yield from self._referenced.get(table.label, ())

    @cached_property
    def _referenced(self) -> dict[str, list[tuple[str, ...]]]:
        found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for table in self.schema.tables:
            for key in table.foreign_keys:
                found[key.references].append(key.referenced_columns)
        return found

    def _share(self, table: Table, key: tuple[str, ...], wanted: dict[Place, int]) -> None:
        places = [(table.label, name) for name in key if (table.label, name) in self.types]
        open_ended = [place for place in places if self.types[place].type.kind in LOBS]
        if not open_ended:
            return
        fixed = sum(size(self.types[place]) for place in places if place not in open_ended)
        share = max((MAX_KEY_BYTES - fixed) // (4 * len(open_ended)) - 1, 16)
        for place in open_ended:
            wanted[place] = min(wanted.get(place, KEY_TEXT), share)

    def _bound(self, place: Place, length: int, why: str = "a key's column must be bounded") -> None:
        mapped = self.types[place]
        if mapped.type.kind is Kind.BLOB:
            bounded = DataType(kind=Kind.VARBINARY, native=f"varbinary({length})", length=length)
        else:
            bounded = varchar(length)
        self.types[place] = Mapped(bounded, mapped.charset, mapped.collation)
        self.context.note(
            ".".join(place),
            f"MySQL indexes no unbounded text or binary: {why}",
            f"{bounded.native}: adjust to the data",
        )

    def _join_groups(self) -> None:
        for group in self._groups():
            mapped = [self.types[place] for place in group]
            if (
                len({one.type.native for one in mapped}) > 1
                or len({(one.charset, one.collation) for one in mapped}) > 1
            ):
                self._unify(group, mapped)

    def _groups(self) -> list[list[Place]]:
        """Columns joined by foreign keys, the referenced ones first."""
        root: dict[Place, Place] = {}

        def find(place: Place) -> Place:
            while root.setdefault(place, place) != place:
                root[place] = root[root[place]]
                place = root[place]
            return place

        parents: list[Place] = []
        for table in self.schema.tables:
            for key in table.foreign_keys:
                for child, parent in zip(key.columns, key.referenced_columns, strict=False):
                    here, there = (table.label, child), (key.references, parent)
                    if here in self.types and there in self.types:
                        root[find(here)] = find(there)
                        parents.append(there)
        groups: dict[Place, list[Place]] = defaultdict(list)
        for place in dict.fromkeys([*parents, *root]):
            groups[find(place)].append(place)
        return [group for group in groups.values() if len(group) > 1]

    def _unify(self, group: list[Place], mapped: list[Mapped]) -> None:
        chosen = mapped[0]
        kinds = {one.type.kind for one in mapped}
        if kinds <= set(WIDTHS):
            chosen = max(mapped, key=lambda one: WIDTHS.index(one.type.kind))
        elif kinds <= {Kind.VARCHAR, Kind.CHAR}:
            declared = [one for one in mapped if one.type.length != KEY_TEXT]
            chosen = max(declared or mapped, key=lambda one: one.type.length or 0)
        for place, one in zip(group, mapped, strict=True):
            if one.type.native != chosen.type.native:
                self.context.note(
                    ".".join(place),
                    "both ends of a foreign key must have the same type",
                    f"{chosen.type.native} for {one.type.native}",
                )
            self.types[place] = Mapped(chosen.type, chosen.charset, chosen.collation)

    def _fit_row(self, table: Table) -> None:
        keyed = {name for key in self._keys_of(table) for name in key}
        places = [(table.label, column.name) for column in table.columns]
        total = sum(size(self.types[place]) for place in places)
        if total <= MAX_ROW_BYTES:
            return
        movable = sorted(
            (p for p in places if p[1] not in keyed and self.types[p].type.kind is Kind.VARCHAR),
            key=lambda place: size(self.types[place]),
            reverse=True,
        )
        for place in movable:
            if total <= MAX_ROW_BYTES:
                return
            mapped = self.types[place]
            total -= size(mapped) - 12
            self.types[place] = Mapped(longtext(), mapped.charset, mapped.collation)
            self.context.note(
                ".".join(place),
                "the columns of a row have at most 65,535 bytes together",
                f"longtext for {mapped.type.native}",
            )
