"""The hazard drop-table."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.libpg_query import pb


class DropTable(Hazard):
    """Dropping a table breaks every running version of the application that still names it, and its rows are gone.

    ## What it does
    Reports DROP TABLE of a table that stood before the migration.

    ## Why is this bad?
    Statements that name it fail (42P01). Nothing brings the rows back. The tables that it refers to are locked as well.

    ## Example
    ```sql
    CREATE TABLE old_report (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    DROP TABLE old_report;
    ```

    ## Use instead
    First deploy code that does not know the table; then say so:
    ```sql
    CREATE TABLE old_report (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    -- dbdesign: allow drop-table nothing reads or writes it since release 42
    DROP TABLE old_report;
    ```

    ## References
    - PostgreSQL manual, [DROP TABLE](https://www.postgresql.org/docs/current/sql-droptable.html)
    """

    severity = Severity.MEDIUM

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each table that goes."""
        node = subject.node
        if not subject.is_a("DropStmt") or node is None or node.remove_type != pb.OBJECT_TABLE:
            return
        for item in node.objects:
            parts = nodes.names_of(item)
            drafts = subject.state.drafts
            name = drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], drafts.tables)
            if name is not None and not subject.is_new(drafts.tables[name].label):
                table = drafts.tables[name]
                rows = subject.durations.rows(table.label)
                known = f" ({rows:,.0f} rows)" if rows is not None else ""
                yield self.finding(
                    f"versions of the application that name {table.label} fail from then on, and its rows are "
                    f"gone{known}: deploy code that "
                    "does not know it first",
                    relation=table.label,
                )
