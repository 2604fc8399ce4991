"""The hazard cockroachdb-primary-key."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.statement_text import StatementText
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class CockroachdbPrimaryKey(Hazard):
    """The primary key changes, which writes the table and all its indexes anew and lets nothing else change meanwhile.

    ## What it does
    Reports ALTER PRIMARY KEY and DROP CONSTRAINT … ADD PRIMARY KEY on a table that stood before the migration.

    ## Why is this bad?
    Rows are kept in the key's order: table and indexes are written again beside the old ones, up to three times the space. No other schema
    change of the table is taken until it is done.

    ## Example
    ```sql
    CREATE TABLE orders (id INT8 PRIMARY KEY, tenant INT8 NOT NULL);
    -- migration
    ALTER TABLE orders ALTER PRIMARY KEY USING COLUMNS (tenant, id);
    ```

    ## Use instead
    Choose a quiet hour, look at the space, and say that it is meant:
    ```sql
    CREATE TABLE orders (id INT8 PRIMARY KEY, tenant INT8 NOT NULL);
    -- migration
    -- dbdesign: allow cockroachdb-primary-key planned for Sunday night, three times the space is there
    ALTER TABLE orders ALTER PRIMARY KEY USING COLUMNS (tenant, id);
    ```

    ## References
    - CockroachDB documentation, [Online Schema Changes](https://www.cockroachlabs.com/docs/stable/online-schema-changes)
    """

    severity = Severity.MEDIUM
    engines = (Engine.COCKROACHDB,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A key that changes."""
        text = StatementText(subject.sql, subject.engine)
        if not text.alters_table or subject.is_new((text.table or "").lower()):
            return
        if any(
            re.match(r"ALTER\s+PRIMARY\s+KEY\b|ADD\s+(?:CONSTRAINT\s+\S+\s+)?PRIMARY\s+KEY\b", one, re.IGNORECASE)
            for one in text.actions
        ):
            yield self.finding(
                f"{text.table} and its indexes are written anew, with up to three times the space, and no other "
                f"change of it is taken meanwhile",
                relation=text.table,
            )
