"""The finding hashagg-spill."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import HashAggregate, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.memory import setting_for
from dbdesign.plans.wording import rows, size


class HashaggSpill(PlanCheck):
    """The hash table of a GROUP BY or DISTINCT did not fit into memory and was spilled.

    ## What it does
    Reports each hashed aggregate with `Disk Usage`, of the leader or of a worker; and a hash aggregate of CockroachDB
    or TiDB that used disk.

    ## Why is this bad?
    Input rows of groups that no longer fit are written to temporary files, and the files are aggregated in further
    passes.

    ## Example
    ```text
    HashAggregate  (cost=21970.00..27095.00 rows=200000 width=41) (actual time=133.649..298.573 rows=200000 loops=1)
      Group Key: note
      Planned Partitions: 16  Batches: 17  Memory Usage: 2073kB  Disk Usage: 14984kB
      ->  Seq Scan on orders  (cost=0.00..4470.00 rows=200000 width=33) (actual time=0.154..52.508 rows=200000 loops=1)
    Planning Time: 0.727 ms
    Execution Time: 314.574 ms
    ```

    ## Use instead
    ```text
    HashAggregate  (cost=5470.00..7470.00 rows=200000 width=41) (actual time=38.179..77.482 rows=200000 loops=1)
      Group Key: note
      Batches: 1  Memory Usage: 20505kB
      ->  Seq Scan on orders  (cost=0.00..4470.00 rows=200000 width=33) (actual time=0.062..12.877 rows=200000 loops=1)
    Planning Time: 0.071 ms
    Execution Time: 95.749 ms
    ```

    ## References
    - PostgreSQL manual, [hash_mem_multiplier](https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-HASH-MEM-MULTIPLIER)
    """

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every hashed aggregate that used disk."""
        tables = [one for one in (node.aggregate, *(worker.aggregate for worker in node.workers)) if one is not None]
        disk = sum(one.disk_kb or 0 for one in tables)
        if node.kind == "aggregate" and not disk:
            disk = (node.disk_bytes or 0) // 1024
        if not disk:
            return
        share = subject.known(node.share or 0.0)
        number = (node.actual_rows or 0.0) * (node.loops or 1)
        key = ", ".join(node.group_key) or "its key"
        yield self.finding(
            node,
            f"groups by {key} into {rows(number)} with {size(disk * 1024)} on"
            f" disk{_batches(tables)}{subject.time_of(share)}",
            setting_for(subject, disk * 1024, node.width, number, hashed=True),
            when=(
                "helps for this statement alone: every sort and hash of every session may take as much; an index on"
                " the key"
                " lets the groups come in order without a table"
            ),
            share=share,
            saves=(share if share is not None else 0.2) * 0.5,
            numbers={"disk_kb": disk},
        )


def _batches(tables: list[HashAggregate]) -> str:
    batches = max((one.batches or 0 for one in tables), default=0)
    return f" in {batches} batches" if batches > 1 else ""
