"""The finding hot-seqscan."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import FULL_SCANS, PlanCheck, PlanFinding, Subject, reading
from dbdesign.plans.wording import count, percent, rows

SHARE, LEAST_MS = 0.3, 50.0
"""Share of the time and milliseconds from which a sequential scan is hot, as dataxplan has them."""
WASTE = 0.5


class HotSeqscan(PlanCheck):
    """The scan of a whole table takes much of the time, and half of what it reads is thrown away.

    ## What it does
    Reports a scan of a whole table that takes at least 30 % of the time and 50 ms by itself and whose filter removes
    half of the rows or more, but not so many that `filter-waste` speaks.

    ## Why is this bad?
    Reading all is right where all is needed. Here half or more is not, and the scan is where the time goes: what
    makes it read less makes the statement faster.

    ## Example
    ```text
    Aggregate  (cost=5970.00..5970.01 rows=1 width=8) (actual time=202.734..202.734 rows=1 loops=1)
      ->  Seq Scan on orders  (cost=0.00..5970.00 rows=66667 width=0) (actual time=0.033..198.495 rows=80111 loops=1)
            Filter: (weight > 400)
            Rows Removed by Filter: 119889
    Planning Time: 0.098 ms
    Execution Time: 203.056 ms
    ```

    ## Use instead
    ```text
    Aggregate  (cost=544.67..544.68 rows=1 width=8) (actual time=4.939..4.940 rows=1 loops=1)
      ->  Seq Scan on customers  (cost=0.00..528.00 rows=6667 width=0) (actual time=0.016..4.582 rows=9926 loops=1)
            Filter: (weight > 400)
            Rows Removed by Filter: 10074
    Planning Time: 0.121 ms
    Execution Time: 4.960 ms
    ```

    ## References
    - PostgreSQL manual, [Index-Only Scans and Covering Indexes](https://www.postgresql.org/docs/current/indexes-index-only-scans.html)
    - PostgreSQL manual, [Parallel Plans](https://www.postgresql.org/docs/current/parallel-plans.html)
    """

    yields_to = (
        "indexable-seqscan",
        "filter-waste",
        "or-across-columns",
        "function-hides-index",
        "join-without-index",
        "no-partition-pruning",
        "subplan-per-row",
        "not-in-subplan",
        "implicit-conversion",
    )

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every scan of a whole table that is slow by itself."""
        found = reading(node)
        if node.kind not in FULL_SCANS or found is None or not node.filter or (node.share or 0.0) < SHARE:
            return
        if (node.exclusive_ms or 0.0) < LEAST_MS or found.waste < WASTE or subject.total_ms is None:
            return
        share = subject.known(node.share or 0.0)
        yield self.finding(
            node,
            f"reads {rows(found.read)} and keeps {count(found.kept)}"
            f" ({percent(1 - found.waste)}){subject.time_of(share)}: {node.filter}",
            "Index the filter's columns together with every column that the query reads of this table, so that the"
            " index alone is read",
            when=(
                "helps where the query reads few columns of a wide table; otherwise let parallel workers share the"
                " scan"
                " (max_parallel_workers_per_gather), or keep the result in a materialised view"
            ),
            share=share,
            saves=(share or 0.0) * found.waste,
            numbers={"rows_read": round(found.read), "rows_kept": round(found.kept)},
        )
