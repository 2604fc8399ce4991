"""The hazard concurrently-in-tx."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.trace.kinds import needs_to_be_alone
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding


class ConcurrentlyInTx(Hazard):
    """A statement that must stand outside a transaction stands in one.

    ## What it does
    Reports CREATE INDEX CONCURRENTLY, DROP INDEX CONCURRENTLY, REINDEX CONCURRENTLY, DETACH PARTITION CONCURRENTLY, VACUUM and whatever
    else PostgreSQL refuses in a transaction block, where the file opens one or the migration tool does.

    ## Why is this bad?
    The server refuses it (25001), and the whole transaction with it. Flyway, Liquibase, Alembic and Django wrap a migration in a
    transaction unless told otherwise.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text);
    -- migration
    BEGIN;
    CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
    COMMIT;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text);
    -- migration
    CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
    ```
    Flyway: `executeInTransaction=false` in the script's `.conf`; Liquibase: `runInTransaction:false`; Alembic: `autocommit_block()`;
    Django:
    `atomic = False`.

    ## References
    - PostgreSQL manual, [CREATE INDEX](https://www.postgresql.org/docs/current/sql-createindex.html)
    - Flyway, [Script Configuration Files](https://documentation.red-gate.com/fd/script-configuration-277579010.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A statement that the server refuses here."""
        if subject.transaction.inside and needs_to_be_alone(subject.sql):
            yield self.finding(
                "the statement stands in a transaction, where the server refuses it (25001)",
                safe=script(["-- in a migration of its own, outside a transaction", subject.sql.strip()]),
            )
