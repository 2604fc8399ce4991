"""The finding workers-short."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject

SHARE, LEAST_MS = 0.2, 10.0
"""Share and milliseconds below which starting workers would cost about what they save (parallel_setup_cost is some
milliseconds)."""


class WorkersShort(PlanCheck):
    """Fewer parallel workers came than were planned.

    ## What it does
    Reports a Gather whose plan below takes at least a fifth of the time and 10 ms and that was given fewer workers than
    planned.

    ## Why is this bad?
    The plan was chosen because so many processes would share it. With fewer it is slower than planned, and may be
    slower than the plan without workers.

    ## Example
    ```text
    Gather  (cost=1000.00..6215.31 rows=2 width=8) (actual time=202.729..202.823 rows=100000 loops=1)
      Workers Planned: 2
      Workers Launched: 0
      ->  Parallel Seq Scan on orders  (cost=0.00..5117.06 rows=39216 width=0) (actual time=0.033..198.495 rows=100000 loops=1)
    Planning Time: 0.098 ms
    Execution Time: 203.056 ms
    ```

    ## Use instead
    ```text
    Gather  (cost=1000.00..6215.31 rows=2 width=8) (actual time=2.729..82.823 rows=100000 loops=1)
      Workers Planned: 2
      Workers Launched: 2
      ->  Parallel Seq Scan on orders  (cost=0.00..5117.06 rows=39216 width=0) (actual time=0.033..68.495 rows=33333 loops=3)
    Planning Time: 0.098 ms
    Execution Time: 83.056 ms
    ```

    ## References
    - PostgreSQL manual, [How Parallel Query Works](https://www.postgresql.org/docs/current/how-parallel-query-works.html)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every Gather with fewer workers than planned."""
        planned, launched = node.workers_planned or 0, node.workers_launched
        if launched is None or launched >= planned:
            return
        share = subject.inclusive(node)
        if subject.plan.measured_by and share < SHARE:
            return
        if subject.total_ms is not None and share * subject.total_ms < LEAST_MS:
            return
        missing = 1 - (launched + 1) / (planned + 1)
        yield self.finding(
            node,
            f"planned {planned} workers and got {launched}{subject.time_of(subject.known(share))}",
            "ALTER SYSTEM SET max_parallel_workers = 16; ALTER SYSTEM SET max_worker_processes = 24",
            when="helps where processors are idle while it runs, after a restart; on a busy server fewer workers for each query"
            " (max_parallel_workers_per_gather = 0 or 1) give steadier times",
            share=subject.known(share),
            saves=share * missing * 0.8,
            numbers={"planned": planned, "launched": launched},
        )
