"""The rule too-many-indexes."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject

MANY = 12
"""Secondary indexes from which on a table is worth a look. Every index adds about the cost of one more write to each insert; at a
dozen, an insert costs several times what the table alone would."""


class TooManyIndexes(TableRule):
    """A table has a dozen or more secondary indexes.

    ## What it does
    Reports tables with at least twelve indexes beside the primary key, foreign keys' own ones not counted.

    ## Why is this bad?
    Each insert writes every index, and so does an update that moves a row (in PostgreSQL, any update of an indexed column ends
    HOT updates). The planner weighs every index for every query.

    ## Example
    ```sql
    CREATE TABLE specimen (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        a text, b text, c text, d text, e text, f text, g text, h text, i text, j text, k text, l text
    );
    CREATE INDEX s1 ON specimen (a); CREATE INDEX s2 ON specimen (b); CREATE INDEX s3 ON specimen (c);
    CREATE INDEX s4 ON specimen (d); CREATE INDEX s5 ON specimen (e); CREATE INDEX s6 ON specimen (f);
    CREATE INDEX s7 ON specimen (g); CREATE INDEX s8 ON specimen (h); CREATE INDEX s9 ON specimen (i);
    CREATE INDEX s10 ON specimen (j); CREATE INDEX s11 ON specimen (k); CREATE INDEX s12 ON specimen (l);
    ```

    ## Use instead
    ```sql
    CREATE TABLE specimen (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        a text NOT NULL, b text, c text, d text, e text, f text, g text, h text, i text, j text, k text, l text
    );
    CREATE INDEX specimen_a_b_idx ON specimen (a, b);
    CREATE INDEX specimen_c_idx ON specimen (c);
    ```

    ## When it does not apply
    Tables that are loaded once and then only read.

    ## References
    - PostgreSQL manual, [Heap-Only Tuples](https://www.postgresql.org/docs/current/storage-hot.html)
    - PostgreSQL manual, [Examining Index Usage](https://www.postgresql.org/docs/current/indexes-examine.html)
    """

    severity = Severity.LOW

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:  # noqa: ARG002
        """A table with many indexes; which to drop, only their use can tell."""
        linking = {key.columns for key in table.foreign_keys}
        own = [index for index in table.indexes if index.columns not in linking]
        count = len(own) + len(table.unique_keys)
        if count < MANY:
            return
        yield self.finding(
            table.label,
            f"{table.label} has {count} indexes beside its primary key and its references, and every insert writes each of them",
            evidence={"indexes": count, "columns": len(table.columns)},
        )
