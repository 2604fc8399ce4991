"""What a transaction's parameters stand for, and values from the rows that are there, so that two transactions meet or do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from dbdesign.errors import InputError
from dbdesign.model.schema import Schema, Table
from dbdesign.model.types import BINARIES, NUMBERS, Kind
from dbdesign.model.workload import Transaction
from dbdesign.queries.placeholders import spaced

Rows = Mapping[str, tuple[Mapping[str, Any], ...]]
"""Rows by table label, in the order of their keys."""
Values = Mapping[str, Any]

Role = Literal["compared", "inserted", "set", "other"]
LARGE_SHARE = Decimal("0.6")
"""Share of a stored amount of which two together are more than there is."""
COMPARISONS = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NEQ, exp.In, exp.Between, exp.Like)


@dataclass(frozen=True)
class Place:
    """The column that a parameter is compared with, or is stored in."""

    table: Table
    column: str
    role: Role

    @property
    def number(self) -> bool:
        """Whether it is an amount rather than a name of something."""
        column = self.table.column(self.column)
        reference = any(self.column in key.columns for key in self.table.foreign_keys)
        keyed = any(self.column in columns for columns in self.table.candidate_keys)
        return column is not None and column.type.kind in NUMBERS and not reference and not keyed


@dataclass(frozen=True)
class Pairing:
    """Values for both transactions' parameters, and in words how they meet."""

    left: Values
    right: Values
    words: str


def parsed(sql: str) -> exp.Expr:
    """A statement with `:name` placeholders; raises `InputError` where sqlglot cannot parse it."""
    try:
        return sqlglot.parse_one(spaced(sql), dialect="postgres")
    except (SqlglotError, RecursionError) as error:
        said = str(error).splitlines()[0] if str(error) else "nested too deeply"
        raise InputError(f"cannot be parsed: {said[:200]}", where=sql[:80]) from None


def tables_of(transaction: Transaction, schema: Schema) -> list[Table]:
    """The tables that its statements name."""
    found: dict[str, Table] = {}
    for step in transaction.steps:
        for source in parsed(step.sql).find_all(exp.Table):
            table = _table(source, schema)
            if table is not None:
                found[table.label] = table
    return list(found.values())


def written_by(transaction: Transaction, schema: Schema) -> set[str]:
    """Labels of the tables that it inserts into, updates or deletes from."""
    trees = [parsed(step.sql) for step in transaction.steps]
    writes = [one for tree in trees for one in tree.find_all(exp.Insert, exp.Update, exp.Delete, exp.Merge)]
    sources = [one.this.find(exp.Table) for one in writes if one.this is not None]
    tables = [_table(source, schema) for source in sources if source is not None]
    return {table.label for table in tables if table is not None}


def _table(source: exp.Table, schema: Schema) -> Table | None:
    return schema.table(f"{source.db}.{source.name}" if source.db else source.name)


def places(transaction: Transaction, schema: Schema) -> dict[str, Place | None]:
    """Each parameter (names that earlier steps bind are none), and what it stands for; None where that does not show."""
    found: dict[str, Place | None] = {}
    bound: set[str] = set()
    for step in transaction.steps:
        tree = parsed(step.sql)
        tables = [table for source in tree.find_all(exp.Table) if (table := _table(source, schema))]
        expressions = [tree] if step.when is None else [tree, parsed(f"select {step.when}")]
        for one in expressions:
            for mark in one.find_all(exp.Placeholder):
                if mark.name and mark.name not in bound:
                    found[mark.name] = found.get(mark.name) or _place(mark, tables)
        bound |= set(step.into)
    return found


def _place(mark: exp.Expr, tables: list[Table]) -> Place | None:
    below, above = mark, mark.parent
    while above is not None:
        if isinstance(above, exp.Tuple) and isinstance(above.parent, exp.Values):
            return _inserted(above, below, tables)
        if isinstance(above, COMPARISONS):
            role: Role = "set" if isinstance(above.parent, exp.Update) else "compared"
            column = next((one for one in above.find_all(exp.Column)), None)
            table = next((one for one in tables if column is not None and one.column(column.name)), None)
            return Place(table, column.name, role) if table is not None and column is not None else None
        below, above = above, above.parent
    return None


