"""The finding worker-skew."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, percent

TIMES = 3.0
"""Rows of the busiest worker over those of the average one."""


class WorkerSkew(PlanCheck):
    """One parallel worker did most of the work.

    ## What it does
    Reports a node with the rows of at least three workers (EXPLAIN with VERBOSE), 10,000 rows in all, one of which
    had three times the average or more.

    ## Why is this bad?
    The statement takes as long as its slowest worker. The others wait, and the plan was chosen as if they shared.

    ## Example
    ```text
    Gather  (cost=1000.00..16215.31 rows=200000 width=8) (actual time=2.729..182.823 rows=100000 loops=1)
      Workers Planned: 3
      Workers Launched: 3
      ->  Parallel Append  (cost=0.00..5117.06 rows=65000 width=0) (actual time=0.033..168.495 rows=25000 loops=4)
            Worker 0:  actual time=0.033..168.495 rows=97000 loops=1
            Worker 1:  actual time=0.033..1.495 rows=1000 loops=1
            Worker 2:  actual time=0.033..1.495 rows=1000 loops=1
            Worker 3:  actual time=0.033..1.495 rows=1000 loops=1
            ->  Seq Scan on public.events_1  (cost=0.00..5117.06 rows=97000 width=0) (actual time=0.033..168.495 rows=97000 loops=1)
    Planning Time: 0.098 ms
    Execution Time: 183.056 ms
    ```

    ## Use instead
    ```text
    Gather  (cost=1000.00..16215.31 rows=200000 width=8) (actual time=2.729..82.823 rows=100000 loops=1)
      Workers Planned: 3
      Workers Launched: 3
      ->  Parallel Seq Scan on public.events  (cost=0.00..5117.06 rows=65000 width=0) (actual time=0.033..68.495 rows=25000 loops=4)
            Worker 0:  actual time=0.033..68.495 rows=26000 loops=1
            Worker 1:  actual time=0.033..61.495 rows=24000 loops=1
            Worker 2:  actual time=0.033..61.495 rows=25000 loops=1
    Planning Time: 0.098 ms
    Execution Time: 83.056 ms
    ```

    ## References
    - PostgreSQL manual, [Parallel Plans](https://www.postgresql.org/docs/current/parallel-plans.html)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """The topmost node of each parallel part whose workers are unequal."""
        share = subject.inclusive(node)
        if len(node.workers) < 3 or (subject.plan.measured_by and share < 0.2):
            return
        above = subject.parent(node)
        if above is not None and len(above.workers) >= 3:
            return
        done = [(one.actual_rows or 0.0) * (one.loops or 0) for one in node.workers]
        whole, most = sum(done), max(done)
        average = whole / len(done)
        if whole < MANY_ROWS or most < average * min(TIMES, len(done) * 0.75):
            return
        yield self.finding(
            node,
            f"one of {len(done)} workers had {count(most)} of {count(whole)} rows"
            f" ({percent(most / whole)}){subject.time_of(subject.known(share))}",
            "Let the work be cut finer: a Parallel Seq Scan or Parallel Hash shares page by page, an Append partition"
            " by partition",
            when=(
                "helps where the largest partition or group is most of the table; partition by a hash then, or split"
                " that partition"
            ),
            share=subject.known(share),
            saves=share * (1 - average / most) * 0.7,
            numbers={"workers": len(done), "most": round(most), "average": round(average)},
        )
