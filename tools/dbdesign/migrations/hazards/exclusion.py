"""The hazard exclusion."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb


class Exclusion(Hazard):
    """An exclusion constraint stops reads and writes while its index is built, and there is no concurrent way.

    ## What it does
    Reports ADD EXCLUDE on a table that stood before the migration.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while it builds the index and then looks every row up in it. The index cannot be built beforehand: the grammar
    has no EXCLUDE USING INDEX.

    ## Example
    ```sql
    CREATE TABLE booking (room int NOT NULL, during int4range NOT NULL);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE booking ADD CONSTRAINT booking_excl EXCLUDE USING gist (during WITH &&);
    ```

    ## Use instead
    A new table that has the constraint from the start, kept up to date by a trigger and filled in batches, and then a swap of the names:
    ```sql
    CREATE TABLE booking (room int NOT NULL, during int4range NOT NULL);
    -- migration
    CREATE TABLE booking_new (LIKE booking INCLUDING ALL, EXCLUDE USING gist (during WITH &&));
    ```

    ## References
    - PostgreSQL manual, [Exclusion Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-EXCLUSION)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each exclusion constraint."""
        for _, _ in subject.constraints(pb.CONSTR_EXCLUSION):
            table = subject.table
            if table is not None:
                yield self.blocking(
                    subject,
                    table.label,
                    LockMode.ACCESS_EXCLUSIVE,
                    "the constraint's index is built and every row looked up in it",
                    subject.work("index build", table, 2),
                    advice="No statement avoids it: make a new table with the constraint, fill it in batches, and swap the names",
                )
