"""Plans for TiDB. Online and asynchronous: only ADD INDEX and lossy changes of a type go over the rows, in the background.

Sources: TiDB documentation, "ALTER TABLE", "MODIFY COLUMN", "ADD INDEX", "Clustered Indexes", "Constraints", "ADMIN SHOW DDL",
"Online DDL". `ALGORITHM=` is only an assertion there, so it is left out; changes of one table wait for one another.
"""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.dialects.tidb import DIALECT
from dbdesign.migrations.compare import Comparison
from dbdesign.migrations.compare.narrowing import column_narrows
from dbdesign.migrations.mysql.algorithms import IN_PLACE, INSTANT, Manner
from dbdesign.migrations.mysql.changes import Change
from dbdesign.migrations.mysql.family import MySqlChanges
from dbdesign.migrations.phasing import CONDITIONS
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import MigrationPlan, Operation, Verification, Wait
from dbdesign.model.schema import Check, Column, ForeignKey, Index, Key, Table
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.tidb.write import TidbPrinter

CHECKS_SINCE = (7, 2)
FOREIGN_KEYS_SINCE = (8, 5)
"""Generally available from here on; before, from 6.6, experimental."""

BACKGROUND = Manner("INPLACE", "NONE", why="it goes over the rows in the background; throttle it with tidb_ddl_reorg_worker_cnt and "
                    "tidb_ddl_reorg_batch_size, watch it with ADMIN SHOW DDL JOBS")  # fmt: skip

POLL = Wait(
    poll="SELECT job_state = 'synced' AS done, NULL AS progress FROM (SELECT state AS job_state FROM information_schema.ddl_jobs "
    "ORDER BY job_id DESC LIMIT 1) AS last",
    seconds=5.0,
    reason="the job of the change; ADMIN SHOW DDL JOBS has its rows so far, ADMIN PAUSE and ADMIN CANCEL DDL JOBS act on it",
)


def plan(comparison: Comparison, settings: PlanSettings) -> MigrationPlan:
    """A plan for TiDB.

    Raises:
        ConsentError: data would be lost and `allow_destructive` is False.
    """
    version = settings.version or comparison.after.version or DIALECT.versions[-1]
    made = _TidbChanges(comparison, settings, "tidb", version, TidbPrinter(DIALECT, WriteOptions(prove=False)))
    made.phasing.conditions = CONDITIONS
    return made.plan()


def verify(comparison: Comparison, plan: MigrationPlan) -> Verification | None:
    """None: no TiDB is at hand."""
    del comparison, plan
    return None


class _TidbChanges(MySqlChanges):
    def statement(self, place: str, clause: str, manner: Manner) -> str:
        """Without ALGORITHM and LOCK, which TiDB only compares with what it would do anyway."""
        del manner
        return f"ALTER TABLE {place} {clause}"

    def alter(self, change: Change) -> None:
        """Everything is online; nothing is ever copied aside."""
        place = self.place(change.table, change.phase)
        back = self.statement(place, change.back, change.manner) if change.back else None
        self.phasing.add(
            change.phase,
            change.title,
            self.statement(place, change.clause, change.manner),
            rollback=[back] if back else (),
            reversible=back is not None,
            precondition=change.precondition,
            postcondition=change.postcondition,
            wait=POLL if change.manner is BACKGROUND else None,
            notes=[change.manner.why] if change.manner.why else (),
        )

    def altered_column(self, table: Table, before: Column, after: Column, changed: Iterable[str]) -> Manner:
        """A lossy change of a type rewrites the column in the background; others change the definition alone."""
        del table
        fields = set(changed)
        reorganises = "type" in fields and (before.type.kind is not after.type.kind or column_narrows(before, after))
        return BACKGROUND if reorganises else INSTANT

    def _alter_column(self, one: Operation) -> None:
        reason = self._barred(one)
        if reason is None:
            super()._alter_column(one)
        else:
            self.phasing.refuse(
                one, reason, "add a column of the new type, fill it in batches, and change the application over to it"
            )

    def _barred(self, one: Operation) -> str | None:
        """Why a column cannot be altered: TiDB rewrites no column that these stand on."""
        table, before, after = self.phasing.table_before(one.table or ""), one.before, one.after
        if table is None or not isinstance(before, Column) or not isinstance(after, Column):
            return None
        if self.altered_column(table, before, after, one.changed) is not BACKGROUND:
            return (
                "TiDB cannot make an AUTO_INCREMENT column of one"
                if "identity" in one.changed and after.identity
                else None
            )
        if table.primary_key and after.name in table.primary_key.columns:
            return "TiDB does not change the type of a primary key's column where rows would be written anew"
        if after.generated or before.generated:
            return "TiDB does not change the type of a generated column where rows would be written anew"
        if table.partitioning:
            return "TiDB does not change a type on a partitioned table where rows would be written anew"
        return None

    def added_index(self, index: Index) -> Manner:
        """Built in the background."""
        del index
        return BACKGROUND

    def _primary_key(self, one: Operation) -> None:
        keys = [part for part in (one.before, one.after) if isinstance(part, Key)]
        if any(key.clustered is not False for key in keys):
            self.phasing.refuse(
                one,
                "a clustered primary key can neither be added nor dropped",
                "copy the rows into a new table with the key, and rename both",
            )
            return
        super()._primary_key(one)

    def _check(self, one: Operation, check: Check) -> None:
        if DIALECT.version_tuple(self.version) < CHECKS_SINCE:
            self.phasing.refuse(
                one, "TiDB parses and ignores checks before 7.2", "upgrade, or check in the application"
            )
            return
        self.phasing.notes.append("checks hold only with SET GLOBAL tidb_enable_check_constraint = ON")
        label, before = one.table or "", one.before
        if isinstance(before, Check) and before.name:
            drop, again = f"DROP CONSTRAINT {self.printer.name(before.name)}", f"ADD {self.printer.check(before)}"
            self.alter(Change(label, drop, again, INSTANT, f"Drop the check {before.name} of {label}", "validate"))
        back = f"DROP CONSTRAINT {self.printer.name(check.name)}" if check.name else None
        self.alter(
            Change(
                label,
                f"ADD {self.printer.check(check)}",
                back,
                BACKGROUND,
                f"Add the check {one.name} of {label}",
                "validate",
            )
        )

    def _foreign_key(self, one: Operation, key: ForeignKey) -> None:
        label = one.table or ""
        if DIALECT.version_tuple(self.version) < FOREIGN_KEYS_SINCE:
            self.phasing.notes.append("foreign keys are experimental in TiDB before 8.5")
        if one.before is not None:
            self._drop_foreign_key(one, "validate")
        name = key.name or f"{label.rpartition('.')[2]}_ibfk_1"
        fresh = self.phasing.table_before(label) is None
        self.alter(
            Change(
                label,
                f"ADD {self.printer.foreign_key(key)}",
                f"DROP FOREIGN KEY {self.printer.name(name)}",
                IN_PLACE if fresh else BACKGROUND,
                f"Add the foreign key {key.name} of {label}",
                "expand" if fresh else "validate",
                precondition=None if fresh else self.orphans(label, key),
            )
        )
