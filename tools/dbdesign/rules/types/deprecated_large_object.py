"""The rule deprecated-large-object."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject

_INSTEAD = {"text": "varchar(max)", "ntext": "nvarchar(max)", "image": "varbinary(max)"}


class DeprecatedLargeObject(ColumnRule):
    """A column has one of SQL Server's deprecated types for large values.

    ## What it does
    Reports `text`, `ntext` and `image` columns of SQL Server.

    ## Why is this bad?
    They are deprecated, cannot be compared, sorted, grouped or assigned to local variables, and most string functions refuse them.

    ## Example
    ```sql
    CREATE TABLE note (
        id bigint IDENTITY NOT NULL PRIMARY KEY,
        body ntext NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE note (
        id bigint IDENTITY NOT NULL PRIMARY KEY,
        body nvarchar(max) NOT NULL
    );
    ```

    ## References
    - SQL Server manual, [ntext, text, and image](https://learn.microsoft.com/sql/t-sql/data-types/ntext-text-and-image-transact-sql)
    """

    severity = Severity.MEDIUM
    engines = (Engine.SQLSERVER,)
    repeats = "{count} columns have deprecated types for large values, which can be neither compared nor sorted"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A deprecated type."""
        instead = _INSTEAD.get(column.type.native.lower())
        if instead is None:
            return
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} is {column.type.native}, which is deprecated and can be neither compared nor sorted",
            evidence={"type": column.type.native},
            fix=subject.sql.change_type(table, column, instead),
        )
