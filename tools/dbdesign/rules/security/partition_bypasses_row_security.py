"""The rule partition-bypasses-row-security."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine
from dbdesign.rules.base import Rule
from dbdesign.rules.subject import Subject


class PartitionBypassesRowSecurity(Rule):
    """A partition that is granted to a role shows what the policies of its table hide.

    ## What it does
    Reports partitions without row security that are granted to a role, of tables with row security.

    ## Why is this bad?
    The policies of a partitioned table hold for queries that name it. Whoever names the partition itself and has a right on it sees
    every row.

    ## Example
    ```sql
    CREATE TABLE parcel (
        id bigint GENERATED ALWAYS AS IDENTITY,
        sent_on date NOT NULL,
        sender text NOT NULL,
        PRIMARY KEY (id, sent_on)
    ) PARTITION BY RANGE (sent_on);
    CREATE TABLE parcel_2030 PARTITION OF parcel FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
    ALTER TABLE parcel ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_parcels ON parcel USING (sender = (SELECT current_user));
    GRANT SELECT ON parcel, parcel_2030 TO reporting;
    ```

    ## Use instead
    ```sql
    CREATE TABLE parcel (
        id bigint GENERATED ALWAYS AS IDENTITY,
        sent_on date NOT NULL,
        sender text NOT NULL,
        PRIMARY KEY (id, sent_on)
    ) PARTITION BY RANGE (sent_on);
    CREATE TABLE parcel_2030 PARTITION OF parcel FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
    ALTER TABLE parcel ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_parcels ON parcel USING (sender = (SELECT current_user));
    GRANT SELECT ON parcel TO reporting;
    ```

    ## References
    - PostgreSQL manual, [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
    - PostgreSQL manual, [Table Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html)
    """

    severity = Severity.HIGH
    engines = (Engine.POSTGRESQL,)
    repeats = "{count} partitions of tables with row security have none, and are granted to roles that can name them"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every partition with a way past its table's policies."""
        protected = {table.label for table in subject.schema.tables if table.row_security != "off"}
        for table in subject.schema.tables:
            if table.partition_of is None or table.partition_of.label not in protected or table.row_security != "off":
                continue
            roles = sorted({one.grantee for one in table.grants if not one.revoked and one.grantee != table.owner})
            if roles:
                yield self.finding(
                    table.label,
                    f"{table.label} has no row security and is granted to {', '.join(roles)}: past its table's policies",
                    evidence={"roles": roles},
                    fix=subject.sql.alter(table, "ENABLE ROW LEVEL SECURITY"),
                )
