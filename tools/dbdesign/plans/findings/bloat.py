"""The finding bloat."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.remedies import table
from dbdesign.plans.wording import count, size

PAGE = 8192
LEAST_PAGES = 1_000
MOST_BYTES = 2_000.0
"""A row that is longer is moved out of line (TOAST_TUPLE_THRESHOLD, about 2 kB): four rows or more fit on a page,
whatever the row."""
TIMES = 3.0


class Bloat(PlanCheck):
    """A table takes far more pages than its rows need.

    ## What it does
    Reports a sequential scan of at least 1,000 pages on which there are, with all that the filter removed, fewer than
    a third of the rows that would fit even if each were as long as a row can be in line (2 kB).

    ## Why is this bad?
    Dead rows and free space are read like live ones. The scan takes as long as if the table were as large as it once
    was.

    ## Example
    ```text
    Seq Scan on churned  (cost=0.00..1777.00 rows=1200 width=4) (actual time=0.033..18.495 rows=1200 loops=1)
      Buffers: shared hit=1765
    Planning Time: 0.098 ms
    Execution Time: 19.056 ms
    ```

    ## Use instead
    ```text
    Seq Scan on churned  (cost=0.00..1777.00 rows=60000 width=4) (actual time=0.033..18.495 rows=60000 loops=1)
      Buffers: shared hit=1765
    Planning Time: 0.098 ms
    Execution Time: 19.056 ms
    ```

    ## References
    - PostgreSQL manual, [Recovering Disk Space](https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every sequential scan with buffers."""
        buffers = node.exclusive_buffers
        if (
            node.type != "Seq Scan"
            or node.cut_short
            or buffers is None
            or node.actual_rows is None
            or not subject.matters(node)
        ):
            return
        loops = max(node.loops or 1, 1)
        pages = (buffers.shared_hit + buffers.shared_read) / loops
        there = node.actual_rows + (node.rows_removed_by_filter or 0.0)
        if node.parallel_aware:
            pages, there = pages * loops, there * loops
        needed = there * MOST_BYTES / PAGE
        if pages < LEAST_PAGES or pages < needed * TIMES:
            return
        share = subject.known(node.share or 0.0)
        name = table(subject.engine, node)
        yield self.finding(
            node,
            f"reads {count(pages)} pages ({size(pages * PAGE)}) for {count(there)} rows:"
            f" {size(pages * PAGE / max(there, 1))} a row"
            f"{subject.time_of(share)}",
            f"VACUUM (FULL, ANALYZE) {name}",
            when=(
                "helps where the space is not needed again soon; VACUUM FULL locks the table while it rewrites it,"
                " pg_repack does not;"
                " autovacuum_vacuum_scale_factor below 0.1 keeps it from coming back"
            ),
            share=share,
            saves=(share or 0.0) * (1 - needed / pages),
            numbers={"pages": round(pages), "rows": round(there)},
        )
