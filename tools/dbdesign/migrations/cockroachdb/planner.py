"""Plans for CockroachDB. No cluster is at hand: by rule, not executed.

Sources: CockroachDB documentation 25.2, "Online schema changes", "ALTER TABLE" (ALTER COLUMN, ALTER PRIMARY KEY, ADD CONSTRAINT,
VALIDATE CONSTRAINT), "ALTER TYPE", "SHOW JOBS", "Known limitations".
"""

from __future__ import annotations

from dbdesign.dialects.cockroachdb import DIALECT
from dbdesign.migrations.cockroachdb.columns import ColumnSteps
from dbdesign.migrations.cockroachdb.keys import KeySteps
from dbdesign.migrations.cockroachdb.objects import ObjectSteps
from dbdesign.migrations.compare import Comparison
from dbdesign.migrations.phasing import Phasing
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import MigrationPlan, Verification

NOTES = (
    "by rule, not executed: no CockroachDB is at hand",
    "each statement is a transaction and a job of its own; autocommit_before_ddl, on from 25.1, splits transactions of several by itself",
    "a change may need up to three times the table's space until the old data is collected (gc.ttlseconds)",
)


def plan(comparison: Comparison, settings: PlanSettings) -> MigrationPlan:
    """A plan for CockroachDB.

    Raises:
        ConsentError: data would be lost and `allow_destructive` is False.
    """
    version = settings.version or comparison.after.version or DIALECT.versions[-1]
    phasing = Phasing(comparison, settings, "cockroachdb", version)
    phasing.consent()
    phasing.notes += NOTES
    _Steps(phasing).plan()
    return phasing.plan()


def verify(comparison: Comparison, plan: MigrationPlan) -> Verification | None:
    """None: no CockroachDB is at hand."""
    del comparison, plan
    return None


class _Steps(KeySteps, ColumnSteps, ObjectSteps):
    def plan(self) -> None:
        """Everything, in the order in which it can be done."""
        self.namespaces_and_types()
        self.new_tables()
        self.columns()
        self.indexes()
        self.unique_keys()
        self.primary_keys()
        self.constraints()
        self.renames()
        self.views_and_routines()
        self.guards()
        self.beside()
        self.drops()
