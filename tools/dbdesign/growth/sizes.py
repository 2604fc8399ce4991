"""What each table and index weighs, today and in any month: by the twin's formulas at three points, by the rows between and behind them.

TOAST is counted with its table: chunks of 1,996 bytes, at most four to a block (`TOAST_MAX_CHUNK_SIZE`, heaptoast.h), and its own B-tree.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from dbdesign.errors import LimitError
from dbdesign.model.statistics import BLOCK
from dbdesign.twin.index_sizes import TableFacts
from dbdesign.twin.profile_rows import resolve_rows
from dbdesign.twin.profiles import resolve
from dbdesign.twin.sizes import PAGE, POINTER, Field, aligned, btree_size, out_of_line
from dbdesign.twin.volumes import as_statistics

if TYPE_CHECKING:
    from dbdesign.model.design import Design
    from dbdesign.model.profile import Profile
    from dbdesign.twin.relations import Relation
    from dbdesign.twin.twin import Twin

Kind = Literal["table", "index"]

CHUNK = 1996
"""Bytes of a value in one row of a TOAST table (TOAST_MAX_CHUNK_SIZE)."""
VARLENA = 4
"""Bytes of a long value's header (VARHDRSZ)."""
FITTED, FITTED_CHUNKS = 1000, 50_000
"""Values, and chunks, that are fitted into blocks one after the other to learn how many a block takes."""

FAR = 120.0
"""Months beyond which nothing is foretold."""


@dataclass(frozen=True)
class ObjectSize:
    """A table or an index, all its partitions together.

    Attributes:
        table: label of the table that it belongs to; its own of a table.
        bytes: by month that was computed.
        rows: by the same months.
        toast: bytes out of line, in `bytes` already, by month.
    """

    object: str
    kind: Kind
    table: str
    bytes: Mapping[float, float]
    rows: Mapping[float, float]
    toast: Mapping[float, float] = field(default_factory=dict)

    def a_row(self, months: float) -> float:
        """Bytes for each row in a month: straight between the months that were computed, and as in the last one behind it."""
        known = sorted(self.bytes)
        ratios = [self.bytes[month] / max(self.rows[month], 1.0) for month in known]
        if months <= known[0]:
            return ratios[0]
        for place in range(1, len(known)):
            if months <= known[place]:
                share = (months - known[place - 1]) / (known[place] - known[place - 1])
                return ratios[place - 1] + share * (ratios[place] - ratios[place - 1])
        return ratios[-1]


class Sizes:
    """The sizes of a design at any month."""

    def __init__(self, design: Design, objects: Sequence[ObjectSize], months: float, reached: float) -> None:
        self.design, self.objects, self.months, self.reached = design, tuple(objects), months, reached
        self._rows: dict[float, dict[str, float]] = {}
        self.by_name = {one.object: one for one in objects}
        self._of_table: dict[str, list[ObjectSize]] = {}
        for one in objects:
            self._of_table.setdefault(one.table, []).append(one)

    def rows(self, table: str, months: float) -> float:
        """Rows of a table, growth and retention counted in."""
        if months not in self._rows:
            self._rows[months] = {label: one.then for label, one in resolve_rows(self.design, months).items()}
        return self._rows[months].get(table, 0.0)

    def bytes(self, one: ObjectSize, months: float) -> float:
        """Bytes of a table or an index."""
        if months in one.bytes:
            return one.bytes[months]
        return max(one.a_row(months) * self.rows(one.table, months), one.bytes[min(one.bytes)] and BLOCK)

    def total(self, months: float, kind: Kind | None = None) -> float:
        """Bytes of all."""
        return sum(self.bytes(one, months) for one in self.objects if kind in {None, one.kind})

    def of_table(self, table: str, months: float) -> float:
        """Bytes of a table with its indexes."""
        return sum(self.bytes(one, months) for one in self._of_table.get(table, ()))

    def heap(self, table: str, months: float) -> float:
        """Bytes of a table without its indexes and what is out of line."""
        one = self.by_name.get(table)
        if one is None:
            return 0.0
        nearest = min(one.bytes, key=lambda month: abs(month - months))
        inside = 1 - one.toast.get(nearest, 0.0) / max(one.bytes[nearest], 1.0)
        return self.bytes(one, months) * inside


