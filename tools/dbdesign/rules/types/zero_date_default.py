"""The rule zero-date-default."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject


class ZeroDateDefault(ColumnRule):
    """A date is `0000-00-00` where it should be unknown.

    ## What it does
    Reports date and time columns of MySQL whose default is a zero date.

    ## Why is this bad?
    Since 5.7 the default SQL mode refuses zero dates: the table can no longer be created, restored or altered without weakening the
    mode. No other engine and few drivers can read the value.

    ## Example
    ```sql
    CREATE TABLE voucher (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        redeemed_on date NOT NULL DEFAULT '0000-00-00'
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE voucher (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        redeemed_on date NULL
    );
    ```

    ## References
    - MySQL manual, [Server SQL Modes: NO_ZERO_DATE](https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html#sqlmode_no_zero_date)
    """

    severity = Severity.MEDIUM
    engines = (Engine.MYSQL, Engine.TIDB)
    repeats = (
        "{count} columns default to a zero date, which the default SQL mode refuses and other programs cannot read"
    )

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A zero default."""
        if not column.type.is_time or not (column.default or "").strip("'\"").startswith("0000-00-00"):
            return
        unset = column.model_copy(update={"default": None, "nullable": True})
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} defaults to a zero date, which the default SQL mode refuses and other programs cannot read",
            evidence={"default": column.default or ""},
            fix=subject.sql.alter(table, f"MODIFY {subject.sql.definition(unset)}"),
        )
