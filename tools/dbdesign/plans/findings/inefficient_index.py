"""The finding inefficient-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import MATTERS, PlanCheck, PlanFinding, Subject, index_keys, own, scanned
from dbdesign.plans.remedies import NewIndex, index_on
from dbdesign.plans.wording import count, percent, rows

WASTE = 0.9
LEAST_REMOVED = 1_000.0
"""Rows fetched through an index for nothing: random reads, each of them dearer than a row of a scan."""

INDEX_SCANS = frozenset({"index scan", "index only scan", "bitmap heap scan", "lookup"})


class InefficientIndex(PlanCheck):
    """An index finds many rows, and the filter behind it throws nine of ten away.

    ## What it does
    Reports an index, bitmap or key look-up scan that removes 90 % or more of 1,000 rows or more after the index has
    found them. Below a LIMIT that walks an index in order, `limit-walk-discards` says it.

    ## Why is this bad?
    Each row that the index finds is fetched from the table, page by page, to be thrown away. Had the index the
    filter's columns, it would find the right rows at once.

    ## Example
    ```text
    Bitmap Heap Scan on orders  (cost=2307.00..6540.18 rows=12 width=4) (actual time=5.523..37.881 rows=1461 loops=1)
      Recheck Cond: (status = 'done'::text)
      Filter: (weight = 12)
      Rows Removed by Filter: 198339
      Heap Blocks: exact=2470
      ->  Bitmap Index Scan on orders_status  (cost=0.00..2307.00 rows=199827 width=0) (actual time=5.260..5.261 rows=199800 loops=1)
            Index Cond: (status = 'done'::text)
    Planning Time: 0.073 ms
    Execution Time: 38.453 ms
    ```

    ## Use instead
    ```text
    Index Scan using orders_status_total on orders  (cost=0.29..306.68 rows=1 width=4) (actual time=0.288..0.316 rows=1 loops=1)
      Index Cond: (status = 'open'::text)
      Filter: (note ~~ '%abc%'::text)
      Rows Removed by Filter: 199
    Planning Time: 0.089 ms
    Execution Time: 0.330 ms
    ```

    ## References
    - PostgreSQL manual, [Multicolumn Indexes](https://www.postgresql.org/docs/current/indexes-multicolumn.html)
    - Use The Index, Luke, [Filter Predicates](https://use-the-index-luke.com/sql/explain-plan/postgresql/filter-predicates)
    """

    yields_to = (
        "limit-walk-discards",
        "lossy-bitmap",
        "function-hides-index",
        "implicit-conversion",
        "full-index-scan",
    )

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every index scan with a filter that removes most."""
        scan = scanned(node, subject)
        if node.kind not in INDEX_SCANS or scan is None:
            return
        found = scan.reading
        if subject.plan.measured_by and scan.share < MATTERS:
            return
        if found.removed < LEAST_REMOVED or found.waste < WASTE:
            return
        share = subject.known(subject.inclusive(node))
        index = wider_index(node, scan.condition, subject)
        condition = scan.condition or node.recheck_condition or ""
        yield self.finding(
            node,
            f"finds {rows(found.read)} by {node.index or 'the index'} and throws {percent(found.waste)} of them away,"
            f" {count(found.kept)} are kept"
            f"{subject.time_of(share)}: {condition}",
            index.statement(subject.engine)
            if index
            else f"Give the index what the filter compares, as further columns or as its WHERE: {condition}",
            when=(
                "helps while the filter keeps few of the rows that the index finds; the new index can replace the"
                " old one where it begins alike"
            ),
            share=share,
            saves=(share if share is not None else 0.5) * found.waste,
            index=index,
            numbers={"rows_read": round(found.read), "rows_removed": round(found.removed)},
        )


def wider_index(node: PlanNode, condition: str | None, subject: Subject) -> NewIndex | None:
    """An index on what is looked up and what is filtered together."""
    looked_up = node.index_condition or node.recheck_condition
    by_index = own(subject.comparisons(looked_up), node)
    for child in node.children:
        if child.kind == "bitmap index scan":
            by_index += own(subject.comparisons(child.index_condition), node)
    by_filter = own(subject.comparisons(condition), node)
    if not index_keys(by_filter):
        return None
    equal = [one for one in (*by_index, *by_filter) if one.kind in {"equal", "null"}]
    ranges = [one for one in (*by_filter, *by_index) if one.kind not in {"equal", "null"}]
    return index_on(node, index_keys([*equal, *ranges]))
