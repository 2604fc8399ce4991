"""Folds PostgreSQL's partitions, which are tables, into MySQL's PARTITION BY, where MySQL allows it."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise

from dbdesign.model.schema import Column, IndexKey, Partitioning, Schema, Table
from dbdesign.model.types import Kind
from dbdesign.writers.mysql.context import Context

RANGE = re.compile(r"FOR VALUES FROM \((.*)\) TO \((.*)\)\s*\Z", re.IGNORECASE | re.DOTALL)
LIST = re.compile(r"FOR VALUES IN \((.*)\)\s*\Z", re.IGNORECASE | re.DOTALL)
HASH = re.compile(r"FOR VALUES WITH \(\s*modulus (\d+)", re.IGNORECASE)
VALUE = re.compile(r"'(?:[^']|'')*'|-?\d+(?:\.\d+)?|MINVALUE|MAXVALUE|NULL", re.IGNORECASE)
COLUMN_KINDS = {
    Kind.DATE,
    Kind.TIMESTAMP,
    Kind.VARCHAR,
    Kind.CHAR,
    Kind.INT8,
    Kind.INT16,
    Kind.INT24,
    Kind.INT32,
    Kind.INT64,
}
"""What RANGE COLUMNS and LIST COLUMNS take (partitioning-columns)."""


class Partitions:
    """The partitioned tables of a schema."""

    def __init__(self, schema: Schema, context: Context) -> None:
        self.schema = schema
        self.context = context
        self.of: dict[str, list[Table]] = defaultdict(list)
        self.referenced = {key.references for table in schema.tables for key in table.foreign_keys}
        for table in schema.tables:
            if table.partition_of:
                self.of[table.partition_of.label].append(table)

    def clause(self, table: Table, columns: dict[str, Column], unique: list[tuple[str, ...]]) -> Partitioning | None:
        """PARTITION BY for a table; None, with a note, where MySQL allows none."""
        if table.partitioning is None:
            return None
        keys = [key.column for key in table.partitioning.keys]
        reason = self._reason(table, keys, columns, unique)
        text = self._text(table, [key for key in keys if key]) if reason is None else None
        if text is None:
            reason = reason or "its partitions have no equal"
            self.context.note(
                table.label,
                f"partitioned by {table.partitioning.strategy}: {reason}",
                "one unpartitioned table with all rows",
            )
            return None
        return Partitioning(
            strategy=table.partitioning.strategy, keys=tuple(IndexKey(column=key) for key in keys), text=text
        )

    def _reason(
        self, table: Table, keys: list[str | None], columns: dict[str, Column], unique: list[tuple[str, ...]]
    ) -> str | None:
        if None in keys or not keys:
            return "its key is an expression"
        if table.foreign_keys or table.label in self.referenced:
            return "a partitioned table neither has nor is the target of foreign keys"
        if any(not set(keys) <= set(key) for key in unique):
            return "every unique key must hold the partitioning columns"
        if any(columns[key or ""].type.kind not in COLUMN_KINDS for key in keys):
            return "columns of its key's type cannot partition"
        if any(child.partitioning for child in self.of[table.label]):
            return "its partitions are partitioned"
        return None if self.of[table.label] else "it has no partitions yet"

    def _text(self, table: Table, keys: list[str]) -> str | None:
        assert table.partitioning  # noqa: S101 - asked for partitioned tables alone
        names = ", ".join(self.context.dialect.identifier(key) for key in keys)
        children = self.of[table.label]
        if table.partitioning.strategy == "hash":
            return f"PARTITION BY KEY ({names}) PARTITIONS {len(children)}"
        if table.partitioning.strategy == "range":
            parts = self._ranges(table, children, len(keys))
            return f"PARTITION BY RANGE COLUMNS ({names}) (\n{parts}\n)" if parts else None
        parts = self._lists(table, children)
        return f"PARTITION BY LIST COLUMNS ({names}) (\n{parts}\n)" if parts else None

    def _ranges(self, table: Table, children: list[Table], width: int) -> str | None:
        bounds: list[tuple[str, str, str]] = []
        default: Table | None = None
        for child in children:
            bound = child.partition_of.bound if child.partition_of else ""
            match = RANGE.match(bound)
            if match is None:
                default = child
                continue
            low, high = _values(match[1]), _values(match[2])
            if len(low) != width or len(high) != width:
                return None
            bounds.append((", ".join(low), ", ".join(high), child.name))
        bounds.sort(key=lambda one: _order(one[1]))
        for before, after in pairwise(bounds):
            if before[1] != after[0]:
                self.context.note(
                    table.label,
                    f"the range between partitions {before[2]} and {after[2]} has no partition of its own",
                    f"its rows go to {after[2]}",
                )
        lines = [f"  PARTITION {self._name(name)} VALUES LESS THAN ({high})" for _, high, name in bounds]
        if default is not None:
            lines.append(f"  PARTITION {self._name(default.name)} VALUES LESS THAN ({', '.join(['MAXVALUE'] * width)})")
        return ",\n".join(lines) or None

    def _lists(self, table: Table, children: list[Table]) -> str | None:
        lines: list[str] = []
        for child in children:
            match = LIST.match(child.partition_of.bound if child.partition_of else "")
            if match is None:
                self.context.note(
                    table.label,
                    f"the default partition {child.name}: LIST has none",
                    "left out: other values are refused",
                )
                continue
            lines.append(f"  PARTITION {self._name(child.name)} VALUES IN ({', '.join(_values(match[1]))})")
        return ",\n".join(lines) or None

    def _name(self, name: str) -> str:
        return self.context.dialect.identifier(name)


def _values(text: str) -> list[str]:
    """The values of a bound; times lose a zone of +00, which MySQL does not keep."""
    return [re.sub(r"\+00'\Z", "'", value) for value in VALUE.findall(text)]


def _order(bound: str) -> tuple[int, float, str]:
    first = bound.split(", ")[0]
    if first.upper() == "MAXVALUE":
        return 2, 0.0, ""
    try:
        return 1, float(first.strip("'")), ""
    except ValueError:
        return 1, 0.0, first
