"""The rule auto-increment-clustered-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.access_paths import SMALL_TABLE
from dbdesign.rules.base import TableRule
from dbdesign.rules.meaning import is_event_table
from dbdesign.rules.subject import Subject


class AutoIncrementClusteredKey(TableRule):
    """A TiDB table is clustered by AUTO_INCREMENT, and one region takes every insert.

    ## What it does
    Reports TiDB tables with a clustered, numbered primary key: as medium where rows are added as things happen or the design gives a large
    volume, as slight elsewhere.

    ## Why is this bad?
    A clustered table is kept in regions in the order of its primary key. Numbers that only grow all go to the last region, so that one
    TiKV node takes every insert.

    ## Example
    ```sql
    CREATE TABLE page_view (
        id BIGINT NOT NULL AUTO_INCREMENT,
        url VARCHAR(200) NOT NULL,
        PRIMARY KEY (id) CLUSTERED
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE page_view (
        id BIGINT NOT NULL AUTO_RANDOM,
        url VARCHAR(200) NOT NULL,
        PRIMARY KEY (id) CLUSTERED
    );
    ```

    ## When it does not apply
    Small tables, and tables whose numbers people read: AUTO_RANDOM's have nineteen digits.

    ## References
    - TiDB manual, [AUTO_RANDOM](https://docs.pingcap.com/tidb/stable/auto-random)
    - TiDB manual, [Highly Concurrent Write Best Practices](https://docs.pingcap.com/best-practices/high-concurrency-best-practices)
    """

    severity = Severity.MEDIUM
    engines = (Engine.TIDB,)
    repeats = "{count} tables are clustered by numbers that only grow, so that one region takes every insert of each"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A growing clustered key."""
        key = table.primary_key
        column = table.column(key.columns[0]) if key else None
        if key is None or column is None or key.clustered is False or column.identity is None:
            return
        rows = subject.rows(table)
        if (
            column.identity.mode != "auto_increment"
            or subject.is_lookup(table)
            or (rows is not None and rows < SMALL_TABLE)
        ):
            return
        busy = is_event_table(table) or rows is not None
        native = f"bigint{' unsigned' if column.type.unsigned else ''}"
        convertible = column.type.kind is Kind.INT64 and len(key.columns) == 1
        name = subject.sql.name(column.name)
        yield self.finding(
            table.label,
            f"{table.label} is clustered by numbers that only grow, so that one region takes every insert",
            severity=None if busy else Severity.LOW,
            evidence={"key": column.name, "type": column.type.native},
            fix=subject.sql.alter(table, f"MODIFY {name} {native} NOT NULL AUTO_RANDOM(5)") if convertible else None,
        )
