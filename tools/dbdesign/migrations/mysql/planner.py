"""Plans for MySQL 8.0 and 8.4, statement by statement."""

from __future__ import annotations

from dbdesign.dialects.mysql import DIALECT
from dbdesign.migrations.compare import Comparison
from dbdesign.migrations.mysql.family import MySqlChanges
from dbdesign.migrations.mysql.verifying import verify
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import MigrationPlan
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.mysql.printing import Printer

__all__ = ["plan", "verify"]


def plan(comparison: Comparison, settings: PlanSettings) -> MigrationPlan:
    """A plan for MySQL.

    Raises:
        ConsentError: data would be lost and `allow_destructive` is False.
    """
    version = settings.version or comparison.after.version or DIALECT.versions[-1]
    printer = Printer(DIALECT, WriteOptions(prove=False))
    return MySqlChanges(comparison, settings, "mysql", version, printer).plan()
