"""The hazard index-create."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import index_concurrently
from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class IndexCreate(Hazard):
    """CREATE INDEX stops every write to the table until the index is built.

    ## What it does
    Reports CREATE INDEX without CONCURRENTLY on a table that stood before the migration, partitions included.

    ## Why is this bad?
    It holds SHARE on the table, and on each partition, while it reads and sorts all rows: INSERT, UPDATE and DELETE wait.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    -- migration
    CREATE INDEX orders_customer_id_idx ON orders (customer_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    -- migration
    CREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);
    ```
    It runs outside a transaction. Afterwards `indisvalid` must be true: a build that failed leaves an invalid index behind.

    ## References
    - PostgreSQL manual, [Building Indexes Concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """An index that is built on a table of old."""
        node, table = subject.node, subject.table
        if not subject.is_a("IndexStmt") or node is None or table is None or node.concurrent:
            return
        if not node.relation.inh and table.partitioning is not None:
            return  # ON ONLY a partitioned table builds nothing
        if node.idxname and (table.name[0], node.idxname) in subject.state.drafts.indexes:
            return
        yield self.blocking(
            subject,
            table.label,
            LockMode.SHARE,
            "the index is built",
            subject.work("index build", table),
            safe=script(index_concurrently(subject, table, node)),
        )
