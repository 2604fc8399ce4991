"""The finding join-without-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import (
    FULL_SCANS,
    MANY_ROWS,
    PlanCheck,
    PlanFinding,
    Subject,
    both_sides,
    index_keys,
    own,
    reading,
)
from dbdesign.plans.remedies import NewIndex, index_on
from dbdesign.plans.wording import count, rows


class JoinWithoutIndex(PlanCheck):
    """The inner side of a nested loop reads a whole table again for each row of the outer side.

    ## What it does
    Reports a scan of a whole table, or of a materialised copy of it, that a nested loop runs two times or more and
    that reads 10,000 rows or more in all. In plans without row counts (SQLite) it reports a SCAN below another one
    where no index is used.

    ## Why is this bad?
    The work is the product of the two sides, and it grows with the product. With an index on the joined column the
    inner side finds its few rows.

    ## Example
    ```text
    Nested Loop  (cost=0.00..40068.00 rows=11 width=8) (actual time=0.026..301.186 rows=11 loops=1)
      Join Filter: (l.order_id = c.id)
      Rows Removed by Join Filter: 2199989
      ->  Seq Scan on customers c  (cost=0.00..8.00 rows=11 width=4) (actual time=0.007..0.527 rows=11 loops=1)
      ->  Seq Scan on lines l  (cost=0.00..3082.00 rows=200000 width=4) (actual time=0.006..14.010 rows=200000 loops=11)
    Planning Time: 0.231 ms
    Execution Time: 301.943 ms
    ```

    ## Use instead
    ```text
    Nested Loop  (cost=0.29..64.00 rows=11 width=8) (actual time=0.026..0.186 rows=11 loops=1)
      ->  Seq Scan on customers c  (cost=0.00..8.00 rows=11 width=4) (actual time=0.007..0.027 rows=11 loops=1)
      ->  Index Scan using lines_order on lines l  (cost=0.29..4.31 rows=1 width=4) (actual time=0.006..0.010 rows=1 loops=11)
            Index Cond: (order_id = c.id)
    Planning Time: 0.231 ms
    Execution Time: 0.243 ms
    ```

    ## References
    - MySQL manual, [Nested-Loop Join Algorithms](https://dev.mysql.com/doc/refman/8.4/en/nested-loop-joins.html)
    - SQLite, [The Query Planner](https://www.sqlite.org/queryplanner.html)
    """

    yields_to = ("join-buffer",)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """The inner sides of every nested loop."""
        if node.kind != "nested loop" or len(node.children) < 2:
            return
        for inner in node.children[1:]:
            scan = _whole_scan(inner)
            if scan is not None:
                yield from self._judge(node, inner, scan, subject)

    def _judge(self, join: PlanNode, inner: PlanNode, scan: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        loops = _loops(join, inner, subject)
        found = reading(scan)
        each = (
            found.read / max(scan.loops or 1, 1)
            if found
            else (scan.actual_rows if scan.actual_rows is not None else scan.estimated_rows)
        )
        if loops is not None and (loops < 2 or (each or 0.0) * loops < MANY_ROWS):
            return
        if loops is None and subject.engine is not PlanEngine.SQLITE:
            return
        index = _index(join, scan, subject)
        if index is None and subject.engine is not PlanEngine.SQLITE:
            return  # without an equality no index makes it better: cartesian-product or join-filter-waste says it
        share = subject.inclusive(inner) + (join.share or 0.0)
        if subject.plan.measured_by and share < 0.05:
            return
        known = subject.known(share)
        yield self.finding(
            scan,
            _message(scan, loops, each, subject, known),
            index.statement(subject.engine) if index else f"Index the column of {scan.relation} that the join compares",
            when="helps where few rows of the inner table belong to each row of the outer side",
            share=known,
            saves=share * 0.9 if known is not None else 0.8,
            index=index,
            numbers={"loops": round(loops or 0), "rows_each_time": round(each or 0)},
        )


def _message(scan: PlanNode, loops: float | None, each: float | None, subject: Subject, share: float | None) -> str:
    if loops is None:
        return f"reads all of {scan.relation_label} for each row of the tables before it"
    return (
        f"reads all of {scan.relation_label} ({rows(each or 0.0)}) again for each of {count(loops)} rows:"
        f" {rows((each or 0.0) * loops)} compared{subject.time_of(share)}"
    )


def _whole_scan(inner: PlanNode) -> PlanNode | None:
    """The scan of a whole table that stands for a side of the join."""
    while inner.kind in {"materialize", "exchange", "subquery", "filter"} and len(inner.children) == 1:
        inner = inner.children[0]
    return inner if inner.kind in FULL_SCANS and inner.relation else None


def _loops(join: PlanNode, inner: PlanNode, subject: Subject) -> float | None:
    if inner.loops is not None:
        return float(inner.loops)
    outer = join.children[0].estimated_rows
    return outer if outer is not None and subject.engine is not PlanEngine.SQLITE else None


def _index(join: PlanNode, scan: PlanNode, subject: Subject) -> NewIndex | None:
    parts = own(subject.comparisons(scan.filter), scan)
    for condition in (join.join_filter, join.hash_condition, join.filter):
        parts += [one for one in both_sides(condition, subject) if one.table in {scan.alias, scan.relation}]
    return index_on(scan, index_keys([one for one in parts if one.kind == "equal"]))
