"""The finding or-across-columns."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.conditions import Comparison, alternatives
from dbdesign.plans.findings.base import FULL_SCANS, MANY_ROWS, MATTERS, PlanCheck, PlanFinding, Subject, own, scanned
from dbdesign.plans.remedies import index_on
from dbdesign.plans.wording import count, rows

KEPT = 0.1


class OrAcrossColumns(PlanCheck):
    """A whole table is read because an OR compares different columns, of which not every one has an index.

    ## What it does
    Reports a scan of a whole table of at least 10,000 rows that keeps a tenth at most by an OR whose branches each compare
    a column of their own by equality.

    ## Why is this bad?
    One index helps no such condition: rows that match only the other branch would be missed. With an index for each
    branch the engine can combine them, and without one for a single branch it reads everything.

    ## Example
    ```text
    Seq Scan on orders  (cost=0.00..4970.00 rows=60 width=4) (actual time=0.043..20.806 rows=60 loops=1)
      Filter: ((code = 'k77'::text) OR (reference = 'x9'::text))
      Rows Removed by Filter: 199940
    Planning Time: 0.101 ms
    Execution Time: 20.900 ms
    ```

    ## Use instead
    ```text
    Bitmap Heap Scan on orders  (cost=8.90..196.00 rows=60 width=4) (actual time=0.070..0.206 rows=60 loops=1)
      Recheck Cond: ((code = 'k77'::text) OR (reference = 'x9'::text))
      Heap Blocks: exact=60
      ->  BitmapOr  (cost=8.90..8.90 rows=60 width=0) (actual time=0.050..0.050 rows=0 loops=1)
            ->  Bitmap Index Scan on orders_code  (cost=0.00..4.40 rows=40 width=0) (actual time=0.030..0.030 rows=40 loops=1)
                  Index Cond: (code = 'k77'::text)
            ->  Bitmap Index Scan on orders_reference  (cost=0.00..4.40 rows=20 width=0) (actual time=0.020..0.020 rows=20 loops=1)
                  Index Cond: (reference = 'x9'::text)
    Planning Time: 0.101 ms
    Execution Time: 0.260 ms
    ```

    ## References
    - PostgreSQL manual, [Combining Multiple Indexes](https://www.postgresql.org/docs/current/indexes-bitmap-scans.html)
    - SQLite, [OR optimizations](https://www.sqlite.org/optoverview.html#or_optimizations)
    """

    yields_to = ("join-without-index", "join-buffer", "missing-index", "implicit-conversion")

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every scan of a whole table whose filter is one OR."""
        scan = scanned(node, subject)
        if node.kind not in FULL_SCANS or scan is None or (subject.plan.measured_by and scan.share < MATTERS):
            return
        found = scan.reading
        if found.read < MANY_ROWS or found.kept > found.read * KEPT:
            return
        columns = [_column(branch, node) for branch in alternatives(scan.condition, subject.engine.value)]
        named = list(dict.fromkeys(column for column in columns if column))
        if len(named) < 2 or None in columns:
            return
        indexes = [index for column in named if (index := index_on(node, [column])) is not None]
        share = subject.known(scan.share)
        yield self.finding(
            node,
            f"reads {rows(found.read)} to keep {count(found.kept)}, since {' or '.join(named)} may match{subject.time_of(share)}:"
            f" {scan.condition}",
            "; ".join(index.statement(subject.engine) for index in indexes)
            or f"An index on each of {', '.join(named)}, which the engine can combine",
            when="helps where each branch finds few rows; an index for each of them is needed, those that are there already aside",
            share=share,
            saves=(share if share is not None else 0.5) * found.waste,
            numbers={"rows_read": round(found.read), "rows_kept": round(found.kept)},
        )


def _column(branch: tuple[Comparison, ...], node: PlanNode) -> str | None:
    """The column that a branch compares by equality."""
    parts = own(branch, node)
    return next(
        (one.column for one in parts if one.kind == "equal" and one.against == "constant" and not one.computed), None
    )
