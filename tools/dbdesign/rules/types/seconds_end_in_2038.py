"""The rule seconds-end-in-2038."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.meaning import is_bookkeeping_name, is_instant_name
from dbdesign.rules.subject import MYSQL_LIKE, Subject
from dbdesign.rules.words import vocabulary, words

_AHEAD = vocabulary(
    "expires expiry expiration expire until due valid end ends ending renewal renews maturity deadline scheduled to"
)
_NO_CLOCK = vocabulary("count duration seconds ms time")


class SecondsEndIn2038(ColumnRule):
    """A point in time is counted in 32-bit seconds, which end in January 2038.

    ## What it does
    Reports MySQL's and TiDB's `TIMESTAMP`, and, on every engine, 32-bit integers named as a point in time.

    ## Why is this bad?
    Seconds since 1970 overflow 32 bits on 19 January 2038. Dates ahead (the end of a mortgage, of a certificate) are refused
    today already.

    ## Example
    ```sql
    CREATE TABLE licence (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        valid_until timestamp NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE licence (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        valid_until datetime NOT NULL
    );
    ```

    ## When it does not apply
    TIMESTAMP is stored as UTC and shown in the session's zone; DATETIME is stored as written, so that the application must write UTC.

    ## References
    - MySQL manual, [The DATE, DATETIME, and TIMESTAMP Types](https://dev.mysql.com/doc/refman/8.4/en/datetime.html)
    - TiDB manual, [Date and Time Types](https://docs.pingcap.com/tidb/stable/data-type-date-and-time)
    """

    severity = Severity.MEDIUM
    engines = (Engine.MYSQL, Engine.TIDB, Engine.POSTGRESQL, Engine.SQLSERVER, Engine.COCKROACHDB)
    kinds = frozenset({Kind.TIMESTAMPTZ, Kind.INT32})
    repeats = "{count} columns count time in 32-bit seconds, which end in January 2038"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A TIMESTAMP of MySQL, or 32-bit seconds."""
        data_type = subject.type_of(column)
        is_timestamp = data_type.kind is Kind.TIMESTAMPTZ and subject.is_engine(*MYSQL_LIKE)
        parts = words(column.name)
        is_count = data_type.kind is Kind.INT32 and is_instant_name(column.name) and not _NO_CLOCK & set(parts)
        if is_count and (parts[-1] not in {"at", "ts", "timestamp"} or column.name in subject.foreign_columns(table)):
            return
        if not is_timestamp and not is_count:
            return
        ahead = bool(_AHEAD & set(parts)) and not is_bookkeeping_name(column.name)
        digits = f"({data_type.precision})" if data_type.precision else ""
        target = f"datetime{digits}" if is_timestamp else "bigint"
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} cannot hold any time after January 2038"
            + (", though it looks ahead" if ahead else ""),
            severity=Severity.MEDIUM if ahead or is_count else Severity.LOW,
            evidence={"type": data_type.native, "ahead": ahead},
            fix=subject.sql.change_type(table, column, target),
        )
