"""The rule written-by-public."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject

_WRITING = frozenset({"INSERT", "UPDATE", "DELETE", "TRUNCATE", "ALL", "ALL PRIVILEGES"})


class WrittenByPublic(TableRule):
    """Every role of the server may write a table.

    ## What it does
    Reports tables on which INSERT, UPDATE, DELETE or TRUNCATE is granted to PUBLIC and that have no row security.

    ## Why is this bad?
    PUBLIC is every role there is and will be: the one for reports, the one for monitoring, and the next one that someone makes
    for a contractor.

    ## Example
    ```sql
    CREATE TABLE tariff (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        rate numeric(8, 4) NOT NULL
    );
    GRANT SELECT, UPDATE ON tariff TO PUBLIC;
    ```

    ## Use instead
    ```sql
    CREATE TABLE tariff (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        rate numeric(8, 4) NOT NULL
    );
    GRANT SELECT ON tariff TO PUBLIC;
    ```

    ## References
    - PostgreSQL manual, [Privileges](https://www.postgresql.org/docs/current/ddl-priv.html)
    - SQL Server manual, [Public role](https://learn.microsoft.com/sql/relational-databases/security/authentication-access/server-level-roles)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL, Engine.SQLSERVER, Engine.COCKROACHDB)
    repeats = "{count} tables may be written by every role of the server"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Rights to write for everyone."""
        if table.row_security != "off":
            return
        granted = {
            privilege
            for grant in table.grants
            if grant.grantee.lower() == "public" and not getattr(grant, "revoked", False)
            for privilege in grant.privileges
        }
        writing = sorted(privilege for privilege in granted if privilege.upper() in _WRITING)
        if writing:
            yield self.finding(
                table.label,
                f"every role of the server may {', '.join(one.lower() for one in writing)} rows of {table.label}",
                evidence={"privileges": writing},
                fix=f"REVOKE {', '.join(writing)} ON {subject.sql.table(table)} FROM PUBLIC;",
            )
