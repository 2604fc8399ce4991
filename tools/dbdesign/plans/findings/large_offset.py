"""The finding large-offset."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, rows

LEAST_ROWS, TIMES = 1_000.0, 10.0


class LargeOffset(PlanCheck):
    """OFFSET skips far more rows than the query returns.

    ## What it does
    Reports a Limit that was given at least 1,000 rows and ten times more than it passed on.

    ## Why is this bad?
    The skipped rows are found, joined and sorted like all others, and then thrown away. Each page is dearer than the
    one before.

    ## Example
    ```text
    Limit  (cost=1028.89..1029.10 rows=10 width=12) (actual time=22.240..22.422 rows=10 loops=1)
      ->  Index Scan using orders_pkey on orders  (cost=0.42..8228.17 rows=200000 width=12) (actual time=0.239..20.420 rows=50010 loops=1)
    Planning Time: 0.095 ms
    Execution Time: 22.431 ms
    ```

    ## Use instead
    ```text
    Limit  (cost=0.42..1.10 rows=10 width=12) (actual time=0.040..0.062 rows=10 loops=1)
      ->  Index Scan using orders_pkey on orders  (cost=0.42..8228.17 rows=150000 width=12) (actual time=0.039..0.060 rows=10 loops=1)
            Index Cond: (id > 50000)
    Planning Time: 0.095 ms
    Execution Time: 0.081 ms
    ```

    ## References
    - Use The Index, Luke, [Fetching The Next Page](https://use-the-index-luke.com/sql/partial-results/fetch-next-page)
    - PostgreSQL manual, [LIMIT and OFFSET](https://www.postgresql.org/docs/current/queries-limit.html)
    """

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every Limit that skips."""
        if node.kind != "limit" or len(node.children) != 1 or node.actual_rows is None:
            return
        child = node.children[0]
        given, passed = (child.actual_rows or 0.0) * (child.loops or 1), node.actual_rows * (node.loops or 1)
        skipped = given - passed
        if skipped < LEAST_ROWS or given < passed * TIMES:
            return
        share = subject.known(subject.inclusive(node))
        yield self.finding(
            node,
            f"reads {rows(given)}, skips {count(skipped)} and returns {count(passed)}{subject.time_of(share)}",
            "Ask for what comes after the last row seen: WHERE (sort columns, id) > (last values) ORDER BY the same"
            " LIMIT n",
            when=(
                "helps where pages are read one after the other; it needs an index in the order of the sort, ending"
                " in a unique column"
            ),
            share=share,
            saves=(share if share is not None else 0.5) * skipped / given,
            numbers={"skipped": round(skipped), "returned": round(passed)},
        )
