"""The hazard scan-under-lock."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.hazards.table_rewrite import EXPLAINED
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class ScanUnderLock(Hazard):
    """A statement reads a table while its transaction holds a lock that stops others.

    ## What it does
    Reports what the trace of the statement on a real server shows, or the rules say, where no other hazard of the statement explains it: an
    UPDATE or a SELECT over all rows after an ALTER TABLE in the same transaction, what a DO block executes.

    ## Why is this bad?
    Locks are held to the end of the transaction, so everything that follows one extends it.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, state text);
    -- migration
    BEGIN;
    SET LOCAL lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN open boolean;
    CREATE TABLE order_states AS SELECT DISTINCT state FROM orders;
    COMMIT;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, state text);
    -- migration
    BEGIN;
    SET LOCAL lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN open boolean;
    COMMIT;
    BEGIN;
    CREATE TABLE order_states AS SELECT DISTINCT state FROM orders;
    COMMIT;
    ```

    ## References
    - PostgreSQL manual, [Explicit Locking](https://www.postgresql.org/docs/current/explicit-locking.html)
    """

    severity = Severity.MEDIUM

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each table that is read under a lock; the checker leaves those out that another hazard is about."""
        if subject.kind in EXPLAINED or _is_empty(subject):
            return
        locked = {**subject.trace.locks}
        for name, mode in subject.trace.held.items():
            if name not in locked or mode.rank > locked[name].rank:
                locked[name] = mode
        for name, times in subject.trace.scans.items():
            mode = locked.get(name, LockMode.ACCESS_SHARE)
            if mode.rank >= LockMode.SHARE.rank and name not in subject.trace.rewrites and not subject.is_new(name):
                held = " that an earlier statement of the transaction took" if name not in subject.trace.locks else ""
                yield self.blocking(
                    subject, name, mode, f"all rows are read under a lock{held}", [("scan", name, min(times, 3))]
                )


def _is_empty(subject: Subject) -> bool:
    """Whether a table is altered that the migration has made and put nothing into: a foreign key of it has no row to look up."""
    if not subject.is_a("AlterTableStmt") or subject.node is None:
        return False
    table = subject.state.table(subject.node.relation)
    filled = any(one.split(None, 1)[:1] in (["INSERT"], ["insert"]) for one in subject.transaction.earlier)
    return table is not None and subject.is_new(table.label) and not filled
