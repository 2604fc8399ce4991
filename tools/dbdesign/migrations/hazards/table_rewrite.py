"""The hazard table-rewrite."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode

EXPLAINED = {"TruncateStmt", "ClusterStmt", "VacuumStmt", "RefreshMatViewStmt"}


class TableRewrite(Hazard):
    """A statement that no other hazard knows writes a table anew.

    ## What it does
    Reports what the trace of the statement on a real server shows, or the rules say, where no other hazard of the statement explains it:
    SET EXPRESSION, SET ACCESS METHOD, what a DO block or a function executes.

    ## Why is this bad?
    The table is locked against reads and writes while every row and every index is written anew.

    ## Example
    ```sql
    CREATE TABLE line (id bigint PRIMARY KEY, amount int, twice int GENERATED ALWAYS AS (amount * 2) STORED);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE line ALTER COLUMN twice SET EXPRESSION AS (amount * 3);
    ```

    ## Use instead
    ```sql
    CREATE TABLE line (id bigint PRIMARY KEY, amount int, twice int GENERATED ALWAYS AS (amount * 2) STORED);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE line ADD COLUMN thrice int GENERATED ALWAYS AS (amount * 3) VIRTUAL;
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each table that is written anew; the checker leaves those out that another hazard is about."""
        if subject.kind in EXPLAINED:
            return
        for name in subject.trace.rewrites:
            table = subject.state.named(name)
            if not subject.is_new(name):
                count = len(subject.state.indexes(table)) if table is not None else 0
                work = [("rewrite", name, 1), *([("index build", name, count)] if count else [])]
                yield self.blocking(
                    subject,
                    name,
                    LockMode.ACCESS_EXCLUSIVE,
                    "the table and its indexes are written anew",
                    work,  # type: ignore[arg-type]
                )
