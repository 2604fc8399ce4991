"""The finding over-indexed-write."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.remedies import table
from dbdesign.plans.wording import count

LEAST_ROWS = 100.0
PAGES_PER_INDEX = 2.5
"""Pages that one B-tree is touched for each row: root or cached leaf, and leaf (2 to 4, measured on PostgreSQL 18)."""
LEAST_INDEXES = 5.0


class OverIndexedWrite(PlanCheck):
    """Writing a row touches so many pages that most of them must belong to indexes.

    ## What it does
    Reports an INSERT, UPDATE or MERGE of 100 rows or more that itself touches at least 13 pages for each row: those
    of about five indexes.

    ## Why is this bad?
    Each index is descended and changed for each row, each in another place, and each change goes into the WAL. An
    update that changes no indexed column could spare all of it (HOT), where the page has room.

    ## Example
    ```text
    Insert on orders  (cost=0.00..37.50 rows=0 width=0) (actual time=34.928..34.930 rows=0 loops=1)
      Buffers: shared hit=75471 read=24 dirtied=99 written=82
      ->  Function Scan on generate_series n  (cost=0.00..37.50 rows=3000 width=116) (actual time=0.151..0.469 rows=3000 loops=1)
    Planning Time: 0.048 ms
    Execution Time: 34.963 ms
    ```

    ## Use instead
    ```text
    Insert on orders  (cost=0.00..37.50 rows=0 width=0) (actual time=4.928..4.930 rows=0 loops=1)
      Buffers: shared hit=9471 read=24 dirtied=99 written=82
      ->  Function Scan on generate_series n  (cost=0.00..37.50 rows=3000 width=116) (actual time=0.151..0.469 rows=3000 loops=1)
    Planning Time: 0.048 ms
    Execution Time: 4.963 ms
    ```

    ## References
    - PostgreSQL manual, [Heap-Only Tuples](https://www.postgresql.org/docs/current/storage-hot.html)
    - Use The Index, Luke, [Insert](https://use-the-index-luke.com/sql/dml/insert)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every write with buffers."""
        own = node.exclusive_buffers
        if node.kind != "modify" or node.operation == "Delete" or own is None or not node.children:
            return
        written = sum(child.total_rows or 0.0 for child in node.children[:1])
        touched = own.shared_hit + own.shared_read
        if (
            written < LEAST_ROWS
            or touched < written * PAGES_PER_INDEX * (LEAST_INDEXES + 0.2)
            or not subject.matters(node, 0.3)
        ):
            return
        share = subject.known(node.share or 0.0)
        about = touched / written / PAGES_PER_INDEX
        name = table(subject.engine, node)
        yield self.finding(
            node,
            f"touches {count(touched)} pages for {count(written)} rows, {count(touched / written)} each: those of"
            f" about {about:.0f} indexes"
            f"{subject.time_of(share)}",
            f"SELECT indexrelid::regclass, idx_scan FROM pg_stat_user_indexes WHERE relid = '{name}'::regclass ORDER BY idx_scan",
            when=(
                "helps where those that are never scanned and enforce nothing are dropped, after statistics of a whole business"
                " cycle, on replicas as well; for updates also fillfactor below 100"
            ),
            share=share,
            saves=(share or 0.0) * 0.4,
            numbers={"pages": touched, "rows": round(written)},
        )
