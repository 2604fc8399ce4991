"""The hazard sqlite-drop-column."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.statement_text import StatementText
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class SqliteDropColumn(Hazard):
    """DROP COLUMN writes the whole table anew, and the column's values are gone.

    ## What it does
    Reports DROP COLUMN on a table that stood before the migration.

    ## Why is this bad?
    Every row is written without the column while the database is locked for writers. It is refused (before 3.35 always) where the column
    is part of a key, an index, a check, a foreign key, a generated column, a trigger or a view.

    ## Example
    ```sql
    CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);
    -- migration
    ALTER TABLE orders DROP COLUMN note;
    ```

    ## Use instead
    Leave it, or say that it is meant:
    ```sql
    CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT);
    -- migration
    -- dbdesign: allow sqlite-drop-column nothing uses it since release 42
    ALTER TABLE orders DROP COLUMN note;
    ```

    ## References
    - SQLite documentation, [ALTER TABLE DROP COLUMN](https://www.sqlite.org/lang_altertable.html#altertabdropcol)
    """

    severity = Severity.LOW
    engines = (Engine.SQLITE,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each column that goes."""
        text = StatementText(subject.sql, subject.engine)
        if not text.alters_table or subject.is_new((text.table or "").lower()):
            return
        for action in text.actions:
            if re.match(r"DROP\s+(?!CONSTRAINT\b)", action, re.IGNORECASE):
                yield self.finding(
                    f"all rows of {text.table} are written anew without the column, whose values are gone",
                    relation=text.table,
                )
