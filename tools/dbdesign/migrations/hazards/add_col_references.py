"""The hazard add-col-references."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import add_column, constraint_not_valid, without
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict.new_column import NewColumn
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb

_KEY = {
    pb.CONSTR_FOREIGN,
    pb.CONSTR_ATTR_DEFERRABLE,
    pb.CONSTR_ATTR_DEFERRED,
    pb.CONSTR_ATTR_NOT_DEFERRABLE,
    pb.CONSTR_ATTR_IMMEDIATE,
}


class AddColReferences(Hazard):
    """A column is added with a default and a foreign key, which reads both tables.

    ## What it does
    Reports ADD COLUMN … DEFAULT … REFERENCES on a table that stood before the migration.

    ## Why is this bad?
    Every row gets the default, so the key is checked for every row, under ACCESS EXCLUSIVE on the table and SHARE ROW EXCLUSIVE on the
    referenced one. Without a default the new column is NULL and nothing is read.

    ## Example
    ```sql
    CREATE TABLE status (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN status_id bigint DEFAULT 1 REFERENCES status (id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE status (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN status_id bigint DEFAULT 1;
    ALTER TABLE orders ADD CONSTRAINT orders_status_id_fkey FOREIGN KEY (status_id) REFERENCES status (id) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT orders_status_id_fkey;
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each column whose rows are checked for its key."""
        for command, definition in subject.added_columns():
            table, new = subject.table, NewColumn(definition, subject.state)
            keys = [one.constraint for one in definition.constraints if one.constraint.contype == pb.CONSTR_FOREIGN]
            if table is None or not keys or not (new.filled or new.stored):
                continue
            steps = [add_column(subject, without(definition, *_KEY))]
            for constraint in keys:
                steps += constraint_not_valid(subject, table, constraint, [definition.colname])
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                f"the key of {definition.colname} is checked for all rows, while writes to {keys[0].pktable.relname} wait too",
                subject.work("foreign key check", table),
                safe=subject.instead_of(command, steps),
            )
