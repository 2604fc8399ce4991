"""The finding join-filter-waste."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, percent, rows

LEAST_REMOVED, WASTE = 100_000.0, 0.9
"""A pair that is joined and thrown away costs about a tenth of a row that is read."""


class JoinFilterWaste(PlanCheck):
    """A join makes many pairs of rows and throws nine of ten away.

    ## What it does
    Reports a join whose join filter removed 90 % or more of 100,000 pairs or more.

    ## Why is this bad?
    The pairs are made before the filter looks at them. A condition that an index or a hash can use (an equality, or a
    range with an index) makes only the pairs that are wanted.

    ## Example
    ```text
    Hash Join  (cost=9.29..91005.15 rows=20000 width=0) (actual time=0.333..284.251 rows=20000 loops=1)
      Hash Cond: (v.tenant = c.tenant)
      Join Filter: (v.day < c.day)
      Rows Removed by Join Filter: 980000
      ->  Seq Scan on visits v  (cost=0.00..478.00 rows=100000 width=8) (actual time=0.010..12.025 rows=100000 loops=1)
      ->  Hash  (cost=8.00..8.00 rows=300 width=8) (actual time=0.100..0.100 rows=300 loops=1)
            Buckets: 1024  Batches: 1  Memory Usage: 20kB
            ->  Seq Scan on limits c  (cost=0.00..8.00 rows=300 width=8) (actual time=0.010..0.050 rows=300 loops=1)
    Planning Time: 0.135 ms
    Execution Time: 290.328 ms
    ```

    ## Use instead
    ```text
    Hash Join  (cost=9.29..1005.15 rows=20000 width=0) (actual time=0.333..24.251 rows=20000 loops=1)
      Hash Cond: ((v.tenant = c.tenant) AND (v.day = c.day))
      ->  Seq Scan on visits v  (cost=0.00..478.00 rows=100000 width=8) (actual time=0.010..12.025 rows=100000 loops=1)
      ->  Hash  (cost=8.00..8.00 rows=300 width=8) (actual time=0.100..0.100 rows=300 loops=1)
            Buckets: 1024  Batches: 1  Memory Usage: 20kB
            ->  Seq Scan on limits c  (cost=0.00..8.00 rows=300 width=8) (actual time=0.010..0.050 rows=300 loops=1)
    Planning Time: 0.135 ms
    Execution Time: 30.328 ms
    ```

    ## References
    - PostgreSQL manual, [Using EXPLAIN](https://www.postgresql.org/docs/current/using-explain.html)
    """

    yields_to = ("join-without-index", "not-in-subplan")

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every join with a filter that removes most pairs."""
        removed = (node.rows_removed_by_join_filter or 0.0) * (node.loops or 1)
        kept = node.total_rows or 0.0
        if removed < LEAST_REMOVED or removed < (removed + kept) * WASTE:
            return
        if (
            any(below.cte_name or below.kind == "table scan" for below in node.children[1:])
            and node.kind == "nested loop"
        ):
            return
        share = subject.known(node.share or 0.0)
        yield self.finding(
            node,
            f"makes {rows(removed + kept)} and throws {percent(removed / (removed + kept))} away, {count(kept)} are"
            f" kept{subject.time_of(share)}:"
            f" {node.join_filter}",
            f"Give the join an equality that narrows it more, or bound one side before it; {node.join_filter} is"
            " compared pair by pair",
            when="helps where the data has such a bound: a day, a bucket, a tenant that both sides share",
            share=share,
            saves=(share or 0.0) * 0.6,
            numbers={"pairs_removed": round(removed), "rows_kept": round(kept)},
        )
