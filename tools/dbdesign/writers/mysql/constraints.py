"""Adapts keys, foreign keys and checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dbdesign.model.schema import Check, Column, ForeignKey, IndexKey, Key, Schema, Table
from dbdesign.model.types import Kind
from dbdesign.writers.mysql.columns import ColumnAdapter, shown, words
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.mysql.names import Names, shortened
from dbdesign.writers.translate import column_kinds, translate

CHANGING = {"cascade", "set null", "set default"}


class ConstraintAdapter:
    """Adapts the constraints of a schema's tables."""

    def __init__(self, schema: Schema, context: Context, names: Names, columns: ColumnAdapter) -> None:
        self.schema = schema
        self.context = context
        self.names = names
        self.columns = columns

    def key(self, table: Table, key: Key) -> Key:
        """A primary or unique key over the same columns."""
        where = f"{table.label} ({key.name or ', '.join(key.columns)})"
        self._lost_timing(where, deferrable=key.deferrable)
        if key.include:
            self.context.note(
                where,
                "INCLUDE: a key carries no further columns",
                "left out; InnoDB's secondary indexes carry the primary key",
            )
        if key.without_overlaps:
            self.context.note(
                where, "WITHOUT OVERLAPS cannot be said", "a plain key: check overlaps in the application"
            )
        keys = tuple(IndexKey(column=part.column, descending=part.descending) for part in key.keys) if key.keys else ()
        if keys and not any(part.descending for part in keys):
            keys = ()
        name = shortened(key.name) if key.name else None
        return Key(name=name, columns=key.columns, keys=keys, clustered=key.clustered, comment=key.comment)

    def _lost_timing(self, where: str, *, deferrable: bool) -> None:
        if deferrable:
            self.context.note(
                where,
                "DEFERRABLE: constraints are checked row by row",
                "checked at once: order the statements, parents first",
            )

    def foreign_keys(self, table: Table, columns: Mapping[str, Column]) -> Iterator[ForeignKey]:
        """The table's foreign keys; those that cannot be said are notes."""
        for key in table.foreign_keys:
            where = f"{table.label} ({key.name or ', '.join(key.columns)})"
            parent = self.schema.table_by_label.get(key.references)
            if self._impossible(key, parent, where):
                continue
            self._notes(key, where)
            on_delete, on_update = key.on_delete, key.on_update
            if "set default" in {on_delete, on_update}:
                self.context.note(where, "SET DEFAULT is refused by InnoDB", "NO ACTION")
                on_delete = "no action" if on_delete == "set default" else on_delete
                on_update = "no action" if on_update == "set default" else on_update
            if any(columns[name].generated for name in key.columns if name in columns) and CHANGING & {
                on_delete,
                on_update,
            }:
                self.context.note(where, "a generated column has no referential action that changes it", "NO ACTION")
                on_delete = on_update = "no action"
            if "set null" in {on_delete, on_update} and not all(
                columns[name].nullable for name in key.columns if name in columns
            ):
                self.context.note(
                    where, "SET NULL on a NOT NULL column is refused (and would fail in the source)", "NO ACTION"
                )
                on_delete = "no action" if on_delete == "set null" else on_delete
                on_update = "no action" if on_update == "set null" else on_update
            yield ForeignKey(
                name=self.names.constraint("fk", key.name, table.name),
                columns=key.columns,
                referenced_table=self.names.by_label.get(key.references, key.referenced_table),
                referenced_columns=key.referenced_columns,
                on_delete=on_delete,
                on_update=on_update,
            )

    def _impossible(self, key: ForeignKey, parent: Table | None, where: str) -> bool:
        reason = None
        if not key.enforced:
            reason = "NOT ENFORCED: every foreign key is enforced"
        elif key.period:
            reason = "PERIOD: there are no temporal foreign keys"
        elif parent is None:
            reason = f"the referenced table {key.references} is not part of the schema"
        if reason:
            self.context.note(where, reason, "left out")
        return reason is not None

    def _notes(self, key: ForeignKey, where: str) -> None:
        self._lost_timing(where, deferrable=key.deferrable)
        if key.match != "simple":
            self.context.note(
                where,
                f"MATCH {key.match.upper()} cannot be said",
                "MATCH SIMPLE: a key with a NULL in it is not checked",
            )
        if not key.valid:
            self.context.note(where, "NOT VALID: rows that exist are checked too", "an ordinary foreign key")
        if key.set_columns:
            self.context.note(where, "SET NULL of some columns only cannot be said", "all columns of the key are set")

    def checks(self, table: Table, keys: tuple[ForeignKey, ...]) -> Iterator[Check]:
        """The table's checks and those of its columns' domains."""
        kinds = column_kinds(table.columns, self.schema)
        barred = self._barred(table, keys)
        inherited = [check for column in table.columns for check in self.columns.domain_checks(column)]
        for check in (*table.checks, *inherited):
            where = f"{table.label} ({check.name or 'check'})"
            expression = translate(
                check.expression, self.schema.engine, self.context.target, predicate=True, immutable=True, kinds=kinds
            )
            if expression is None:
                self.context.note(
                    where, f"CHECK ({shown(check.expression)}) cannot be said", "left out: check it in the application"
                )
                continue
            named = words(expression)
            if reason := next((reason for name, reason in barred.items() if name in named), None):
                self.context.note(where, f"CHECK ({shown(check.expression)}): {reason}", "left out")
                continue
            if not check.valid:
                self.context.note(where, "NOT VALID: rows that exist are checked too", "an ordinary check")
            yield Check(
                name=self.names.constraint("check", check.name, table.name),
                expression=expression,
                enforced=check.enforced,
            )

    def _barred(self, table: Table, keys: tuple[ForeignKey, ...]) -> dict[str, str]:
        """Columns that no check may name, and why (create-table-check-constraints)."""
        barred = {
            column.name: "a check may not name an AUTO_INCREMENT column" for column in table.columns if column.identity
        }
        reason = "a check may not name a column that a foreign key's action changes (error 3823)"
        for key in keys:
            if key.on_update in CHANGING or key.on_delete in {"set null", "set default"}:
                barred |= dict.fromkeys(key.columns, reason)
        for column in table.columns:
            if self.schema.resolve_type(column.type).kind in {
                Kind.UUID,
                Kind.INTERVAL,
                Kind.ARRAY,
                Kind.RANGE,
                Kind.COMPOSITE,
            }:
                barred.setdefault(column.name, "its values are stored in another form")
        return barred
