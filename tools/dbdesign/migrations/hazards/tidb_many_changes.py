"""The hazard tidb-many-changes."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.statement_text import StatementText
from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class TidbManyChanges(Hazard):
    """Before 6.2, an ALTER TABLE takes one action.

    ## What it does
    Reports ALTER TABLE with several actions where the target is older than 6.2.

    ## Why is this bad?
    The server refuses it (8200), and the migration stops there.

    ## Example
    ```sql
    -- target: 6.1
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    ALTER TABLE orders ADD COLUMN a int, ADD COLUMN b int;
    ```

    ## Use instead
    ```sql
    -- target: 6.1
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    ALTER TABLE orders ADD COLUMN a int;
    ALTER TABLE orders ADD COLUMN b int;
    ```

    ## References
    - TiDB documentation, [ALTER TABLE](https://docs.pingcap.com/tidb/stable/sql-statement-alter-table)
    """

    severity = Severity.HIGH
    engines = (Engine.TIDB,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A statement of several actions."""
        text = StatementText(subject.sql, subject.engine)
        if subject.release < (6, 2) and text.alters_table and len(text.actions) > 1:
            yield self.finding(
                f"TiDB {'.'.join(map(str, subject.release))} takes one action in an ALTER TABLE (8200)",
                relation=text.table,
                safe=script([f"ALTER TABLE {text.written_table} {one}" for one in text.actions]),
            )
