"""The hazard add-col-check."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import add_column, constraint_not_valid, without
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb


class AddColCheck(Hazard):
    """A column is added together with its check, which reads the whole table.

    ## What it does
    Reports ADD COLUMN with a CHECK in its definition, with or without a default.

    ## Why is this bad?
    Adding the column changes the catalog alone, but the check reads all rows, under ACCESS EXCLUSIVE, even where each is NULL.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN total numeric DEFAULT 0 CHECK (total >= 0);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN total numeric DEFAULT 0;
    ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each column with a check."""
        for command, definition in subject.added_columns():
            table = subject.table
            checks = [one.constraint for one in definition.constraints if one.constraint.contype == pb.CONSTR_CHECK]
            if table is None or not checks:
                continue
            steps = [add_column(subject, without(definition, pb.CONSTR_CHECK))]
            for constraint in checks:
                steps += constraint_not_valid(subject, table, constraint)
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                f"the check of {definition.colname} reads all rows",
                subject.work("scan", table),
                safe=subject.instead_of(command, steps),
            )
