"""The finding heap-fetches."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.remedies import table
from dbdesign.plans.wording import count, percent

SHARE = 0.4
"""The second of pev2's steps (0, 40 and 90 %): the first marks every table that is written to."""
LEAST_FETCHES = 1_000.0


class HeapFetches(PlanCheck):
    """An Index Only Scan had to look into the table for many of its rows.

    ## What it does
    Reports an Index Only Scan with at least 1,000 heap fetches that are 40 % or more of the rows it found.

    ## Why is this bad?
    The scan reads the index alone only where the visibility map says that all rows of a page are visible to
    everybody. VACUUM keeps that map; where it lags behind, each row is looked up in the table after all.

    ## Example
    ```text
    Index Only Scan using orders_status_total on orders  (cost=0..2466 rows=100836 width=5) (actual time=0.017..52.042 rows=99900 loops=1)
      Index Cond: ((status = 'done'::text) AND (total < 5000))
      Heap Fetches: 102399
    Planning Time: 0.086 ms
    Execution Time: 55.885 ms
    ```

    ## Use instead
    ```text
    Index Only Scan using orders_status_total on orders  (cost=0..2466 rows=100836 width=5) (actual time=0.017..12.042 rows=99900 loops=1)
      Index Cond: ((status = 'done'::text) AND (total < 5000))
      Heap Fetches: 120
    Planning Time: 0.086 ms
    Execution Time: 15.885 ms
    ```

    ## References
    - PostgreSQL manual, [Index-Only Scans](https://www.postgresql.org/docs/current/indexes-index-only-scans.html)
    - PostgreSQL manual, [Updating the Visibility Map](https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-VISIBILITY-MAP)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every index-only scan that fetched from the table."""
        fetches, found = float(node.heap_fetches or 0), (node.actual_rows or 0.0) * (node.loops or 1)
        if fetches < LEAST_FETCHES or fetches < found * SHARE or not subject.matters(node):
            return
        share = subject.known(node.share or 0.0)
        name = table(subject.engine, node)
        yield self.finding(
            node,
            f"looked into the table for {count(fetches)} of {count(found)} rows"
            f" ({percent(min(1.0, fetches / max(found, 1)))}):"
            f" the visibility map of {name} is not up to date{subject.time_of(share)}",
            f"VACUUM (ANALYZE) {name}; ALTER TABLE {name} SET (autovacuum_vacuum_scale_factor = 0.02,"
            " autovacuum_vacuum_insert_scale_factor = 0.02)",
            when=(
                "helps where no transaction stays open for long: rows that an old snapshot may still need keep their"
                " pages from being all-visible"
            ),
            share=share,
            saves=(share if share is not None else 0.2) * 0.6,
            numbers={"heap_fetches": fetches, "rows": round(found)},
        )
