"""The rule random-clustered-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.access_paths import SMALL_TABLE
from dbdesign.rules.base import TableRule
from dbdesign.rules.meaning import is_event_table
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import words


class RandomClusteredKey(TableRule):
    """A table is stored in the order of random UUIDs.

    ## What it does
    Reports tables of SQL Server and InnoDB whose clustered key is a UUID: for certain where its default makes random ones (`newid()`,
    `uuid()`), as probable where the application makes them. `newsequentialid()` and `uuid_to_bin(uuid(), 1)` are left alone.

    ## Why is this bad?
    Each insert goes to a random page: pages split and stay half empty, the whole index must be in memory, and the log has full pages. Every
    secondary index carries the 16 or 36 bytes as well.

    ## Example
    ```sql
    CREATE TABLE claim_event (
        id uniqueidentifier NOT NULL CONSTRAINT df_claim_event_id DEFAULT (newid()),
        note nvarchar(400) NOT NULL,
        CONSTRAINT pk_claim_event PRIMARY KEY CLUSTERED (id)
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE claim_event (
        id uniqueidentifier NOT NULL CONSTRAINT df_claim_event_id DEFAULT (newsequentialid()),
        note nvarchar(400) NOT NULL,
        CONSTRAINT pk_claim_event PRIMARY KEY CLUSTERED (id)
    );
    ```

    ## References
    - SQL Server manual, [NEWSEQUENTIALID](https://learn.microsoft.com/sql/t-sql/functions/newsequentialid-transact-sql)
    - MySQL manual, [UUID_TO_BIN and its swap flag](https://dev.mysql.com/doc/refman/8.4/en/miscellaneous-functions.html#function_uuid-to-bin)
    - RFC 9562, [UUID Version 7](https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7)
    """

    severity = Severity.MEDIUM
    engines = (Engine.SQLSERVER, Engine.MYSQL)
    repeats = "{count} tables are stored in the order of UUIDs that are probably random, so that every insert goes to another page"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A clustered key that is a UUID."""
        key = table.primary_key
        column = table.column(key.columns[0]) if key else None
        if key is None or column is None or key.clustered is False or not _holds_uuids(column, subject):
            return
        rows = subject.rows(table)
        if any(index.clustered for index in table.indexes) or (rows is not None and rows < SMALL_TABLE):
            return
        default = (column.default or "").lower()
        if "newsequentialid" in default or (
            "uuid_to_bin" in default.replace(" ", "") and ",1" in default.replace(" ", "")
        ):
            return
        certain = "newid" in default or "uuid" in default
        if not certain and column.name in subject.foreign_columns(table):
            return
        busy = rows is not None or is_event_table(table)
        yield self.finding(
            table.label,
            f"{table.label} is stored in the order of {'random' if certain else 'probably random'} UUIDs, so that every insert goes to"
            " another page",
            severity=(None if busy else Severity.LOW) if certain else Severity.INFO,
            evidence={"key": column.name, "default": column.default or "none"},
            fix=_sequential(column, table, subject) if certain else None,
        )


def _holds_uuids(column: Column, subject: Subject) -> bool:
    data_type = subject.type_of(column)
    if data_type.kind is Kind.UUID:
        return True
    sized = (data_type.kind in {Kind.CHAR, Kind.VARCHAR} and data_type.length == 36) or (
        data_type.kind is Kind.BINARY and data_type.length == 16
    )
    return sized and words(column.name)[-1:] in {("id",), ("uuid",), ("guid",)}


def _sequential(column: Column, table: Table, subject: Subject) -> str | None:
    """The same key with a default that grows."""
    sql = subject.sql
    if not subject.is_engine(Engine.SQLSERVER) or column.default_name is None:
        return None
    name = sql.name(column.default_name)
    drop = sql.alter(table, f"DROP CONSTRAINT {name}")
    add = sql.alter(table, f"ADD CONSTRAINT {name} DEFAULT NEWSEQUENTIALID() FOR {sql.name(column.name)}")
    return f"{drop}\n{add}"
