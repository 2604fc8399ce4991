"""Columns of CockroachDB's tables."""

from __future__ import annotations

from dbdesign.migrations.cockroachdb.steps import Steps, identifier
from dbdesign.migrations.phasing import columns_of, mandatory
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Column, Table
from dbdesign.writers.cockroachdb.spelling import default
from dbdesign.writers.cockroachdb.tables import column_clause

TYPE_CHANGES_SINCE = (25, 1)
"""ALTER COLUMN TYPE that writes rows anew is generally available from here; before it needs a session setting."""


class ColumnSteps(Steps):
    """Plans new, changed, renamed and dropped columns."""

    def columns(self) -> None:
        """New and changed ones."""
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
        table = self.phasing.table_after(one.table or "") or Table(name=one.table or "")
        made = column.model_copy(update={"default": fill}) if mandatory(column) else column
        filled = made.default is not None or made.generated is not None or made.identity is not None
        name = identifier(column.name)
        self.step(
            "expand",
            f"Add {label}",
            f"ALTER TABLE {place} ADD COLUMN {column_clause(made, table)}",
            [f"ALTER TABLE {place} DROP COLUMN {name}"],
            job=filled,
        )
        if made is not column:
            place = self.place(one.table or "", "contract")
            self.step(
                "contract",
                f"Take the value that filled {label} off its default",
                f"ALTER TABLE {place} ALTER COLUMN {name} DROP DEFAULT",
                [f"ALTER TABLE {place} ALTER COLUMN {name} SET DEFAULT {default(made.default or 'NULL')}"],
            )

    def _alter(self, one: Operation, before: Column, after: Column) -> None:
        changed = set(one.changed)
        if {"generated", "identity"} & changed:
            self.phasing.refuse(
                one,
                "a computed value or numbering cannot be given to a column that is there",
                "add a column as it is to be, fill it in batches, and rename both",
            )
            return
        old = identifier(before.name)
        if {"default", "on_update"} & changed:
            self._values(one, before, after, old)
        if {"type", "collation"} & changed:
            self._type(one, before, after, old)
        if "nullable" in changed:
            self._nullable(one, after, old)

    def _values(self, one: Operation, before: Column, after: Column, name: str) -> None:
        place = self.place(one.table or "", "expand")
        for field, words in (("default", "DEFAULT"), ("on_update", "ON UPDATE")):
            new, old = getattr(after, field), getattr(before, field)
            if new != old:
                there = f"ALTER TABLE {place} ALTER COLUMN {name}"
                self.step(
                    "expand",
                    f"Change the {words.lower()} of {one.table}.{one.name}",
                    f"{there} {_set(words, new)}",
                    [f"{there} {_set(words, old)}"],
                )

    def _nullable(self, one: Operation, after: Column, name: str) -> None:
        phase: PhaseName = "expand" if after.nullable else "validate"
        place = self.place(one.table or "", phase)
        fill = self.phasing.settings.fills.get(f"{one.table}.{one.name}")
        if not after.nullable and fill is not None:
            self.step(
                "backfill",
                f"Fill {one.table}.{one.name}",
                f"UPDATE {place} SET {name} = {fill} WHERE {name} IS NULL LIMIT {self.phasing.settings.pace.rows}",
                notes=["repeat it until no row changes"],
            )
        words = ("DROP", "SET") if after.nullable else ("SET", "DROP")
        there = f"ALTER TABLE {place} ALTER COLUMN {name}"
        self.step(
            phase,
            f"{words[0].title()} NOT NULL of {one.table}.{one.name}",
            f"{there} {words[0]} NOT NULL",
            [f"{there} {words[1]} NOT NULL"],
            job=not after.nullable,
            precondition=None if after.nullable else f"SELECT NOT EXISTS (SELECT 1 FROM {place} WHERE {name} IS NULL)",
        )

    def _type(self, one: Operation, before: Column, after: Column, name: str) -> None:
        table = self.phasing.table_before(one.table or "")
        metadata = not one.destructive and before.type.kind is after.type.kind
        barred = None if metadata or table is None else _barred(table, after.name)
        if barred:
            self.phasing.refuse(
                one,
                barred,
                "add a column of the new type, fill it in batches, change the application over, and drop the old one",
            )
            return
        phase: PhaseName = "expand" if metadata else "switch"
        place = self.place(one.table or "", phase)
        shown = identifier(after.name) if phase == "switch" else name
        cast = self.phasing.settings.casts.get(f"{one.table}.{one.name}")
        using = f" USING {cast}" if cast else "" if metadata else f" USING {shown}::{after.type.native}"
        there = f"ALTER TABLE {place} ALTER COLUMN {shown}"
        collate = f" COLLATE {after.collation}" if after.collation else ""
        notes = (
            ["metadata alone"]
            if metadata
            else ["the rows are written anew in the background; writes to the column go to both"]
        )
        if not metadata and self.version < TYPE_CHANGES_SINCE:
            notes.append("before 25.1: SET enable_experimental_alter_column_type_general = true first")
        self.step(
            phase,
            f"Change the type of {one.table}.{one.name}",
            f"{there} TYPE {after.type.native}{collate}{using}",
            () if one.destructive else [f"{there} TYPE {before.type.native}"],
            job=not metadata,
            reversible=not one.destructive,
            notes=notes,
        )

    def renamed_columns(self) -> None:
        """RENAME COLUMN, at the switch."""
        for one in self.phasing.take("column", "rename"):
            if isinstance(one.before, Column):
                place = self.place(one.table or "", "switch")
                old, new = identifier(one.before.name), identifier(one.name)
                self.step(
                    "switch",
                    f"Rename {one.table}.{one.before.name} to {one.name}",
                    f"ALTER TABLE {place} RENAME COLUMN {old} TO {new}",
                    [f"ALTER TABLE {place} RENAME COLUMN {new} TO {old}"],
                    notes=[
                        "nodes use the old descriptor until its lease ends, for seconds: both names may fail for one of two clients"
                    ],
                )

    def dropped_columns(self) -> None:
        """DROP COLUMN; sql_safe_updates refuses it by default in the shell."""
        for one in self.phasing.take("column", "drop"):
            place = self.place(one.table or "", "contract")
            self.step(
                "contract",
                f"Drop {one.table}.{one.name}",
                f"ALTER TABLE {place} DROP COLUMN {identifier(one.name)}",
                reversible=False,
                job=True,
                notes=[
                    "sql_safe_updates must be off; what stands on the column by itself (indexes, checks) goes with it"
                ],
            )


def _set(words: str, value: str | None) -> str:
    return f"DROP {words}" if value is None else f"SET {words} {default(value)}"


def _barred(table: Table, column: str) -> str | None:
    """Why a column's rows cannot be written anew in place (ALTER COLUMN, "Known limitations")."""
    keys = [key for key in (table.primary_key, *table.unique_keys, *table.indexes) if key is not None]
    if any(column in columns_of(key) or column in key.include for key in keys):
        return "the type of an indexed column cannot change where its rows are written anew"
    if any(column in key.columns for key in table.foreign_keys):
        return "the type of a foreign key's column cannot change"
    if any(column in one.expression for one in table.checks) or any(
        one.generated and column in one.generated.expression for one in table.columns
    ):
        return "a check or a computed column reads it"
    return None
