"""The finding subplan-per-row."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, milliseconds

LOOPS, SHARE = 100.0, 0.2
LEAST_MS = 10.0


class SubplanPerRow(PlanCheck):
    """A subquery is run again for each row.

    ## What it does
    Reports a subplan (`SubPlan`, `DEPENDENT SUBQUERY`, `correlated`) that ran at least 100 times and takes a fifth of
    the time and 10 ms or more.

    ## Why is this bad?
    The subquery refers to the row around it, so that each row pays for it, whatever the number of different values.
    As a join with the groups the table is read once.

    ## Example
    ```text
    Seq Scan on customers c  (cost=0.00..94704.00 rows=20000 width=12) (actual time=0.043..192.320 rows=20000 loops=1)
      SubPlan 1
        ->  Aggregate  (cost=4.71..4.72 rows=1 width=8) (actual time=0.009..0.009 rows=1 loops=20000)
              ->  Index Only Scan using orders_customer on orders o  (cost=0..5 rows=10 width=0) (actual time=0.0..0.01 rows=10 loops=20000)
                    Index Cond: (customer_id = c.id)
    Planning Time: 0.363 ms
    Execution Time: 195.360 ms
    ```

    ## Use instead
    ```text
    Seq Scan on customers c  (cost=0.00..94.00 rows=20 width=12) (actual time=0.043..0.320 rows=20 loops=1)
      SubPlan 1
        ->  Aggregate  (cost=4.71..4.72 rows=1 width=8) (actual time=0.009..0.009 rows=1 loops=20)
              ->  Index Only Scan using orders_customer on orders o  (cost=0..5 rows=10 width=0) (actual time=0.001..0.008 rows=10 loops=20)
                    Index Cond: (customer_id = c.id)
    Planning Time: 0.363 ms
    Execution Time: 0.560 ms
    ```

    ## References
    - PostgreSQL manual, [Scalar Subqueries](https://www.postgresql.org/docs/current/sql-expressions.html#SQL-SYNTAX-SCALAR-SUBQUERIES)
    - MySQL manual, [Optimizing Subqueries](https://dev.mysql.com/doc/refman/8.4/en/subquery-optimization.html)
    """

    yields_to = ("not-in-subplan", "cte-scanned-often")

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every subplan that ran often."""
        if (node.parent_relationship or "").lower() != "subplan" or (node.subplan_name or "").startswith(
            ("CTE", "hashed")
        ):
            return
        loops, share = float(node.loops or 0), subject.inclusive(node)
        total = subject.total_ms
        if loops < LOOPS or total is None or share < SHARE or share * total < LEAST_MS:
            return
        above = subject.parent(node)
        yield self.finding(
            node,
            f"{node.subplan_name or 'the subquery'} runs {count(loops)} times, {milliseconds(share * total / loops)}"
            " each"
            f"{subject.time_of(subject.known(share))}",
            "Join with the groups instead: LEFT JOIN (SELECT key, aggregate FROM … GROUP BY key) AS sub ON sub.key ="
            " outer.key",
            when=(
                "helps where most rows of the outer query are wanted; for a few rows the subquery with an index is"
                " better"
            )
            + ("" if above is None else ", and above a LIMIT too"),
            share=subject.known(share),
            saves=share * 0.6,
            numbers={"loops": round(loops)},
        )
