"""How a row of one table becomes a row of another: which columns are copied, with which values, and how the two find each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.model.schema import Column, Table
from dbdesign.model.types import Kind
from dbdesign.writers.postgresql.spelling import identifier

if TYPE_CHECKING:
    from dbdesign.migrations.postgresql.planning import Planning


@dataclass(frozen=True)
class Copied:
    """Columns and values.

    Attributes:
        values: columns of the new row → expressions over the old one, whose alias is `t`.
        back: the other way round.
        key: columns by which the rows find each other: of the old → of the new.
    """

    values: dict[str, str]
    back: dict[str, str]
    key: dict[str, str]


def copied(planning: Planning, old: Table, new: Table) -> Copied:
    """For two states of one table, columns under their names after the renames."""
    values, back = dict[str, str](), dict[str, str]()
    for column in new.columns:
        if column.generated is not None:
            continue
        label = f"{new.label}.{column.name}"
        was = old.column(column.name)
        if was is not None:
            values[column.name] = converted(was, column, planning.settings.casts.get(label))
            if was.generated is None:
                back[column.name] = converted(column, was, None)
            if label in planning.settings.fills and was.nullable:
                values[column.name] = f"coalesce({values[column.name]}, {planning.settings.fills[label]})"
        elif label in planning.settings.fills:
            values[column.name] = f"({planning.settings.fills[label]})"
    return Copied(values, back, {name: name for name in _key(old)})


def _key(table: Table) -> tuple[str, ...]:
    if table.primary_key is not None:
        return table.primary_key.columns
    for key in table.unique_keys:
        if all((column := table.column(name)) is not None and not column.nullable for name in key.columns):
            return key.columns
    return ()


def converted(before: Column, after: Column, cast: str | None) -> str:
    """A value of one column as one of the other."""
    if cast is not None:
        return f"({cast})::{after.type.native}"
    name = f"t.{identifier(before.name)}"
    if before.type.native == after.type.native:
        return name
    named = before.type.name is not None or after.type.name is not None
    through = "" if not named else "::text[]" if before.type.kind is Kind.ARRAY else "::text"
    return f"{name}{through}::{after.type.native}"
