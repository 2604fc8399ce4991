"""The rule sequential-key-in-ranges."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.rules.access_paths import SMALL_TABLE
from dbdesign.rules.base import TableRule
from dbdesign.rules.meaning import defaults_to_now, is_event_table
from dbdesign.rules.subject import Subject


class SequentialKeyInRanges(TableRule):
    """A CockroachDB table is stored in the order of a key that only grows.

    ## What it does
    Reports primary keys that begin with a sequence, an identity or the current time and are not hash-sharded: all of them if the table's
    volume is large or it grows with use, others as slight.

    ## Why is this bad?
    Rows are kept in ranges in the order of the primary key. Keys that only grow all go to the last range, so that one node takes every
    insert of the table however many there are.

    ## Example
    ```sql
    CREATE SEQUENCE reading_seq;
    CREATE TABLE meter_reading (
        id INT8 NOT NULL DEFAULT nextval('reading_seq') PRIMARY KEY,
        kwh DECIMAL(10, 2) NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE meter_reading (
        id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
        kwh DECIMAL(10, 2) NOT NULL
    );
    ```

    ## References
    - CockroachDB manual, [Understand hotspots](https://www.cockroachlabs.com/docs/stable/understand-hotspots)
    - CockroachDB manual, [Hash-sharded indexes](https://www.cockroachlabs.com/docs/stable/hash-sharded-indexes)
    """

    severity = Severity.MEDIUM
    engines = (Engine.COCKROACHDB,)
    repeats = (
        "{count} tables are stored in the order of keys that only grow, so that one node takes every insert of each"
    )

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A growing key that nothing spreads."""
        key = table.primary_key
        column = table.column(key.columns[0]) if key else None
        rows = subject.rows(table)
        if (
            key is None
            or column is None
            or {"bucket_count", "hash_sharded"} & set(key.options)
            or subject.is_lookup(table)
        ):
            return
        how = _grows(column)
        if how is None or (rows is not None and rows < SMALL_TABLE):
            return
        busy = is_event_table(table) or rows is not None
        columns = subject.sql.names(key.columns)
        yield self.finding(
            table.label,
            f"{table.label} is stored in the order of {how}, so that one node takes every insert",
            severity=None if busy else Severity.LOW,
            evidence={"key": list(key.columns), "kind": how},
            fix=subject.sql.alter(table, f"ALTER PRIMARY KEY USING COLUMNS ({columns}) USING HASH"),
        )


def _grows(column: Column) -> str | None:
    if column.identity is not None and column.identity.mode != "unique_rowid":
        return "a sequence"
    if column.default and "nextval" in column.default.lower():
        return "a sequence"
    return "the current time" if column.type.is_time and defaults_to_now(column) else None
