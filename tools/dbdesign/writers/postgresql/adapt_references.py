"""Numbers that refer to others get the type of what they refer to: a key that the engine counts up is a bigint, though it was unsigned."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.schema import Table
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.postgresql.notes import Notes

Place = tuple[str, str]
"""Label of a table and name of a column."""


def alike_at_both_ends(tables: tuple[Table, ...], notes: Notes) -> tuple[Table, ...]:
    """The tables, whose referring numbers have the type of the number at the end of their foreign keys; changes are noted."""
    types = {(table.label, column.name): column.type for table in tables for column in table.columns}
    parents = dict(_references(tables, types))
    changed: dict[Place, DataType] = {}
    for place in parents:
        wanted = types[_end(place, parents)]
        if wanted.native != types[place].native:
            changed[place] = wanted
            notes.add(
                ".".join(place),
                "both ends of a foreign key must have the same type",
                f"{wanted.native} for {types[place].native}",
            )
    return tuple(_retyped(table, changed) for table in tables) if changed else tables


def _references(tables: tuple[Table, ...], types: dict[Place, DataType]) -> Iterator[tuple[Place, Place]]:
    for table in tables:
        for key in table.foreign_keys:
            for own, other in zip(key.columns, key.referenced_columns, strict=False):
                place, parent = (table.label, own), (key.references, other)
                if place != parent and _is_number(types.get(place)) and _is_number(types.get(parent)):
                    yield place, parent


def _is_number(data_type: DataType | None) -> bool:
    return data_type is not None and (data_type.is_integer or data_type.kind is Kind.DECIMAL)


def _end(place: Place, parents: dict[Place, Place]) -> Place:
    """What a column refers to in the end; of columns that refer to one another in a circle, the first by name."""
    seen: dict[Place, None] = {}
    while place in parents:
        if place in seen:
            round_about = list(seen)
            return min(round_about[round_about.index(place) :])
        seen[place] = None
        place = parents[place]
    return place


def _retyped(table: Table, changed: dict[Place, DataType]) -> Table:
    columns = tuple(
        column.model_copy(update={"type": changed[table.label, column.name]})
        if (table.label, column.name) in changed
        else column
        for column in table.columns
    )
    return table.model_copy(update={"columns": columns})
