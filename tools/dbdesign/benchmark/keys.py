"""How a table's rows are made to differ where a key says so: which column counts through, which ranks within the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from dbdesign.model.profile import ColumnProfile
from dbdesign.model.schema import Column, ForeignKey, Index, Schema, Table
from dbdesign.model.types import INTEGERS, TEXTS, Kind

Means = Literal["each row", "rank"]

_WIDE = TEXTS | {
    Kind.UUID,
    Kind.TIMESTAMP,
    Kind.TIMESTAMPTZ,
    Kind.DECIMAL,
    Kind.BLOB,
    Kind.INET,
    Kind.MACADDR,
    Kind.XML,
}
_FEW = {Kind.BOOLEAN, Kind.ENUM, Kind.INT8}


@dataclass
class Differing:
    """What makes rows different.

    Attributes:
        means: by column: a value of its own in `each row`, or its `rank` among the rows that agree in `within`.
        within: by ranked column: the other columns of the key.
        single: foreign keys of which every parent has one child at most.
        paired: foreign keys that together are a key, enumerated as pairs.
    """

    means: dict[str, Means] = field(default_factory=dict)
    within: dict[str, tuple[str, ...]] = field(default_factory=dict)
    single: list[ForeignKey] = field(default_factory=list)
    paired: list[ForeignKey] = field(default_factory=list)

    def each_row(self, column: str) -> bool:
        """Whether the column has a value of its own in each row."""
        return self.means.get(column) == "each row"


def unique_sets(table: Table) -> list[tuple[str, ...]]:
    """The columns of every key, unique index and exclusion constraint, expressions' columns counted in; the smallest sets first."""
    found: list[tuple[str, ...]] = []
    if table.primary_key:
        found.append(table.primary_key.columns)
    found += [key.columns for key in table.unique_keys]
    found += [_index_columns(index, table) for index in table.indexes if index.unique]
    found += [
        tuple(
            name
            for key in one.keys
            for name in ([key.column] if key.column else _mentioned(key.expression or "", table))
        )
        for one in table.exclusions
    ]
    distinct = list(dict.fromkeys(one for one in found if one))
    return sorted(distinct, key=len)


def _index_columns(index: Index, table: Table) -> tuple[str, ...]:
    return tuple(
        name for key in index.keys for name in ([key.column] if key.column else _mentioned(key.expression or "", table))
    )


def _mentioned(expression: str, table: Table) -> list[str]:
    return [column.name for column in table.columns if re.search(rf"(?<!\w){re.escape(column.name)}(?!\w)", expression)]


def differing(
    table: Table,
    schema: Schema,
    profiles: Mapping[str, ColumnProfile],
    rows: int,
    foreign_keys: list[ForeignKey],
) -> Differing:
    """How the rows of a table differ.

    Args:
        rows: of the table, or of the partition whose profiles these are.
        foreign_keys: those whose parents are filled already.
    """
    found = Differing()
    referring = {name: key for key in reversed(foreign_keys) for name in key.columns}
    for columns in unique_sets(table):
        _differ(columns, found, table, schema, profiles, rows, referring)
    return found


def _differ(
    columns: tuple[str, ...],
    found: Differing,
    table: Table,
    schema: Schema,
    profiles: Mapping[str, ColumnProfile],
    rows: int,
    referring: Mapping[str, ForeignKey],
) -> None:
    if any(name in found.means for name in columns) and any(
        found.each_row(name) or set(found.within.get(name, ())) <= set(columns)
        for name in columns
        if name in found.means
    ):
        return
    free = [
        column for name in columns if name not in referring and (column := table.column(name)) and not column.generated
    ]

    def _values(column: Column) -> float:
        known = profiles.get(column.name)
        return known.distinct if known else 0.0

    if free:
        chosen = min(free, key=lambda column: (_unfitness(column, schema, profiles.get(column.name)), -_values(column)))
        others = tuple(name for name in columns if name != chosen.name)
        profile = profiles.get(chosen.name)
        spacious = profile is not None and profile.distinct >= 0.4 * rows
        wide = schema.resolve_type(chosen.type).kind in _WIDE
        if not others or _is_counted(chosen) or (spacious and wide):
            found.means[chosen.name] = "each row"
        else:
            found.means[chosen.name] = "rank"
            found.within[chosen.name] = others
        return
    keys = list({id(referring[name]): referring[name] for name in columns if name in referring}.values())
    if len(keys) == 1 and keys[0] not in found.single:
        found.single.append(keys[0])
    elif len(keys) > 1 and not found.paired and not any(_is_skewed(profiles.get(name)) for name in columns):
        found.paired = keys


def _is_skewed(profile: ColumnProfile | None) -> bool:
    return profile is not None and (profile.skew > 0 or bool(profile.common) or profile.nulls > 0)


def _is_counted(column: Column) -> bool:
    """Whether the server numbers the rows by it: an identity, or a default from a sequence."""
    return column.identity is not None or "nextval(" in (column.default or "").lower()


def _unfitness(column: Column, schema: Schema, profile: ColumnProfile | None) -> float:
    """Small for the column that can best tell rows apart."""
    resolved = schema.resolve_type(column.type)
    if resolved.kind is Kind.RANGE or _is_counted(column):
        return 0
    if resolved.kind in _FEW or resolved.values or (profile is not None and profile.common):
        return 9
    if resolved.kind in INTEGERS:
        return 2
    return 1 if resolved.kind in _WIDE and (resolved.length or 99) > 4 else 3
