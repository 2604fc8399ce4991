"""A whole plan for an engine of the MySQL family."""

from __future__ import annotations

from dbdesign.migrations.mysql.changes import LOCK_WAIT
from dbdesign.migrations.mysql.columns import ColumnChanges
from dbdesign.migrations.mysql.keys import KeyChanges
from dbdesign.migrations.mysql.programs import ProgramChanges
from dbdesign.migrations.mysql.tables import TableChanges
from dbdesign.model.migration import MigrationPlan, Operation
from dbdesign.model.schema import Table, View
from dbdesign.writers.mysql.statements import create_view


class MySqlChanges(TableChanges, ColumnChanges, KeyChanges, ProgramChanges):
    """Plans one comparison; a derived engine says otherwise what it does otherwise."""

    def plan(self) -> MigrationPlan:
        """The plan.

        Raises:
            ConsentError: data would be lost and nobody agreed.
        """
        self.phasing.consent()
        self.tables()
        self.columns()
        self.indexes()
        self.keys()
        self.foreign_keys()
        self.checks()
        self.options()
        self.renames()
        self.renamed_columns()
        self.programs()
        self.drops()
        self.copy()
        return self.phasing.plan()

    def drops(self) -> None:
        """Everything that goes, in the contract phase; an index is made invisible a phase before."""
        for one in self.phasing.take("view", "drop"):
            assert isinstance(one.before, View)  # noqa: S101 - what an operation on a view is made of
            self.phasing.add(
                "contract",
                f"Drop the view {one.name}",
                f"DROP VIEW {self._old_path(one)}",
                rollback=[create_view(one.before, self.printer)],
            )
        for one in self.phasing.take("foreign key", "drop"):
            self._drop_foreign_key(one, "contract")
        for one in self.phasing.take("check", "drop"):
            self._drop_check(one)
        for one in self.phasing.take({"index", "unique key"}, "drop"):
            self._drop_index(one)
        for one in self.phasing.take("column", "drop"):
            self._drop_column(one)
        for one in self.phasing.take("table", "drop"):
            self.phasing.add(
                "contract",
                f"Drop the table {one.name}",
                LOCK_WAIT,
                f"DROP TABLE {self._old_path(one)}",
                reversible=False,
            )

    def _old_path(self, one: Operation) -> str:
        assert isinstance(one.before, Table | View)  # noqa: S101 - what an operation on either is made of
        return self.printer.dialect.qualified(one.before.namespace, one.before.name)
