"""What every change of a table in the MySQL family shares: its statement, its phase, its way back, and the copy that some need."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from dbdesign.migrations.compare import Comparison
from dbdesign.migrations.mysql.algorithms import COPY, Manner
from dbdesign.migrations.mysql.tools import copy_tool
from dbdesign.migrations.phasing import Phasing
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import PhaseName
from dbdesign.model.schema import Table
from dbdesign.writers.mysql.printing import Printer

LOCK_WAIT = "SET SESSION lock_wait_timeout = 5"
"""Seconds that a statement may wait for its metadata lock, and everything behind it with it; the server's default is a year."""


@dataclass(frozen=True)
class Change:
    """One clause of an ALTER TABLE with its way back (None: there is none)."""

    table: str
    clause: str
    back: str | None
    manner: Manner
    title: str
    phase: PhaseName
    before: tuple[str, ...] = ()
    precondition: str | None = None
    postcondition: str | None = None


class Changes:
    """The statements of one plan, of whatever kind: where they go, how they end, what copies a table."""

    def __init__(
        self, comparison: Comparison, settings: PlanSettings, engine: str, version: str, printer: Printer
    ) -> None:
        self.phasing = Phasing(comparison, settings, engine, version)
        self.comparison, self.settings, self.version = comparison, settings, version
        self.printer = printer
        self.copies: dict[tuple[PhaseName, str], list[Change]] = defaultdict(list)

    def path(self, label: str) -> str:
        """A table's name as SQL."""
        table = self.phasing.table_after(label) or self.phasing.table_before(label)
        dialect = self.printer.dialect
        return dialect.qualified(table.namespace, table.name) if table else dialect.identifier(label)

    def place(self, label: str, phase: PhaseName) -> str:
        """A table's name as it is in a phase: the old one until the switch renames it."""
        old = next((one for one in self.comparison.before.tables if self._new_label(one) == label), None)
        if old is None or phase in {"switch", "contract"}:
            return self.path(label)
        return self.printer.dialect.qualified(old.namespace, old.name)

    def _new_label(self, table: Table) -> str:
        position = self.comparison.before.tables.index(table)
        return self.comparison.renamed.tables[position].label

    def old_name(self, table: Table, column: str) -> str:
        """A column's name before the switch renames it."""
        position = next((number for number, one in enumerate(table.columns) if one.name == column), None)
        old = next((one for one in self.comparison.before.tables if self._new_label(one) == table.label), None)
        return old.columns[position].name if old is not None and position is not None else column

    def alter(self, change: Change) -> None:
        """Put one change into the plan: as a statement, or with others of its table into a copy."""
        if change.manner.algorithm == "COPY":
            self.copies[change.phase, change.table].append(change)
            return
        place = self.place(change.table, change.phase)
        back = f"ALTER TABLE {place} {change.back}, {self.back_manner(change).clause}" if change.back else None
        self.phasing.add(
            change.phase,
            change.title,
            LOCK_WAIT,
            *change.before,
            self.statement(place, change.clause, change.manner),
            rollback=[LOCK_WAIT, *change.before, back] if back else (),
            reversible=back is not None,
            precondition=change.precondition,
            postcondition=change.postcondition,
            notes=[change.manner.why] if change.manner.why else (),
        )

    def statement(self, place: str, clause: str, manner: Manner) -> str:
        """The ALTER TABLE."""
        return f"ALTER TABLE {place} {clause}, {manner.clause}"

    def back_manner(self, change: Change) -> Manner:
        """How the way back is made: instant changes have instant ways back, but for what is dropped there."""
        return change.manner

    def copy(self) -> None:
        """The changes that copy a table, each table's in one copy, by a tool that lets it be written to meanwhile."""
        for (phase, label), changes in self.copies.items():
            table = self.phasing.table_before(label)
            if table is None:
                continue
            clauses = ", ".join(one.clause for one in changes)
            backs = [one.back for one in reversed(changes)]
            place = self.place(label, phase)
            tool = copy_tool(self.comparison.renamed, table, clauses)
            back = ", ".join(one for one in backs if one) if all(backs) else None
            self.phasing.add(
                phase,
                "; ".join(one.title for one in changes),
                LOCK_WAIT,
                f"ALTER TABLE {place} {clauses}, {COPY.clause}",
                rollback=[LOCK_WAIT, f"ALTER TABLE {place} {back}, {COPY.clause}"] if back else (),
                reversible=back is not None,
                precondition=next((one.precondition for one in changes if one.precondition), None),
                command=tool.command,
                notes=[*dict.fromkeys(one.manner.why for one in changes if one.manner.why), *tool.notes],
            )