def _inserted(row: exp.Tuple, value: exp.Expr, tables: list[Table]) -> Place | None:
    insert = row.find_ancestor(exp.Insert)
    target = insert.this if insert is not None else None
    columns = target.expressions if isinstance(target, exp.Schema) else []
    position = next((number for number, one in enumerate(row.expressions) if one is value), None)
    if target is None or position is None or position >= len(columns):
        return None
    source = target.find(exp.Table)
    table = next((one for one in tables if source is not None and one.name == source.name), None)
    return Place(table, columns[position].name, "inserted") if table is not None else None


def pairings(left: Transaction, right: Transaction, schema: Schema, rows: Rows) -> Iterator[Pairing]:
    """Values with which the two meet: the same rows first, then different ones; small amounts, then large ones."""
    of_left, of_right = places(left, schema), places(right, schema)
    amounts = [
        name for found in (of_left, of_right) for name, place in found.items() if place is not None and place.number
    ]
    said = {**left.parameters, **right.parameters}
    for words, other in (("the same rows", 0), ("different rows", 1)):
        for large in (False, True) if amounts and not set(amounts) <= set(said) else (False,):
            yield Pairing(
                _values(left, of_left, rows, 0, large=large),
                _values(right, of_right, rows, other, large=large),
                words + (", large amounts" if large else ""),
            )


def _values(
    transaction: Transaction, found: Mapping[str, Place | None], rows: Rows, row: int, *, large: bool
) -> dict[str, Any]:
    return {
        name: _said(transaction.parameters[name], row)
        if name in transaction.parameters
        else _value(place, rows, row, large=large)
        for name, place in found.items()
    }


def _said(values: tuple[str, ...], row: int) -> Any:
    text = values[min(row, len(values) - 1)]
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return Decimal(text)
    except ArithmeticError:
        return text


def _value(place: Place | None, rows: Rows, row: int, *, large: bool) -> Any:
    if place is None:
        return 1
    there = rows.get(place.table.label, ())
    if place.role == "inserted":
        return _new(place, rows, row)
    if not there:
        return _by_type(place)
    stored = there[min(row, len(there) - 1)].get(place.column)
    if place.number and place.role == "set":
        return _amount(stored, large=large)
    return stored if stored is not None else _by_type(place)


def _amount(stored: Any, *, large: bool) -> Any:
    if not large or not isinstance(stored, (int, Decimal, float)):
        return 1
    return type(stored)(Decimal(str(stored)) * LARGE_SHARE)


def _new(place: Place, rows: Rows, row: int) -> Any:
    """A value for a new row: a parent's key, or one that is not there yet."""
    for key in place.table.foreign_keys:
        if place.column in key.columns:
            parents = rows.get(key.references, ())
            if parents:
                return parents[min(row, len(parents) - 1)].get(key.referenced_columns[key.columns.index(place.column)])
    return _by_type(place, row)


def _by_type(place: Place, row: int = 0) -> Any:
    column = place.table.column(place.column)
    kind = column.type.kind if column is not None else Kind.TEXT
    if kind in NUMBERS:
        return 1_000_000 + row if not place.number else 1
    if kind is Kind.BOOLEAN:
        return True
    if kind is Kind.DATE:
        return date(2030, 1, 1 + row)
    if kind in {Kind.TIMESTAMP, Kind.TIMESTAMPTZ}:
        return datetime(2030, 1, 1 + row, tzinfo=UTC)
    if kind is Kind.UUID:
        return f"00000000-0000-4000-8000-{row:012d}"
    if kind in BINARIES:
        return bytes([row])
    return f"new {row}"
