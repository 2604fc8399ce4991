"""The rule datetime-instead-of-datetime2."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject


class DatetimeInsteadOfDatetime2(ColumnRule):
    """A point in time is a `datetime`, which rounds to a three-hundredth of a second.

    ## What it does
    Reports SQL Server's `datetime` and `smalldatetime` columns.

    ## Why is this bad?
    `datetime` rounds to .000, .003 or .007 seconds, so that a time read from elsewhere is not found again, and the end of a day,
    23:59:59.999, becomes the next day. `datetime2` is exact, ranges from year 1, and takes no more space.

    ## Example
    ```sql
    CREATE TABLE visit (
        id bigint IDENTITY NOT NULL PRIMARY KEY,
        arrived_at datetime NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE visit (
        id bigint IDENTITY NOT NULL PRIMARY KEY,
        arrived_at datetime2(3) NOT NULL
    );
    ```

    ## References
    - SQL Server manual, [datetime](https://learn.microsoft.com/sql/t-sql/data-types/datetime-transact-sql)
    """

    severity = Severity.INFO
    engines = (Engine.SQLSERVER,)
    repeats = "{count} columns are datetime, which rounds to three-hundredths of a second; datetime2 is exact in the same space"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A datetime."""
        native = column.type.native.lower()
        if native not in {"datetime", "smalldatetime"}:
            return
        unit = "three-hundredths of a second" if native == "datetime" else "minutes"
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} is {native}, which rounds to {unit}",
            evidence={"type": native},
            fix=subject.sql.change_type(table, column, "datetime2(3)" if native == "datetime" else "datetime2(0)"),
        )
