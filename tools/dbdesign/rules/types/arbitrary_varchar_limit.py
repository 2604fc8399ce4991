"""The rule arbitrary-varchar-limit."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import Rule, on_column
from dbdesign.rules.subject import Subject

HABITUAL = 255
"""The longest length that old MySQL and SQL Server versions stored in one byte: a habit, not a fact about the data."""
ENOUGH = 5
"""Columns from which on it is a habit rather than a choice."""


class ArbitraryVarcharLimit(Rule):
    """Texts are limited to 255 characters out of habit.

    ## What it does
    Reports `varchar(255)` in PostgreSQL where at least five columns have it.

    ## Why is this bad?
    The limit buys nothing: PostgreSQL stores `varchar(255)` and `text` alike. It comes from other engines, is no rule of the
    business, and fails on the day on which an honest value is longer.

    ## Example
    ```sql
    CREATE TABLE place (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        title varchar(255) NOT NULL,
        street varchar(255) NOT NULL,
        town varchar(255) NOT NULL,
        region varchar(255) NOT NULL,
        remark varchar(255) NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE place (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        title text NOT NULL,
        street text NOT NULL,
        town text NOT NULL,
        region text NOT NULL,
        remark text NOT NULL CHECK (length(remark) <= 2000)
    );
    ```

    ## References
    - PostgreSQL manual, [Character Types](https://www.postgresql.org/docs/current/datatype-character.html)
    - PostgreSQL wiki, [Don't use varchar(n) by default](https://wiki.postgresql.org/wiki/Don%27t_Do_This#Text_storage)
    """

    severity = Severity.INFO
    engines = (Engine.POSTGRESQL,)
    repeats = "{count} texts are limited to 255 characters, a habit from other engines that saves nothing and one day refuses a value"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every such column, if they are many."""
        found = [
            (table, column) for table in subject.tables for column in table.columns if self._is_habit(column, table)
        ]
        if len(found) < ENOUGH:
            return
        for table, column in found:
            yield self.finding(
                on_column(table, column),
                f"{on_column(table, column)} is limited to {HABITUAL} characters out of habit",
                evidence={"type": column.type.native},
                fix=subject.sql.change_type(table, column, "text"),
            )

    @staticmethod
    def _is_habit(column: Column, table: Table) -> bool:
        own = column.name not in table.inherited
        return own and column.type.kind is Kind.VARCHAR and column.type.length == HABITUAL and column.type.name is None
