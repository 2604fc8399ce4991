"""The hazard truncate."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding


class Truncate(Hazard):
    """TRUNCATE throws all rows away, under a lock that stops reads and writes.

    ## What it does
    Reports TRUNCATE of a table that stood before the migration, with the tables that CASCADE adds.

    ## Why is this bad?
    Nothing brings the rows back. It takes ACCESS EXCLUSIVE on each table, those that refer to it by CASCADE included; snapshots that are
    older see the table empty.

    ## Example
    ```sql
    CREATE TABLE session (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    TRUNCATE session;
    ```

    ## Use instead
    ```sql
    CREATE TABLE session (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    -- dbdesign: allow truncate sessions may be lost
    TRUNCATE session;
    ```

    ## References
    - PostgreSQL manual, [TRUNCATE](https://www.postgresql.org/docs/current/sql-truncate.html)
    """

    severity = Severity.MEDIUM

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """The tables that are emptied."""
        if not subject.is_a("TruncateStmt"):
            return
        names = [name for name in subject.trace.rewrites if not subject.is_new(name)]
        if names:
            yield self.finding(
                f"all rows of {', '.join(names)} are thrown away, under ACCESS EXCLUSIVE", relation=names[0]
            )
