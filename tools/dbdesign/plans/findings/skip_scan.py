"""The finding skip-scan."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject, index_keys, own
from dbdesign.plans.remedies import index_on
from dbdesign.plans.wording import count

TIMES, LEAST = 10.0, 100.0
"""Descents for one start of the scan, and in all, from which the leading column is too different for skipping."""


class SkipScan(PlanCheck):
    """An index is descended again and again, since its leading column is not in the condition.

    ## What it does
    Reports an index scan of PostgreSQL 18 with at least 100 index searches, ten or more for each time it was started.

    ## Why is this bad?
    PostgreSQL 18 can use an index whose leading column has no condition: it skips from one value of that column to
    the next, with a descent for each. With a handful of values that is a gift; with hundreds each descent is a random
    read, and an index that begins with the column in the condition needs one.

    ## Example
    ```text
    Index Scan using visits_tenant_day on visits  (cost=0.29..1210.31 rows=100 width=33) (actual time=0.033..8.495 rows=100 loops=1)
      Index Cond: (day = 7)
      Index Searches: 301
    Planning Time: 0.098 ms
    Execution Time: 9.056 ms
    ```

    ## Use instead
    ```text
    Index Scan using visits_day on visits  (cost=0.29..210.31 rows=100 width=33) (actual time=0.033..0.495 rows=100 loops=1)
      Index Cond: (day = 7)
      Index Searches: 1
    Planning Time: 0.098 ms
    Execution Time: 0.556 ms
    ```

    ## References
    - PostgreSQL manual, [Multicolumn Indexes: skip scan](https://www.postgresql.org/docs/18/indexes-multicolumn.html)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every index scan that descends often."""
        searches, loops = float(node.index_searches or 0), float(node.loops or 1)
        if searches < LEAST or searches < loops * TIMES or not subject.matters(node):
            return
        above = subject.parent(node)
        scan = above if node.kind == "bitmap index scan" and above is not None and above.relation else node
        parts = own(subject.comparisons(node.index_condition), scan)
        if any(" ANY " in one.value.upper().replace("(", " ") or one.operator == "IN" for one in parts):
            return  # an IN list descends once for each value: that is as good as it gets
        index = index_on(scan, index_keys(parts))
        share = subject.known(subject.inclusive(node))
        yield self.finding(
            node,
            f"descends {node.index} {count(searches)} times for {count(loops)} scan{'s' if loops > 1 else ''}: the"
            " leading column has no condition"
            f"{subject.time_of(share)}",
            index.statement(subject.engine)
            if index
            else f"Make an index that begins with the columns of {node.index_condition}",
            when=(
                "helps where this condition is asked for often; the planner skips because it expects few values of"
                " the leading column"
            ),
            share=share,
            saves=(share or 0.0) * (1 - loops / searches) * 0.9,
            index=index,
            numbers={"index_searches": searches, "loops": loops},
        )
