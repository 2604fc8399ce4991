"""The rule date-stored-as-text."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import TEXTS, Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import POSTGRESQL_LIKE, Subject
from dbdesign.rules.words import vocabulary, words

_DATES = frozenset({("date",), ("datetime",), ("timestamp",), ("birthday",), ("birthdate",)})
_OTHER = vocabulary("format text string label zone range style pattern display type name raw original")


class DateStoredAsText(ColumnRule):
    """A date or a point in time is stored as text.

    ## What it does
    Reports text columns named as a date or a time (`order_date`, `created_at`). SQLite, which has no such types, is left alone.

    ## Why is this bad?
    The 31st of February is accepted, and so is "soon". Order and ranges go by letters, so that 10/02 comes before 9/02, and every
    calculation converts each row and fails on the first bad one.

    ## Example
    ```sql
    CREATE TABLE lease (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        signing_date varchar(10) NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE lease (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        signing_date date NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [Date/Time Types](https://www.postgresql.org/docs/current/datatype-datetime.html)
    - MySQL manual, [Date and Time Data Types](https://dev.mysql.com/doc/refman/8.4/en/date-and-time-types.html)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL, Engine.MYSQL, Engine.SQLSERVER, Engine.COCKROACHDB, Engine.TIDB)
    kinds = TEXTS
    repeats = "{count} dates or times are stored as text, which accepts dates that do not exist and sorts by letters"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A text whose name says a date."""
        data_type = subject.type_of(column)
        parts = words(column.name)
        if (
            data_type.kind not in {Kind.CHAR, Kind.VARCHAR, Kind.TEXT}
            or _OTHER & set(parts)
            or column.type.name is not None
        ):
            return
        is_date, is_instant = parts[-1:] in _DATES, len(parts) > 1 and parts[-1] == "at"
        if not is_date and not is_instant:
            return
        target = "date" if is_date and not {"datetime", "timestamp"} & set(parts) else _instant(subject)
        using = f"{subject.sql.name(column.name)}::{target}" if subject.is_engine(*POSTGRESQL_LIKE) else None
        fix = None if column.default is not None else subject.sql.change_type(table, column, target, using=using)
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} stores a date as {data_type.native}, which accepts dates that do not exist and sorts by letters",
            evidence={"type": data_type.native},
            fix=fix,
        )


def _instant(subject: Subject) -> str:
    if subject.is_engine(*POSTGRESQL_LIKE):
        return "timestamptz"
    return "datetime2" if subject.is_engine(Engine.SQLSERVER) else "datetime(6)"
