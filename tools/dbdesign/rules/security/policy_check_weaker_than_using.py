"""The rule policy-check-weaker-than-using."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Policy, Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject

_TRUE = frozenset({"true", "(true)"})


class PolicyCheckWeakerThanUsing(TableRule):
    """A policy shows own rows alone, and lets anybody's be written.

    ## What it does
    Reports permissive policies for UPDATE or ALL with a condition for the rows that are seen (USING) and `true` for those that are written
    (WITH CHECK).

    ## Why is this bad?
    Without WITH CHECK the condition of USING holds for what is written too. `WITH CHECK (true)` takes that away: a row can be given to
    somebody else, or, with ALL, inserted for him.

    ## Example
    ```sql
    CREATE TABLE memo (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        author text NOT NULL
    );
    ALTER TABLE memo ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_memos ON memo USING (author = (SELECT current_user)) WITH CHECK (true);
    ```

    ## Use instead
    ```sql
    CREATE TABLE memo (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        author text NOT NULL
    );
    ALTER TABLE memo ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_memos ON memo USING (author = (SELECT current_user)) WITH CHECK (author = (SELECT current_user));
    ```

    ## References
    - PostgreSQL manual, [CREATE POLICY](https://www.postgresql.org/docs/current/sql-createpolicy.html)
    """

    severity = Severity.HIGH
    engines = (Engine.POSTGRESQL, Engine.COCKROACHDB)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every policy of this kind, where no restrictive one holds what is written."""
        if any(not one.permissive and one.command in {"all", "insert", "update"} for one in table.policies):
            return
        for policy in table.policies:
            if _writes_anything(policy):
                name = subject.sql.name(policy.name)
                yield self.finding(
                    on_column(table, policy.name),
                    f"the policy {policy.name} of {table.label} shows own rows alone, and lets anybody's be written",
                    evidence={"using": " ".join((policy.using or "").split())[:300], "command": policy.command},
                    fix=f"ALTER POLICY {name} ON {subject.sql.table(table)} WITH CHECK ({policy.using});",
                )


def _writes_anything(policy: Policy) -> bool:
    check, using = (policy.check or "").strip().lower(), (policy.using or "true").strip().lower()
    return policy.permissive and policy.command in {"all", "update"} and check in _TRUE and using not in _TRUE
