"""The rule row-security-not-forced."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject

_SETTING = "current_setting("


class RowSecurityNotForced(TableRule):
    """Policies that tell tenants apart by a setting do not hold for the owner of the table.

    ## What it does
    Reports tables whose policies read a setting of the session, so that one role works for all tenants, that are granted to no other role
    than their owner, and on which row security is not forced.

    ## Why is this bad?
    Row security does not hold for a table's owner. Where the program connects as the role that made the tables, which nothing here
    speaks against, every policy is without effect, and nobody notices: all queries work.

    ## Example
    ```sql
    CREATE TABLE parcel (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tenant_id bigint NOT NULL
    );
    CREATE INDEX ON parcel (tenant_id);
    ALTER TABLE parcel ENABLE ROW LEVEL SECURITY;
    CREATE POLICY of_tenant ON parcel USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint));
    ```

    ## Use instead
    ```sql
    CREATE TABLE parcel (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tenant_id bigint NOT NULL
    );
    CREATE INDEX ON parcel (tenant_id);
    ALTER TABLE parcel ENABLE ROW LEVEL SECURITY;
    ALTER TABLE parcel FORCE ROW LEVEL SECURITY;
    CREATE POLICY of_tenant ON parcel USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint));
    ```

    ## References
    - PostgreSQL manual, [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL, Engine.COCKROACHDB)
    repeats = "the policies of {count} tables read a setting and do not hold for the owner, to whom alone the tables are granted"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table that its owner sees whole."""
        reading = [one.name for one in table.policies if _SETTING in f"{one.using} {one.check}".lower()]
        granted = [one.grantee for one in table.grants if one.grantee != table.owner and not one.revoked]
        if table.row_security != "enabled" or not reading or granted:
            return
        yield self.finding(
            table.label,
            f"the policies of {table.label} read a setting, and do not hold for its owner, to whom alone it is granted",
            evidence={"policies": reading},
            fix=subject.sql.alter(table, "FORCE ROW LEVEL SECURITY"),
        )
