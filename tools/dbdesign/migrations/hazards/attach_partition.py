"""The hazard attach-partition."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.bounds import exclusion_text, inclusion_text
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.durations import Work
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict import implied
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import make_object_name


class AttachPartition(Hazard):
    """Attaching a partition reads the table, and the default partition, while both are locked.

    ## What it does
    Reports ATTACH PARTITION of a table whose constraints do not prove the bound, or beside a default partition whose constraints do not
    exclude it.

    ## Why is this bad?
    The partitioned table itself goes on (SHARE UPDATE EXCLUSIVE), but the new partition and the default one are locked against reads and
    writes while they are read.

    ## Example
    ```sql
    CREATE TABLE event (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE event_rest PARTITION OF event DEFAULT;
    CREATE TABLE event_2025 (at date NOT NULL);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    ```

    ## Use instead
    ```sql
    CREATE TABLE event (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE event_rest PARTITION OF event DEFAULT;
    CREATE TABLE event_2025 (at date NOT NULL);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE event_2025 ADD CONSTRAINT bound CHECK (at IS NOT NULL AND at >= '2025-01-01' AND at < '2026-01-01') NOT VALID;
    ALTER TABLE event_2025 VALIDATE CONSTRAINT bound;
    ALTER TABLE event_rest ADD CONSTRAINT not_2025 CHECK (NOT (at >= '2025-01-01' AND at < '2026-01-01')) NOT VALID;
    ALTER TABLE event_rest VALIDATE CONSTRAINT not_2025;
    ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    ALTER TABLE event_2025 DROP CONSTRAINT bound;
    ALTER TABLE event_rest DROP CONSTRAINT not_2025;
    ```

    ## References
    - PostgreSQL manual, [Table Partitioning: Partition Maintenance](https://www.postgresql.org/docs/current/ddl-partitioning.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each partition that is attached with rows read."""
        for command in subject.commands(pb.AT_AttachPartition):
            node, parent = getattr(command, "def").partition_cmd, subject.table
            child = subject.state.table(node.name)
            if parent is None or child is None or node.bound.is_default:
                continue
            work: list[tuple[Work, str, int]] = []
            before, after, locked = [], [], []
            if not subject.is_new(child.label) and not implied.bound_is_proven(child, parent, node.bound):
                work += subject.work("scan", child)
                locked.append(child.label)
                if text := inclusion_text(subject, parent, node.bound):
                    name = subject.quoted(subject.free(child, make_object_name(child.name[1], "bound", "check")))
                    before += [
                        subject.alter(child, f"ADD CONSTRAINT {name} CHECK ({text}) NOT VALID"),
                        subject.alter(child, f"VALIDATE CONSTRAINT {name}"),
                    ]
                    after.append(subject.alter(child, f"DROP CONSTRAINT {name}"))
            default = subject.state.default_partition(parent)
            if default is not None and not implied.default_is_proven(default, parent, node.bound):
                work += subject.work("scan", default)
                locked.append(default.label)
                if text := exclusion_text(subject, parent, node.bound):
                    name = subject.quoted(
                        subject.free(default, make_object_name(default.name[1], child.name[1], "not"))
                    )
                    before += [
                        subject.alter(default, f"ADD CONSTRAINT {name} CHECK ({text}) NOT VALID"),
                        subject.alter(default, f"VALIDATE CONSTRAINT {name}"),
                    ]
                    after.append(subject.alter(default, f"DROP CONSTRAINT {name}"))
            if work:
                safe = subject.instead_of(command, [*before, subject.sql.strip(), *after]) if before else None
                yield self.blocking(
                    subject,
                    " and ".join(locked),
                    LockMode.ACCESS_EXCLUSIVE,
                    f"attaching {child.label} reads {' and '.join(locked)}",
                    work,
                    safe=safe,
                    advice="" if safe else "The bound is one that no check can prove",
                )
