"""The rule locale-bound-money."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject


class LocaleBoundMoney(ColumnRule):
    """A column has the type `money`, which depends on settings or rounds.

    ## What it does
    Reports columns of PostgreSQL's `money`, and of SQL Server's `money` and `smallmoney`.

    ## Why is this bad?
    PostgreSQL's `money` stores neither currency nor scale: both come from `lc_monetary` when it is shown, so that a dump restored
    under another locale changes its amounts' meaning. SQL Server's rounds every intermediate result to four digits, so that shares and
    rates computed with it are wrong.

    ## Example
    ```sql
    CREATE TABLE donation (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        given money NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE donation (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        given numeric(12, 2) NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [Monetary Types](https://www.postgresql.org/docs/current/datatype-money.html)
    - SQL Server manual, [money and smallmoney](https://learn.microsoft.com/sql/t-sql/data-types/money-and-smallmoney-transact-sql)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL, Engine.SQLSERVER)
    kinds = frozenset({Kind.MONEY})
    repeats = "{count} columns have the type money, whose meaning depends on settings and whose intermediate results are rounded"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A column of a money type; SQL Server's has a fixed scale and is only imprecise in divisions."""
        if column.generated and subject.is_engine(Engine.SQLSERVER):
            return  # it has the type of what it is computed from
        name = subject.sql.name(column.name)
        on_server = subject.is_engine(Engine.SQLSERVER)
        using = None if on_server else f"{name}::numeric(19,4)"
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} is {column.type.native}, "
            + (
                "which rounds every intermediate result"
                if on_server
                else "whose currency and scale depend on lc_monetary"
            ),
            severity=Severity.LOW if on_server else None,
            evidence={"type": column.type.native},
            fix=subject.sql.change_type(table, column, "decimal(19,4)" if on_server else "numeric(19,4)", using=using),
        )
