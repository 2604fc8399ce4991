"""The finding filesort."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.findings.warned import number as figure
from dbdesign.plans.remedies import index_on
from dbdesign.plans.wording import rows


class Filesort(PlanCheck):
    """Many rows are sorted because no index has them in order.

    ## What it does
    Reports `Using filesort` of MySQL and MariaDB for 10,000 rows or more of one table.

    ## Why is this bad?
    All rows are read and written into a sort buffer, and into files where that is too small, before the first one is
    returned. An index in the order of ORDER BY gives them as they come.

    ## Example
    ```json
    {"query_block": {"select_id": 1, "cost_info": {"query_cost": "40123.5"},
    "ordering_operation": {"using_filesort": true,
    "nested_loop": [{"table": {"table_name": "o", "access_type": "ALL",
      "rows_examined_per_scan": 200000, "rows_produced_per_join": 200000, "filtered": "100.00",
      "cost_info": {"read_cost": "20000.0", "eval_cost": "20000.0", "prefix_cost": "40000.0", "data_read_per_join": "9M"}}}]}}}
    ```

    ## Use instead
    ```json
    {"query_block": {"select_id": 1, "cost_info": {"query_cost": "40123.5"},
    "ordering_operation": {"using_filesort": true,
    "nested_loop": [{"table": {"table_name": "o", "access_type": "ALL",
      "rows_examined_per_scan": 200, "rows_produced_per_join": 200, "filtered": "100.00",
      "cost_info": {"read_cost": "39980.0", "eval_cost": "20.0", "prefix_cost": "40000.0", "data_read_per_join": "9M"}}}]}}}
    ```

    ## References
    - MySQL manual, [ORDER BY Optimization](https://dev.mysql.com/doc/refman/8.4/en/order-by-optimization.html)
    - MariaDB, [ANALYZE FORMAT=JSON](https://mariadb.com/kb/en/analyze-format-json/)
    """

    engines = (PlanEngine.MYSQL, PlanEngine.MARIADB)
    yields_to = ("sort-for-a-few",)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every sort of many rows."""
        if node.kind != "sort" or (not node.flags and node.type == "ordering_operation"):
            return
        below = [one for one in node.walk() if one.relation and one.kind.endswith(("scan", "source"))]
        if node.flags and not any("filesort" in flag.lower() for flag in node.flags):
            return
        number = _rows(node, below)
        if number < MANY_ROWS or any(child.kind == "sort" for child in node.children):
            return
        share = subject.known(subject.inclusive(node))
        passes = figure(node, "r_sort_passes") or 0.0
        if share is not None and share < 0.1 and subject.total_ms is not None:
            return
        key = ", ".join(node.sort_key)
        index = index_on(below[0], _columns(node)) if len(below) == 1 and _columns(node) else None
        files = f", merged from files in {passes:.0f} passes" if passes else ""
        yield self.finding(
            node,
            f"sorts {rows(number)}{f' by {key}' if key else ''}{files}{subject.time_of(share) if share else ''}",
            index.statement(subject.engine)
            if index
            else "An index that begins with the columns of WHERE that are compared by equality and goes on with those of ORDER BY",
            when="helps where the rows are wanted in this order often, or only the first of them; with files, a larger sort_buffer_size"
            " helps as well",
            share=share,
            saves=share * 0.5 if share else 0.3,
            index=index,
            numbers={"rows": round(number), "passes": passes},
        )


def _rows(node: PlanNode, below: list[PlanNode]) -> float:
    if node.total_rows is not None:
        return node.total_rows
    if node.estimated_rows is not None:
        return node.estimated_rows
    return max((one.estimated_rows or one.rows_examined or 0.0 for one in below), default=0.0)


def _columns(node: PlanNode) -> list[str]:
    """The plain columns of the sort's key; none where something is computed or a direction differs."""
    found = [key.removesuffix(" DESC").removesuffix(" desc").strip() for key in node.sort_key]
    if (
        any("(" in key or " " in key for key in found)
        or len({key.lower().endswith(" desc") for key in node.sort_key}) > 1
    ):
        return []
    return [key.rpartition(".")[2].strip("`") for key in found]
