"""The finding hash-batches."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.memory import setting_for
from dbdesign.plans.wording import rows


class HashBatches(PlanCheck):
    """The hash table of a join did not fit into memory and was split to disk.

    ## What it does
    Reports each Hash whose table has more than one batch, and says whether the planner knew (`originally 1`).

    ## Why is this bad?
    Both sides of the join are written to temporary files and read again, batch by batch.

    ## Example
    ```text
    Hash Join  (cost=9119.00..16829.01 rows=200000 width=75) (actual time=71.388..186.748 rows=200000 loops=1)
      Hash Cond: (l.order_id = o.id)
      ->  Seq Scan on lines l  (cost=0.00..3082.00 rows=200000 width=12) (actual time=0.013..13.780 rows=200000 loops=1)
      ->  Hash  (cost=4470.00..4470.00 rows=200000 width=63) (actual time=71.139..71.140 rows=200000 loops=1)
            Buckets: 32768  Batches: 16  Memory Usage: 1459kB
            ->  Seq Scan on orders o  (cost=0.00..4470.00 rows=200000 width=63) (actual time=0.015..13.259 rows=200000 loops=1)
    Planning Time: 0.235 ms
    Execution Time: 216.858 ms
    ```

    ## Use instead
    ```text
    Hash Join  (cost=6970.00..10577.01 rows=200000 width=75) (actual time=59.517..92.261 rows=200000 loops=1)
      Hash Cond: (l.order_id = o.id)
      ->  Seq Scan on lines l  (cost=0.00..3082.00 rows=200000 width=12) (actual time=0.064..14.956 rows=200000 loops=1)
      ->  Hash  (cost=4470.00..4470.00 rows=200000 width=63) (actual time=49.251..49.375 rows=200000 loops=1)
            Buckets: 262144  Batches: 1  Memory Usage: 20994kB
            ->  Seq Scan on orders o  (cost=0.00..4470.00 rows=200000 width=63) (actual time=0.016..20.593 rows=200000 loops=1)
    Planning Time: 0.110 ms
    Execution Time: 94.436 ms
    ```

    ## References
    - PostgreSQL manual, [hash_mem_multiplier](https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-HASH-MEM-MULTIPLIER)
    """

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every hash table of several batches."""
        hashed = node.hash_table
        if hashed is None or hashed.batches <= 1:
            return
        join = subject.parent(node)
        share = subject.known((node.share or 0.0) + (join.share or 0.0 if join else 0.0))
        number = node.actual_rows or 0.0
        surprised = hashed.original_batches is not None and hashed.original_batches < hashed.batches
        said = f", {hashed.original_batches} expected" if surprised else ""
        yield self.finding(
            node,
            f"the hash table of {rows(number)} was split into {hashed.batches} batches{said}{subject.time_of(share)}",
            setting_for(subject, (hashed.memory_kb or 0) * 1024 * hashed.batches / 2, node.width, number, hashed=True),
            when="helps for this statement alone: every sort and hash of every session may take as much"
            + ("; the planner expected fewer rows, so right statistics may choose another join" if surprised else "")
            + "; selecting fewer columns makes the table smaller too",
            share=share,
            saves=(share if share is not None else 0.2) * 0.4,
            numbers={"batches": hashed.batches, "memory_kb": hashed.memory_kb or 0},
        )
