"""The finding not-in-subplan."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, rows

LOOPS = 100.0
_NEGATED = re.compile(r"NOT \(\(?\s*(?:SubPlan|ANY)|<> ALL \(|\(NOT \(ANY", re.IGNORECASE)


class NotInSubplan(PlanCheck):
    """NOT IN (SELECT …) searches the whole result of the subquery for each row, since it does not fit a hash table.

    ## What it does
    Reports a filter with a negated SubPlan that is not hashed and that ran at least 100 times.

    ## Why is this bad?
    NOT IN must not become an anti join, since a NULL in the list makes it unknown. PostgreSQL hashes the list where
    work_mem suffices; otherwise it goes through it row by row, for each row of the outer query: quadratic.

    ## Example
    ```text
    Seq Scan on customers c  (cost=0.00..904704.00 rows=200 width=12) (actual time=0.043..492.320 rows=0 loops=1)
      Filter: ((id < 400) AND (NOT (ANY (id = (SubPlan 1).col1))))
      Rows Removed by Filter: 399
      SubPlan 1
        ->  Materialize  (cost=0.00..5154.00 rows=200000 width=4) (actual time=0.001..0.909 rows=20000 loops=399)
              ->  Seq Scan on lines  (cost=0.00..3082.00 rows=200000 width=4) (actual time=0.001..9.008 rows=200000 loops=1)
    Planning Time: 0.363 ms
    Execution Time: 495.360 ms
    ```

    ## Use instead
    ```text
    Seq Scan on customers c  (cost=0.00..904.00 rows=200 width=12) (actual time=0.043..12.320 rows=0 loops=1)
      Filter: ((id < 400) AND (NOT (ANY (id = (hashed SubPlan 1).col1))))
      Rows Removed by Filter: 399
      SubPlan 1
        ->  Seq Scan on lines  (cost=0.00..3082.00 rows=200000 width=4) (actual time=0.001..9.008 rows=200000 loops=1)
    Planning Time: 0.363 ms
    Execution Time: 12.560 ms
    ```

    ## References
    - PostgreSQL wiki, [Don't use NOT IN](https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_NOT_IN)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every node whose filter has a negated, unhashed subplan."""
        condition = node.filter or node.join_filter
        if not condition or "hashed" in condition or not _NEGATED.search(condition):
            return
        for child in node.children:
            if (child.parent_relationship or "").lower() != "subplan":
                continue
            loops, found = float(child.loops or 0), child.actual_rows
            expected = child.estimated_rows or 0.0
            if child.loops is not None and loops < LOOPS:
                continue
            share = subject.known(subject.inclusive(child) + (node.share or 0.0))
            each = found if found is not None else expected
            times = f" {count(loops)} times" if child.loops is not None else " for each row"
            yield self.finding(
                child,
                f"goes through {rows(each)} of the subquery{times}{subject.time_of(share)}: {condition}",
                "WHERE NOT EXISTS (SELECT FROM … WHERE inner.column = outer.column)",
                when=(
                    "helps always where the column is NOT NULL; where it may be NULL, NOT EXISTS keeps rows that NOT"
                    " IN leaves out, mostly by mistake"
                ),
                share=share,
                saves=(share if share is not None else 0.5) * 0.95,
                numbers={"loops": round(loops), "rows_each_time": round(each)},
            )
