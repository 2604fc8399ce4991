"""The hazard sqlserver-constraint-check."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.statement_text import StatementText, unquoted
from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine

_ADD = re.compile(
    r"(?:WITH\s+CHECK\s+)?ADD\s+(?:CONSTRAINT\s+(?P<name>\S+)\s+)?(?:FOREIGN\s+KEY|CHECK)\b", re.IGNORECASE
)


class SqlserverConstraintCheck(Hazard):
    """A foreign key or check is added and checked at once, while the table is locked.

    ## What it does
    Reports ADD of a FOREIGN KEY or CHECK without WITH NOCHECK on a table that stood before the migration.

    ## Why is this bad?
    All rows are read under a schema modification lock, for a foreign key on both tables.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, total int);
    -- migration
    ALTER TABLE orders ADD CONSTRAINT orders_total CHECK (total >= 0);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, total int);
    -- migration
    ALTER TABLE orders WITH NOCHECK ADD CONSTRAINT orders_total CHECK (total >= 0);
    ALTER TABLE orders WITH CHECK CHECK CONSTRAINT orders_total;
    ```
    The second statement, in a quiet hour, reads the rows and makes the constraint trusted, which the optimizer needs.

    ## References
    - SQL Server documentation, [ALTER TABLE: WITH CHECK | WITH NOCHECK](https://learn.microsoft.com/en-us/sql/t-sql/statements/alter-table-transact-sql)
    """

    severity = Severity.HIGH
    engines = (Engine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each constraint that is checked at once."""
        text = StatementText(subject.sql, subject.engine)
        if not text.alters_table or subject.is_new((text.table or "").lower()) or not text.actions:
            return
        match = _ADD.match(text.actions[0])
        if match is None:
            return
        name = match["name"]
        body = re.sub(r"(?i)\A(?:WITH\s+CHECK\s+)?", "", text.actions[0], count=1)
        steps = [f"ALTER TABLE {text.written_table} WITH NOCHECK {', '.join([body, *text.actions[1:]])}"]
        if name:
            steps.append(f"ALTER TABLE {text.written_table} WITH CHECK CHECK CONSTRAINT {name}")
        yield self.finding(
            f"all rows of {text.table} are read for {unquoted(name) if name else 'the constraint'} under a schema modification lock",
            relation=text.table,
            safe=script(steps),
        )
