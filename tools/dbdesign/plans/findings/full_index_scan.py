"""The finding full-index-scan."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, MATTERS, PlanCheck, PlanFinding, Subject, index_keys, own, scanned
from dbdesign.plans.remedies import index_on
from dbdesign.plans.wording import count

KEPT = 0.1


class FullIndexScan(PlanCheck):
    """A whole index is read from end to end for a few of its entries.

    ## What it does
    Reports MySQL's and MariaDB's access type `index` with 10,000 entries or more of which the filter keeps a tenth at
    most.

    ## Why is this bad?
    `index` looks better than `ALL` and is not: every entry is read. It is chosen because the index is smaller than
    the table, or in the order that is asked for, and not because it finds anything.

    ## Example
    ```json
    {"query_block": {"select_id": 1, "cost_info": {"query_cost": "40123.5"},
    "nested_loop": [{"table": {"table_name": "o", "access_type": "index",
      "key": "total", "used_key_parts": ["total"],
      "rows_examined_per_scan": 200000, "rows_produced_per_join": 1000, "filtered": "0.50",
      "cost_info": {"read_cost": "39900.0", "eval_cost": "100.0", "prefix_cost": "40000.0", "data_read_per_join": "9M"},
      "attached_condition": "(`shop`.`o`.`code` = 'k77')"}}]}}
    ```

    ## Use instead
    ```json
    {"query_block": {"select_id": 1, "cost_info": {"query_cost": "40123.5"},
    "nested_loop": [{"table": {"table_name": "o", "access_type": "index",
      "key": "total", "used_key_parts": ["total"],
      "rows_examined_per_scan": 200000, "rows_produced_per_join": 200000, "filtered": "100.00",
      "cost_info": {"read_cost": "20000.0", "eval_cost": "20000.0", "prefix_cost": "40000.0", "data_read_per_join": "9M"}}}]}}
    ```

    ## References
    - MySQL manual, [EXPLAIN Join Types](https://dev.mysql.com/doc/refman/8.4/en/explain-output.html#explain-join-types)
    - MariaDB, [EXPLAIN](https://mariadb.com/kb/en/explain/)
    """

    engines = (PlanEngine.MYSQL, PlanEngine.MARIADB)
    yields_to = ("join-buffer", "limit-walk-discards", "function-hides-index")

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every table that is read by a whole index."""
        scan = scanned(node, subject)
        if not _whole(node) or scan is None or not scan.condition:
            return
        found = scan.reading
        if (
            found.read < MANY_ROWS
            or found.kept > found.read * KEPT
            or (subject.plan.measured_by and scan.share < MATTERS)
        ):
            return
        index = index_on(node, index_keys(own(subject.comparisons(scan.condition), node)))
        if index is not None and index.keys == node.index_columns:
            index = None  # it is there already: the condition is written so that it cannot be sought
        share = subject.known(scan.share)
        yield self.finding(
            node,
            f"reads all {count(found.read)} entries of {node.index} to keep"
            f" {count(found.kept)}{subject.time_of(share)}: {scan.condition}",
            index.statement(subject.engine) if index else f"Index what the filter compares: {scan.condition}",
            when="helps while few rows match; where the order of the index was the reason, put its columns behind those of the filter",
            share=share,
            saves=(share if share is not None else 0.5) * found.waste,
            index=index,
            numbers={"rows_read": round(found.read), "rows_kept": round(found.kept)},
        )


def _whole(node: PlanNode) -> bool:
    return (
        node.access_type == "index"
        or "index scan on" in node.type.lower()
        or node.type.lower() in {"index scan", "covering index scan"}
    )
