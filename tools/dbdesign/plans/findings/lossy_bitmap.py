"""The finding lossy-bitmap."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.memory import setting_for
from dbdesign.plans.wording import count, percent

LEAST_SHARE = 0.1
"""Of the pages, that are remembered as a whole."""
LEAST_PAGES = 100

BYTES_PER_PAGE = 64
"""Of a bitmap, for one heap page that is remembered row by row (tidbitmap.c: PagetableEntry with 291 bits, and the
hash around it)."""


class LossyBitmap(PlanCheck):
    """A bitmap did not fit into memory, so that whole pages were checked again.

    ## What it does
    Reports a Bitmap Heap Scan with lossy blocks: at least 100, and at least a tenth of all that it read.

    ## Why is this bad?
    Where work_mem does not suffice, the bitmap remembers a page instead of the rows on it, and each row of that page
    is compared again. The rows removed by the recheck are work for nothing.

    ## Example
    ```text
    Bitmap Heap Scan on orders  (cost=1193.87..6291.24 rows=80154 width=33) (actual time=6.196..24.564 rows=80000 loops=1)
      Recheck Cond: ((customer_id >= 1) AND (customer_id <= 8000))
      Rows Removed by Index Recheck: 1817
      Heap Blocks: exact=534 lossy=523
      ->  Bitmap Index Scan on orders_customer  (cost=0.00..1173.84 rows=80154 width=0) (actual time=6.130..6.130 rows=80000 loops=1)
            Index Cond: ((customer_id >= 1) AND (customer_id <= 8000))
    Planning Time: 0.575 ms
    Execution Time: 28.855 ms
    ```

    ## Use instead
    ```text
    Bitmap Heap Scan on orders  (cost=1193.87..4866.18 rows=80154 width=33) (actual time=1.476..12.102 rows=80000 loops=1)
      Recheck Cond: ((customer_id >= 1) AND (customer_id <= 8000))
      Heap Blocks: exact=1057
      ->  Bitmap Index Scan on orders_customer  (cost=0.00..1173.84 rows=80154 width=0) (actual time=1.349..1.350 rows=80000 loops=1)
            Index Cond: ((customer_id >= 1) AND (customer_id <= 8000))
    Planning Time: 0.108 ms
    Execution Time: 14.807 ms
    ```

    ## References
    - PostgreSQL manual, [work_mem](https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-WORK-MEM)
    - PostgreSQL source, [tidbitmap.c](https://github.com/postgres/postgres/blob/master/src/backend/nodes/tidbitmap.c)
    """

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every bitmap scan with lossy pages."""
        blocks = [one for one in (node.bitmap, *(worker.bitmap for worker in node.workers)) if one is not None]
        lossy, exact = sum(one.lossy for one in blocks), sum(one.exact for one in blocks)
        if lossy < LEAST_PAGES or lossy < (lossy + exact) * LEAST_SHARE:
            return
        share = subject.known(subject.inclusive(node))
        removed = (node.rows_removed_by_recheck or 0.0) * (node.loops or 1)
        yield self.finding(
            node,
            f"{count(lossy)} of {count(lossy + exact)} pages ({percent(lossy / (lossy + exact))}) did not fit the"
            " bitmap and were checked whole:"
            f" {count(removed)} rows compared again for nothing{subject.time_of(share)}",
            setting_for(subject, (lossy + exact) * BYTES_PER_PAGE * 2, None, 0.0),
            when=(
                "helps where the condition is worth an index at all: a bitmap of most of the table's pages is no"
                " better than a scan"
            ),
            share=share,
            saves=(share if share is not None else 0.2) * 0.5 * lossy / (lossy + exact),
            numbers={"lossy_blocks": lossy, "exact_blocks": exact, "rows_removed": round(removed)},
        )
