"""The hazard reindex."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.trace.kinds import option
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb


class Reindex(Hazard):
    """REINDEX stops writes to the table, and reads that use the index.

    ## What it does
    Reports REINDEX of an index or a table without CONCURRENTLY.

    ## Why is this bad?
    It holds SHARE on the table and ACCESS EXCLUSIVE on each index while that is built anew. Even planning a query on the table waits for
    the lock on the index.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text);
    CREATE INDEX orders_note_idx ON orders (note);
    -- migration
    REINDEX INDEX orders_note_idx;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text);
    CREATE INDEX orders_note_idx ON orders (note);
    -- migration
    REINDEX INDEX CONCURRENTLY orders_note_idx;
    ```

    ## References
    - PostgreSQL manual, [REINDEX: Rebuilding Indexes Concurrently](https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """The tables whose indexes are built anew."""
        node = subject.node
        if not subject.is_a("ReindexStmt") or node is None or option(node.params, "concurrently"):
            return
        safe = script([subject.changed(lambda copy: _concurrently(copy))])
        for name in subject.trace.locks:
            table = subject.state.named(name)
            if not isinstance(table, TableDraft) or subject.is_new(name):
                continue
            count = 1 if node.kind == pb.REINDEX_OBJECT_INDEX else len(subject.state.indexes(table))
            yield self.blocking(
                subject,
                name,
                LockMode.ACCESS_EXCLUSIVE,
                "indexes are built anew, and queries wait for their locks",
                subject.work("index build", table, count),
                safe=safe,
            )


def _concurrently(copy: object) -> None:
    element = copy.params.add().def_elem  # type: ignore[attr-defined]
    element.defname = "concurrently"
