"""Volumes that cannot be: each with its table, its column and the remedy."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.design import Design
from dbdesign.model.schema import Column, Table
from dbdesign.model.types import DataType
from dbdesign.model.workload import ColumnVolume
from dbdesign.twin.profile_checks import labels
from dbdesign.twin.profile_rows import TableRows
from dbdesign.twin.profile_values import may_be_null
from dbdesign.twin.values import ORDERED, capacity, compare, sort_key

TOLERANCE = 1e-9


def problems(design: Design, rows: dict[str, TableRows]) -> list[str]:
    """Everything that is impossible in a design's volumes, a sentence each; empty if nothing is."""
    found: list[str] = []
    for label, volume in design.workload.volumes.items():
        table = design.schema.table_by_label.get(label)
        if table is None:
            found.append(f"{label}: there is no such table. Name a table of the schema")
            continue
        found += (f"{label}: {problem}" for problem in _table_problems(design, table, rows[label]))
        for name, said in volume.columns.items():
            column = table.column(name)
            if column is None:
                found.append(f"{label}.{name}: there is no such column. Name a column of the table")
            else:
                found += (
                    f"{label}.{name}: {problem}"
                    for problem in _column_problems(design, table, column, said, rows[label])
                )
    found += _partition_problems(design)
    return found


def _table_problems(design: Design, table: Table, rows: TableRows) -> Iterator[str]:
    volume = design.workload.volumes[table.label]
    if volume.rows is not None and volume.rows < 0:
        yield f"rows is {volume.rows:g}, below zero. Give 0 or more"
    elif rows.then < 0:
        yield f"its growth leaves {rows.then:,.0f} rows at the horizon. Let it shrink more slowly, or bring the horizon nearer"
    if volume.growth and volume.growth.rate_per_month is not None and volume.growth.rate_per_month <= -1:
        yield "growth is a loss of every row within a month. Give more than -100% per month"
    if volume.retention_days is not None and volume.retention_days <= 0:
        yield f"retention is {volume.retention_days:g} days. Give more than 0"


def _column_problems(
    design: Design, table: Table, column: Column, said: ColumnVolume, rows: TableRows
) -> Iterator[str]:
    yield from _share_problems(design, table, column, said)
    data_type = design.schema.resolve_type(column.type)
    filled = rows.today * (1 - (said.nulls or 0.0))
    if said.distinct is not None:
        if said.distinct < 1:
            yield f"distinct is {said.distinct:g}. Give 1 or more"
        elif said.distinct > max(filled, 1.0) * (1 + TOLERANCE):
            yield f"distinct is {said.distinct:,.0f}, more than the {filled:,.0f} rows that are not NULL. Give at most that, or more rows"
        if said.distinct < len(said.values):
            yield f"distinct is {said.distinct:,.0f}, but {len(said.values)} values have a share. Give at least that many"
    if table.is_unique((column.name,)):
        yield from _unique_problems(said, filled)
    if said.correlation is not None and not -1 <= said.correlation <= 1:
        yield f"correlation is {said.correlation:g}. Give -1 to 1"
    if said.width is not None and said.width <= 0:
        yield f"width is {said.width:g} bytes. Give more than 0"
    if said.skew is not None and said.skew < 0:
        yield f"skew is {said.skew:g}. Give a Zipf exponent above 0"
    yield from _range_problems(data_type, said)
    yield from _value_problems(data_type, said)
    yield from _length_problems(data_type, said)
    yield from _label_problems(labels(table, column, design), said)


def _share_problems(design: Design, table: Table, column: Column, said: ColumnVolume) -> Iterator[str]:
    negative = [value for value, share in said.values.items() if share < 0]
    total = sum(said.values.values()) + (said.nulls or 0.0)
    if negative or (said.nulls is not None and said.nulls < 0):
        yield f"the share of {', '.join(negative) or 'nulls'} is below zero. Give 0 to 1"
    elif total > 1 + TOLERANCE:
        yield f"the shares of values and nulls add up to {total:.3g}. Give at most 1 together"
    if said.nulls and not may_be_null(table, column, design):
        yield f"nulls is {said.nulls:.3g}, but the column is NOT NULL. Take nulls out, or let the column be NULL"


def _unique_problems(said: ColumnVolume, filled: float) -> Iterator[str]:
    repeated = [value for value, share in said.values.items() if share * filled > 1 + TOLERANCE]
    if repeated:
        yield f"{', '.join(repeated)} would occur more than once, but the column is unique. Take values out, or the key"
    if said.skew:
        yield "skew makes values repeat, but the column is unique. Take skew out, or the key"
    if said.distinct is not None and 1 <= said.distinct < filled * (1 - 0.001) - 1:
        yield f"distinct is {said.distinct:,.0f}, but the column is unique over {filled:,.0f} rows. Take distinct out, or the key"


def _range_problems(data_type: DataType, said: ColumnVolume) -> Iterator[str]:
    low, high = said.minimum, said.maximum
    if low is None and high is None:
        return
    if data_type.kind not in ORDERED:
        yield f"min and max mean nothing for {data_type.native}. Take them out"
        return
    try:
        first, last = (low if low is not None else high), (high if high is not None else low)
        if first is None or last is None:
            return
        if compare(data_type.kind, first, last) > 0:
            yield f"min {first} is above max {last}. Swap them"
        elif low is not None and high is not None and said.distinct is not None and said.distinct >= 1:
            room = capacity(data_type.kind, first, last)
            if said.distinct - len(said.values) > room:
                yield f"distinct is {said.distinct:,.0f}, but {room:,.0f} values fit from min to max. Widen the range"
    except (ValueError, OverflowError) as error:
        yield f"min or max: {error}. Write a value of {data_type.native}"


def _value_problems(data_type: DataType, said: ColumnVolume) -> Iterator[str]:
    if data_type.kind in ORDERED:
        for value in said.values:
            try:
                sort_key(data_type.kind, value)
            except (ValueError, OverflowError) as error:
                yield f"values: {error}. Write values of {data_type.native}"


def _length_problems(data_type: DataType, said: ColumnVolume) -> Iterator[str]:
    named = [*said.values, *(bound for bound in (said.minimum, said.maximum) if bound is not None)]
    long = [value for value in named if data_type.is_text and data_type.length and len(value) > data_type.length]
    if long:
        yield f"{', '.join(long)} is longer than {data_type.native}. Shorten it, or widen the type"


def _label_problems(allowed: tuple[str, ...], said: ColumnVolume) -> Iterator[str]:
    unknown = [value for value in said.values if value not in allowed]
    if allowed and unknown:
        shown = ", ".join(allowed[:8]) + (", …" if len(allowed) > 8 else "")
        yield f"{', '.join(unknown)} is not among the values allowed ({shown}). Name one of these"
    if allowed and said.distinct is not None and said.distinct > len(allowed):
        yield f"distinct is {said.distinct:,.0f}, but {len(allowed)} values are allowed. Give at most that"


def _partition_problems(design: Design) -> Iterator[str]:
    parts: dict[str, float] = {}
    for table in design.schema.tables:
        volume = design.workload.volumes.get(table.label)
        if table.partition_of is not None and volume is not None and volume.rows is not None:
            parts[table.partition_of.label] = parts.get(table.partition_of.label, 0.0) + volume.rows
    for label, total in parts.items():
        volume = design.workload.volumes.get(label)
        if volume is not None and volume.rows is not None and total > volume.rows * (1 + TOLERANCE):
            yield f"{label}: its partitions are said to hold {total:,.0f} rows, it itself {volume.rows:,.0f}. Give it at least as many"
