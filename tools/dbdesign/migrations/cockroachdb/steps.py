"""What the parts of CockroachDB's planner share: names, and the job behind each change."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.dialects.cockroachdb import DIALECT
from dbdesign.migrations.phasing import Phasing
from dbdesign.model.migration import PhaseName, Wait
from dbdesign.model.schema import Table

identifier, literal = DIALECT.identifier, DIALECT.literal

JOB = Wait(
    poll="SELECT count(*) = 0 AS done, min(fraction_completed) AS progress FROM [SHOW JOBS] "
    "WHERE job_type IN ('SCHEMA CHANGE', 'NEW SCHEMA CHANGE', 'TYPEDESC SCHEMA CHANGE') "
    "AND status IN ('pending', 'running', 'paused', 'reverting')",
    seconds=5.0,
    reason="the job that changes rows or looks at them; PAUSE JOB, RESUME JOB and CANCEL JOB act on it",
)


class Steps:
    """A plan in the making."""

    def __init__(self, phasing: Phasing) -> None:
        self.phasing = phasing

    @property
    def version(self) -> tuple[int, ...]:
        """(25, 2)."""
        return DIALECT.version_tuple(self.phasing.version)

    def place(self, label: str, phase: PhaseName) -> str:
        """A table's name in a phase: the old one until the switch renames it."""
        comparison = self.phasing.comparison
        for was, now in zip(comparison.before.tables, comparison.renamed.tables, strict=True):
            if now.label == label and phase not in {"switch", "contract"}:
                return DIALECT.qualified(was.namespace, was.name)
        table = self.phasing.table_after(label) or self.phasing.table_before(label) or Table(name=label)
        return DIALECT.qualified(table.namespace, table.name)

    def step(
        self,
        phase: PhaseName,
        title: str,
        sql: str,
        rollback: Iterable[str] = (),
        *,
        job: bool = False,
        reversible: bool = True,
        precondition: str | None = None,
        notes: Iterable[str] = (),
    ) -> None:
        """One statement, in a transaction of its own; `job`: it goes over rows in the background."""
        self.phasing.add(
            phase,
            title,
            sql,
            rollback=rollback,
            reversible=reversible,
            precondition=precondition,
            wait=JOB if job else None,
            notes=notes,
        )

    def is_new(self, label: str | None) -> bool:
        """Whether the plan makes the table."""
        return label is not None and self.phasing.table_before(label) is None
