"""The finding exclusive-time."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import NodeKind, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import milliseconds, percent

SHARE = 0.4
"""The second of pev2's three steps (10, 40 and 90 %); the first marks nodes in almost every plan."""
LEAST_MS = 100.0
"""A statement that is faster is rarely worth the search."""

_ADVICE: dict[NodeKind, str] = {
    "sort": "Let fewer or narrower rows reach the sort, or make an index whose order is the one that is asked for",
    "aggregate": "Aggregate fewer rows: filter before grouping, or keep the sums in a table or a materialised view",
    "hash join": "Let fewer rows reach the join: filter both sides before it, or join on the more selective condition"
    " first",
    "merge join": "Let fewer rows reach the join: filter both sides before it",
    "nested loop": "Let fewer rows reach the join's outer side, or let it hash (SET enable_nestloop = off shows"
    " whether that is faster)",
    "table scan": "Read less: select fewer columns and rows, or let parallel workers share the scan",
    "modify": "Write fewer rows in one statement, or drop indexes that no query uses",
    "row source": "Look into the function or the query behind it: its time is not in this plan",
}


class ExclusiveTime(PlanCheck):
    """One node takes much of the time by itself, and no other finding says why.

    ## What it does
    Reports the node that takes the most time by itself, if that is 40 % or more of a statement of 100 ms or more and
    no other finding is about it.

    ## Why is this bad?
    It need not be: the work may have to be done. But this is the place where a change can gain most.

    ## Example
    ```text
    Aggregate  (cost=28550.14..28550.16 rows=1 width=32) (actual time=163.434..163.438 rows=1 loops=1)
      ->  Index Scan using orders_total on orders  (cost=0.00..4470.00 rows=200000 width=37) (actual time=0.035..19.739 rows=200000 loops=1)
    Planning Time: 0.205 ms
    Execution Time: 166.382 ms
    ```

    ## Use instead
    ```text
    Aggregate  (cost=478.00..478.01 rows=1 width=8) (actual time=1.490..1.490 rows=1 loops=1)
      ->  Seq Scan on customers  (cost=0.00..428.00 rows=20000 width=0) (actual time=0.006..0.758 rows=20000 loops=1)
    Planning Time: 0.088 ms
    Execution Time: 1.508 ms
    ```

    ## References
    - pev2, [source of the badge](https://github.com/dalibo/pev2)
    - PostgreSQL manual, [EXPLAIN ANALYZE](https://www.postgresql.org/docs/current/using-explain.html#USING-EXPLAIN-ANALYZE)
    """

    fallback = True

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """The one node that takes most."""
        if subject.total_ms is None or subject.total_ms < LEAST_MS:
            return
        node = max(subject.plan.nodes, key=lambda one: one.share or 0.0)
        if (node.share or 0.0) >= SHARE:
            yield from self.check_node(node, subject)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """The finding on that node."""
        share = node.share or 0.0
        yield self.finding(
            node,
            f"takes {percent(share)} of the time by itself ({milliseconds(node.exclusive_ms or 0.0)} of"
            f" {milliseconds(subject.total_ms or 0.0)})",
            _ADVICE.get(node.kind, "Look here first: nothing in the plan says that the work is for nothing"),
            when=(
                "helps where the result can do with less work; nothing in the plan shows that this node does more"
                " than it must"
            ),
            share=subject.known(share),
            saves=share * 0.1,
        )
