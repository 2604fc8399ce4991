"""The rule integer-key-may-run-out."""

from __future__ import annotations

import math
from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.model.workload import TableVolume
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.meaning import is_event_table
from dbdesign.rules.subject import Subject

LARGEST = {Kind.INT8: 2**7 - 1, Kind.INT16: 2**15 - 1, Kind.INT24: 2**23 - 1, Kind.INT32: 2**31 - 1}
"""SQL's signed integers of 8 to 32 bits."""
HORIZON_MONTHS = 60
"""Years that a schema is planned for here: five."""


class IntegerKeyMayRunOut(ColumnRule):
    """The numbers of a table that grows with use may run out.

    ## What it does
    Reports numbered key columns of 32 bits or fewer: where the design's volumes fill them within five years; without volumes, where
    rows are added as things happen (events, messages, payments, order items).

    ## Why is this bad?
    At the last number every insert fails, at once and at the busiest table. Widening the column then rewrites the table and every
    foreign key to it under an exclusive lock.

    ## Example
    ```sql
    CREATE TABLE page_view (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        url text NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE page_view (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        url text NOT NULL
    );
    ```

    ## When it does not apply
    A table that will never hold more than a few hundred million rows: give its volume in the design file, and it is judged by that.

    ## References
    - PostgreSQL manual, [Integer Types](https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT)
    - MySQL manual, [Integer Types](https://dev.mysql.com/doc/refman/8.4/en/integer-types.html)
    """

    severity = Severity.LOW
    engines = (Engine.POSTGRESQL, Engine.MYSQL, Engine.SQLSERVER, Engine.COCKROACHDB, Engine.TIDB)
    kinds = frozenset(LARGEST)
    repeats = "{count} tables that grow with use number their rows in 32 bits or fewer, and stop taking rows at the last number"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A numbered key that fills up."""
        data_type = subject.type_of(column)
        if column.identity is None or data_type.kind not in LARGEST or column.identity.mode == "unique_rowid":
            return
        largest = _largest(data_type)
        volume = subject.design.workload.volumes.get(table.label)
        if volume is not None and volume.rows is not None:
            months = months_until(largest, volume)
            if months is None or months > HORIZON_MONTHS:
                return
            severity, when = Severity.HIGH, f"in {months:.0f} months at the growth given" if months else "now"
        elif is_event_table(table) and not data_type.unsigned:
            severity, when = (
                (Severity.LOW if data_type.kind is Kind.INT32 else Severity.MEDIUM),
                "as the table grows with use",
            )
        else:
            return
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} ends at {largest:,}, {when}; from then on every insert into {table.label} fails",
            severity=severity,
            evidence={"type": data_type.native, "largest": largest},
            fix=self._widen(column, table, subject),
        )

    @staticmethod
    def _widen(column: Column, table: Table, subject: Subject) -> str | None:
        """The column and every column that refers to it; PostgreSQL alone can change them while the constraints stand."""
        unsigned = " unsigned" if column.type.unsigned else ""
        wide = f"bigint{unsigned}"
        referring = [
            (child, child.column(name))
            for relation, child in subject.children(table)
            for name, theirs in zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=False)
            if theirs == column.name
        ]
        if referring and not subject.is_engine(Engine.POSTGRESQL):
            return None
        if subject.is_engine(Engine.SQLSERVER):
            return None
        columns = [
            (table, column),
            *((child, one) for child, one in referring if one is not None and one is not column),
        ]
        narrow = [(owner, one) for owner, one in columns if one.type.kind in LARGEST]
        return subject.sql.join(*(subject.sql.change_type(owner, one, wide) for owner, one in narrow))


def _largest(data_type: DataType) -> int:
    return LARGEST[data_type.kind] * (2 if data_type.unsigned else 1) + (1 if data_type.unsigned else 0)


def months_until(limit: float, volume: TableVolume) -> float | None:
    """The months until a table that grows as its volume says has `limit` rows; None for never."""
    rows = volume.rows or 0.0
    if rows >= limit:
        return 0.0
    growth = volume.growth
    if growth is None:
        return None
    if growth.rows_per_second:
        return (limit - rows) / (growth.rows_per_second * 86400 * 30.44)
    if growth.rate_per_month and rows > 0:
        return math.log(limit / rows) / math.log1p(growth.rate_per_month)
    return None
