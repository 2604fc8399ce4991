"""The hazard cluster."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class Cluster(Hazard):
    """CLUSTER writes the table anew while nobody can read it.

    ## What it does
    Reports CLUSTER of a table that stood before the migration.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while it copies the table in the index's order and builds its indexes.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    CLUSTER orders USING orders_pkey;
    ```

    ## Use instead
    `pg_repack --table=orders --order-by=id` holds the lock for a moment. What a migration may say is which index is meant:
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders CLUSTER ON orders_pkey;
    ```

    ## References
    - PostgreSQL manual, [CLUSTER](https://www.postgresql.org/docs/current/sql-cluster.html)
    - pg_repack, [documentation](https://reorg.github.io/pg_repack/)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """The tables that are written anew."""
        if not subject.is_a("ClusterStmt"):
            return
        for name in subject.trace.rewrites:
            table = subject.state.named(name)
            if table is not None and not subject.is_new(name):
                yield self.blocking(
                    subject,
                    name,
                    LockMode.ACCESS_EXCLUSIVE,
                    "the table is copied and its indexes are built",
                    subject.work("rewrite", table)
                    + subject.work("index build", table, len(subject.state.indexes(table))),
                    advice="pg_repack --order-by does it while the table is used",
                )
