"""The hazard check-valid."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import constraint_not_valid
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb


class CheckValid(Hazard):
    """A check constraint that is checked at once stops reads and writes while the table is read.

    ## What it does
    Reports ADD CHECK without NOT VALID on a table that stood before the migration.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while it reads all rows.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE: ADD table_constraint NOT VALID](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each check that is checked at once."""
        for command, constraint in subject.constraints(pb.CONSTR_CHECK):
            table = subject.table
            if constraint.skip_validation or not constraint.is_enforced or table is None:
                continue
            steps = constraint_not_valid(subject, table, constraint)
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                "the check reads all rows",
                subject.work("scan", table),
                safe=subject.instead_of(command, steps),
            )
