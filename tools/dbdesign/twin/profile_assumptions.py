"""The assumptions behind a profile, as sentences: alike ones together, those that concern the most rows first."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.model.design import Design
from dbdesign.model.schema import Column, Table
from dbdesign.twin.profile_rows import (
    DEFAULT_AGE,
    DEFAULT_ROWS,
    LINKS,
    LOOKUP_ROWS,
    OWNED,
    PARENT_SHARE,
    TableRows,
)
from dbdesign.twin.profile_values import DEFAULT_NULLS, SOFT_DELETION_NULLS

EXAMPLES = 3

_COLUMNS = {
    "foreign keys": ("foreign key", "values spread evenly over the parent's rows"),
    "details": (
        "foreign key",
        "rows that are keyed by their parent lie beside each other, spread evenly over the parents",
    ),
    "labels": ("list of values", "each value equally frequent"),
    "booleans": ("boolean", "true in half of the rows"),
    "keys": ("key", "values numbered from 1 in the order of insertion, or unique texts"),
    "key parts": ("part of a key", "numbered from 1 for each combination of the rest of the key"),
    "undeclared references": ("column", "named as a reference without a foreign key: ten rows a value"),
    "numbers": ("number", "spread evenly over a range by name, type and checks"),
    "times": (
        "time",
        f"spread evenly over the table's age, by growth and retention, else {DEFAULT_AGE:g} months",
    ),
    "uuids": ("UUID", "unique at random, version 7 in the order of insertion"),
    "texts": ("text", "different values and width by the column's name"),
    "partitions": ("partition key", "spread evenly over the partitions' bounds"),
    "partition columns": ("column of partitions", "distributed as in the partitioned table"),
    "opaque": ("column", "JSON, arrays, bytes and other types: nearly every value different, width by type"),
    "nulls": ("nullable column", f"NULL in {DEFAULT_NULLS:.0%} of the rows"),
    "soft deletions": ("mark of deletion", f"NULL in {SOFT_DELETION_NULLS:.0%} of the rows"),
}
_ROWS = {
    "lookup": f"a short list that others refer to: {LOOKUP_ROWS:g} rows",
    "child": "as many rows as the largest parent",
    "owned": f"{OWNED:g} rows for each row of the parent that they are deleted with or keyed by",
    "only child": "one row for each row of the parent",
    "junction": f"{LINKS:g} rows for each row of the larger parent",
    "parent": f"a row for every {1 / PARENT_SHARE:g} rows of the smallest child",
    "default": f"{DEFAULT_ROWS:,.0f} rows",
    "partition": "an equal part of the partitioned table's rows",
}


@dataclass
class _Group:
    weight: float = 0.0
    members: list[tuple[float, str]] = field(default_factory=list)

    def add(self, weight: float, name: str) -> None:
        self.weight = max(self.weight, weight)
        self.members.append((weight, name))

    def examples(self) -> str:
        """The heaviest few by name."""
        names = [name for _, name in sorted(self.members, key=lambda one: -one[0])]
        return ", ".join(names[:EXAMPLES]) + (", …" if len(names) > EXAMPLES else "")


class Assumptions:
    """Collects assumptions while a profile is made."""

    def __init__(self) -> None:
        self._columns: dict[str, _Group] = {}
        self._rows: dict[str, _Group] = {}
        self._overflows: list[tuple[float, str]] = []

    def column(self, group: str, table: Table, column: str, rows: float) -> None:
        """Something was assumed of a column; partitions are not counted beside their parent."""
        if table.partition_of is None:
            self._columns.setdefault(group, _Group()).add(rows, f"{table.label}.{column}")

    def rows(self, table: Table, rows: TableRows) -> None:
        """How a table's rows were found."""
        if rows.rule in _ROWS:
            self._rows.setdefault(rows.rule, _Group()).add(rows.then, f"{table.label} {rows.then:,.0f}")

    def overflow(self, table: Table, column: Column, rows: float) -> None:
        """A key's type has fewer values than the table has rows."""
        sentence = f"{table.label}.{column.name}: {column.type.native} has fewer values than the table's {rows:,.0f} rows; values repeat"
        self._overflows.append((rows, sentence))

    def sentences(self, design: Design, months: float) -> tuple[str, ...]:
        """The assumptions, weightiest first."""
        found = [(group.weight, _of_rows(rule, group)) for rule, group in self._rows.items()]
        found += [(group.weight, _of_columns(kind, group)) for kind, group in self._columns.items()]
        if months:
            still = [one for one, volume in design.workload.volumes.items() if volume.growth is None]
            weight = max((design.workload.volumes[one].rows or 0.0 for one in still), default=0.0)
            if still:
                names = ", ".join(still[:EXAMPLES]) + (", …" if len(still) > EXAMPLES else "")
                found.append(
                    (
                        weight,
                        f"{_counted(len(still), 'table')} without growth: as many rows in {months:g} months as today ({names})",
                    )
                )
        ordered = sorted(found, key=lambda one: -one[0])
        return tuple(sentence for _, sentence in sorted(self._overflows, key=lambda one: -one[0])) + tuple(
            sentence for _, sentence in ordered
        )


def _counted(count: int, noun: str) -> str:
    if count == 1:
        return f"1 {noun}"
    head, _, tail = noun.partition(" of ")
    head = head[:-1] + "ies" if head.endswith("y") and head[-2] not in "aeiou" else head + "s"
    return f"{count} {head}{' of ' + tail if tail else ''}"


def _of_rows(rule: str, group: _Group) -> str:
    return f"{_counted(len(group.members), 'table')} without volumes: {_ROWS[rule]} ({group.examples()})"


def _of_columns(kind: str, group: _Group) -> str:
    noun, sentence = _COLUMNS[kind]
    return f"{_counted(len(group.members), noun)}: {sentence} ({group.examples()})"
