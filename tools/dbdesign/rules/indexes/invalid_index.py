"""The rule invalid-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Index, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject


class InvalidIndex(TableRule):
    """An index exists, is written to, and is used by no query.

    ## What it does
    Reports indexes that a failed CREATE INDEX CONCURRENTLY left invalid, indexes ON ONLY a partitioned table that lack their
    partitions', SQL Server's disabled and MySQL's invisible indexes.

    ## Why is this bad?
    Everyone believes that the index serves; no query uses it. An invalid or invisible index still costs every write, and a unique one
    may not be enforced.

    ## Example
    ```sql
    CREATE TABLE telemetry (taken_on date NOT NULL, device text NOT NULL, PRIMARY KEY (taken_on, device)) PARTITION BY RANGE (taken_on);
    CREATE TABLE telemetry_2025 PARTITION OF telemetry FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    CREATE INDEX telemetry_device_idx ON ONLY telemetry (device);
    ```

    ## Use instead
    ```sql
    CREATE TABLE telemetry (taken_on date NOT NULL, device text NOT NULL, PRIMARY KEY (taken_on, device)) PARTITION BY RANGE (taken_on);
    CREATE TABLE telemetry_2025 PARTITION OF telemetry FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    CREATE INDEX telemetry_device_idx ON telemetry (device);
    ```

    ## References
    - PostgreSQL manual, [Building Indexes Concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
    - MySQL manual, [Invisible Indexes](https://dev.mysql.com/doc/refman/8.4/en/invisible-indexes.html)
    - SQL Server manual, [Disable indexes and constraints](https://learn.microsoft.com/sql/relational-databases/indexes/disable-indexes-and-constraints)
    """

    severity = Severity.MEDIUM

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every index that no query uses."""
        for index in table.indexes:
            if index.valid and index.visible and not index.only:
                continue
            state = "is not visible to queries" if index.valid and not index.only else "is invalid"
            yield self.finding(
                on_constraint(table, index),
                f"{index.name} {state}, so that no query uses it"
                + ("" if index.valid and not index.visible else " though writes pay for it"),
                evidence={"valid": index.valid, "visible": index.visible, "only": index.only},
                fix=self._fix(index, table, subject),
            )

    @staticmethod
    def _fix(index: Index, table: Table, subject: Subject) -> str | None:
        """Builds it anew; whether a hidden one should rather go is not ours to say."""
        name = subject.sql.name(index.name or "")
        if subject.is_engine(Engine.POSTGRESQL):
            if index.only or table.partitioning:
                return subject.sql.recreate_index(table, index, where=index.where)
            return f"REINDEX INDEX {subject.dialect.qualified(table.namespace, index.name or '')};"
        if subject.is_engine(Engine.MYSQL, Engine.TIDB):
            return subject.sql.alter(table, f"ALTER INDEX {name} VISIBLE")
        if subject.is_engine(Engine.SQLSERVER):
            return f"ALTER INDEX {name} ON {subject.sql.table(table)} REBUILD;"
        return None
