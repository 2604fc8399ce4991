"""The rule row-security-without-policy."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject


class RowSecurityWithoutPolicy(TableRule):
    """Row security is on, and no policy lets anyone see a row.

    ## What it does
    Reports tables with row security and without any policy.

    ## Why is this bad?
    Without a policy nothing is allowed: every role but the owner sees an empty table, and updates change no row, both without an error. It
    looks like lost data.

    ## Example
    ```sql
    CREATE TABLE memo (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        body text NOT NULL
    );
    ALTER TABLE memo ENABLE ROW LEVEL SECURITY;
    ```

    ## Use instead
    ```sql
    CREATE TABLE memo (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        author text NOT NULL,
        body text NOT NULL
    );
    ALTER TABLE memo ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own_memos ON memo USING (author = (SELECT current_user));
    ```

    ## When it does not apply
    Tables that only the owner and roles with BYPASSRLS are to touch: that is a way of closing them to everyone else.

    ## References
    - PostgreSQL manual, [Row Security Policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
    """

    severity = Severity.LOW
    engines = (Engine.POSTGRESQL, Engine.COCKROACHDB)
    repeats = "{count} tables have row security and no policy, so that all but their owner see them empty"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table that nobody but its owner can read; who should, only its owner can say."""
        if table.row_security != "off" and not table.policies:
            yield self.finding(
                table.label,
                f"{table.label} has row security and no policy, so that all but its owner see it empty, without an error",
                evidence={"row_security": table.row_security},
                fix=subject.sql.alter(table, "DISABLE ROW LEVEL SECURITY") if _is_open(table) else None,
            )


def _is_open(table: Table) -> bool:
    """Whether the table is granted to everyone, so that it was not meant to be closed."""
    return any(grant.grantee == "public" for grant in table.grants)