class Weigher:
    """Fills a twin for one month after the other and reads the sizes."""

    def __init__(self, twin: Twin, design: Design, today: date) -> None:
        self.twin, self.design, self.today = twin, design, today
        self.profile: Profile | None = None
        self.names: dict[int, str] = {}
        """By oid, what indexes are called that exist on the twin alone."""
        self._found: dict[tuple[str, Kind, str], tuple[dict[float, float], dict[float, float], dict[float, float]]] = {}

    def fill(self, months: float) -> None:
        """Make the twin that of a month, and weigh it.

        Raises:
            LimitError: where a table would be larger than PostgreSQL lets one be.
        """
        self.profile = resolve(self.design, months=months, today=self.today)
        self.twin.refill(as_statistics(self.profile, self.design.schema_))
        self.weigh(months)

    def fill_latest(self, months: float) -> float:
        """Fill for the latest month up to the horizon that PostgreSQL can hold; gives the month."""
        reached = months
        while True:
            try:
                self.fill(reached)
            except LimitError:
                if reached < 1:
                    raise
                reached = math.floor(reached / 2)
            else:
                return reached

    def weigh(self, months: float) -> None:
        """Read the sizes of the twin as it is, which is that of a month."""
        if self.profile is None:
            self.profile = resolve(self.design, months=months, today=self.today)
        owners = {one.oid: self._root(one) for one in self.twin.relations.values()}
        for relation in self.twin.relations.values():
            owner = owners[relation.oid]
            table = self.twin.relations.get(owner.table or 0) if owner.is_index else owner
            kind: Kind = "index" if owner.is_index else "table"
            label = self._root(table).label if table is not None else owner.label
            name = self.names.get(owner.oid, owner.label)
            by_month = self._found.setdefault((name, kind, label), ({}, {}, {}))
            toast = 0.0 if relation.is_index or relation.files is None else self._toast(relation)
            parts = (float(self.twin.pages(relation)) * BLOCK + toast, self._held(relation), toast)
            for months_of, value in zip(by_month, parts, strict=True):
                months_of[months] = months_of.get(months, 0.0) + value

    def _held(self, relation: Relation) -> float:
        """Rows that it holds itself: a partitioned one holds none."""
        return self.twin.rows(self._table(relation)) if relation.files is not None else 0.0

    def _table(self, relation: Relation) -> Relation:
        return self.twin.relations.get(relation.table or 0, relation)

    def _root(self, relation: Relation) -> Relation:
        for oid in relation.parents:
            parent = self.twin.relations.get(oid)
            if parent is not None and parent.kind in "pI":
                return self._root(parent)
        return relation

    def _toast(self, table: Relation) -> float:
        return toast_bytes(self.twin.rows(table), fields_of(self.twin, table))

    def sizes(self, months: float, reached: float) -> Sizes:
        """All that was weighed, tables before their indexes, in the order in which they were made."""
        objects = [ObjectSize(*key, *parts) for key, parts in self._found.items()]
        order = {one.object: place for place, one in enumerate(objects) if one.kind == "table"}
        objects.sort(key=lambda one: (order.get(one.table, len(order)), one.kind == "index"))
        return Sizes(self.design, objects, months, reached)


def fields_of(twin: Twin, table: Relation) -> list[Field]:
    """The stored columns of a table as the formulas take them, in their order."""
    columns = {one.name: column for one in table.attributes if (column := twin.column(table, one.name)) is not None}
    facts = TableFacts(table, twin.rows(table), 0, columns)
    return [facts.stored(attribute) for attribute in table.attributes]


def toast_bytes(rows: float, fields: Iterable[Field]) -> float:
    """Bytes of a TOAST table and its index for so many rows; 0 where rows are short enough."""
    chunks = pages = 0.0
    for one in out_of_line(list(fields)):
        values = rows * (1 - one.nulls)
        full, rest = divmod(max(one.width - VARLENA, 1), CHUNK)
        sizes = [chunk_bytes(CHUNK)] * int(full) + ([chunk_bytes(rest)] if rest else [])
        chunks += values * len(sizes)
        pages += values * _pages_a_value(sizes)
    if not chunks:
        return 0.0
    index = btree_size(chunks, [Field(4, 4), Field(4, 4)]).pages
    return (math.ceil(pages) + index) * BLOCK


def chunk_bytes(data: float) -> float:
    """A row of a TOAST table with its line pointer: header 24, number of the value, number of the chunk, the data with its length."""
    return aligned(24 + 4 + 4 + VARLENA + data) + POINTER


def _pages_a_value(sizes: Sequence[float]) -> float:
    """Blocks of a value's chunks: one that does not fit behind the one before goes into an earlier block with room, or a new one."""
    values = max(1, min(FITTED, FITTED_CHUNKS // max(len(sizes), 1)))
    least = min(sizes)
    room: list[float] = []
    pages, left = 0, 0.0
    for size in list(sizes) * values:
        if size > left:
            if left >= least:
                room.append(left)
            place = next((place for place, free in enumerate(room) if free >= size), None)
            pages += place is None
            left = room.pop(place) if place is not None else PAGE
        left -= size
    return pages / values
