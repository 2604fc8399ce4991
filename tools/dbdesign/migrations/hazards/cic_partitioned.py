"""The hazard cic-partitioned."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import index_concurrently
from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding


class CicPartitioned(Hazard):
    """CREATE INDEX CONCURRENTLY is refused on a partitioned table.

    ## What it does
    Reports CREATE INDEX CONCURRENTLY on a partitioned table.

    ## Why is this bad?
    PostgreSQL refuses it (0A000), and the migration stops there. Without CONCURRENTLY it would stop the writes to all partitions.

    ## Example
    ```sql
    CREATE TABLE event (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    -- migration
    CREATE INDEX CONCURRENTLY event_id_idx ON event (id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE event (id bigint NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    -- migration
    SET lock_timeout = '2s';
    CREATE INDEX event_id_idx ON ONLY event (id);
    RESET lock_timeout;
    CREATE INDEX CONCURRENTLY event_2025_id_idx ON event_2025 (id);
    ALTER INDEX event_id_idx ATTACH PARTITION event_2025_id_idx;
    ```

    ## References
    - PostgreSQL manual, [Table Partitioning: Partition Maintenance](https://www.postgresql.org/docs/current/ddl-partitioning.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """An index built concurrently on a partitioned table."""
        node, table = subject.node, subject.table
        if (
            not subject.is_a("IndexStmt")
            or node is None
            or not node.concurrent
            or table is None
            or table.partitioning is None
        ):
            return
        yield self.finding(
            f"{table.label} is partitioned, where an index cannot be built concurrently (0A000)",
            relation=table.label,
            safe=script(index_concurrently(subject, table, node)),
        )
