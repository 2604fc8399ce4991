"""The finding sort-for-a-few."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject, index_keys, own
from dbdesign.plans.remedies import NewIndex
from dbdesign.plans.wording import count, rows

TIMES = 100.0


class SortForAFew(PlanCheck):
    """All matching rows are read and sorted to return the first few.

    ## What it does
    Reports a sort below a LIMIT that is given at least 10,000 rows of one table, a hundred times more than are
    returned.

    ## Why is this bad?
    An index in the order of the sort gives the first rows at once. Without it each page of results reads everything.

    ## Example
    ```text
    Limit  (cost=8791.93..8791.95 rows=10 width=8) (actual time=52.970..52.977 rows=10 loops=1)
      ->  Sort  (cost=8791.93..9291.93 rows=200000 width=8) (actual time=52.968..52.973 rows=10 loops=1)
            Sort Key: total DESC, id
            Sort Method: top-N heapsort  Memory: 25kB
            ->  Seq Scan on orders  (cost=0.00..4470.00 rows=200000 width=8) (actual time=0.006..24.675 rows=200000 loops=1)
    Planning Time: 0.130 ms
    Execution Time: 53.098 ms
    ```

    ## Use instead
    ```text
    Limit  (cost=0.42..0.68 rows=10 width=4) (actual time=0.218..0.220 rows=10 loops=1)
      ->  Index Scan using orders_total_id on orders  (cost=0.42..5335.65 rows=200000 width=4) (actual time=0.217..0.218 rows=10 loops=1)
    Planning Time: 0.084 ms
    Execution Time: 0.232 ms
    ```

    ## References
    - Use The Index, Luke, [Querying Top-N Rows](https://use-the-index-luke.com/sql/partial-results/top-n-queries)
    - PostgreSQL manual, [Indexes and ORDER BY](https://www.postgresql.org/docs/current/indexes-ordering.html)
    """

    yields_to = ("sort-disk",)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every sort below a LIMIT."""
        if node.kind != "sort" or len(node.children) != 1 or not node.sort_key:
            return
        limit = next((one for one in subject.above(node) if one.kind not in {"exchange", "subquery"}), None)
        if limit is None or limit.kind != "limit":
            return
        child = node.children[0]
        given = child.total_rows if child.total_rows is not None else child.estimated_rows or 0.0
        returned = limit.actual_rows if limit.actual_rows is not None else limit.estimated_rows or 0.0
        if given < MANY_ROWS or given < returned * TIMES:
            return
        scan = _only_table(child)
        index = _index(node, scan, subject) if scan is not None else None
        if index is None:
            return
        share = subject.known(subject.inclusive(node))
        if share is not None and share < 0.1:
            return
        yield self.finding(
            node,
            f"reads {rows(given)} and sorts them by {', '.join(node.sort_key)} to return"
            f" {count(returned)}{subject.time_of(share)}",
            index.statement(subject.engine),
            when=(
                "helps where the first rows are what is asked for; with a condition that few rows meet, its columns"
                " come first in the index"
            ),
            share=share,
            saves=(share if share is not None else 0.5) * 0.95,
            index=index,
            numbers={"rows_sorted": round(given), "rows_returned": round(returned)},
        )


def _only_table(node: PlanNode) -> PlanNode | None:
    """The scan that the rows come from, with nothing between that makes others of them."""
    while node.kind in {"exchange", "subquery", "filter"} and len(node.children) == 1:
        node = node.children[0]
    return node if node.relation and node.kind.endswith("scan") else None


def _index(sort: PlanNode, scan: PlanNode, subject: Subject) -> NewIndex | None:
    keys, descending = [], set()
    for key in sort.sort_key:
        column, _, direction = key.partition(" ")
        column = column.rpartition(".")[2].strip('"`[]')
        if (
            "(" in key
            or not column
            or direction.strip().upper() not in {"", "ASC", "DESC", "NULLS FIRST", "DESC NULLS LAST"}
        ):
            return None
        keys.append(column)
        if direction.strip().upper().startswith("DESC"):
            descending.add(column)
    conditions = own(subject.comparisons(scan.filter), scan) + own(
        subject.comparisons(scan.index_condition or scan.recheck_condition), scan
    )
    equal = index_keys([one for one in conditions if one.kind == "equal" and one.against == "constant"])
    columns = tuple(dict.fromkeys([*equal, *keys]))
    if not scan.relation:
        return None
    wanted = frozenset(descending) if descending != set(keys) else frozenset()
    return NewIndex(scan.relation, columns, scan.relation_schema, descending=wanted)
