"""The rule name-cut-at-limit."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject


class NameCutAtLimit(TableRule):
    """A name is exactly as long as names can be, and was probably cut.

    ## What it does
    Reports names of tables, columns and of constraints that were named by hand which have exactly 63 bytes in PostgreSQL. Longer ones
    cannot be there: the server cuts them with a notice.

    ## Why is this bad?
    The name in the scripts and the name in the database differ. Scripts that look the name up do not find it, and two long names that
    begin alike become one.

    ## Example
    ```sql
    CREATE TABLE quarterly_regional_sales_forecast_adjustments_by_product_and_channel (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE sales_forecast_adjustment (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
    );
    ```

    ## References
    - PostgreSQL manual, [Identifiers and Key Words](https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS)
    """

    severity = Severity.LOW
    engines = (Engine.POSTGRESQL,)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Names of tables and columns; those of constraints are mostly made by the server, which shortens them well."""
        limit = subject.dialect.max_identifier
        if len(table.name.encode()) == limit:
            yield self._report(table.label, table.name, subject.sql.rename_table(table, _shorter(table.name)))
        for column in table.columns:
            if len(column.name.encode()) == limit and column.name not in table.inherited:
                fix = subject.sql.rename_column(table, column.name, _shorter(column.name))
                yield self._report(on_column(table, column), column.name, fix)

    def _report(self, target: str, name: str, fix: str) -> Finding:
        return self.finding(
            target,
            f"{name} has exactly {len(name.encode())} bytes and was probably cut, so that scripts know it by another name",
            evidence={"bytes": len(name.encode())},
            fix=fix,
        )


def _shorter(name: str) -> str:
    """The name without its last, probably incomplete word."""
    return name.rpartition("_")[0] or name[:48]
