"""The finding not-pushed-down."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, rows

KEPT = 0.1


class NotPushedDown(PlanCheck):
    """Rows are sent to the SQL node to be thrown away there, since the filter cannot be computed where they are stored.

    ## What it does
    Reports a Selection of TiDB that runs at the root above a reader of 10,000 rows or more and keeps at most a tenth
    of them.

    ## Why is this bad?
    All rows cross the network and pass through one process, which the storage nodes could have filtered together.

    ## Example
    ```text
    +---------------------+-----------+---------+-----------+---------------+------------------+----------------------------+
    | id                  | estRows   | actRows | task      | access object | execution info   | operator info              |
    +---------------------+-----------+---------+-----------+---------------+------------------+----------------------------+
    | Selection_7         | 160000.00 | 40      | root      |               | time:410ms       | eq(upper(shop.o.a), "K77") |
    | └─TableReader_6     | 200000.00 | 200000  | root      |               | time:300ms       | data:TableFullScan_5       |
    |   └─TableFullScan_5 | 200000.00 | 200000  | cop[tikv] | table:o       | time:90ms        | keep order:false           |
    +---------------------+-----------+---------+-----------+---------------+------------------+----------------------------+
    ```

    ## Use instead
    ```text
    +---------------------+-----------+---------+-----------+---------------+------------------+----------------------------+
    | id                  | estRows   | actRows | task      | access object | execution info   | operator info              |
    +---------------------+-----------+---------+-----------+---------------+------------------+----------------------------+
    | TableReader_6       | 40.00     | 40      | root      |               | time:100ms       | data:Selection_7           |
    | └─Selection_7       | 40.00     | 40      | cop[tikv] |               | time:95ms        | eq(shop.o.a, "K77")        |
    |   └─TableFullScan_5 | 200000.00 | 200000  | cop[tikv] | table:o       | time:90ms        | keep order:false           |
    +---------------------+-----------+---------+-----------+---------------+------------------+----------------------------+
    ```

    ## References
    - TiDB, [List of expressions for pushdown](https://docs.pingcap.com/tidb/stable/expressions-pushed-down)
    """

    engines = (PlanEngine.TIDB,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every filter at the root."""
        if (
            node.kind != "filter"
            or not str(node.access_type or node.extra.get("task", "")).startswith("root")
            or len(node.children) != 1
        ):
            return
        reader = node.children[0]
        if "reader" not in reader.type.lower():
            return
        given = reader.total_rows if reader.total_rows is not None else reader.estimated_rows or 0.0
        kept = node.total_rows if node.total_rows is not None else node.estimated_rows or 0.0
        if given < MANY_ROWS or kept > given * KEPT:
            return
        share = subject.known(subject.inclusive(node))
        yield self.finding(
            node,
            f"receives {rows(given)} and keeps {count(kept)}{subject.time_of(share)}: {node.filter}",
            "Write the condition with functions that are pushed down, or store what it computes as a generated column"
            " with an index",
            when="helps where the condition can be said so; SHOW WARNINGS after EXPLAIN names the function that is not pushed down",
            share=share,
            saves=(share if share is not None else 0.4) * 0.7,
            numbers={"rows_read": round(given), "rows_kept": round(kept)},
        )
