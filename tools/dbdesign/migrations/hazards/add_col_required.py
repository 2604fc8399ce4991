"""The hazard add-col-required."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import add_column, not_null, without
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict.new_column import NewColumn
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.readers.postgresql.libpg_query import pb


class AddColRequired(Hazard):
    """A mandatory column without a default is added: it fails on rows, and breaks the writers that do not know it.

    ## What it does
    Reports ADD COLUMN … NOT NULL without a default on a table that stood before the migration.

    ## Why is this bad?
    A table with a row refuses it (23502). An empty one takes it, and then every INSERT of the application's old version fails.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN currency text NOT NULL;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN currency text;
    -- deploy code that writes it, fill the rows that are there in batches
    ALTER TABLE orders ADD CONSTRAINT orders_currency_not_null NOT NULL currency NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT orders_currency_not_null;
    ```

    ## References
    - PostgreSQL manual, [Adding a Column](https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each such column."""
        for command, definition in subject.added_columns():
            table, new = subject.table, NewColumn(definition, subject.state)
            if table is None or not new.required or new.filled or new.stored or new.virtual:
                continue
            steps = [
                add_column(subject, without(definition, pb.CONSTR_NOTNULL)),
                f"-- deploy code that writes {definition.colname}, and fill it in the rows that are there, in batches",
                *not_null(subject, table, definition.colname),
            ]
            yield self.finding(
                f"{definition.colname} has no value for the rows of {table.label} that are there (23502), nor for those that the "
                "application's old version inserts",
                relation=table.label,
                safe=subject.instead_of(command, steps),
            )
