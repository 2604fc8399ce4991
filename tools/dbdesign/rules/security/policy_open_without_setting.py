"""The rule policy-open-without-setting."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject

_NOTHING_SET = re.compile(
    r"current_setting\s*\((?:(?!\b(?:or|and)\b).){0,160}?(?:\bis\s+null\b|=\s*''(?!'))", re.IGNORECASE | re.DOTALL
)
"""That nothing is set, with what the server writes in between; a condition on something else has an AND or OR before it."""
_OR = re.compile(r"\bor\b", re.IGNORECASE)


class PolicyOpenWithoutSetting(TableRule):
    """A policy lets every row through where the session has not said for whom it works.

    ## What it does
    Reports policies with a condition of the form "the setting is not set, or the row is its tenant's".

    ## Why is this bad?
    The one mistake that row security is there for, a request that forgot to say for whom it works, then shows every tenant's rows.
    Jobs that may see all need a role and a policy of their own.

    ## Example
    ```sql
    CREATE TABLE parcel (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tenant_id bigint NOT NULL
    );
    CREATE INDEX ON parcel (tenant_id);
    ALTER TABLE parcel ENABLE ROW LEVEL SECURITY;
    ALTER TABLE parcel FORCE ROW LEVEL SECURITY;
    CREATE POLICY of_tenant ON parcel USING (
        (SELECT nullif(current_setting('app.tenant_id', true), '')) IS NULL
        OR tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::bigint)
    );
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
    - PostgreSQL manual, [Configuration Settings Functions](https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET)
    - PostgreSQL manual, [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
    """

    severity = Severity.HIGH
    engines = (Engine.POSTGRESQL, Engine.COCKROACHDB)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every policy that a session without a setting passes."""
        del subject
        for policy in table.policies:
            open_for = [
                text for text in (policy.using, policy.check) if text and _OR.search(text) and _NOTHING_SET.search(text)
            ]
            if policy.permissive and open_for:
                yield self.finding(
                    on_column(table, policy.name),
                    f"the policy {policy.name} of {table.label} lets every row through where the setting is not set",
                    evidence={"condition": " ".join(open_for[0].split())[:300], "roles": list(policy.roles)},
                )
