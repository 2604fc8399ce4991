"""The finding nested-loop."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, rows, title

LOOPS, LEAST_MS = 1_000.0, 50.0
"""Runs of the inner side and milliseconds from which a nested loop is said, as dataxplan has them."""
SHARE = 0.2
HASHED = {
    PlanEngine.POSTGRESQL: "SET LOCAL enable_nestloop = off shows what that gains",
    PlanEngine.SQLSERVER: "OPTION (HASH JOIN) shows what that gains",
    PlanEngine.COCKROACHDB: "INNER HASH JOIN in place of JOIN shows what that gains",
    PlanEngine.TIDB: "/*+ HASH_JOIN(t) */ shows what that gains",
}
OTHER = "an index on the inner side that covers what is read makes each run cheaper"
SURPRISE = 5.0
"""Times more outer rows than expected: where the planner knew of so many loops, it weighed them against a hash join."""


class NestedLoop(PlanCheck):
    """A nested loop ran its inner side many more times than the planner expected.

    ## What it does
    Reports a nested loop whose inner side ran at least 1,000 times and took 50 ms and a fifth of the time, where the
    outer side gave at least five times more rows than the planner expected.

    ## Why is this bad?
    Each run of the inner side descends an index and fetches pages at random. For a few rows nothing is faster; for
    many, one hash of the inner table is. The planner knows that, and chose the loop because it expected few rows.

    ## Example
    ```text
    Nested Loop  (cost=0.29..820.00 rows=200 width=33) (actual time=0.086..241.186 rows=200000 loops=1)
      ->  Seq Scan on customers c  (cost=0.00..428.00 rows=20 width=4) (actual time=0.077..4.527 rows=20000 loops=1)
            Filter: ((region = 'r1'::text) AND (country = 'x'::text))
            Rows Removed by Filter: 1000
      ->  Index Scan using orders_customer on orders o  (cost=0.29..1.01 rows=10 width=37) (actual time=0.001..0.010 rows=10 loops=20000)
            Index Cond: (customer_id = c.id)
    Planning Time: 0.231 ms
    Execution Time: 249.943 ms
    ```

    ## Use instead
    ```text
    Nested Loop  (cost=0.29..22720.00 rows=199604 width=33) (actual time=0.086..0.186 rows=200 loops=1)
      ->  Seq Scan on customers c  (cost=0.00..428.00 rows=20 width=4) (actual time=0.077..0.527 rows=20 loops=1)
            Filter: ((region = 'r1'::text) AND (country = 'x'::text))
            Rows Removed by Filter: 1000
      ->  Index Scan using orders_customer on orders o  (cost=0.29..1.01 rows=10 width=37) (actual time=0.001..0.005 rows=10 loops=20)
            Index Cond: (customer_id = c.id)
    Planning Time: 0.231 ms
    Execution Time: 0.943 ms
    ```

    ## References
    - PostgreSQL manual, [Planner/Optimizer](https://www.postgresql.org/docs/current/planner-optimizer.html)
    """

    yields_to = ("join-without-index", "cartesian-product")

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every nested loop with many runs of its inner side that were not foreseen."""
        if node.kind != "nested loop" or len(node.children) < 2 or subject.total_ms is None:
            return
        outer, inner = node.children[0], node.children[-1]
        share = subject.inclusive(inner)
        loops = float(inner.loops or 0)
        if loops < LOOPS or share < SHARE or share * subject.total_ms < LEAST_MS:
            return
        expected = (outer.estimated_rows or 0.0) * (outer.loops or 1)
        if loops < expected * SURPRISE:
            return
        yield self.finding(
            node,
            f"runs {title(inner)} {count(loops)} times, where {rows(expected)} of the outer side were"
            f" expected{subject.time_of(share)}",
            "Mend the estimate of the outer side (see misestimate), so that the planner hashes;"
            f" {HASHED.get(subject.engine, OTHER)}",
            when="helps where the inner side as a whole is not much larger than what the loop fetches of it",
            share=subject.known(share),
            saves=share * 0.6,
            numbers={"loops": round(loops), "expected_loops": round(expected)},
        )
