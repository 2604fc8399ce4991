"""The hazard tidb-column-type."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import Way, action_ways
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class TidbColumnType(Hazard):
    """A column gets a type that its values must be converted to, which reorganises all rows.

    ## What it does
    Reports MODIFY and CHANGE that convert values, on a table that stood before the migration.

    ## Why is this bad?
    The column and its indexes are written again row by row; writes go on, but no other change of the table runs until it is done. It is
    refused for columns of a primary key, for generated columns and for partitioned tables.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, amount bigint);
    -- migration
    ALTER TABLE orders MODIFY amount int;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, amount bigint);
    -- migration
    ALTER TABLE orders ADD COLUMN amount_new int;
    ```
    Or let it run, throttled by tidb_ddl_reorg_worker_cnt and tidb_ddl_reorg_batch_size; ADMIN CANCEL DDL JOBS ends it.

    ## References
    - TiDB documentation, [Best Practices for DDL Execution](https://docs.pingcap.com/tidb/stable/ddl-introduction)
    """

    severity = Severity.MEDIUM
    engines = (Engine.TIDB,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each change that converts values."""
        for one in action_ways(subject):
            if one.way is Way.COPY and one.kind in {"type", "enum", "varchar"}:
                maybe = "" if one.sure else ", if the type is another one"
                yield self.finding(
                    f"the column's values are reorganised row by row{maybe}: no other change of the table runs until it is done",
                    severity=None if one.sure else Severity.LOW,
                )
