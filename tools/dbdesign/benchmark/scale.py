"""A profile made smaller (or larger): a number of rows in all, shared as the profile's rows are, with lookup tables kept whole."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.model.profile import ColumnProfile, Profile, TableProfile
from dbdesign.model.schema import Schema, Table
from dbdesign.model.types import INTEGERS

LOOKUP = 1000
"""Rows up to which a table keeps its size where there is room for it."""

SMALL = 200
"""Rows up to which a table keeps its size when the others grow."""

PROPORTIONAL = 0.1
"""Distinct values for each row from which on they grow with the rows (as PostgreSQL's ANALYZE supposes)."""


def shares(profile: Profile, schema: Schema, rows: int) -> dict[str, int]:
    """The rows of each table that holds rows itself, about `rows` together; at least one each, but none where the profile says none."""
    known = [label for label in holders(schema) if label in profile.tables]
    empty = {label: 0 for label in known if profile.tables[label].rows <= 0}
    sizes = {label: max(profile.tables[label].rows, 1.0) for label in known if label not in empty}
    if not sizes:
        return empty
    floor = min(float(LOOKUP), max(rows / (4 * len(sizes)), 1.0))
    least = {label: min(size, floor) for label, size in sizes.items()}
    kept = SMALL if max(sizes.values()) > SMALL else 0
    low, high = 0.0, max(rows / max(sum(sizes.values()), 1.0), 1e-12) * 2 + 1e-9
    for _ in range(100):
        middle = (low + high) / 2
        total = sum(_scaled(size, middle, least[label], kept) for label, size in sizes.items())
        low, high = (middle, high) if total < rows else (low, middle)
    found = {label: max(round(_scaled(size, low, least[label], kept)), 1) for label, size in sizes.items()}
    return {label: (found | empty)[label] for label in known}


def _scaled(size: float, factor: float, least: float, kept: float) -> float:
    return size if factor > 1 and size <= kept else max(size * factor, least)


def holders(schema: Schema) -> list[str]:
    """Labels of the tables that rows are put into: all but those whose partitions take them."""
    split = {table.partition_of.label for table in schema.tables if table.partition_of and _is_bounded(table)}
    return [
        table.label
        for table in schema.tables
        if table.label not in split and not (table.partition_of and not _is_bounded(table))
    ]


def _is_bounded(table: Table) -> bool:
    """Whether a partition is one of a range or a list; those of a hash are filled through their parent."""
    return table.partition_of is not None and "MODULUS" not in table.partition_of.bound.upper()


def scaled(profile: Profile, schema: Schema, rows: Mapping[str, int]) -> dict[str, TableProfile]:
    """The profiles of the tables at their new sizes."""
    return {
        label: _table(profile, schema.table_by_label[label], count, rows)
        for label, count in rows.items()
        if label in profile.tables
    }


def _table(profile: Profile, table: Table, count: int, rows: Mapping[str, int]) -> TableProfile:
    before = profile.tables[table.label]
    factor = count / max(before.rows, 1.0)
    columns = {
        name: _column(one, table, factor, count, _reference_factor(one, profile, rows))
        for name, one in before.columns.items()
    }
    return TableProfile(table=table.label, rows=count, today=count, columns=columns)


def _reference_factor(column: ColumnProfile, profile: Profile, rows: Mapping[str, int]) -> float | None:
    if column.reference is None or column.reference.table not in profile.tables:
        return None
    parent = column.reference.table
    return rows[parent] / max(profile.tables[parent].rows, 1.0) if parent in rows else None


def _column(column: ColumnProfile, table: Table, factor: float, count: int, reference: float | None) -> ColumnProfile:
    before = count / max(factor, 1e-12)
    distinct = column.distinct
    if column.unique:
        distinct = count
    elif reference is not None:
        distinct *= reference
    elif distinct > PROPORTIONAL * before:
        distinct *= factor
    distinct = max(min(round(distinct), count), 1)
    return column.model_copy(update={"distinct": float(distinct), **_dense(column, table, distinct)})


def _dense(column: ColumnProfile, table: Table, distinct: int) -> dict[str, str]:
    """An integer column that counts without gaps still does at its new size."""
    found = table.column(column.column)
    if (
        found is None
        or found.type.kind not in INTEGERS
        or column.low is None
        or column.high is None
        or not column.unique
    ):
        return {}
    try:
        low, high = int(column.low), int(column.high)
    except ValueError:
        return {}
    return {"high": str(low + distinct - 1)} if 0 <= high - low < 2 * column.distinct else {}
