"""The hazard sqlite-table-rebuild."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.statement_text import StatementText
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine

_ABLE = re.compile(
    r"(?:ADD\s+(?!CONSTRAINT\b|PRIMARY\b|UNIQUE\b|FOREIGN\b|CHECK\b)|DROP\s+(?!CONSTRAINT\b)|RENAME\b)", re.IGNORECASE
)
_REFUSED = re.compile(r"\b(?:PRIMARY\s+KEY|UNIQUE)\b", re.IGNORECASE)


class SqliteTableRebuild(Hazard):
    """SQLite cannot change this in place: the table has to be made anew.

    ## What it does
    Reports ALTER TABLE other than ADD COLUMN, DROP COLUMN and RENAME, ADD COLUMN with PRIMARY KEY or UNIQUE, and NOT NULL without a
    default.

    ## Why is this bad?
    The statement fails. The way is a new table: with foreign keys off and in one transaction, create it under another name, copy the rows,
    drop the old one, rename, make indexes, triggers and views again, and look at PRAGMA foreign_key_check. The database is locked for
    writers as long as that takes.

    ## Example
    ```sql
    CREATE TABLE orders (id INTEGER PRIMARY KEY, amount INTEGER);
    -- migration
    ALTER TABLE orders ALTER COLUMN amount TYPE TEXT;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id INTEGER PRIMARY KEY, amount INTEGER);
    -- migration
    CREATE TABLE orders_new (id INTEGER PRIMARY KEY, amount TEXT);
    INSERT INTO orders_new SELECT id, amount FROM orders;
    DROP TABLE orders;
    ALTER TABLE orders_new RENAME TO orders;
    ```

    ## References
    - SQLite documentation, [Making Other Kinds Of Table Schema Changes](https://www.sqlite.org/lang_altertable.html#otheralter)
    """

    severity = Severity.HIGH
    engines = (Engine.SQLITE,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A change that SQLite refuses."""
        text = StatementText(subject.sql, subject.engine)
        if not text.alters_table:
            return
        for action in text.actions:
            refused = _refusal(action)
            if refused:
                yield self.finding(f"{refused}: make {text.table} anew in one transaction", relation=text.table)


def _refusal(action: str) -> str | None:
    if not _ABLE.match(action):
        return "SQLite only adds, drops and renames columns and renames tables"
    if action.upper().startswith("ADD"):
        if _REFUSED.search(action):
            return "a column with PRIMARY KEY or UNIQUE cannot be added"
        if re.search(r"\bNOT\s+NULL\b", action, re.IGNORECASE) and not re.search(r"\bDEFAULT\b", action, re.IGNORECASE):
            return "a NOT NULL column without a default cannot be added"
    return None
