"""The hazard detach-partition."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.readers.postgresql.libpg_query import pb


class DetachPartition(Hazard):
    """Detaching a partition locks the whole partitioned table against reads and writes.

    ## What it does
    Reports DETACH PARTITION without CONCURRENTLY where the target has it (14) and no default partition forbids it.

    ## Why is this bad?
    It takes ACCESS EXCLUSIVE on the partitioned table and on the partition. That is short, but it waits for every query on any partition,
    and all that come after wait behind it.

    ## Example
    ```sql
    CREATE TABLE event (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE event_2015 PARTITION OF event FOR VALUES FROM ('2015-01-01') TO ('2016-01-01');
    -- migration
    ALTER TABLE event DETACH PARTITION event_2015;
    ```

    ## Use instead
    ```sql
    CREATE TABLE event (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE event_2015 PARTITION OF event FOR VALUES FROM ('2015-01-01') TO ('2016-01-01');
    -- migration
    ALTER TABLE event DETACH PARTITION event_2015 CONCURRENTLY;
    ```
    Before 14, or beside a default partition: `SET lock_timeout`, and try again.

    ## References
    - PostgreSQL manual, [ALTER TABLE: DETACH PARTITION](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.LOW

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A partition that is detached the hard way."""
        for command in subject.commands(pb.AT_DetachPartition):
            node, table = getattr(command, "def").partition_cmd, subject.table
            if (
                node.concurrent
                or table is None
                or subject.version < 14
                or subject.state.default_partition(table) is not None
            ):
                continue
            child = subject.state.table(node.name)
            name = subject.name(child) if child is not None else subject.quoted(node.name.relname)
            yield self.finding(
                f"detaching {node.name.relname} takes ACCESS EXCLUSIVE on {table.label}: short, but every query on any partition queues "
                "while it waits for it",
                relation=table.label,
                safe=script([subject.alter(table, f"DETACH PARTITION {name} CONCURRENTLY")]),
            )
