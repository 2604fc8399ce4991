"""Rows that fit both schemas: while they are generated, the start also keeps to what the target demands.

A plan cannot succeed on rows that its target forbids; what such rows do is said by a step's notes. Constraints of the target over
columns of the start are put on the empty tables, narrowed types are given to their columns, and both are taken back behind the rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dbdesign.benchmark.quoting import name, relation
from dbdesign.migrations.compare import Comparison
from dbdesign.migrations.postgresql.statements import constraint_clause
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.schema import Check, Column, Exclusion, ForeignKey, Index, Key, Schema, Table
from dbdesign.model.workload import ColumnVolume, TableVolume, Workload

_MARK = "generated_with_"


@dataclass
class Strict:
    """The start under the target's constraints: its model, what it takes to leave them, and columns that must stay NULL."""

    schema: Schema
    back: list[str] = field(default_factory=list)
    empty: dict[str, set[str]] = field(default_factory=dict)

    @property
    def workload(self) -> Workload:
        """Volumes that keep columns NULL whose rows could refer to nothing."""
        return Workload(
            volumes={
                label: TableVolume(columns={one: ColumnVolume(nulls=1.0) for one in columns})
                for label, columns in self.empty.items()
            }
        )


def strict(connection: Any, comparison: Comparison, settings: PlanSettings) -> Strict:
    """Put the target's constraints on the empty tables of the start."""
    found = Strict(comparison.before)
    tables = {one.label: one for one in comparison.before.tables}
    names = _Names(comparison)
    for operation in comparison.operations:
        label = names.tables.get(operation.table or "", operation.table or "")
        table = tables.get(label)
        if (
            table is None
            or operation.action not in {"add", "alter"}
            or f"{operation.table}.{operation.name}" in settings.fills
        ):
            continue
        after = operation.after
        if (
            operation.kind == "column"
            and operation.action == "alter"
            and isinstance(after, Column)
            and isinstance(operation.before, Column)
        ):
            tables[label] = _column(connection, found, table, operation.before, after, narrowed=operation.destructive)
        elif (
            isinstance(after, Index) and after.unique and after.where is None and len(after.columns) == len(after.keys)
        ):
            key = Key(columns=after.columns, nulls_not_distinct=after.nulls_not_distinct)
            tables[label] = _constraint(connection, found, tables, table, key, names, operation.table or "")
        elif isinstance(after, Key | ForeignKey | Check | Exclusion):
            tables[label] = _constraint(connection, found, tables, table, after, names, operation.table or "")
    enums = tuple(_enum(comparison, one) for one in comparison.before.enums)
    found.schema = comparison.before.model_copy(
        update={"tables": tuple(tables[one.label] for one in comparison.before.tables), "enums": enums}
    )
    return found


def _enum(comparison: Comparison, one: Any) -> Any:
    other = comparison.after.enum_by_label.get(one.label)
    values = tuple(value for value in one.values if other is None or value in other.values)
    return one.model_copy(update={"values": values}) if values else one


class _Names:
    """What tables and columns were called before, by what they are called after."""

    def __init__(self, comparison: Comparison) -> None:
        self.tables: dict[str, str] = {}
        self.columns: dict[tuple[str, str], str] = {}
        for one in comparison.operations:
            if one.action == "rename" and isinstance(one.before, Table):
                self.tables[one.name] = one.before.label
            elif one.action == "rename" and isinstance(one.before, Column) and one.table:
                self.columns[one.table, one.name] = one.before.name

    def old(self, table: str, columns: tuple[str, ...]) -> tuple[str, ...]:
        """Columns by their old names."""
        return tuple(self.columns.get((table, one), one) for one in columns)


def _try(connection: Any, sql: str) -> bool:
    import psycopg

    try:
        connection.execute(sql.encode())
    except psycopg.Error:  # what cannot be put on the start is met by the plan's own steps
        return False
    return True


def _column(connection: Any, found: Strict, table: Table, before: Column, after: Column, *, narrowed: bool) -> Table:
    column = table.column(before.name)
    if column is None:
        return table
    place, of = relation(table), name(before.name)
    changes: dict[str, Any] = {}
    if narrowed and after.type.name is None and before.type.native != after.type.native:
        swap = (
            f"ALTER TABLE {place} ALTER COLUMN {of} DROP DEFAULT, ALTER COLUMN {of} TYPE {after.type.native} USING NULL"
        )
        if _try(connection, swap):
            changes["type"] = after.type
            changes["default"] = None
            found.back.append(
                f"ALTER TABLE {place} ALTER COLUMN {of} TYPE {before.type.native} USING {of}::{before.type.native}"
            )
            if before.default is not None:
                found.back.append(f"ALTER TABLE {place} ALTER COLUMN {of} SET DEFAULT {before.default}")
    if (
        before.nullable
        and not after.nullable
        and _try(connection, f"ALTER TABLE {place} ALTER COLUMN {of} SET NOT NULL")
    ):
        changes["nullable"] = False
        found.back.append(f"ALTER TABLE {place} ALTER COLUMN {of} DROP NOT NULL")
    if not changes:
        return table
    columns = tuple(one.model_copy(update=changes) if one.name == before.name else one for one in table.columns)
    return table.model_copy(update={"columns": columns})


def _constraint(
    connection: Any,
    found: Strict,
    tables: dict[str, Table],
    table: Table,
    one: Key | ForeignKey | Check | Exclusion,
    names: _Names,
    label: str,
) -> Table:
    mark = f"{_MARK}{len(found.back)}"
    place = relation(table)
    shown = _renamed(one, names, label).model_copy(update={"name": mark, "comment": None})
    if isinstance(shown, ForeignKey) and shown.references not in tables:
        found.empty.setdefault(table.label, set()).update(filter(table.column, shown.columns))
        return table
    made = table.model_copy(update={"primary_key": None})
    if not _try(connection, f"ALTER TABLE {place} ADD {constraint_clause(made, shown)}"):
        return table
    found.back.append(f"ALTER TABLE {place} DROP CONSTRAINT {mark}")
    return _with(table, shown)


def _with(table: Table, shown: Key | ForeignKey | Check | Exclusion) -> Table:
    match shown:
        case Key():
            return table.model_copy(update={"unique_keys": (*table.unique_keys, shown)})
        case ForeignKey():
            return table.model_copy(update={"foreign_keys": (*table.foreign_keys, shown)})
        case Check():
            return table.model_copy(update={"checks": (*table.checks, shown)})
        case Exclusion():
            return table.model_copy(update={"exclusions": (*table.exclusions, shown)})


def _renamed(one: Key | ForeignKey | Check | Exclusion, names: _Names, label: str) -> Any:
    match one:
        case Key():
            return one.model_copy(update={"columns": names.old(label, one.columns), "include": ()})
        case ForeignKey():
            parent = names.tables.get(one.references, one.references)
            space, _, bare = parent.rpartition(".")
            return one.model_copy(
                update={
                    "columns": names.old(label, one.columns),
                    "referenced_columns": names.old(one.references, one.referenced_columns),
                    "referenced_namespace": space or None,
                    "referenced_table": bare,
                    "valid": True,
                }
            )
        case Check():
            return one.model_copy(update={"valid": True})
        case Exclusion():
            keys = tuple(
                key.model_copy(update={"column": names.old(label, (key.column,))[0]}) if key.column else key
                for key in one.keys
            )
            return one.model_copy(update={"keys": keys})


def leave(connection: Any, found: Strict) -> Iterator[str]:
    """Take the target's constraints off again; what could not be is named."""
    for statement in reversed(found.back):
        if not _try(connection, statement):
            yield statement
