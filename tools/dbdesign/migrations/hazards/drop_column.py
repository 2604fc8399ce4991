"""The hazard drop-column."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.readers.postgresql.libpg_query import pb


class DropColumn(Hazard):
    """Dropping a column breaks every running version of the application that still names it, and its values are gone.

    ## What it does
    Reports DROP COLUMN on a table that stood before the migration.

    ## Why is this bad?
    Statements that name it fail (42703); object mappers name all columns that they saw when they started. Nothing brings the values back.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders DROP COLUMN note;
    ```

    ## Use instead
    First deploy code that does not know the column; then say so:
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text);
    -- migration
    SET lock_timeout = '2s';
    -- dbdesign: allow drop-column nothing reads or writes it since release 42
    ALTER TABLE orders DROP COLUMN note;
    ```

    ## References
    - strong_migrations, [Removing a column](https://github.com/ankane/strong_migrations#removing-a-column)
    """

    severity = Severity.MEDIUM

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each column that goes."""
        table = subject.table
        for command in subject.commands(pb.AT_DropColumn):
            if table is not None and command.name in table.columns:
                yield self.finding(
                    f"versions of the application that name {table.label}.{command.name} fail from then on, and its "
                    f"values are gone: deploy "
                    "code that does not know it first",
                    relation=table.label,
                )
