"""Columns of the MySQL family."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.migrations.mysql import algorithms
from dbdesign.migrations.mysql.algorithms import INSTANT, Manner
from dbdesign.migrations.mysql.changes import Change, Changes
from dbdesign.migrations.mysql.checks import no_nulls
from dbdesign.migrations.phasing import mandatory
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Column, Table


class ColumnChanges(Changes):
    """Plans new, changed, renamed and dropped columns."""

    def renamed_columns(self) -> None:
        """Names of columns change at the switch, behind those of tables."""
        for one in self.phasing.take("column", "rename"):
            self._rename_column(one)

    def _rename_column(self, one: Operation) -> None:
        assert isinstance(one.before, Column)  # noqa: S101 - what an operation on a column is made of
        table = self.phasing.table_before(one.table or "")
        if table is None:
            return
        referenced = any(
            key.references == table.label and one.name in key.referenced_columns
            for other in self.comparison.renamed.tables
            for key in other.foreign_keys
        )
        old, new = self.printer.name(one.before.name), self.printer.name(one.name)
        manner = algorithms.renamed_column(table, one.name, self.version, referenced=referenced)
        title = f"Rename {one.table}.{one.before.name} to {one.name}"
        self.alter(
            Change(
                one.table or "",
                f"RENAME COLUMN {old} TO {new}",
                f"RENAME COLUMN {new} TO {old}",
                manner,
                title,
                "switch",
            )
        )

    def columns(self) -> None:
        """New and changed columns."""
        for one in self.phasing.take("column", "add"):
            self._add_column(one)
        for one in self.phasing.take("column", {"alter", "rebuild"}):
            self._alter_column(one)
        for one in self.phasing.take("comment", {"add", "alter", "drop"}, lambda one: one.name.startswith("column ")):
            self._modify_beside(one, "comment")
        for one in self.phasing.take("option", {"add", "alter", "drop"}, lambda one: one.name.startswith("column ")):
            self._modify_beside(one, "options")

    def _add_column(self, one: Operation) -> None:
        column, label = one.after, f"{one.table}.{one.name}"
        table = self.phasing.table_before(one.table or "")
        assert isinstance(column, Column)  # noqa: S101 - what an operation on a column is made of
        if table is None:
            return
        made, fill = column, self.settings.fills.get(label)
        if mandatory(column) and fill is None:
            self.phasing.ask_for_value(label)
            return
        if mandatory(column):
            made = column.model_copy(update={"default": fill})
        name = self.printer.name(column.name)
        manner = algorithms.added_column(table, made, self.version)
        clause = f"ADD COLUMN {self.printer.column(made)}"
        self.alter(Change(table.label, clause, f"DROP COLUMN {name}", manner, f"Add {label}", "expand"))
        if made is not column:
            self.alter(
                Change(
                    table.label,
                    f"ALTER COLUMN {name} DROP DEFAULT",
                    f"ALTER COLUMN {name} SET DEFAULT {self._default(made)}",
                    INSTANT,
                    f"Take the value that filled {label} off its default",
                    "contract",
                )
            )

    def _default(self, column: Column) -> str:
        return self.printer.default(column)

    def _alter_column(self, one: Operation) -> None:
        before, after = one.before, one.after
        table = self.phasing.table_before(one.table or "")
        assert isinstance(before, Column)  # noqa: S101 - what an operation on a column is made of
        assert isinstance(after, Column)  # noqa: S101
        if table is None:
            return
        before = before.model_copy(update={"name": after.name})
        changed = one.changed or ("generated",)
        if changed == ("default",) and not after.on_update:
            self._change_default(table, before, after)
            return
        manner = self.altered_column(table, before, after, changed)
        required = "nullable" in changed and not after.nullable
        fill = self.settings.fills.get(f"{one.table}.{one.name}")
        phase: PhaseName = "validate" if required else "switch" if one.destructive else "expand"
        if required and fill is not None:
            self._backfill(table, after, fill)
        old = self.old_name(table, after.name)
        clause = self._modify(phase, old, after)
        back = self._modify(phase, old, before)
        self.alter(
            Change(
                table.label,
                clause,
                None if one.destructive else back,
                manner,
                f"Change {one.table}.{one.name}: {', '.join(changed)}",
                phase,
                precondition=no_nulls(self.place(table.label, phase), self.printer.name(old)) if required else None,
            )
        )

    def altered_column(self, table: Table, before: Column, after: Column, changed: Iterable[str]) -> Manner:
        """How a change of a column is made."""
        return algorithms.altered_column(table, before, after, changed)

    def _modify(self, phase: PhaseName, old: str, column: Column) -> str:
        """MODIFY; before the switch under the old name."""
        name = column.name if phase in {"switch", "contract"} else old
        return f"MODIFY COLUMN {self.printer.column(column.model_copy(update={'name': name}))}"

    def _change_default(self, table: Table, before: Column, after: Column) -> None:
        name = self.printer.name(self.old_name(table, after.name))

        def clause(column: Column) -> str:
            if column.default is None:
                return f"ALTER COLUMN {name} DROP DEFAULT"
            return f"ALTER COLUMN {name} SET DEFAULT {self._default(column)}"

        title = f"Change the default of {table.label}.{after.name}"
        self.alter(Change(table.label, clause(after), clause(before), INSTANT, title, "expand"))

    def _backfill(self, table: Table, column: Column, fill: str) -> None:
        place, name = self.place(table.label, "backfill"), self.printer.name(self.old_name(table, column.name))
        self.phasing.add(
            "backfill",
            f"Fill {table.label}.{column.name}",
            f"UPDATE {place} SET {name} = {fill} WHERE {name} IS NULL",
            notes=[f"on a large table in batches: add LIMIT {self.settings.pace.rows} and repeat until no row changes"],
        )

    def _modify_beside(self, one: Operation, field: str) -> None:
        table, after = self.phasing.table_before(one.table or ""), self.phasing.table_after(one.table or "")
        target = one.name.removeprefix(f"column {one.table}.")
        name = target.rpartition(":")[0] if field == "options" else target
        column = after.column(name) if after else None
        was = table.column(name) if table else None
        if column is None or was is None or table is None:
            return
        kept = column if field == "options" else was.model_copy(update={"comment": column.comment})
        manner = self.altered_column(table, was, column, [field])
        self.alter(
            Change(
                table.label,
                self._modify("contract", name, self._settled(table, kept)),
                self._modify("contract", name, was),
                manner,
                f"Change {one.name}",
                "contract",
            )
        )

    def _settled(self, table: Table, column: Column) -> Column:
        """The column as every other operation of the plan leaves it: MODIFY says all of it."""
        after = self.phasing.table_after(table.label)
        return (after and after.column(column.name)) or column

    def _drop_column(self, one: Operation) -> None:
        table = self.phasing.table_before(one.table or "")
        column = table.column(one.name) if table else None
        if table is None or column is None:
            return
        manner = algorithms.dropped_column(table, column, self.version)
        clause = f"DROP COLUMN {self.printer.name(one.name)}"
        self.alter(Change(table.label, clause, None, manner, f"Drop {one.table}.{one.name}", "contract"))
