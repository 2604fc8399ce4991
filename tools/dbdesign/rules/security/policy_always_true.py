"""The rule policy-always-true."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Policy, Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject

_TRUE = frozenset({"true", "(true)", "1 = 1", "(1 = 1)"})
_TRUSTED = frozenset({"service_role", "postgres", "supabase_admin"})


class PolicyAlwaysTrue(TableRule):
    """A policy lets everyone write every row.

    ## What it does
    Reports permissive policies for INSERT, UPDATE, DELETE or ALL whose condition is `true`. Policies that let everyone read, and policies
    for a role that is trusted with everything, are left alone.

    ## Why is this bad?
    Permissive policies are joined by OR: one that is always true makes every other one pointless. Row security is on, and protects nothing.

    ## Example
    ```sql
    CREATE TABLE vote (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        voter text NOT NULL
    );
    ALTER TABLE vote ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_votes ON vote USING (voter = (SELECT current_user));
    CREATE POLICY anyone ON vote FOR UPDATE USING (true);
    ```

    ## Use instead
    ```sql
    CREATE TABLE vote (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        voter text NOT NULL
    );
    ALTER TABLE vote ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_votes ON vote USING (voter = (SELECT current_user));
    ```

    ## References
    - PostgreSQL manual, [CREATE POLICY](https://www.postgresql.org/docs/current/sql-createpolicy.html)
    - Supabase, [Database advisors: permissive RLS policy](https://supabase.com/docs/guides/database/database-advisors)
    """

    severity = Severity.HIGH
    engines = (Engine.POSTGRESQL, Engine.COCKROACHDB)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every policy that holds back nothing."""
        for policy in table.policies:
            if (
                not policy.permissive
                or policy.command == "select"
                or set(policy.roles) <= _TRUSTED
                or not _lets_everyone(policy)
            ):
                continue
            yield self.finding(
                on_column(table, policy.name),
                f"the policy {policy.name} of {table.label} lets {', '.join(policy.roles)} {_verb(policy)} every row",
                evidence={"command": policy.command, "roles": list(policy.roles)},
                fix=f"DROP POLICY {subject.sql.name(policy.name)} ON {subject.sql.table(table)};",
            )


def _lets_everyone(policy: Policy) -> bool:
    if policy.command == "insert":
        return (policy.check or "").strip().lower() in _TRUE
    return (policy.using or "").strip().lower() in _TRUE and (
        policy.check is None or policy.check.strip().lower() in _TRUE
    )


def _verb(policy: Policy) -> str:
    return "read and write" if policy.command == "all" else policy.command
