"""The rule nullable-primary-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject


class NullablePrimaryKey(TableRule):
    """A primary key of SQLite accepts NULL.

    ## What it does
    Reports SQLite tables whose primary key is not the INTEGER PRIMARY KEY and has columns without NOT NULL, unless the table is
    STRICT or WITHOUT ROWID.

    ## Why is this bad?
    By an early mistake that is kept for compatibility, SQLite lets such keys be NULL, any number of times: rows without identity, against
    every expectation of a primary key.

    ## Example
    ```sql
    CREATE TABLE airport (
        iata TEXT PRIMARY KEY,
        town TEXT NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE airport (
        iata TEXT NOT NULL PRIMARY KEY,
        town TEXT NOT NULL
    );
    ```

    ## References
    - SQLite manual, [CREATE TABLE: The PRIMARY KEY](https://www.sqlite.org/lang_createtable.html#the_primary_key)
    """

    severity = Severity.LOW
    engines = (Engine.SQLITE,)
    repeats = "{count} tables have a primary key that accepts NULL, so that rows without identity get in"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:  # noqa: ARG002
        """A key that accepts NULL; only a new table can put it right."""
        key = table.primary_key.columns if table.primary_key else ()
        if {"strict", "without_rowid"} & set(table.options):
            return
        columns = [column for name in key if (column := table.column(name))]
        if any(column.identity for column in columns):
            return
        nullable = [column.name for column in columns if column.nullable]
        if nullable:
            yield self.finding(
                table.label,
                f"the primary key of {table.label} accepts NULL in {', '.join(nullable)}, any number of times",
                evidence={"nullable": nullable},
            )
