"""The rule pointless-index-predicate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject

_NOT_NULL = re.compile(r"[\[(\"]*(\w+)[\])\"]*\s+IS\s+NOT\s+NULL[)\s]*\Z", re.IGNORECASE)


class PointlessIndexPredicate(TableRule):
    """A partial index leaves nothing out.

    ## What it does
    Reports indexes WHERE a column IS NOT NULL when the column is NOT NULL.

    ## Why is this bad?
    The index holds every row, but the planner uses it only for queries that prove the predicate; some do not, and read the table.

    ## Example
    ```sql
    CREATE TABLE voucher (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        batch text NOT NULL
    );
    CREATE INDEX voucher_batch_idx ON voucher (batch) WHERE batch IS NOT NULL;
    ```

    ## Use instead
    ```sql
    CREATE TABLE voucher (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        batch text NOT NULL
    );
    CREATE INDEX voucher_batch_idx ON voucher (batch);
    ```

    ## References
    - PostgreSQL manual, [Partial Indexes](https://www.postgresql.org/docs/current/indexes-partial.html)
    """

    severity = Severity.LOW
    engines = (Engine.POSTGRESQL, Engine.SQLSERVER, Engine.SQLITE, Engine.COCKROACHDB)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every predicate that always holds."""
        for index in table.indexes:
            match = _NOT_NULL.match(index.where.strip()) if index.where else None
            column = table.column(match[1]) if match else None
            if column is None or column.nullable:
                continue
            yield self.finding(
                on_constraint(table, index),
                f"{index.name} leaves nothing out, since {column.name} is NOT NULL, and serves fewer queries than without its predicate",
                evidence={"where": index.where or ""},
                fix=subject.sql.recreate_index(table, index),
            )
