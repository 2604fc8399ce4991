"""The rule table-of-nullable-columns."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.meaning import payload
from dbdesign.rules.subject import Subject

ENOUGH = 5
"""Columns from which on it is improbable that every one of them is really optional."""


class TableOfNullableColumns(TableRule):
    """Nothing in a table is mandatory.

    ## What it does
    Reports tables of at least five columns beside keys and bookkeeping that may all be NULL.

    ## Why is this bad?
    A row may say nothing at all. NULL stands for unknown, for not applicable and for forgotten, and every query has to guess which. What
    the application believes to be always there is not.

    ## Example
    ```sql
    CREATE TABLE speaker (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        full_name text,
        biography text,
        town text,
        company text,
        topic text
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE speaker (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        full_name text NOT NULL,
        biography text,
        town text,
        company text,
        topic text NOT NULL
    );
    ```

    ## When it does not apply
    Staging tables and tables of an ORM's single-table inheritance.

    ## References
    - PostgreSQL manual, [Not-Null Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL)
    """

    severity = Severity.LOW
    repeats = "{count} tables have nothing mandatory beside their keys, so that a row may say nothing at all"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table in which nothing but the key must be said."""
        said = payload(table)
        linking = subject.foreign_columns(table) - set(table.primary_key.columns if table.primary_key else ())
        mandatory = [name for name in linking if (column := table.column(name)) and not column.nullable]
        if len(said) < ENOUGH or mandatory or any(not column.nullable for column in said):
            return
        if table.primary_key is None and any(not column.nullable for column in table.columns):
            return
        yield self.finding(
            table.label,
            f"all {len(said)} columns of {table.label} beside its keys may be NULL, so that a row may say nothing at all",
            evidence={"columns": len(said)},
        )
