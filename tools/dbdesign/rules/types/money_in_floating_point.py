"""The rule money-in-floating-point."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.meaning import is_money
from dbdesign.rules.subject import Subject


class MoneyInFloatingPoint(ColumnRule):
    """An amount of money is stored as a floating-point number.

    ## What it does
    Reports columns that are named as amounts of money (price, cost, fee, tax; amount, total, balance where the table trades) and
    have a binary floating-point type.

    ## Why is this bad?
    Binary fractions cannot hold 0.10. Sums drift by cents that no one can account for, and equal amounts compare as different.

    ## Example
    ```sql
    CREATE TABLE product (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL,
        unit_price double precision NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE product (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL,
        unit_price numeric(12, 2) NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [Numeric Types](https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-FLOAT)
    - MySQL manual, [Problems with Floating-Point Values](https://dev.mysql.com/doc/refman/8.4/en/problems-with-float.html)
    - SQL Server manual, [float and real](https://learn.microsoft.com/sql/t-sql/data-types/float-and-real-transact-sql)
    """

    severity = Severity.HIGH
    kinds = frozenset({Kind.FLOAT32, Kind.FLOAT64})
    repeats = "{count} amounts of money are floating-point numbers, which cannot hold cents exactly, so that sums drift"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A floating-point column whose name says money. SQLite has no exact decimals, so that only whole cents are better."""
        data_type = subject.type_of(column)
        if data_type.kind not in {Kind.FLOAT32, Kind.FLOAT64} or not is_money(column, table, data_type):
            return
        exact = "decimal" if subject.is_engine(Engine.MYSQL, Engine.TIDB, Engine.SQLSERVER) else "numeric"
        sqlite = subject.is_engine(Engine.SQLITE)
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} holds money as {data_type.native}, which cannot represent cents exactly, so that sums drift",
            severity=Severity.LOW if sqlite else None,
            evidence={"type": data_type.native},
            fix=subject.sql.change_type(table, column, f"{exact}(12,2)"),
        )
