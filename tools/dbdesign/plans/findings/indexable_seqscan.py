"""The finding indexable-seqscan."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import (
    FULL_SCANS,
    MANY_ROWS,
    MATTERS,
    PlanCheck,
    PlanFinding,
    Reading,
    Subject,
    index_keys,
    own,
    scanned,
)
from dbdesign.plans.remedies import index_on
from dbdesign.plans.wording import count, rows

KEPT = 0.1
"""Share of the rows up to which an index beats reading all: PostgreSQL's planner turns to a sequential scan between
5 and 20 %."""

COST_PER_ROW = 0.05
"""PostgreSQL's cost of a sequential scan per row, at most: cpu_tuple_cost 0.01, a page of 8 KiB for 30 rows or more 0.034, an operator or
two 0.005. A plan that was not run names the cost and not the rows that are read."""


class IndexableSeqscan(PlanCheck):
    """A whole table is read for the few rows whose columns equal constants, and no index has these columns.

    ## What it does
    Reports a scan of a whole table of at least 10,000 rows whose filter compares columns by equality and keeps at
    most a tenth of the rows. It names the columns of the index: those compared by `=`, then one compared by a range.

    ## Why is this bad?
    The scan reads and compares every row, and it does so each time. An index leads to the rows; the work then depends
    on how many are found and no longer on how many there are.

    ## Example
    ```text
    Seq Scan on orders  (cost=0.00..4970.00 rows=40 width=4) (actual time=0.243..12.320 rows=40 loops=1)
      Filter: (code = 'k77'::text)
      Rows Removed by Filter: 199960
    Planning Time: 0.363 ms
    Execution Time: 12.360 ms
    ```

    ## Use instead
    ```text
    Bitmap Heap Scan on orders  (cost=4.37..42.59 rows=40 width=4) (actual time=0.072..0.137 rows=40 loops=1)
      Recheck Cond: (code = 'k77'::text)
      Heap Blocks: exact=40
      ->  Bitmap Index Scan on orders_code_idx  (cost=0.00..4.37 rows=40 width=0) (actual time=0.042..0.042 rows=40 loops=1)
            Index Cond: (code = 'k77'::text)
    Planning Time: 0.187 ms
    Execution Time: 0.156 ms
    ```

    ## When it does not apply
    An index costs each write something and takes memory; for a query that runs once a day, a scan may be the better
    bargain.

    ## References
    - PostgreSQL manual, [Using EXPLAIN](https://www.postgresql.org/docs/current/using-explain.html)
    - MySQL manual, [Avoiding Full Table Scans](https://dev.mysql.com/doc/refman/8.4/en/table-scan-avoidance.html)
    """

    yields_to = ("join-without-index", "join-buffer", "missing-index", "index-not-chosen")

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every scan of a whole table, with an equality in its filter."""
        if node.kind not in FULL_SCANS or not node.relation:
            return
        scan = scanned(node, subject)
        found = scan.reading if scan is not None else _guessed(node, subject)
        share, condition = (scan.share, scan.condition) if scan is not None else (node.share or 0.0, node.filter)
        if subject.plan.measured_by and share < MATTERS:
            return
        if found is None or found.read < MANY_ROWS or found.kept > found.read * KEPT:
            return
        parts = own(subject.comparisons(condition), node)
        if not any(one.kind == "equal" and one.computed is None and one.against == "constant" for one in parts):
            return
        index = index_on(node, index_keys([one for one in parts if one.against == "constant"]))
        if index is None:
            return
        yield self.finding(
            node,
            f"reads {rows(found.read)} of {node.relation_label} to keep"
            f" {count(found.kept)}{subject.time_of(subject.known(share))}:"
            f" {condition}",
            index.statement(subject.engine),
            when=_when(found),
            share=subject.known(share),
            saves=(share or MATTERS_UNKNOWN) * (1 - found.kept / found.read),
            index=index,
            numbers={"rows_read": round(found.read), "rows_kept": round(found.kept)},
        )


MATTERS_UNKNOWN = 0.5
"""What a remedy is taken to save where the plan has neither times nor costs."""


def _guessed(node: PlanNode, subject: Subject) -> Reading | None:
    """From the cost of a plan of PostgreSQL that was not run: at least so many rows."""
    if subject.engine is not PlanEngine.POSTGRESQL or node.actual_rows is not None:
        return None
    if node.total_cost is None or node.estimated_rows is None:
        return None
    return Reading((node.total_cost - (node.startup_cost or 0.0)) / COST_PER_ROW, node.estimated_rows, estimated=True)


def _when(found: Reading) -> str:
    said = "helps while the values that are asked for are this rare in the table"
    return f"{said}; the numbers are estimates, run EXPLAIN with ANALYZE to be sure" if found.estimated else said
