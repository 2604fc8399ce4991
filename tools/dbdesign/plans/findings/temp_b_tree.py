"""The finding temp-b-tree."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject


class TempBTree(PlanCheck):
    """SQLite sorts or groups through a temporary B-tree behind a scan of a whole table.

    ## What it does
    Reports `USE TEMP B-TREE` for ORDER BY, GROUP BY or DISTINCT where the query scans a table as a whole.

    ## Why is this bad?
    All rows are put into a B-tree, in memory or in a temporary file, before the first one is returned. An index in
    that order spares it.

    ## Example
    ```text
    QUERY PLAN
    |--SCAN o
    `--USE TEMP B-TREE FOR ORDER BY
    ```

    ## Use instead
    ```text
    QUERY PLAN
    `--SCAN o USING INDEX orders_placed
    ```

    ## References
    - SQLite, [EXPLAIN QUERY PLAN: temporary sorting B-trees](https://www.sqlite.org/eqp.html#temporary_sorting_b_trees)
    """

    engines = (PlanEngine.SQLITE,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every temporary B-tree."""
        detail = str(node.extra.get("detail", node.type)).upper()
        if "TEMP B-TREE" not in detail or "LAST TERM" in detail or "RIGHT PART" in detail:
            return
        scans = [one for one in subject.plan.nodes if one.kind == "table scan" and one.relation]
        if not scans:
            return
        clause = next((name for name in ("ORDER BY", "GROUP BY", "DISTINCT") if name in detail), "its clause")
        names = ", ".join(dict.fromkeys(str(one.relation) for one in scans))
        yield self.finding(
            node,
            f"puts all rows of {names} into a temporary B-tree for {clause}",
            f"An index on the columns of {clause} of {scans[0].relation}, behind those that WHERE compares by equality",
            when="helps where the table has more than some thousand rows: the plan of SQLite does not say how many there are",
            share=None,
            saves=0.3,
        )
