"""The hazard set-not-null."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import not_null
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict.implied import not_null_is_proven
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import make_object_name


class SetNotNull(Hazard):
    """SET NOT NULL stops reads and writes while the table is read.

    ## What it does
    Reports SET NOT NULL, and from 18 ADD CONSTRAINT … NOT NULL, of a column that no valid constraint proves to be so.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while it reads all rows. From 12 on it reads nothing where a valid `CHECK (column IS NOT NULL)` proves it,
    alone or within an AND; `CHECK (column > 0)` does not, as it lets NULL pass.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ALTER COLUMN total SET NOT NULL;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD CONSTRAINT orders_total_not_null NOT NULL total NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT orders_total_not_null;
    ```
    Before 18: `ADD CONSTRAINT … CHECK (total IS NOT NULL) NOT VALID`, VALIDATE, SET NOT NULL, DROP the check, each in its own transaction.

    ## References
    - PostgreSQL manual, [ALTER TABLE: SET NOT NULL](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each column that is read for it."""
        wanted = [(command, command.name) for command in subject.commands(pb.AT_SetNotNull)]
        wanted += [
            (command, constraint.keys[0].string.sval)
            for command, constraint in subject.constraints(pb.CONSTR_NOTNULL)
            if not constraint.skip_validation
        ]
        for command, name in wanted:
            table = subject.table
            column = table.columns.get(name) if table is not None else None
            if table is None or column is None or (not column.nullable and column.not_null_valid):
                continue
            if not_null_is_proven(table, name):
                continue
            steps = not_null(subject, table, name)
            if not column.nullable:  # one that is NOT VALID is there: it has to be validated, not added
                own = column.not_null_name or make_object_name(table.name[1], name, "not_null")
                steps = [subject.alter(table, f"VALIDATE CONSTRAINT {subject.quoted(own)}")]
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                f"all rows are read for a NULL in {name}",
                subject.work("scan", table),
                safe=subject.instead_of(command, steps),
            )
