"""The hazard cic-invalid-leftover."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import label


class CicInvalidLeftover(Hazard):
    """CREATE INDEX CONCURRENTLY IF NOT EXISTS keeps an invalid index that a failed build left behind.

    ## What it does
    Reports CREATE INDEX CONCURRENTLY with IF NOT EXISTS, and one whose name an invalid index has already.

    ## Why is this bad?
    A concurrent build that fails (a timeout, a duplicate, a deadlock) leaves an index that every write maintains and no query uses. The
    next attempt with IF NOT EXISTS succeeds and leaves it so; without, it fails with 42P07.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text);
    -- migration
    CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_note_idx ON orders (note);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text);
    -- migration
    DROP INDEX CONCURRENTLY IF EXISTS orders_note_idx;
    CREATE INDEX CONCURRENTLY orders_note_idx ON orders (note);
    ```
    REINDEX INDEX CONCURRENTLY repairs an invalid index as well.

    ## References
    - PostgreSQL manual, [Building Indexes Concurrently](https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY)
    """

    severity = Severity.LOW

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A concurrent build that would keep what is there."""
        node, table = subject.node, subject.table
        if not subject.is_a("IndexStmt") or node is None or not node.concurrent or table is None or not node.idxname:
            return
        name = subject.qualified(table.name[0], node.idxname)
        invalid = label(table.name[0], node.idxname) in subject.session.invalid
        if not (invalid or node.if_not_exists):
            return
        again = subject.changed(lambda copy: setattr(copy, "if_not_exists", False))
        message = (
            f"{node.idxname} is there already and invalid: it would "
            f"{'be kept' if node.if_not_exists else 'make the statement fail (42P07)'}"
            if invalid
            else f"IF NOT EXISTS keeps an invalid {node.idxname} that an earlier attempt may have left"
        )
        yield self.finding(
            message,
            relation=table.label,
            severity=Severity.HIGH if invalid else None,
            safe=script([f"DROP INDEX CONCURRENTLY IF EXISTS {name}", again]),
        )
