"""The rule policy-calls-function-per-row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Policy, Table
from dbdesign.rules.access_paths import SMALL_TABLE
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject

_CALL = re.compile(
    r"(?<![\w.])(auth\.(?:uid|jwt|role|email)\(\)|current_setting\((?:[^()']|'[^']*')*\))", re.IGNORECASE
)
_INSIDE = r"[^()]*"
for _ in range(5):  # parentheses within parentheses, as the server writes casts and calls
    _INSIDE = rf"[^()]*(?:\({_INSIDE}\)[^()]*)*"
_SCALAR_SELECT = re.compile(rf"\(\s*SELECT\s+{_INSIDE}\)", re.IGNORECASE)


class PolicyCallsFunctionPerRow(TableRule):
    """A policy calls a function for every row that it could call once a query.

    ## What it does
    Reports policies that call `current_setting()`, `auth.uid()`, `auth.jwt()`, `auth.role()` directly rather than inside a scalar
    subquery.

    ## Why is this bad?
    The functions are stable, not immutable: the server calls them again for every row that the policy looks at. Inside `(SELECT …)` they
    are called once, as an initial plan; scans become many times faster.

    ## Example
    ```sql
    CREATE TABLE booklet (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner_name text NOT NULL
    );
    ALTER TABLE booklet ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_rows ON booklet USING (owner_name = current_setting('app.user'));
    ```

    ## Use instead
    ```sql
    CREATE TABLE booklet (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner_name text NOT NULL
    );
    ALTER TABLE booklet ENABLE ROW LEVEL SECURITY;
    ALTER TABLE booklet FORCE ROW LEVEL SECURITY;
    CREATE POLICY own_rows ON booklet USING (owner_name = (SELECT current_setting('app.user')));
    ```

    ## References
    - Supabase, [RLS performance: call functions with select](https://supabase.com/docs/guides/database/postgres/row-level-security#call-functions-with-select)
    - PostgreSQL manual, [Function Volatility Categories](https://www.postgresql.org/docs/current/xfunc-volatility.html)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL,)
    repeats = "{count} policies call a function for every row that they could call once a query"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every policy with such a call."""
        rows = subject.rows(table)
        if rows is not None and rows < SMALL_TABLE:
            return
        for policy in table.policies:
            calls = sorted({call for text in (policy.using, policy.check) if text for call in bare_calls(text)})
            if calls:
                yield self.finding(
                    on_column(table, policy.name),
                    f"the policy {policy.name} of {table.label} calls {calls[0]} for every row; inside (SELECT …) it is called once",
                    evidence={"calls": calls},
                    fix=_wrapped(policy, table, subject),
                )


def bare_calls(expression: str) -> list[str]:
    """The calls that stand outside any scalar subquery."""
    return _CALL.findall(_SCALAR_SELECT.sub("", expression))


def _wrap(expression: str) -> str:
    """The expression with each bare call inside a subquery; subqueries that are there already stay as they are."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    bare = _SCALAR_SELECT.sub(keep, expression)
    wrapped = _CALL.sub(lambda match: f"(SELECT {match[0]})", bare)
    return re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], wrapped)


def _wrapped(policy: Policy, table: Table, subject: Subject) -> str:
    using = f" USING ({_wrap(policy.using)})" if policy.using else ""
    check = f" WITH CHECK ({_wrap(policy.check)})" if policy.check else ""
    return f"ALTER POLICY {subject.sql.name(policy.name)} ON {subject.sql.table(table)}{using}{check};"
