"""The finding incremental-sort-groups."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.remedies import index_on
from dbdesign.plans.wording import count, rows


class IncrementalSortGroups(PlanCheck):
    """An Incremental Sort sorts huge groups, so that nothing is gained over a full sort.

    ## What it does
    Reports an Incremental Sort whose groups have 10,000 rows or more each on average.

    ## Why is this bad?
    An Incremental Sort uses an order that is there already and sorts only within groups of equal leading values. That
    pays with many small groups; where a group is a good part of the table, it is a full sort with more steps, fed by
    an index in random order.

    ## Example
    ```text
    Incremental Sort  (cost=5.29..24970.00 rows=200000 width=63) (actual time=92.243..192.320 rows=200000 loops=1)
      Sort Key: status, note
      Presorted Key: status
      Full-sort Groups: 2  Sort Method: quicksort  Average Memory: 30kB  Peak Memory: 30kB
      Pre-sorted Groups: 2  Sort Method: external merge  Average Disk: 7000kB  Peak Disk: 13000kB
      ->  Index Scan using orders_status on orders  (cost=0..9970 rows=200000 width=63) (actual time=0.043..42.320 rows=200000 loops=1)
    Planning Time: 0.363 ms
    Execution Time: 212.360 ms
    ```

    ## Use instead
    ```text
    Incremental Sort  (cost=0.29..24970.00 rows=200000 width=63) (actual time=0.243..92.320 rows=200000 loops=1)
      Sort Key: customer_id, note
      Presorted Key: customer_id
      Full-sort Groups: 5000  Sort Method: quicksort  Average Memory: 30kB  Peak Memory: 30kB
      ->  Index Scan using orders_customer on orders  (cost=0..9970 rows=200000 width=63) (actual time=0.043..42.320 rows=200000 loops=1)
    Planning Time: 0.363 ms
    Execution Time: 112.360 ms
    ```

    ## References
    - PostgreSQL manual, [enable_incremental_sort](https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-ENABLE-INCREMENTAL-SORT)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every incremental sort of large groups."""
        if node.type != "Incremental Sort" or node.actual_rows is None or node.presorted_groups is None:
            return
        groups = node.presorted_groups.count
        each = node.actual_rows / max(groups, 1)
        if each < MANY_ROWS:
            return
        share = subject.known(subject.inclusive(node))
        scan = next((one for one in node.walk() if one.relation), None)
        columns = [key.rpartition(".")[2].strip('"') for key in node.sort_key if " " not in key and "(" not in key]
        index = index_on(scan, columns) if scan is not None and len(columns) == len(node.sort_key) else None
        yield self.finding(
            node,
            f"sorts {rows(node.actual_rows)} in {groups} groups of {count(each)} by"
            f" {', '.join(node.sort_key)}{subject.time_of(share)}",
            index.statement(subject.engine) if index else "SET LOCAL enable_incremental_sort = off",
            when=(
                "helps where the rows are wanted in this order often; enable_incremental_sort = off shows whether"
                " one full sort is faster"
            ),
            share=share,
            saves=(share or 0.0) * 0.4,
            index=index,
            numbers={"groups": groups, "rows_each": round(each)},
        )
