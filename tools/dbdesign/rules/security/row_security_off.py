"""The rule row-security-off."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject

_OPEN_ROLES = frozenset({"anon", "authenticated"})
"""The roles as which PostgREST and Supabase run what browsers send."""
COMMON = 0.5
"""Share of tables with row security from which on a table without it is taken for an oversight."""


class RowSecurityOff(TableRule):
    """A table's policies do nothing, or it has none where its neighbours have.

    ## What it does
    Reports tables with policies whose row security is off; tables without row security that are granted to the roles that requests from
    browsers run as (`anon`, `authenticated`); and, where most tables have row security, tables of the tenants' data that have not.

    ## Why is this bad?
    Policies hold only once ALTER TABLE … ENABLE ROW LEVEL SECURITY was run: until then everyone with SELECT sees every row, though the
    schema looks protected.

    ## Example
    ```sql
    CREATE TABLE diary (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner_name text NOT NULL
    );
    CREATE POLICY own_rows ON diary USING (owner_name = (SELECT current_user));
    ```

    ## Use instead
    ```sql
    CREATE TABLE diary (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner_name text NOT NULL
    );
    ALTER TABLE diary ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_rows ON diary USING (owner_name = (SELECT current_user));
    ```

    ## References
    - PostgreSQL manual, [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
    - Supabase, [Row Level Security](https://supabase.com/docs/guides/database/postgres/row-level-security)
    """

    severity = Severity.HIGH
    engines = (Engine.POSTGRESQL, Engine.COCKROACHDB)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table whose rows anyone may see."""
        if table.row_security != "off":
            return
        why = self._why(table, subject)
        if why is not None:
            yield self.finding(
                table.label,
                f"{why}, so that whoever may select from {table.label} sees every row",
                evidence={"policies": [policy.name for policy in table.policies]},
                fix=subject.sql.alter(table, "ENABLE ROW LEVEL SECURITY"),
            )

    @staticmethod
    def _why(table: Table, subject: Subject) -> str | None:
        if table.policies:
            return f"row security is off, and the {len(table.policies)} policies of {table.label} do nothing"
        if any(grant.grantee in _OPEN_ROLES and not getattr(grant, "revoked", False) for grant in table.grants):
            return f"row security is off, and {table.label} is granted to roles that browsers use"
        tenant = subject.tenant_column
        if (
            subject.protected >= len(subject.tables) * COMMON
            and subject.protected > 1
            and tenant
            and table.column(tenant)
        ):
            return f"row security is off for {table.label} alone among tables with {tenant}"
        return None
