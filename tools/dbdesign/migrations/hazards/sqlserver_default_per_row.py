"""The hazard sqlserver-default-per-row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.statement_text import StatementText
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine

_ADD = re.compile(
    r"ADD\s+(?!CONSTRAINT\b|PRIMARY\b|UNIQUE\b|FOREIGN\b|CHECK\b)(?P<definition>.*)\Z", re.IGNORECASE | re.DOTALL
)
_PER_ROW = re.compile(
    r"\bDEFAULT\s*\(?\s*\(?\s*(?:NEWID|NEWSEQUENTIALID|NEXT\s+VALUE\s+FOR|RAND|CRYPT_GEN_RANDOM)\b", re.IGNORECASE
)
_WIDE = re.compile(r"\b(?:\w+\s*\(\s*max\s*\)|xml|text|ntext|image|geography|geometry|hierarchyid)\b", re.IGNORECASE)


class SqlserverDefaultPerRow(Hazard):
    """A NOT NULL column is added with a default that is not one constant for all rows, so that every row is written.

    ## What it does
    Reports ADD of a NOT NULL column with a default such as NEWID(), or of a type that is never added by the catalog alone (max, xml, CLR
    types).

    ## Why is this bad?
    Every row is written under a schema modification lock: reads and writes wait. A runtime constant (also GETDATE()) is kept in the
    catalog instead, in Enterprise edition.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    ALTER TABLE orders ADD token uniqueidentifier NOT NULL DEFAULT NEWID();
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    ALTER TABLE orders ADD token uniqueidentifier NULL;
    ALTER TABLE orders ADD CONSTRAINT orders_token_default DEFAULT NEWID() FOR token;
    ```
    Then fill the rows in batches.

    ## References
    - SQL Server documentation, [ALTER TABLE: Adding NOT NULL columns as an online operation](https://learn.microsoft.com/en-us/sql/t-sql/statements/alter-table-transact-sql)
    """

    severity = Severity.HIGH
    engines = (Engine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each such column."""
        text = StatementText(subject.sql, subject.engine)
        if not text.alters_table or subject.is_new((text.table or "").lower()):
            return
        for action in text.actions:
            added = _ADD.match(action)
            if added is None or not re.search(r"\bNOT\s+NULL\b", added["definition"], re.IGNORECASE):
                continue
            definition = added["definition"]
            if "DEFAULT" in definition.upper() and (_PER_ROW.search(definition) or _WIDE.search(definition)):
                yield self.finding(
                    f"every row of {text.table} gets a value of its own, under a schema modification lock: add it as NULL with a default, "
                    "and fill the rows in batches",
                    relation=text.table,
                )
