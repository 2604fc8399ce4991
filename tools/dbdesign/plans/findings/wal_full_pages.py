"""The finding wal-full-pages."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, percent, size

PAGE = 8192
SHARE, LEAST_BYTES = 0.5, 8 * 1024**2


class WalFullPages(PlanCheck):
    """Most of the write-ahead log that a statement writes is whole pages.

    ## What it does
    Reports a statement that wrote 8 MB of WAL or more, at least half of it full-page images (EXPLAIN with WAL).

    ## Why is this bad?
    After each checkpoint, the first change to a page writes the whole page, 8 kB for a row of some bytes. Random
    writes soon after a checkpoint multiply the log, and with it the load on replicas and archives.

    ## Example
    ```text
    Update on visits  (cost=0.29..1210.31 rows=0 width=0) (actual time=92.033..92.033 rows=0 loops=1)
      WAL: records=6120 fpi=3010 bytes=21016320
      ->  Index Scan using visits_tenant on visits  (cost=0.29..1210.31 rows=3000 width=6) (actual time=0.033..8.495 rows=3000 loops=1)
    Planning Time: 0.098 ms
    Execution Time: 92.556 ms
    ```

    ## Use instead
    ```text
    Update on visits  (cost=0.29..1210.31 rows=0 width=0) (actual time=12.033..12.033 rows=0 loops=1)
      WAL: records=6120 fpi=4 bytes=616320
      ->  Index Scan using visits_tenant on visits  (cost=0.29..1210.31 rows=3000 width=6) (actual time=0.033..8.495 rows=3000 loops=1)
    Planning Time: 0.098 ms
    Execution Time: 12.556 ms
    ```

    ## References
    - PostgreSQL manual, [full_page_writes](https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-FULL-PAGE-WRITES)
    - PostgreSQL manual, [WAL Configuration](https://www.postgresql.org/docs/current/wal-configuration.html)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """The topmost node that wrote."""
        wal = node.wal
        if wal is None or wal.bytes < LEAST_BYTES or subject.parent(node) is not None:
            return
        images = min(wal.bytes, wal.fpi_bytes if wal.fpi_bytes is not None else wal.fpi * PAGE)
        if images < wal.bytes * SHARE:
            return
        yield self.finding(
            node,
            f"writes {size(wal.bytes)} of WAL, {percent(images / wal.bytes)} of it in {count(wal.fpi)} full pages for"
            f" {count(wal.records)} records",
            "ALTER SYSTEM SET max_wal_size = '16GB'; ALTER SYSTEM SET checkpoint_timeout = '30min';"
            " ALTER SYSTEM SET wal_compression = 'on'; SELECT pg_reload_conf()",
            when=(
                "helps where checkpoints come often (log_checkpoints says why); a longer distance between them means"
                " a longer recovery after a crash"
            ),
            share=subject.known(subject.inclusive(node)),
            saves=0.1,
            numbers={"wal_bytes": wal.bytes, "full_page_images": wal.fpi},
        )
