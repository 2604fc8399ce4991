"""The finding reads-from-disk."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, milliseconds, percent, size

SHARE, LEAST_MS = 0.5, 100.0
PAGE = 8192


class ReadsFromDisk(PlanCheck):
    """A node waits for the disk most of its time.

    ## What it does
    Reports a node that spent at least half of its own time and 100 ms in reads (`I/O Timings`, with track_io_timing
    on), a fifth of the statement.

    ## Why is this bad?
    The same plan is many times faster from memory. A second run shows whether the pages stay there; if they do not,
    fewer pages must be read.

    ## Example
    ```text
    Index Scan using orders_customer on orders  (cost=0.42..8228.17 rows=4000 width=12) (actual time=0.239..822.420 rows=4000 loops=1)
      Index Cond: (customer_id < 400)
      Buffers: shared hit=40 read=3980
      I/O Timings: shared read=790.345
    Planning Time: 0.095 ms
    Execution Time: 824.431 ms
    ```

    ## Use instead
    ```text
    Index Scan using orders_customer on orders  (cost=0.42..8228.17 rows=4000 width=12) (actual time=0.239..8.420 rows=4000 loops=1)
      Index Cond: (customer_id < 400)
      Buffers: shared hit=4020
    Planning Time: 0.095 ms
    Execution Time: 8.831 ms
    ```

    ## References
    - PostgreSQL manual, [track_io_timing](https://www.postgresql.org/docs/current/runtime-config-statistics.html#GUC-TRACK-IO-TIMING)
    """

    engines = (PlanEngine.POSTGRESQL,)
    yields_to = (
        "indexable-seqscan",
        "filter-waste",
        "inefficient-index",
        "bloat",
        "limit-walk-discards",
        "hot-seqscan",
        "heap-fetches",
    )

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every node that waits for reads."""
        io, buffers = node.exclusive_io, node.exclusive_buffers
        if io is None or buffers is None or node.exclusive_ms is None or not subject.matters(node, 0.2):
            return
        waited = io.shared_read_ms
        if waited < LEAST_MS or waited < node.exclusive_ms * SHARE:
            return
        share = subject.known(node.share or 0.0)
        each = waited / max(buffers.shared_read, 1)
        yield self.finding(
            node,
            f"waits {milliseconds(waited)} for {count(buffers.shared_read)} pages"
            f" ({size(buffers.shared_read * PAGE)}) from disk,"
            f" {milliseconds(each)} each;"
            f" {percent(buffers.shared_hit / max(buffers.shared_hit + buffers.shared_read, 1))} were in memory"
            f"{subject.time_of(share)}",
            "Run it again: if it stays slow, let it read fewer pages (an index with INCLUDE for the columns that are"
            " read, CLUSTER in the order of the"
            " index), or raise shared_buffers and effective_io_concurrency",
            when=(
                "helps where the pages are read more than once; a statement that runs once a night finds a cold"
                " cache whatever is set"
            ),
            share=share,
            saves=(share or 0.0) * 0.5,
            numbers={"read_ms": waited, "pages": buffers.shared_read},
        )
