"""How many rows each table has: what the volumes say, grown to the horizon, and what keys and foreign keys suggest for the others."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dbdesign.model.design import Design
from dbdesign.model.schema import Table
from dbdesign.model.types import Kind
from dbdesign.model.workload import ColumnVolume, Growth, TableVolume

DAYS_PER_MONTH = 30.436875
"""A twelfth of the mean Gregorian year of 365.2425 days."""
SECONDS_PER_MONTH = DAYS_PER_MONTH * 86_400

DEFAULT_ROWS = 1_000.0
LOOKUP_ROWS = 100.0
CHILDREN = 1.0
"""Rows of a child table for each row of its largest parent."""
OWNED = 2.0
"""Rows of a child table for each row of the parent that owns it."""
LINKS = 3.0
"""Rows of a junction table for each row of its larger parent."""
PARENT_SHARE = 0.1
"""Rows of a parent table for each row of its smallest child whose rows are said: ten children a parent."""
DEFAULT_AGE = 36.0
OLDEST = 120.0
"""Months that a table reaches back: where nothing is said, and at most."""

_LOOKUP = re.compile(
    r"(?:^|_)(?:countr(?:y|ies)|currenc(?:y|ies)|languages?|locales?|roles?|permissions?|types?|kinds?|status(?:es)?|states?|regions?"
    r"|units?|time_?zones?|categor(?:y|ies)|priorit(?:y|ies)|levels?|plans?|tiers?|settings|flags|tax_rates?|warehouses?)$"
)
_CAPACITIES: dict[Kind, float] = {
    Kind.BOOLEAN: 2.0,
    Kind.INT8: 2.0**7,
    Kind.INT16: 2.0**15 - 1,
    Kind.INT24: 2.0**23 - 1,
    Kind.INT32: 2.0**31 - 1,
    Kind.INT64: 2.0**63 - 1,
}


@dataclass(frozen=True)
class TableRows:
    """The rows of a table.

    Attributes:
        today: rows today.
        then: rows at the horizon.
        age: months that its rows reach back, at the horizon.
        rule: how they were found: `said`, `lookup`, `child`, `only child`, `owned`,
            `junction`, `parent`, `default`, `partitions`, `partition`.
    """

    today: float
    then: float
    age: float
    rule: str


def grown(rows: float, volume: TableVolume | None, months: float) -> float:
    """The rows after some months.

    - A share of growth compounds: `rows × (1 + rate)^months`. Where there is a retention too, the rows today are those that arrived
      within it, and as the arrivals grow by the rate so do the rows that are held: the formula is the same.
    - Rows a second add up: `rows + arriving`. With a retention R the table holds at most R's arrivals, `steady`. Below that
      it fills up: `min(rows + arriving, steady)`. Above, today's rows leave evenly over R:
      `max(0, 1 - months / R) × rows + min(arriving, steady)`.
    """
    growth = volume.growth if volume else None
    if volume is None or growth is None or months == 0:
        return rows
    if growth.rows_per_second is None:
        return float(rows * (1 + (growth.rate_per_month or 0.0)) ** months)
    per_month = growth.rows_per_second * SECONDS_PER_MONTH
    arriving = per_month * months
    if volume.retention_days is None:
        return rows + arriving
    retention = volume.retention_days / DAYS_PER_MONTH
    steady = per_month * retention
    if rows <= steady:
        return min(rows + arriving, steady)
    return max(0.0, 1 - months / retention) * rows + min(arriving, steady)


def age(rows: float, volume: TableVolume | None, months: float) -> float:
    """The months that the rows reach back from the horizon, spread evenly.

    The retention; else rows ÷ rows a month; else, where rows grow by a share, 2 ÷ ln(1 + rate), which has the mean age of
    the arrivals' exponential; else 36 months and the months to the horizon. At most 120 months and the months to the horizon.
    """
    growth = (volume.growth if volume else None) or Growth()
    if growth.rows_per_second is not None and growth.rows_per_second > 0:
        reach = rows / (growth.rows_per_second * SECONDS_PER_MONTH) + months
    elif growth.rate_per_month is not None and growth.rate_per_month > 0:
        reach = 2 / math.log1p(growth.rate_per_month)
    else:
        reach = DEFAULT_AGE + months
    if volume and volume.retention_days is not None:
        reach = (
            min(reach, volume.retention_days / DAYS_PER_MONTH)
            if growth != Growth()
            else volume.retention_days / DAYS_PER_MONTH
        )
    return max(min(reach, OLDEST + months), 0.01)


def resolve_rows(design: Design, months: float) -> dict[str, TableRows]:
    """The rows of every table, by label."""
    return _Rows(design, months).resolve()


class _Rows:
    def __init__(self, design: Design, months: float) -> None:
        self.design, self.months = design, months
        self.volumes = design.workload.volumes
        self.partitions = _partitions(design)
        self.found: dict[str, TableRows] = {}
        self.hints: dict[str, tuple[float, float]] = {}

    def resolve(self) -> dict[str, TableRows]:
        tables = self.design.schema.tables
        for table in tables:
            rows = self.volumes[table.label].rows if table.label in self.volumes else None
            if rows is not None:
                self._set(table, rows, "said")
        for table in reversed(self.design.relations.load_order()):
            self._sum_partitions(table)
            self._hint(table)
        for table in self.design.relations.load_order():
            if table.label not in self.found and not self._is_partition(table):
                self._derive(table)
            self._share(table)
        for table in tables:
            if table.label not in self.found:
                self._set(table, DEFAULT_ROWS, "default")
        return {
            label: replace(one, today=float(round(one.today)), then=float(round(one.then)))
            for label, one in self.found.items()
        }

    def _set(self, table: Table, today: float, rule: str) -> None:
        volume = self.volumes.get(table.label)
        then = grown(today, volume, self.months)
        self.found[table.label] = TableRows(today, then, age(today, volume, self.months), rule)

    def _is_partition(self, table: Table) -> bool:
        return table.partition_of is not None and table.partition_of.label in self.design.schema.table_by_label

    def _sum_partitions(self, table: Table) -> None:
        """A partitioned table whose partitions' rows are all said has their sum."""
        parts = [self.found.get(one.label) for one in self.partitions.get(table.label, ())]
        known = [part for part in parts if part is not None]
        if table.label in self.found or not parts or len(known) < len(parts):
            return
        self.found[table.label] = TableRows(
            sum(part.today for part in known),
            sum(part.then for part in known),
            max(part.age for part in known),
            "partitions",
        )

    def _share(self, table: Table) -> None:
        """What the partitions that nothing is said of hold: equal parts of what the others leave of their parent's rows."""
        parts = self.partitions.get(table.label, ())
        unknown = [one for one in parts if one.label not in self.found]
        whole = self.found.get(table.label)
        if whole is None or not unknown:
            return
        known = [self.found[one.label] for one in parts if one.label in self.found]
        today = max(whole.today - sum(one.today for one in known), 0.0) / len(unknown)
        then = max(whole.then - sum(one.then for one in known), 0.0) / len(unknown)
        for one in unknown:
            self.found[one.label] = TableRows(today, then, whole.age, "partition")

    def _derive(self, table: Table) -> None:
        today, then, rule = self._estimate(table)
        limit = min([self._most(table), *(one.then for one, single in self._parents(table) if single)])
        reach = age(today, self.volumes.get(table.label), self.months)
        self.found[table.label] = TableRows(min(today, limit), min(then, limit), reach, rule)

    def _estimate(self, table: Table) -> tuple[float, float, str]:
        """Rows today and at the horizon, by the first rule that fits."""
        referred = self._referred(table)
        if is_lookup(table, self.design):
            return max(LOOKUP_ROWS, referred), max(LOOKUP_ROWS, referred), "lookup"
        hint = self.hints.get(table.label, (0.0, 0.0))
        today, then, rule = self._by_parents(table) or (0.0, 0.0, "parent" if hint[1] else "default")
        if rule == "only child":
            return today, then, rule
        if rule == "default":
            today = then = DEFAULT_ROWS
        elif hint[1] > then:
            rule = "parent"
        return max(today, hint[0], referred), max(then, hint[1], referred), rule

    def _by_parents(self, table: Table) -> tuple[float, float, str] | None:
        """Rows by those of the parents, short lists apart; None for a table without."""
        parents = self._parents(table)
        if not parents:
            return None
        if any(single for _, single in parents):
            only = min((one for one, single in parents if single), key=lambda one: one.then)
            return only.today, only.then, "only child"
        owner = self._owner(table)
        if owner is not None:
            return owner.today * OWNED, owner.then * OWNED, "owned"
        largest = max((one for one, _ in parents), key=lambda one: one.then)
        if not self.design.relations.is_junction(table):
            return largest.today * CHILDREN, largest.then * CHILDREN, "child"
        pairs, later_pairs = math.prod(one.today for one, _ in parents), math.prod(one.then for one, _ in parents)
        return min(largest.today * LINKS, pairs), min(largest.then * LINKS, later_pairs), "junction"

    def _hint(self, table: Table) -> None:
        """What the rows of a table's children, said or hinted at themselves, make of its own: a tenth of the smallest child's, or all of an
        only child's; at least 1,000 if the child has as many. A junction says nothing of either of its parents.
        """
        if table.label in self.found or is_lookup(table, self.design):
            return
        hints = []
        for relation in self.design.relations.references_in(table.label):
            child = self.found.get(relation.child)
            rows = (child.today, child.then) if child else self.hints.get(relation.child)
            junction = self.design.relations.is_junction(self.design.schema.table_by_label[relation.child])
            if rows and relation.child != table.label and not relation.parent_optional and not junction:
                share = 1.0 if relation.child_unique else PARENT_SHARE
                hints.append(tuple(max(one * share, min(one, DEFAULT_ROWS)) for one in rows))
        if hints:
            self.hints[table.label] = min((today, then) for today, then in hints)

    def _owner(self, table: Table) -> TableRows | None:
        """The one parent whose key is a part of the table's, beside parts that refer to nothing; else the only one whose rows take theirs
        with them (ON DELETE CASCADE), of a table that is no junction.
        """
        out = [
            one
            for one in self.design.relations.references_out(table.label)
            if one.parent != table.label and one.parent in self.found
        ]
        key = frozenset(table.primary_key.columns) if table.primary_key else frozenset()
        referring = {name for one in out for name in one.foreign_key.columns}
        keyed = [one for one in out if frozenset(one.foreign_key.columns) < key]
        if key - referring and len({one.parent for one in keyed}) == 1:
            return self.found[keyed[0].parent]
        cascading = [one for one in out if one.foreign_key.on_delete == "cascade"]
        if len({one.parent for one in cascading}) == 1 and not self.design.relations.is_junction(table):
            return self.found[cascading[0].parent]
        return None

    def _parents(self, table: Table) -> list[tuple[TableRows, bool]]:
        """Rows of the parents that are known, each with whether it has one child at most; not of the table itself, nor of short lists."""
        return [
            (rows, relation.child_unique)
            for relation in self.design.relations.references_out(table.label)
            if relation.parent != table.label
            and (rows := self.found.get(relation.parent)) is not None
            and (rows.rule != "lookup" or relation.child_unique)
        ]

    def _referred(self, table: Table) -> float:
        """The most distinct values that a column which refers to this table is said to have."""
        said = [
            volume.distinct
            for relation in self.design.relations.references_in(table.label)
            for name in relation.foreign_key.columns
            if (volume := _column_volume(self.volumes, relation.child, name))
            and volume.distinct
            and len(relation.foreign_key.columns) == 1
        ]
        return max(said, default=0.0)

    def _most(self, table: Table) -> float:
        """The rows that the table's single-column keys can tell apart."""
        limits = [key_capacity(table, next(iter(key)), self.design) for key in table.candidate_keys if len(key) == 1]
        return min(limits, default=math.inf)


