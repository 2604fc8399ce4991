"""The hazard sqlserver-alter-column."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.statement_text import StatementText
from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class SqlserverAlterColumn(Hazard):
    """A column is altered offline, which may write every row under a lock that stops everybody.

    ## What it does
    Reports ALTER COLUMN without ONLINE = ON on a table that stood before the migration.

    ## Why is this bad?
    Another type or NOT NULL reads or writes every row under a schema modification lock. ONLINE = ON (2016) holds it for a moment; it is
    ignored on temporal tables, and refused on partitioned ones.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, amount int);
    -- migration
    ALTER TABLE orders ALTER COLUMN amount bigint;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, amount int);
    -- migration
    ALTER TABLE orders ALTER COLUMN amount bigint WITH (ONLINE = ON);
    ```

    ## References
    - SQL Server documentation, [ALTER TABLE: ONLINE](https://learn.microsoft.com/en-us/sql/t-sql/statements/alter-table-transact-sql)
    """

    severity = Severity.HIGH
    engines = (Engine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each column that is altered offline."""
        text = StatementText(subject.sql, subject.engine)
        if not text.alters_table or subject.is_new((text.table or "").lower()) or "ONLINE" in subject.sql.upper():
            return
        for action in text.actions:
            if re.match(
                r"ALTER\s+COLUMN\b(?!.*\b(?:ADD|DROP)\s+(?:MASKED|ROWGUIDCOL|SPARSE|PERSISTED)\b)",
                action,
                re.IGNORECASE | re.DOTALL,
            ):
                yield self.finding(
                    f"a column of {text.table} is altered under a schema modification lock: reads and writes wait",
                    relation=text.table,
                    safe=script([f"{text.sql} WITH (ONLINE = ON)"]),
                )
