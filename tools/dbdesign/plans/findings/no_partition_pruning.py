"""The finding no-partition-pruning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, rows

LEAST_PARTITIONS = 4
_NUMBERED = re.compile(r"[_\-]?(?:p|y|m|w|d|q)?\d+(?:[_\-]?(?:m|w|d|q)?\d+)*$|_(?:default|part\w*)$", re.IGNORECASE)


class NoPartitionPruning(PlanCheck):
    """All partitions of a table are read, though few have rows that match, or a filter keeps few rows of each.

    ## What it does
    Reports an Append over four partitions or more, none of which was pruned, whose scans have a filter that keeps at
    most a tenth of the rows; or of which three in four gave no row at all.

    ## Why is this bad?
    Partitions pay where the partition key is in the condition: then the others are not even looked at. Without it
    every query costs as much as without partitions, and more to plan.

    ## Example
    ```text
    Append  (cost=0.00..7230.00 rows=100 width=3) (actual time=0.021..12.561 rows=100 loops=1)
      ->  Seq Scan on events_1  (cost=0.00..1870.40 rows=26 width=3) (actual time=0.020..3.695 rows=26 loops=1)
            Filter: (kind = 'k3'::text)
            Rows Removed by Filter: 10168
      ->  Seq Scan on events_2  (cost=0.00..1680.60 rows=24 width=3) (actual time=0.011..3.580 rows=24 loops=1)
            Filter: (kind = 'k3'::text)
            Rows Removed by Filter: 9168
      ->  Seq Scan on events_3  (cost=0.00..1870.20 rows=26 width=3) (actual time=0.010..2.620 rows=26 loops=1)
            Filter: (kind = 'k3'::text)
            Rows Removed by Filter: 10161
      ->  Seq Scan on events_4  (cost=0.00..1740.80 rows=24 width=3) (actual time=0.024..2.611 rows=24 loops=1)
            Filter: (kind = 'k3'::text)
            Rows Removed by Filter: 9503
    Planning Time: 0.544 ms
    Execution Time: 12.601 ms
    ```

    ## Use instead
    ```text
    Seq Scan on events_2 events  (cost=0.00..192.12 rows=9 width=3) (actual time=0.037..0.369 rows=8 loops=1)
      Filter: ((kind = 'k3'::text) AND (happened_on = '2026-02-03'::date))
      Rows Removed by Filter: 9400
    Planning Time: 0.044 ms
    Execution Time: 0.375 ms
    ```

    ## References
    - PostgreSQL manual, [Partition Pruning](https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITION-PRUNING)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every Append of partitions."""
        if node.kind != "append" or node.subplans_removed or len(node.children) < LEAST_PARTITIONS:
            return
        scans = [_scan(child) for child in node.children]
        if any(one is None for one in scans):
            return
        found = [one for one in scans if one is not None]
        family = {_NUMBERED.sub("", one.relation or "") for one in found}
        if len(family) > 1 or len({one.relation for one in found}) < LEAST_PARTITIONS:
            return
        share = subject.inclusive(node)
        if any(one.never_executed for one in found) or (subject.plan.measured_by and share < 0.1):
            return
        read, kept = sum(map(_read, found)), sum(one.total_rows or 0.0 for one in found)
        empty = sum(1 for one in found if one.actual_rows == 0)
        few = any(one.filter for one in found) and read >= 10_000 and kept <= read * 0.1
        if not few and empty < len(found) * 0.75:
            return
        name = next(iter(family)).rstrip("_") or "the table"
        condition = next(
            (one.filter or one.index_condition for one in found if one.filter or one.index_condition), None
        )
        shown = f": {condition}" if condition else ""
        yield self.finding(
            found[0],
            f"reads all {len(found)} partitions of {name} ({rows(read)}) to keep {count(kept)}, {empty} of them"
            " without a row"
            f"{subject.time_of(subject.known(share))}{shown}",
            f"Add a condition on the partition key of {name} that the planner can compare: key >= constant AND key <"
            " constant",
            when="helps where the question has such a bound; otherwise an index on the condition in each partition"
            f" (CREATE INDEX ON {name} (…)), or partitions by what is asked for",
            share=subject.known(share),
            saves=share * 0.7,
            numbers={"partitions": len(found), "empty": empty, "rows_read": round(read)},
        )


def _scan(child: PlanNode) -> PlanNode | None:
    """The scan of one partition."""
    return child if child.relation and child.kind.endswith("scan") else None


def _read(node: PlanNode) -> float:
    return (node.total_rows or 0.0) + (node.total_rows_removed or 0.0)
