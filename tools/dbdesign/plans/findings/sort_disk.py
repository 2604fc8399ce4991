"""The finding sort-disk."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.memory import setting_for
from dbdesign.plans.wording import rows, size


class SortDisk(PlanCheck):
    """A sort did not fit into memory and was written to disk.

    ## What it does
    Reports each sort that used disk: `Sort Space Type: Disk` and `Disk:` of PostgreSQL, also in workers and in the
    groups of an Incremental Sort; spilled bytes of CockroachDB, TiDB and MongoDB. SQL Server's own warning is
    `spill-to-tempdb`.

    ## Why is this bad?
    The rows are written in runs and read again to be merged, so that a sort of memory's speed becomes one of the
    disk's.

    ## Example
    ```text
    Sort  (cost=37122.64..37622.64 rows=200000 width=63) (actual time=78.077..119.753 rows=200000 loops=1)
      Sort Key: note
      Sort Method: external merge  Disk: 14720kB
      ->  Seq Scan on orders  (cost=0.00..4470.00 rows=200000 width=63) (actual time=0.012..9.596 rows=200000 loops=1)
    Planning Time: 0.044 ms
    Execution Time: 137.892 ms
    ```

    ## Use instead
    ```text
    Sort  (cost=22079.64..22579.64 rows=200000 width=63) (actual time=56.232..69.325 rows=200000 loops=1)
      Sort Key: note
      Sort Method: quicksort  Memory: 23332kB
      ->  Seq Scan on orders  (cost=0.00..4470.00 rows=200000 width=63) (actual time=0.030..17.682 rows=200000 loops=1)
    Planning Time: 0.066 ms
    Execution Time: 84.671 ms
    ```

    ## References
    - PostgreSQL manual, [work_mem](https://www.postgresql.org/docs/current/runtime-config-resource.html#GUC-WORK-MEM)
    - MongoDB manual, [Sort and memory](https://www.mongodb.com/docs/manual/reference/method/cursor.sort/)
    """

    yields_to = ("spill-to-tempdb", "incremental-sort-groups")

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every sort that used disk."""
        spilled = _spilled_kb(node)
        if node.kind != "sort" or not spilled:
            return
        share = subject.known(node.share or 0.0)
        number = (node.actual_rows or 0.0) * (node.loops or 1)
        key = ", ".join(node.sort_key) or "its key"
        yield self.finding(
            node,
            f"sorts {rows(number)} by {key} with {size(spilled * 1024)} on disk{subject.time_of(share)}",
            setting_for(subject, spilled * 1024, node.width, number),
            when=(
                "helps for this statement alone: every sort and hash of every session may take as much; an index in"
                " the order"
                f" of {key}, or fewer and narrower rows, spares the sort altogether"
            ),
            share=share,
            saves=(share if share is not None else 0.2) * 0.5,
            numbers={"disk_kb": spilled},
        )


def _spilled_kb(node: PlanNode) -> int:
    """KiB on disk, of the leader and all workers."""
    own = node.sort.space_kb if node.sort and node.sort.on_disk else 0
    workers = sum(one.sort.space_kb for one in node.workers if one.sort and one.sort.on_disk)
    groups = [node.full_sort_groups, node.presorted_groups]
    groups += [group for one in node.workers for group in (one.full_sort_groups, one.presorted_groups)]
    peaks = [group.peak_disk_kb or 0 for group in groups if group]
    return own + workers + max(peaks, default=0) + (node.disk_bytes or 0) // 1024
