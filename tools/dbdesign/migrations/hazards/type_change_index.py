"""The hazard type-change-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import shadow_column
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.check.type_changes import type_changes
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class TypeChangeIndex(Hazard):
    """A column's type or collation changes without its rows, but its indexes are built anew.

    ## What it does
    Reports ALTER COLUMN … TYPE that keeps the rows but not an index over the column: with another collation, or where the index has an
    expression or a predicate.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while the indexes are built.

    ## Example
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, email varchar(50));
    CREATE INDEX account_lower_idx ON account (lower(email));
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE account ALTER COLUMN email TYPE text;
    ```

    ## Use instead
    Drop the index and build it again concurrently where queries can do without it for so long; else a column beside the old one:
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, email varchar(50));
    CREATE INDEX account_lower_idx ON account (lower(email));
    -- migration
    DROP INDEX CONCURRENTLY account_lower_idx;
    SET lock_timeout = '2s';
    ALTER TABLE account ALTER COLUMN email TYPE text;
    RESET lock_timeout;
    CREATE INDEX CONCURRENTLY account_lower_idx ON account (lower(email));
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each change that builds indexes anew."""
        for change in type_changes(subject):
            if change.keeps and change.rebuilt:
                table, names = change.table, ", ".join(change.rebuilt)
                steps = shadow_column(subject, table, change.column, change.spelt, change.using, change.collate)
                yield self.blocking(
                    subject,
                    table.label,
                    LockMode.ACCESS_EXCLUSIVE,
                    f"the change of {change.column.name} keeps the rows, but builds {names} anew",
                    subject.work("index build", table, len(change.rebuilt)),
                    safe=subject.instead_of(change.command, steps) if steps is not None else None,
                    advice="" if steps is not None else "dbdesign migrate plan makes the plan for a column of a key",
                )
