"""The finding temporary-table."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import rows

LEAST_ROWS = 100_000.0


class TemporaryTable(PlanCheck):
    """Rows are gathered in a temporary table before the result can be given.

    ## What it does
    Reports `Using temporary` of MySQL and MariaDB for 100,000 rows or more.

    ## Why is this bad?
    The rows are written, looked up again for each group or duplicate, and read once more. Beyond tmp_table_size (16
    MB) it goes to disk.

    ## Example
    ```json
    {"query_block": {"select_id": 1, "cost_info": {"query_cost": "40123.5"},
    "grouping_operation": {"using_temporary_table": true, "using_filesort": true,
    "nested_loop": [{"table": {"table_name": "o", "access_type": "ALL",
      "rows_examined_per_scan": 200000, "rows_produced_per_join": 200000, "filtered": "100.00",
      "cost_info": {"read_cost": "20000.0", "eval_cost": "20000.0", "prefix_cost": "40000.0", "data_read_per_join": "9M"}}}]}}}
    ```

    ## Use instead
    ```json
    {"query_block": {"select_id": 1, "cost_info": {"query_cost": "40123.5"},
    "grouping_operation": {"using_temporary_table": true, "using_filesort": true,
    "nested_loop": [{"table": {"table_name": "o", "access_type": "ALL",
      "rows_examined_per_scan": 2000, "rows_produced_per_join": 2000, "filtered": "100.00",
      "cost_info": {"read_cost": "39800.0", "eval_cost": "200.0", "prefix_cost": "40000.0", "data_read_per_join": "9M"}}}]}}}
    ```

    ## References
    - MySQL manual, [Internal Temporary Table Use in MySQL](https://dev.mysql.com/doc/refman/8.4/en/internal-temporary-tables.html)
    """

    engines = (PlanEngine.MYSQL, PlanEngine.MARIADB)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every temporary table of many rows."""
        told = any("temporary" in flag.lower() for flag in node.flags) or node.type.lower() in {
            "temporary_table",
            "aggregate using temporary table",
        }
        if not told or node.kind == "row source":
            return
        number = max(
            (one.total_rows or one.estimated_rows or one.rows_examined or 0.0 for one in node.walk() if one.relation),
            default=0.0,
        )
        if number < LEAST_ROWS:
            return
        share = subject.known(node.share or 0.0)
        yield self.finding(
            node,
            f"gathers the groups or the distinct ones of {rows(number)} in a temporary"
            f" table{subject.time_of(share) if share else ''}",
            "An index on the columns of GROUP BY or DISTINCT, in their order, of the table that is read first",
            when="helps where all of them are of one table and ORDER BY asks for the same order",
            share=share,
            saves=max(share or 0.0, 0.15),
            numbers={"rows": round(number)},
        )
