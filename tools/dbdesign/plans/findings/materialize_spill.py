"""The finding materialize-spill."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.memory import setting_for
from dbdesign.plans.wording import rows, size

STORES = frozenset({"Materialize", "CTE Scan", "WindowAgg", "Function Scan", "Table Function Scan", "Recursive Union"})
LEAST_BLOCKS = 128
PAGE = 8192


class MaterializeSpill(PlanCheck):
    """Rows that are kept to be read again did not fit into memory.

    ## What it does
    Reports a Materialize, CTE Scan, WindowAgg or function whose rows were stored on disk: `Storage: Disk` (PostgreSQL
    18), or at least 1 MB of temporary blocks written by the node itself.

    ## Why is this bad?
    Every reading goes to a temporary file. A CTE that is inlined, or a function that returns one row at a time, is
    not stored at all.

    ## Example
    ```text
    CTE Scan on o  (cost=4508.00..8538.25 rows=200000 width=4) (actual time=0.610..94.557 rows=200000 loops=1)
      Storage: Disk  Maximum Storage: 14649kB
      Buffers: shared hit=2491, temp read=1832 written=1831
      CTE o
        ->  Seq Scan on orders  (cost=0.00..4508.00 rows=200000 width=8) (actual time=0.007..24.582 rows=200000 loops=1)
              Buffers: shared hit=2491
    Planning Time: 0.114 ms
    Execution Time: 108.638 ms
    ```

    ## Use instead
    ```text
    CTE Scan on o  (cost=4508.00..8538.25 rows=200000 width=4) (actual time=0.610..54.557 rows=200000 loops=1)
      Storage: Memory  Maximum Storage: 14649kB
      Buffers: shared hit=2491
      CTE o
        ->  Seq Scan on orders  (cost=0.00..4508.00 rows=200000 width=8) (actual time=0.007..24.582 rows=200000 loops=1)
              Buffers: shared hit=2491
    Planning Time: 0.114 ms
    Execution Time: 68.638 ms
    ```

    ## References
    - PostgreSQL manual, [CTE Materialization](https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-CTE-MATERIALIZATION)
    """

    engines = (PlanEngine.POSTGRESQL,)
    yields_to = ("cte-scanned-often",)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every node that stores rows."""
        if node.type not in STORES:
            return
        written = node.exclusive_buffers.temp_written if node.exclusive_buffers else 0
        on_disk = (node.storage or "").lower() == "disk"
        if not on_disk and written < LEAST_BLOCKS:
            return
        used = (node.storage_kb or 0) * 1024 or written * PAGE
        share = subject.known(node.share or 0.0)
        number = (node.actual_rows or 0.0) + (node.rows_removed_by_filter or 0.0)
        if node.cte_name and subject.plan.nodes[0] is not node and _told(node, subject):
            return
        yield self.finding(
            node,
            f"keeps {rows(number)} on disk ({size(used)}){subject.time_of(share)}",
            setting_for(subject, used, node.width, number),
            when="helps for this statement alone; a CTE that is read once is better inlined (AS NOT MATERIALIZED)",
            share=share,
            saves=(share or 0.1) * 0.4,
            numbers={"bytes": used},
        )


def _told(node: PlanNode, subject: Subject) -> bool:
    """Whether another scan of the same CTE comes first: it is stored once."""
    first = next(one for one in subject.plan.nodes if one.cte_name == node.cte_name and one.type == node.type)
    return first is not node
