"""The hazard fk-valid."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import constraint_not_valid
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb


class FkValid(Hazard):
    """A foreign key that is checked at once stops the writes to both tables.

    ## What it does
    Reports ADD FOREIGN KEY without NOT VALID on a table that stood before the migration.

    ## Why is this bad?
    It holds SHARE ROW EXCLUSIVE on the table and on the referenced one, which the statement may hardly name, while it reads both.

    ## Example
    ```sql
    CREATE TABLE customer (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE customer (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT orders_customer_id_fkey;
    ```
    The second statement runs in a transaction of its own; it takes SHARE UPDATE EXCLUSIVE on the table and ROW SHARE on the referenced
    one.

    ## References
    - PostgreSQL manual, [ALTER TABLE: ADD table_constraint NOT VALID](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each foreign key that is checked at once."""
        for command, constraint in subject.constraints(pb.CONSTR_FOREIGN):
            table, referenced = subject.table, subject.state.table(constraint.pktable)
            if constraint.skip_validation or not constraint.is_enforced or table is None:
                continue
            if table.partitioning is not None and subject.version < 18:
                continue  # fk-partitioned says how
            work = subject.work("foreign key check", table)
            both = table.label if referenced is None else f"{table.label} and {referenced.label}"
            yield self.blocking(
                subject,
                both,
                LockMode.SHARE_ROW_EXCLUSIVE,
                "the foreign key is checked for all rows",
                work,
                safe=subject.instead_of(command, constraint_not_valid(subject, table, constraint)),
            )
