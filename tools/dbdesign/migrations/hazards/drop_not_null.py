"""The hazard drop-not-null."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.readers.postgresql.libpg_query import pb


class DropNotNull(Hazard):
    """A column may be NULL from now on, which running versions of the application do not expect.

    ## What it does
    Reports DROP NOT NULL of a column of a table that stood before the migration.

    ## Why is this bad?
    The statement is short, but code that was written for a value in every row meets NULL as soon as another version writes one.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
    ```

    ## Use instead
    First deploy code that reads NULL; then say so:
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text NOT NULL);
    -- migration
    SET lock_timeout = '2s';
    -- dbdesign: allow drop-not-null every reader takes NULL since release 42
    ALTER TABLE orders ALTER COLUMN note DROP NOT NULL;
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.LOW

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each column that may be NULL from now on."""
        table = subject.table
        for command in subject.commands(pb.AT_DropNotNull):
            column = table.columns.get(command.name) if table is not None else None
            if table is not None and column is not None and not column.nullable and not command.name.endswith("_old"):
                yield self.finding(
                    f"readers that run meet NULL in {table.label}.{command.name} as soon as one is written",
                    relation=table.label,
                )
