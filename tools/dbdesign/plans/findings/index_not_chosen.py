"""The finding index-not-chosen."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, MATTERS, PlanCheck, PlanFinding, Subject, scanned
from dbdesign.plans.remedies import analyse
from dbdesign.plans.wording import count

KEPT = 0.2


class IndexNotChosen(PlanCheck):
    """There is an index for the condition, and the optimizer reads the whole table all the same.

    ## What it does
    Reports a table of 10,000 rows or more that MySQL or MariaDB reads as a whole though `possible_keys` names an
    index, where it expects to keep at most a fifth.

    ## Why is this bad?
    Either the statistics say that too many rows match, and are old, or the condition is written so that the index
    cannot be used: another type or collation, a function.

    ## Example
    ```json
    {"query_block": {"select_id": 1, "cost_info": {"query_cost": "40123.5"},
    "nested_loop": [{"table": {"table_name": "o", "access_type": "ALL",
      "possible_keys": ["o_status"],
      "rows_examined_per_scan": 200000, "rows_produced_per_join": 4000, "filtered": "2.00",
      "cost_info": {"read_cost": "39600.0", "eval_cost": "400.0", "prefix_cost": "40000.0", "data_read_per_join": "9M"},
      "attached_condition": "(`shop`.`o`.`status` = 'open')"}}]}}
    ```

    ## Use instead
    ```json
    {"query_block": {"select_id": 1, "cost_info": {"query_cost": "40123.5"},
    "nested_loop": [{"table": {"table_name": "o", "access_type": "ALL",
      "possible_keys": ["o_status"],
      "rows_examined_per_scan": 200000, "rows_produced_per_join": 120000, "filtered": "60.00",
      "cost_info": {"read_cost": "28000.0", "eval_cost": "12000.0", "prefix_cost": "40000.0", "data_read_per_join": "9M"},
      "attached_condition": "(`shop`.`o`.`status` = 'open')"}}]}}
    ```

    ## References
    - MySQL manual, [Avoiding Full Table Scans](https://dev.mysql.com/doc/refman/8.4/en/table-scan-avoidance.html)
    """

    engines = (PlanEngine.MYSQL, PlanEngine.MARIADB)
    yields_to = ("join-buffer", "join-without-index", "range-checked-each-record")

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every table with an index that was left aside."""
        scan = scanned(node, subject)
        if node.access_type != "ALL" or not node.possible_indexes or scan is None:
            return
        found = scan.reading
        if (
            found.read < MANY_ROWS
            or found.kept > found.read * KEPT
            or (subject.plan.measured_by and scan.share < MATTERS)
        ):
            return
        share = subject.known(scan.share)
        names = ", ".join(node.possible_indexes)
        yield self.finding(
            node,
            f"reads all {count(found.read)} rows of {node.relation} to keep {count(found.kept)}, though {names} could"
            " serve"
            f"{subject.time_of(share)}",
            f"{analyse(subject.engine, node)}; compare the column with its own type and collation; FORCE INDEX"
            f" ({node.possible_indexes[0]}) shows"
            " what the index would cost",
            when="helps where the statistics are old or the types differ; where many rows match the scan may be right",
            share=share,
            saves=(share if share is not None else 0.5) * found.waste,
            numbers={"rows_read": round(found.read), "rows_kept": round(found.kept)},
        )
