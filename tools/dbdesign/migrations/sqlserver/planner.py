"""Plans for SQL Server and Azure SQL. No server is at hand: every statement is by rule, parsed at most."""

from __future__ import annotations

import re

from dbdesign.dialects.sqlserver import DIALECT
from dbdesign.migrations.compare import Comparison
from dbdesign.migrations.phasing import CONDITIONS, Phasing
from dbdesign.migrations.settings import PlanSettings
from dbdesign.migrations.sqlserver.capabilities import Capabilities
from dbdesign.migrations.sqlserver.columns import ColumnSteps
from dbdesign.migrations.sqlserver.keys import KeySteps
from dbdesign.migrations.sqlserver.objects import ObjectSteps
from dbdesign.model.migration import MigrationPlan, Verification

NOT_EXECUTED = "by rule, not executed: no SQL Server is at hand"


def plan(comparison: Comparison, settings: PlanSettings) -> MigrationPlan:
    """A plan for SQL Server.

    Raises:
        ConsentError: data would be lost and `allow_destructive` is False.
    """
    version = settings.version or comparison.after.version or DIALECT.versions[-1]
    year = int((re.findall(r"20\d\d", version) or [DIALECT.versions[-1]])[0])
    phasing = Phasing(comparison, settings, "sqlserver", version)
    phasing.conditions = {
        **CONDITIONS,
        "switch": "A synonym keeps a table's old name; a column's old name ends here: deploy with it.",
    }
    phasing.consent()
    phasing.notes.append(NOT_EXECUTED)
    _Steps(phasing, Capabilities(settings.edition, year)).plan()
    return phasing.plan()


def verify(comparison: Comparison, plan: MigrationPlan) -> Verification | None:
    """None: no SQL Server is at hand."""
    del comparison, plan
    return None


class _Steps(KeySteps, ColumnSteps, ObjectSteps):
    def plan(self) -> None:
        """Everything, in the order in which it can be done."""
        self.namespaces_and_types()
        self.new_tables()
        self.columns()
        self.indexes()
        self.keys()
        self.constraints()
        self.renames()
        self.modules()
        self.beside()
        self.drops()
