"""The rule index-on-boolean."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject

RARE = 0.05
"""Share of rows below which an index on a value is worth its upkeep: above it, a scan reads most pages anyway."""


class IndexOnBoolean(TableRule):
    """An index has nothing but a boolean for its key.

    ## What it does
    Reports plain indexes whose only key is a boolean, unless the design's volumes say that one of the two values is rare.

    ## Why is this bad?
    Half the table lies behind each value, so that the planner reads the table instead; the index is kept up to date for nothing. If
    one value is rare and looked for, a partial index on the other columns of the query, WHERE the boolean has that value, is far smaller.

    ## Example
    ```sql
    CREATE TABLE listing (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        is_active boolean NOT NULL DEFAULT true
    );
    CREATE INDEX listing_is_active_idx ON listing (is_active);
    ```

    ## Use instead
    ```sql
    CREATE TABLE listing (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        is_active boolean NOT NULL DEFAULT true
    );
    CREATE INDEX listing_inactive_idx ON listing (id) WHERE NOT is_active;
    ```

    ## References
    - PostgreSQL manual, [Partial Indexes](https://www.postgresql.org/docs/current/indexes-partial.html)
    - SQL Server manual, [Create filtered indexes](https://learn.microsoft.com/sql/relational-databases/indexes/create-filtered-indexes)
    """

    severity = Severity.LOW

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every index on a boolean alone."""
        for index in table.indexes:
            column = table.column(index.columns[0]) if len(index.keys) == 1 and index.columns else None
            if column is None or index.unique or index.where or index.include or index.method != "btree":
                continue
            if subject.type_of(column).kind not in {Kind.BOOLEAN, Kind.BIT} or _has_rare_value(
                table, column.name, subject
            ):
                continue
            yield self.finding(
                on_constraint(table, index),
                f"{index.name} has two values for keys, so that no query gains by it and every write keeps it up to date",
                evidence={"column": column.name},
                fix=subject.sql.drop_index(table, index),
            )


def _has_rare_value(table: Table, name: str, subject: Subject) -> bool:
    volume = subject.design.workload.volumes.get(table.label)
    shares = volume.columns[name].values.values() if volume and name in volume.columns else ()
    return any(share < RARE or share > 1 - RARE for share in shares)
