"""A large table is read from end to end for a few of its rows."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.findings.base import LARGE, PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.serving import index_remedy

FEW = 0.05
MANY_ROWS = 1e7


class SequentialScanForFewRows(PlanRule):
    """A sequential scan whose filter keeps at most a twentieth of at least 100,000 rows that are really read.

    Holds not where a LIMIT ends the scan before, nor where most rows are wanted: then reading everything is right.
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every sequential scan with a filter."""
        for node in subject.plan.nodes:
            if node.type != "Seq Scan" or "Filter" not in node.raw or node.table is None or node.examined is None:
                continue
            read = node.total_examined
            if read < LARGE or node.rows > node.examined * FEW:
                continue
            yield self.finding(
                node,
                f"reads all {count(node.examined)} rows of {node.table.label} to keep {count(node.rows)} of them: {node.raw['Filter']}",
                index_remedy(node, subject.catalog),
                severity=Severity.HIGH if read >= MANY_ROWS else Severity.MEDIUM,
                rows_read=node.examined,
                rows_kept=node.rows,
                blocks=float(subject.catalog.twin.pages(node.table)),
            )
