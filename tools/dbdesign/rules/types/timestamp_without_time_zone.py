"""The rule timestamp-without-time-zone."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.meaning import defaults_to_now, is_instant_name
from dbdesign.rules.subject import Subject


class TimestampWithoutTimeZone(ColumnRule):
    """A point in time is stored without its time zone.

    ## What it does
    Reports `timestamp without time zone` columns that are named as points in time (created_at, last_update) or default to the
    current time. Wall-clock times (an opening hour, a local date) are left alone.

    ## Why is this bad?
    The column does not say which moment it means. The value depends on the `TimeZone` setting of whichever session wrote it: sessions
    with different settings disagree on the order of events, and an hour a year happens twice.

    ## Example
    ```sql
    CREATE TABLE shipment (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        created_at timestamp NOT NULL DEFAULT now()
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE shipment (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        created_at timestamptz NOT NULL DEFAULT now()
    );
    ```

    ## When it does not apply
    Where every session is set to UTC and no other program will ever read the database, `timestamp` loses nothing. The fix assumes
    that the stored values are UTC: put the zone that they were written in.

    ## References
    - PostgreSQL manual, [Date/Time Types](https://www.postgresql.org/docs/current/datatype-datetime.html#DATATYPE-TIMEZONES)
    - PostgreSQL wiki, [Don't use timestamp (without time zone)](https://wiki.postgresql.org/wiki/Don%27t_Do_This#Date.2FTime_storage)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL, Engine.COCKROACHDB)
    kinds = frozenset({Kind.TIMESTAMP})
    repeats = "{count} columns hold points in time without a time zone, so that what they mean depends on the session that wrote them"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A timestamp column that means an instant."""
        by_default = defaults_to_now(column)
        if not by_default and not is_instant_name(column.name):
            return
        name = subject.sql.name(column.name)
        is_partition_key = table.partitioning is not None and any(
            key.column == column.name or (key.expression and column.name in key.expression)
            for key in table.partitioning.keys
        )
        fix = None
        if not is_partition_key and column.type.name is None:
            fix = subject.sql.change_type(table, column, "timestamptz", using=f"{name} AT TIME ZONE 'UTC'")
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} is a point in time without a time zone, so that what it means depends on the session"
            " that wrote it",
            evidence={"type": column.type.native, "default_now": by_default},
            fix=fix,
        )
