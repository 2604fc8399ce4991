"""What the parts of SQL Server's planner share."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.migrations.phasing import Phasing
from dbdesign.migrations.sqlserver.capabilities import Capabilities
from dbdesign.migrations.sqlserver.statements import LOCK_TIMEOUT, path
from dbdesign.model.migration import PhaseName
from dbdesign.model.schema import Table


class Steps:
    """A plan in the making, with what the server can do."""

    def __init__(self, phasing: Phasing, capabilities: Capabilities) -> None:
        self.phasing, self.capabilities = phasing, capabilities

    def place(self, table_label: str, phase: PhaseName) -> str:
        """A table's name in a phase: the old one until the switch renames it."""
        comparison = self.phasing.comparison
        for was, now in zip(comparison.before.tables, comparison.renamed.tables, strict=True):
            if now.label == table_label and phase not in {"switch", "contract"}:
                return path(was)
        table = self.phasing.table_after(table_label) or self.phasing.table_before(table_label)
        return path(table) if table else path(Table(name=table_label))

    def brief(
        self,
        phase: PhaseName,
        title: str,
        *sql: str,
        rollback: Iterable[str] = (),
        reversible: bool = True,
        precondition: str | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        """A step that changes metadata under a short Sch-M lock, in one transaction."""
        back = list(rollback)
        self.phasing.add(
            phase,
            title,
            LOCK_TIMEOUT,
            *sql,
            rollback=[LOCK_TIMEOUT, *back] if back else (),
            reversible=reversible,
            transactional=True,
            precondition=precondition,
            notes=notes,
        )

    def long(
        self,
        phase: PhaseName,
        title: str,
        *sql: str,
        rollback: Iterable[str] = (),
        precondition: str | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        """A step that reads or writes the whole table, outside a transaction: its locks would be held to the end."""
        self.phasing.add(phase, title, *sql, rollback=rollback, precondition=precondition, notes=notes)

    def is_new(self, table_label: str | None) -> bool:
        """Whether the plan makes the table."""
        return table_label is not None and self.phasing.table_before(table_label) is None
