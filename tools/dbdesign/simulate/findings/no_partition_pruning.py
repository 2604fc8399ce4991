"""All partitions of a table are read although the query wants a few of its rows."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.findings.base import LARGE, PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.plans import Node, Plan
from dbdesign.twin.relations import Relation

FEWEST = 2
MANY = 16
"""Searches by an index that are more than a detail."""

WANTED = 0.5


class NoPartitionPruning(PlanRule):
    """Every one of a table's partitions is scanned for less than half of the table's rows, by searching or filtering.

    With parameters the custom plan for typical values is looked at: the generic one prunes only when it is executed
    (`ExecInitPartitionPruning`). A default partition that has to be read beside one other is no finding where others were pruned.
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every partitioned table of the plan."""
        plan = next((case.plan for case in subject.cases if case.name == "typical"), subject.plan)
        for table in _partitioned(plan, subject):
            leaves = {one.oid for one in subject.catalog.leaves(table)}
            scans = [node for node in plan.scans() if node.table is not None and node.table.oid in leaves]
            read = {node.table.oid for node in scans if node.table is not None}
            if len(leaves) < FEWEST or read != leaves or any(node.share < 1 for node in scans):
                continue
            rows = sum(node.total_rows for node in scans)
            whole = sum(subject.catalog.twin.rows(one) for one in subject.catalog.leaves(table))
            if whole < LARGE or rows > whole * WANTED or any(node.loops > 1 for node in scans):
                continue
            yield self.finding(
                f"Append over {table.label}",
                f"searches all {len(leaves)} partitions of {table.label} for {count(rows)} of {count(whole)} rows",
                f"Give a condition on the partition key of {table.label} as well, by constants or parameters of its own type",
                severity=_severity(scans),
                partitions=float(len(leaves)),
                rows_kept=rows,
                rows=whole,
            )


def _severity(scans: list[Node]) -> Severity:
    """By whether partitions are read from end to end, or searched, and how many."""
    if any(node.type == "Seq Scan" for node in scans):
        return Severity.HIGH
    return Severity.MEDIUM if len(scans) >= MANY else Severity.LOW


def _partitioned(plan: Plan, subject: Subject) -> list[Relation]:
    roots = {
        root.oid: root
        for node in plan.scans()
        if node.table is not None and (root := subject.catalog.root(node.table)).kind == "p"
    }
    return list(roots.values())
