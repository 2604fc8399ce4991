"""The hazard index-drop."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import TIMEOUT, Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb


class IndexDrop(Hazard):
    """DROP INDEX locks the whole table against reads and writes.

    ## What it does
    Reports DROP INDEX without CONCURRENTLY for an index of a table that stood before the migration.

    ## Why is this bad?
    It takes ACCESS EXCLUSIVE on the table. That is short, but it waits for every query that is running, and all that come after wait
    behind it.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text);
    CREATE INDEX orders_note_idx ON orders (note);
    -- migration
    DROP INDEX orders_note_idx;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note text);
    CREATE INDEX orders_note_idx ON orders (note);
    -- migration
    DROP INDEX CONCURRENTLY orders_note_idx;
    ```

    ## When it does not apply
    An index on a partitioned table, and one that belongs to a constraint, cannot be dropped concurrently: set `lock_timeout` and try again.

    ## References
    - PostgreSQL manual, [DROP INDEX](https://www.postgresql.org/docs/current/sql-dropindex.html)
    """

    severity = Severity.LOW

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each index that is dropped."""
        node = subject.node
        if not subject.is_a("DropStmt") or node is None or node.remove_type != pb.OBJECT_INDEX or node.concurrent:
            return
        for item in node.objects:
            parts = nodes.names_of(item)
            drafts = subject.state.drafts
            name = drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], drafts.indexes)
            owner = subject.state.index_owner(name) if name is not None else None
            if not isinstance(owner, TableDraft) or subject.is_new(owner.label) or name is None:
                continue
            whole = subject.qualified(*name)
            partitioned = owner.partitioning is not None
            if partitioned and subject.session.lock_timeout:
                continue
            safe = [TIMEOUT, f"DROP INDEX {whole}"] if partitioned else [f"DROP INDEX CONCURRENTLY {whole}"]
            yield self.finding(
                f"dropping {parts[-1]} takes ACCESS EXCLUSIVE on {owner.label}: short, but reads and writes queue while it waits for it",
                relation=owner.label,
                safe=script(safe),
            )
