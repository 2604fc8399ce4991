"""The finding cte-scanned-often."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, rows

LOOPS = 2.0


class CteScannedOften(PlanCheck):
    """A materialised WITH query is read from beginning to end again and again.

    ## What it does
    Reports a scan of a CTE that is run at least twice and goes through 10,000 rows or more in all, most of which are
    thrown away.

    ## Why is this bad?
    The result of a materialised CTE has no index and no statistics: each look-up reads all of it.

    ## Example
    ```text
    Index Only Scan using customers_pkey on customers c  (cost=4508..181506 rows=39 width=8) (actual time=92.318..568.139 rows=39 loops=1)
      Index Cond: (id < 40)
      CTE o
        ->  Seq Scan on orders  (cost=0.00..4508.00 rows=201700 width=8) (actual time=0.007..24.582 rows=200000 loops=1)
      SubPlan 2
        ->  Aggregate  (cost=4538.27..4538.28 rows=1 width=4) (actual time=13.562..13.562 rows=1 loops=39)
              ->  CTE Scan on o  (cost=0.00..4538.25 rows=10 width=4) (actual time=0.610..13.557 rows=10 loops=39)
                    Filter: (customer_id = c.id)
                    Rows Removed by Filter: 199990
    Planning Time: 0.114 ms
    Execution Time: 568.638 ms
    ```

    ## Use instead
    ```text
    Index Only Scan using customers_pkey on customers c  (cost=0.29..181.08 rows=39 width=8) (actual time=0.318..1.139 rows=39 loops=1)
      Index Cond: (id < 40)
      SubPlan 2
        ->  Aggregate  (cost=4.27..4.28 rows=1 width=4) (actual time=0.012..0.012 rows=1 loops=39)
              ->  Index Scan using orders_customer on orders  (cost=0.00..4.25 rows=10 width=4) (actual time=0.001..0.007 rows=10 loops=39)
                    Index Cond: (customer_id = c.id)
    Planning Time: 0.114 ms
    Execution Time: 1.238 ms
    ```

    ## References
    - PostgreSQL manual, [CTE Materialization](https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-CTE-MATERIALIZATION)
    """

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every scan of a CTE that is repeated."""
        if node.cte_name is None or node.type == "WorkTable Scan":
            return
        loops = float(node.loops or 1)
        removed = node.total_rows_removed or 0.0
        through = (node.total_rows or 0.0) + removed
        above = subject.parent(node)
        if above is not None and above.rows_removed_by_join_filter and loops >= LOOPS:
            removed = max(removed, above.rows_removed_by_join_filter * (above.loops or 1))
        if loops < LOOPS or through < MANY_ROWS or removed < through * 0.5 or not subject.matters(node):
            return
        share = subject.known(node.share or 0.0)
        yield self.finding(
            node,
            f"reads the CTE {node.cte_name} {count(loops)} times, {rows(through)} in all, of which {count(removed)}"
            " are thrown away"
            f"{subject.time_of(share)}",
            f"WITH {node.cte_name} AS NOT MATERIALIZED (…), so that the condition reaches the tables in it; or a"
            " temporary table with an index",
            when=(
                "helps where the tables in it have an index on what is looked up; a CTE that is costly and read once"
                " is better materialised"
            ),
            share=share,
            saves=(share or 0.0) * 0.9,
            numbers={"loops": round(loops), "rows": round(through)},
        )
