"""The hazard fk-partitioned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.migrations.check.rewrites import constraint_not_valid
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.readers.postgresql.libpg_query import pb


class FkPartitioned(Hazard):
    """Before PostgreSQL 18, a foreign key of a partitioned table cannot be added as NOT VALID.

    ## What it does
    Reports ADD FOREIGN KEY on a partitioned table where the target is older than 18: with NOT VALID it is refused, without it all
    partitions and the referenced table are locked while they are read.

    ## Why is this bad?
    The server refuses NOT VALID (42809). The whole key at once holds SHARE ROW EXCLUSIVE on the table, on every partition and on the
    referenced table.

    ## Example
    ```sql
    -- target: 15
    CREATE TABLE customer (id bigint PRIMARY KEY);
    CREATE TABLE event (id bigint NOT NULL, customer_id bigint) PARTITION BY RANGE (id);
    CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (1000000);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE event ADD CONSTRAINT event_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id);
    ```

    ## Use instead
    ```sql
    -- target: 15
    CREATE TABLE customer (id bigint PRIMARY KEY);
    CREATE TABLE event (id bigint NOT NULL, customer_id bigint) PARTITION BY RANGE (id);
    CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (1000000);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE event_1 ADD CONSTRAINT event_1_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id) NOT VALID;
    ALTER TABLE event_1 VALIDATE CONSTRAINT event_1_customer_id_fkey;
    ALTER TABLE event ADD CONSTRAINT event_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customer (id);
    ```
    The last statement finds the partitions' own keys, which are valid, and reads nothing.

    ## References
    - PostgreSQL 18, [Release Notes: allow NOT VALID foreign key constraints on partitioned tables](https://www.postgresql.org/docs/18/release-18.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each foreign key on a partitioned table whose partitions do not have it."""
        table = subject.table
        if table is None or table.partitioning is None or subject.version >= 18:
            return
        for command, constraint in subject.constraints(pb.CONSTR_FOREIGN):
            missing = [one for one in subject.state.leaves(table) if not _has(one, constraint, subject)]
            if not missing:
                continue
            steps: list[str] = []
            for one in missing:
                own = type(constraint)()
                own.CopyFrom(constraint)
                own.conname = ""
                steps += constraint_not_valid(subject, one, own)
            whole = type(constraint)()
            whole.CopyFrom(constraint)
            whole.skip_validation, whole.initially_valid = False, True
            steps.append(constraint_not_valid(subject, table, whole)[0].removesuffix(" NOT VALID"))
            refused = " (42809)" if constraint.skip_validation else ""
            yield self.finding(
                f"PostgreSQL {subject.version} cannot add a foreign key of the partitioned {table.label} as NOT VALID{refused}: at once it "
                f"stops writes to {len(missing)} partitions and {constraint.pktable.relname} while they are read",
                relation=table.label,
                safe=subject.instead_of(command, steps),
            )


def _has(partition: Any, constraint: Any, subject: Subject) -> bool:
    """Whether a partition has a valid foreign key of its own over the same columns."""
    columns = tuple(one.string.sval for one in constraint.fk_attrs)
    referenced = subject.state.table(constraint.pktable)
    target = referenced.label if referenced is not None else constraint.pktable.relname
    return any(key.columns == columns and key.references == target and key.valid for key in partition.foreign_keys)