def _column_volume(volumes: Mapping[str, TableVolume], table: str, column: str) -> ColumnVolume | None:
    return volumes[table].columns.get(column) if table in volumes else None


def _partitions(design: Design) -> dict[str, list[Table]]:
    found: dict[str, list[Table]] = {}
    for table in design.schema.tables:
        if table.partition_of is not None:
            found.setdefault(table.partition_of.label, []).append(table)
    return found


def is_lookup(table: Table, design: Design) -> bool:
    """Whether the table is a short list that others refer to: without times, without foreign keys but to itself and to other short lists,
    and named or shaped like one (a small key or a code, and at most four columns).
    """
    return _is_lookup(table, design, 0)


def _is_lookup(table: Table, design: Design, depth: int) -> bool:
    relations = design.relations
    if not relations.references_in(table.label) or any(column.type.is_time for column in table.columns):
        return False
    parents = {one.parent for one in relations.references_out(table.label)} - {table.label}
    if not all(depth < 3 and _is_lookup(design.schema.table_by_label[one], design, depth + 1) for one in parents):
        return False
    return bool(_LOOKUP.search(table.name.lower())) or _is_short(table)


def _is_short(table: Table) -> bool:
    if table.primary_key is None or len(table.columns) > 4 or len(table.primary_key.columns) != 1:
        return False
    key = table.column(table.primary_key.columns[0])
    if key is None:
        return False
    return key.type.kind in {Kind.INT8, Kind.INT16} or (key.type.is_text and (key.type.length or 99) <= 10)


def key_capacity(table: Table, name: str, design: Design) -> float:
    """How many values a column's type has: of integers above zero, of labels, of texts of n characters 36^n; else without bound."""
    column = table.column(name)
    if column is None:
        return math.inf
    data_type = design.schema.resolve_type(column.type)
    if data_type.values:
        return float(len(data_type.values))
    if data_type.is_text and data_type.length:
        return 26.0 ** min(data_type.length, 60)
    if data_type.kind is Kind.DECIMAL and data_type.precision is not None:
        return 10.0 ** min(data_type.precision, 300)
    return _CAPACITIES.get(data_type.kind, math.inf) * (2.0 if data_type.unsigned else 1.0)
