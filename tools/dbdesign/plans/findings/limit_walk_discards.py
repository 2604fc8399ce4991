"""The finding limit-walk-discards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from dbdesign.model.plan import PlanNode
from dbdesign.plans.conditions import order_columns
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject, index_keys, own, reading
from dbdesign.plans.remedies import index_on
from dbdesign.plans.wording import count, rows

LEAST_REMOVED, WASTE = 1_000.0, 0.9
WALKS = frozenset({"index scan", "index only scan", "lookup"})
PASSING = frozenset({"limit", "subquery", "nested loop", "exchange", "filter", "lookup", "append", "merge join"})


class LimitWalkDiscards(PlanCheck):
    """An index is walked in the order of ORDER BY … LIMIT, and most rows on the way do not match.

    ## What it does
    Reports an index scan below a LIMIT, in order of the index, whose filter threw 90 % or more of at least 1,000 rows
    away.

    ## Why is this bad?
    The planner hopes to meet enough matching rows early and to spare a sort. Where the matching rows lie late, or are
    few, it walks through most of the table, row by row in random order: the well-known query that is slow only with
    LIMIT.

    ## Example
    ```text
    Limit  (cost=0.42..1028.89 rows=5 width=12) (actual time=0.240..22.422 rows=5 loops=1)
      ->  Index Scan using orders_placed on orders  (cost=0.42..8228.17 rows=40 width=12) (actual time=0.239..22.420 rows=5 loops=1)
            Filter: (code = 'k77'::text)
            Rows Removed by Filter: 21924
    Planning Time: 0.095 ms
    Execution Time: 22.431 ms
    ```

    ## Use instead
    ```text
    Limit  (cost=0.42..8.89 rows=5 width=12) (actual time=0.040..0.062 rows=5 loops=1)
      ->  Index Scan using orders_code_placed on orders  (cost=0.42..68.17 rows=40 width=12) (actual time=0.039..0.060 rows=5 loops=1)
            Index Cond: (code = 'k77'::text)
    Planning Time: 0.095 ms
    Execution Time: 0.081 ms
    ```

    ## References
    - PostgreSQL manual, [Indexes and ORDER BY](https://www.postgresql.org/docs/current/indexes-ordering.html)
    - Use The Index, Luke, [Querying Top-N Rows](https://use-the-index-luke.com/sql/partial-results/top-n-queries)
    """

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every walk below a LIMIT."""
        found = reading(node)
        if node.kind not in WALKS or found is None or found.removed < LEAST_REMOVED or found.waste < WASTE:
            return
        if not _below_limit(node, subject) or not subject.matters(node):
            return
        conditions = own(subject.comparisons(node.index_condition), node) + own(subject.comparisons(node.filter), node)
        keys = index_keys([one for one in conditions if one.kind in {"equal", "null"}])
        index = index_on(node, keys)
        share = subject.known(node.share or 0.0)
        remedy = f"Index what the filter compares: {node.filter}"
        if index is not None:
            ordered = order_columns(subject.plan.query, node, subject.engine)
            index = replace(index, keys=tuple(dict.fromkeys([*index.keys, *ordered])))
            remedy = index.statement(subject.engine)
        yield self.finding(
            node,
            f"walks {node.index or 'the index'} over {rows(found.read)} to find"
            f" {count(found.kept)}{subject.time_of(share)}: {node.filter}",
            remedy,
            when=(
                "helps always for this query with the columns of ORDER BY behind those of the condition, so that the"
                " walk begins"
                " at the right rows; without it, ORDER BY an expression (id + 0) keeps the planner from the walk"
            ),
            share=share,
            saves=(share if share is not None else 0.5) * found.waste,
            index=index,
            numbers={"rows_read": round(found.read), "rows_kept": round(found.kept)},
        )


def _below_limit(node: PlanNode, subject: Subject) -> bool:
    """Whether a LIMIT above may stop the node, with nothing between that needs all rows."""
    below = node
    for above in subject.above(node):
        if above.kind == "limit":
            return True
        if above.kind not in PASSING or (above.kind == "nested loop" and above.children[0] is not below):
            return False
        below = above
    return False
