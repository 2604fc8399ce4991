"""The hazard validate-same-tx."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import TIMEOUT, Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb


class ValidateSameTx(Hazard):
    """VALIDATE CONSTRAINT reads the table while an earlier statement's stronger lock is still held.

    ## What it does
    Reports VALIDATE CONSTRAINT in a transaction that holds a lock on the table that blocks reads or writes: usually that of adding the
    constraint as NOT VALID just before.

    ## Why is this bad?
    Locks are held to the end of the transaction. The scan, which alone would disturb nobody, runs under ACCESS EXCLUSIVE.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
    -- migration
    BEGIN;
    SET LOCAL lock_timeout = '2s';
    ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
    COMMIT;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, total numeric);
    -- migration
    BEGIN;
    SET LOCAL lock_timeout = '2s';
    ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0) NOT VALID;
    COMMIT;
    BEGIN;
    ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check;
    COMMIT;
    ```

    ## References
    - PostgreSQL manual, [Explicit Locking](https://www.postgresql.org/docs/current/explicit-locking.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A scan under a lock that the transaction holds already, or that another action of the statement takes."""
        for command in subject.commands(pb.AT_ValidateConstraint):
            table = subject.table
            mode = subject.trace.held.get(table.label) if table is not None else None
            mode = mode or (subject.trace.locks.get(table.label) if table is not None else None)
            if table is None or mode is None or mode.rank < LockMode.SHARE.rank or not subject.trace.scans:
                continue
            earlier = [sql.strip() for sql in subject.transaction.earlier if not sql.lower().startswith("set local")]
            yield self.blocking(
                subject,
                table.label,
                mode,
                f"{command.name} is validated in the transaction that locked the table",
                subject.work("scan", table),
                safe=script([TIMEOUT, *earlier, subject.sql.strip()]),
            )
