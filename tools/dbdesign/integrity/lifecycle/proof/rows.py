"""Rows as JSON, and how one is put back, copied, or changed without knowing what its columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbdesign.integrity.lifecycle.base import Target
from dbdesign.model.schema import Column, Table
from dbdesign.model.types import NUMBERS, TEXTS, Kind


def writable(table: Table) -> list[str]:
    """Columns that an INSERT may name."""
    return [column.name for column in table.columns if column.generated is None]


def insertion(target: Target, table: Table, row: str, changes: Mapping[str, str] | None = None) -> str:
    """INSERT of a row that is given as SQL for a jsonb, with other values (SQL) for some columns."""
    names = writable(table)
    listed = target.columns(names)
    values = ", ".join((changes or {}).get(name) or f"r.{target.column(name)}" for name in names)
    record = f"jsonb_populate_record(NULL::{target.table(table)}, {row})"
    return f"INSERT INTO {target.table(table)} ({listed}) OVERRIDING SYSTEM VALUE SELECT {values} FROM {record} r"


def copy_of(target: Target, table: Table, text: str) -> str:
    """INSERT of a row whose JSON is at hand."""
    return insertion(target, table, f"{target.literal(text).replace('%', '%%')}::jsonb")


def other_key(target: Target, table: Table) -> dict[str, str] | None:
    """Values for the key of a copy, that no row has; None where the type says of none."""
    if table.primary_key is None:
        return {}
    references = {name for key in table.foreign_keys for name in key.columns}
    own = [name for name in table.primary_key.columns if name not in references]
    for name in own[-1:]:
        column = table.column(name)
        fresh = _fresh(target, table, column) if column is not None else None
        return {name: fresh} if fresh is not None else None
    return None


def _fresh(target: Target, table: Table, column: Column) -> str | None:
    name, kind = target.column(column.name), target.schema.resolve_type(column.type).kind
    if kind in NUMBERS:
        return f"(SELECT max({name}) + 1 FROM {target.table(table)})"
    if kind is Kind.UUID:
        return "gen_random_uuid()"
    if kind in TEXTS:
        return f"left(md5(r.{name}), {column.type.length or 32})"
    return None


def changes(target: Target, table: Table) -> Iterator[str]:
    """Assignments that may change a row without breaking it, the likeliest first; the last changes nothing."""
    keys = {name for key in table.foreign_keys for name in key.columns} | set(
        table.primary_key.columns if table.primary_key else ()
    )
    free = [column for column in table.columns if column.name not in keys and column.generated is None]
    for column in free:
        if column.nullable:
            yield f"{target.column(column.name)} = NULL"
    for column in free:
        kind = target.schema.resolve_type(column.type).kind
        if kind in TEXTS:
            yield f"{target.column(column.name)} = left(reverse({target.column(column.name)}), {column.type.length or 1000})"
        elif kind in NUMBERS and column.identity is None:
            yield f"{target.column(column.name)} = {target.column(column.name)} + 1"
        elif kind is Kind.BOOLEAN:
            yield f"{target.column(column.name)} = NOT {target.column(column.name)}"
    for column in free[:1] or table.columns[:1]:
        yield f"{target.column(column.name)} = {target.column(column.name)}"
