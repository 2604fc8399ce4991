"""Columns of SQL Server's tables."""

from __future__ import annotations

from dbdesign.migrations.phasing import mandatory
from dbdesign.migrations.sqlserver.capabilities import widens_in_place
from dbdesign.migrations.sqlserver.statements import add_default, alter_column, drop_default, rename
from dbdesign.migrations.sqlserver.steps import Steps
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, Table
from dbdesign.writers.sqlserver.clauses import column_definition, identifier


class ColumnSteps(Steps):
    """Plans new, changed, renamed and dropped columns."""

    def columns(self) -> None:
        """New and changed ones; renamed and dropped ones come with what is around them."""
        for one in self.phasing.take("column", "add"):
            if isinstance(one.after, Column):
                self._add(one, one.after)
        for one in self.phasing.take("column", {"alter", "rebuild"}):
            if isinstance(one.before, Column) and isinstance(one.after, Column):
                self._alter(one, one.before, one.after)

    def _add(self, one: Operation, column: Column) -> None:
        label, place = f"{one.table}.{one.name}", self.place(one.table or "", "expand")
        fill = self.phasing.settings.fills.get(label)
        if mandatory(column) and fill is None:
            self.phasing.ask_for_value(label)
            return
        drop = f"ALTER TABLE {place} DROP COLUMN {identifier(column.name)}"
        if column.generated or column.identity or (fill is None and self.capabilities.adds_at_once(column)):
            over_rows = (column.generated is not None and column.generated.stored) or column.identity is not None
            notes = ["it is computed for every row under a Sch-M lock: run it in a quiet window"] if over_rows else []
            undo = [*drop_default(place, column), drop]
            self.brief(
                "expand",
                f"Add {label}",
                f"ALTER TABLE {place} ADD {column_definition(column)}",
                rollback=undo,
                notes=notes,
            )
            return
        self._add_and_fill(label, place, column, fill or column.default or "NULL")

    def _add_and_fill(self, label: str, place: str, column: Column, value: str) -> None:
        """Where adding it at once would write every row under Sch-M: without NOT NULL, a default for new rows, the old ones in batches."""
        interim = column if column.default is not None else column.model_copy(update={"default": value})
        loose = column.model_copy(update={"nullable": True, "default": None})
        name = identifier(column.name)
        self.brief(
            "expand",
            f"Add {label}, without a value for the rows that are there",
            f"ALTER TABLE {place} ADD {column_definition(loose)}",
            *add_default(place, interim),
            rollback=[*drop_default(place, interim), f"ALTER TABLE {place} DROP COLUMN {name}"],
        )
        self._backfill(label, place, name, value)
        self._require(label, place, column)
        if column.default is None:
            self.brief(
                "contract",
                f"Take the value that filled {label} off its default",
                *drop_default(place, interim),
                rollback=add_default(place, interim),
            )

    def _backfill(self, label: str, place: str, name: str, value: str) -> None:
        rows = self.phasing.settings.pace.rows
        loop = (
            f"WHILE 1 = 1 BEGIN UPDATE TOP ({rows}) {place} SET {name} = {value} WHERE {name} IS NULL; "
            "IF @@ROWCOUNT = 0 BREAK; WAITFOR DELAY '00:00:00.050' END"
        )
        notes = [f"fewer than 5,000 rows at a time, so that row locks are not raised to a table lock; now {rows}"]
        self.long("backfill", f"Fill {label}", loop, notes=notes)

    def _require(self, label: str, place: str, column: Column) -> None:
        name = identifier(column.name)
        loose = column.model_copy(update={"nullable": True})
        self.long(
            "validate",
            f"Make {label} NOT NULL",
            alter_column(place, column, online=self.capabilities.online),
            rollback=[alter_column(place, loose, online=self.capabilities.online)],
            precondition=f"SELECT CASE WHEN EXISTS (SELECT 1 FROM {place} WHERE {name} IS NULL) THEN 0 ELSE 1 END",
            notes=[]
            if self.capabilities.online
            else ["every row is read under a Sch-M lock: run it in a quiet window"],
        )

    def _alter(self, one: Operation, before: Column, after: Column) -> None:
        table = self.phasing.table_before(one.table or "")
        if table is None:
            return
        changed = set(one.changed)
        if {"identity", "generated"} & changed:
            self._replace(one, before, after)
            return
        before = before.model_copy(update={"name": after.name})
        if {"default", "default_name"} & changed:
            self._default(one, before, after)
        if {"type", "nullable", "collation"} & changed:
            self._definition(one, table, before, after)

    def _replace(self, one: Operation, before: Column, after: Column) -> None:
        """A computed column is dropped and added; numbering cannot be given to a column that is there."""
        place = self.place(one.table or "", "switch")
        if before.generated and after.generated and not (before.identity or after.identity):
            name = identifier(after.name)
            drop = f"ALTER TABLE {place} DROP COLUMN {name}"
            self.brief(
                "switch",
                f"Compute {one.table}.{one.name} anew",
                drop,
                f"ALTER TABLE {place} ADD {column_definition(after)}",
                rollback=[drop, f"ALTER TABLE {place} ADD {column_definition(before)}"],
            )
            return
        self.phasing.refuse(
            one,
            "SQL Server cannot give a column that is there IDENTITY or a computed value, nor take it away",
            "make a table with the column as it is to be, copy the rows (ALTER TABLE … SWITCH where nothing else differs), and rename both",
        )

    def _default(self, one: Operation, before: Column, after: Column) -> None:
        place = self.place(one.table or "", "expand")
        old = before.model_copy(update={"name": self._old_name(one)})
        new = after.model_copy(update={"name": self._old_name(one)})
        self.brief(
            "expand",
            f"Change the default of {one.table}.{one.name}",
            *drop_default(place, old),
            *add_default(place, new),
            rollback=[*drop_default(place, new), *add_default(place, old)],
        )

    def _old_name(self, one: Operation) -> str:
        return one.before.name if isinstance(one.before, Column) else one.name

    def _definition(self, one: Operation, table: Table, before: Column, after: Column) -> None:
        if table.partitioning and "type" in one.changed and not widens_in_place(before, after):
            self.phasing.refuse(
                one,
                "the type of a column cannot change on a partitioned table",
                "add a column, fill it in batches, rename both",
            )
            return
        required = before.nullable and not after.nullable
        phase = "validate" if required and one.changed == ("nullable",) else "switch"
        place = self.place(table.label, "switch" if phase == "switch" else "validate")
        fill = self.phasing.settings.fills.get(f"{one.table}.{one.name}")
        old = self._old_name(one)
        if required and fill is not None:
            self._backfill(f"{one.table}.{one.name}", self.place(table.label, "backfill"), identifier(old), fill)
        at_once = (
            widens_in_place(before, after) and before.nullable == after.nullable and before.collation == after.collation
        )
        online = self.capabilities.online and not at_once and "system_versioning" not in table.options
        name = identifier(old if phase == "validate" else after.name)
        shown = after.model_copy(update={"name": old}) if phase == "validate" else after
        was = before.model_copy(update={"name": shown.name})
        again = [] if at_once else self._dependents(one)
        self.long(
            phase,  # type: ignore[arg-type]
            f"Change {one.table}.{one.name}: {', '.join(one.changed)}",
            *(sql for drop, _ in again for sql in drop),
            alter_column(place, shown, online=online),
            *(sql for _, make in reversed(again) for sql in make),
            rollback=()
            if one.destructive
            else [
                *(sql for drop, _ in again for sql in drop),
                alter_column(place, was, online=online),
                *(sql for _, make in reversed(again) for sql in make),
            ],
            precondition=f"SELECT CASE WHEN EXISTS (SELECT 1 FROM {place} WHERE {name} IS NULL) THEN 0 ELSE 1 END"
            if required
            else None,
            notes=_notes(
                self.capabilities.online,
                at_once=at_once,
                dependents=bool(again),
                temporal="system_versioning" in table.options,
            ),
        )

    def _dependents(self, one: Operation) -> list[tuple[list[str], list[str]]]:
        """What stands on the column: how each is dropped and made again."""
        return [pair for pair in (self.again(other) for other in self._rebuilt(one)) if pair is not None]

    def _rebuilt(self, one: Operation) -> list[Operation]:
        kinds = {"foreign key", "check", "index", "unique key", "primary key"}
        reason = f"{one.table}.{one.name}"
        found = [
            other
            for other in self.phasing.left
            if other.action == "rebuild" and other.kind in kinds and any(reason in said for said in other.evidence)
        ]
        self.phasing.take(kinds, "rebuild", lambda other: other in found)
        order = ("foreign key", "check", "index", "unique key", "primary key")
        return sorted(found, key=lambda other: order.index(other.kind))

    def again(self, one: Operation) -> tuple[list[str], list[str]] | None:
        """How a part that stands in the way is dropped and made again; the part of the planner for keys knows."""
        raise NotImplementedError

    def renamed_columns(self) -> None:
        """sp_rename, at the switch."""
        for one in self.phasing.take("column", "rename"):
            place, old = self.place(one.table or "", "switch"), self._old_name(one)
            self.brief(
                "switch",
                f"Rename {one.table}.{old} to {one.name}",
                rename("COLUMN", f"{place}.{identifier(old)}", one.name),
                rollback=[rename("COLUMN", f"{place}.{identifier(one.name)}", old)],
                notes=["views, procedures and triggers that name it are text, and must be changed with it"],
            )

    def dropped_columns(self) -> None:
        """DROP COLUMN, its default first."""
        for one in self.phasing.take("column", "drop"):
            place = self.place(one.table or "", "contract")
            default = drop_default(place, one.before) if isinstance(one.before, Column) else []
            self.brief(
                "contract",
                f"Drop {one.table}.{one.name}",
                *default,
                f"ALTER TABLE {place} DROP COLUMN {identifier(one.name)}",
                reversible=False,
                notes=["the space comes back when the clustered index is rebuilt"],
            )


def _notes(online: bool, *, at_once: bool, dependents: bool, temporal: bool) -> list[str]:
    if at_once:
        return ["metadata alone: the values become no longer"]
    found = (
        []
        if online
        else ["every row is written under a Sch-M lock: this edition cannot do it online; run it in a quiet window"]
    )
    found += ["ONLINE has no effect on a system-versioned table"] if temporal else []
    found += ["what stands on the column is missing in between"] if dependents else []
    return found
