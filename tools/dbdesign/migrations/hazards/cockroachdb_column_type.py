"""The hazard cockroachdb-column-type."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.statement_text import StatementText
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class CockroachdbColumnType(Hazard):
    """A column gets another type, which before 25.1 is an experiment and afterwards writes the column anew.

    ## What it does
    Reports ALTER COLUMN … TYPE on a table that stood before the migration.

    ## Why is this bad?
    Where the rows have to be converted, the table is backfilled beside the old one. Before 25.1 it needs
    enable_experimental_alter_column_type_general, and is refused for columns with indexes, checks or defaults.

    ## Example
    ```sql
    CREATE TABLE orders (id INT8 PRIMARY KEY, amount INT4);
    -- migration
    ALTER TABLE orders ALTER COLUMN amount TYPE STRING;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id INT8 PRIMARY KEY, amount INT4);
    -- migration
    ALTER TABLE orders ADD COLUMN amount_text STRING;
    ```
    Fill it in batches, let the application write both, and swap.

    ## References
    - CockroachDB documentation, [ALTER TABLE: Alter column data types](https://www.cockroachlabs.com/docs/stable/alter-table)
    """

    severity = Severity.MEDIUM
    engines = (Engine.COCKROACHDB,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each change of a type."""
        text = StatementText(subject.sql, subject.engine)
        if not text.alters_table or subject.is_new((text.table or "").lower()):
            return
        for action in text.actions:
            if re.match(r"ALTER\s+(?:COLUMN\s+)?\S+\s+(?:SET\s+DATA\s+)?TYPE\b", action, re.IGNORECASE):
                old = " (an experiment before 25.1)" if subject.release < (25, 1) else ""
                yield self.finding(
                    f"the rows of {text.table} are converted in a backfill{old}: add a column of the new type instead",
                    relation=text.table,
                )
