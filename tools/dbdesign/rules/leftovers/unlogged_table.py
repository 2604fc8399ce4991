"""The rule unlogged-table."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import stem, vocabulary

_PASSING = vocabulary("cache session staging import tmp temp queue scratch buffer job lock")


class UnloggedTable(TableRule):
    """A table that holds facts is not written to the log.

    ## What it does
    Reports unlogged tables of PostgreSQL, unless their name says that they hold nothing lasting (cache, session, staging, queue).

    ## Why is this bad?
    After a crash the server empties the table. It is not replicated either: on a standby it cannot be read at all.

    ## Example
    ```sql
    CREATE UNLOGGED TABLE bequest (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        donor text NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE bequest (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        donor text NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [CREATE TABLE: UNLOGGED](https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-UNLOGGED)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL,)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """An unlogged table of facts; one that others refer to would make them dangle."""
        if "unlogged" not in table.options or _PASSING & set(stem(table.name)):
            return
        yield self.finding(
            table.label,
            f"{table.label} is unlogged: after a crash it is empty, and on a standby it cannot be read",
            evidence={"unlogged": True},
            fix=subject.sql.alter(table, "SET LOGGED"),
        )
