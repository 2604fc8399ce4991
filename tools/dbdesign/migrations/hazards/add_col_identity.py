"""The hazard add-col-identity."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import numbered
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict.new_column import NewColumn
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class AddColIdentity(Hazard):
    """An identity column is added, which numbers every row and so writes the table anew.

    ## What it does
    Reports ADD COLUMN … GENERATED … AS IDENTITY on a table that stood before the migration.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while every row gets its number and every index is written anew.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY;
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
    The rows that are there are numbered in batches afterwards; once the column is NOT NULL, ADD GENERATED may take the default's place.

    ## References
    - PostgreSQL manual, [Identity Columns](https://www.postgresql.org/docs/current/ddl-identity-columns.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each identity column."""
        for command, definition in subject.added_columns():
            table = subject.table
            if table is None or not NewColumn(definition, subject.state).identity:
                continue
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                f"every row gets a number for {definition.colname}, so the table and its indexes are written anew",
                subject.work("rewrite", table) + subject.work("index build", table, len(subject.state.indexes(table))),
                safe=numbered(subject, table, command, definition),
            )
