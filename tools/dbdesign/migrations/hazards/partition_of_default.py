"""The hazard partition-of-default."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.bounds import exclusion_text
from dbdesign.migrations.check.subject import TIMEOUT, Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict import implied
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_tables import bound as bound_text
from dbdesign.readers.postgresql.names import make_object_name


class PartitionOfDefault(Hazard):
    """Creating a partition reads the default partition, while the whole partitioned table is locked.

    ## What it does
    Reports CREATE TABLE … PARTITION OF a table that has a default partition.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE on the partitioned table and on the default partition while it looks in the latter for rows that belong into
    the new one.

    ## Example
    ```sql
    CREATE TABLE event (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE event_rest PARTITION OF event DEFAULT;
    -- migration
    SET lock_timeout = '2s';
    CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    ```

    ## Use instead
    ```sql
    CREATE TABLE event (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE event_rest PARTITION OF event DEFAULT;
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE event_rest ADD CONSTRAINT not_2025 CHECK (NOT (at >= '2025-01-01' AND at < '2026-01-01')) NOT VALID;
    ALTER TABLE event_rest VALIDATE CONSTRAINT not_2025;
    CREATE TABLE event_2025 (LIKE event INCLUDING ALL);
    ALTER TABLE event ATTACH PARTITION event_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    ALTER TABLE event_rest DROP CONSTRAINT not_2025;
    ```

    ## References
    - PostgreSQL manual, [CREATE TABLE: PARTITION OF](https://www.postgresql.org/docs/current/sql-createtable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A partition beside a default one that may hold its rows."""
        node = subject.node
        if (
            not subject.is_a("CreateStmt")
            or node is None
            or not node.HasField("partbound")
            or node.partbound.is_default
        ):
            return
        parent = subject.existing(node.inh_relations[0].range_var)
        default = subject.state.default_partition(parent) if parent is not None else None
        if parent is None or default is None or implied.default_is_proven(default, parent, node.partbound):
            return
        text = exclusion_text(subject, parent, node.partbound)
        safe = None
        if text and not len(node.table_elts) and not node.HasField("partspec"):
            name = subject.quoted(
                subject.free(default, make_object_name(default.name[1], node.relation.relname, "not"))
            )
            child = nodes.plain(node.relation.schemaname) if node.relation.schemaname else subject.state.drafts.here
            own = subject.qualified(child, node.relation.relname)
            safe = script(
                [
                    TIMEOUT,
                    subject.alter(default, f"ADD CONSTRAINT {name} CHECK ({text}) NOT VALID"),
                    subject.alter(default, f"VALIDATE CONSTRAINT {name}"),
                    f"CREATE TABLE {own} (LIKE {subject.name(parent)} INCLUDING ALL)",
                    subject.alter(parent, f"ATTACH PARTITION {own} {bound_text(node.partbound)}"),
                    subject.alter(default, f"DROP CONSTRAINT {name}"),
                ]
            )
        yield self.blocking(
            subject,
            f"{parent.label} and {default.label}",
            LockMode.ACCESS_EXCLUSIVE,
            f"the default partition {default.label} is read for rows of the new one",
            subject.work("scan", default),
            safe=safe,
        )
