"""The hazard add-col-serial."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import numbered
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict.new_column import NewColumn
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class AddColSerial(Hazard):
    """A serial column is added, which numbers every row and so writes the table anew.

    ## What it does
    Reports ADD COLUMN of a serial type on a table that stood before the migration.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while every row gets its number and every index is written anew.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN number bigserial;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN number bigint;
    CREATE SEQUENCE orders_number_seq AS bigint OWNED BY orders.number;
    ALTER TABLE orders ALTER COLUMN number SET DEFAULT nextval('orders_number_seq');
    ```
    The rows that are there are numbered in batches afterwards; NOT NULL follows by a validated constraint.

    ## References
    - PostgreSQL manual, [Serial Types](https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each serial column."""
        for command, definition in subject.added_columns():
            table = subject.table
            if table is None or not NewColumn(definition, subject.state).serial:
                continue
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                f"every row gets a number for {definition.colname}, so the table and its indexes are written anew",
                subject.work("rewrite", table) + subject.work("index build", table, len(subject.state.indexes(table))),
                safe=numbered(subject, table, command, definition),
            )
