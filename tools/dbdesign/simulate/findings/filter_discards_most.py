"""An index finds many rows and the filter behind it throws most of them away."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.findings.base import LARGE, PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.serving import index_remedy

KEPT = 0.1
MOST_READ = 10_000.0


class FilterDiscardsMost(PlanRule):
    """An index or bitmap scan that reads at least 10,000 rows and keeps at most a tenth of them after its filter.

    Below a LIMIT, `limit-walk-discards` says it instead. How many rows the index's condition alone finds is the planner's own answer.
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every index scan with a filter."""
        for node in subject.plan.nodes:
            if node.type not in {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"} or node.examined is None:
                continue
            if "Filter" not in node.raw or node.share < 1 or node.total_examined < MOST_READ or node.table is None:
                continue
            if node.rows > node.examined * KEPT:
                continue
            yield self.finding(
                node,
                f"finds {count(node.total_examined)} rows by the index and keeps {count(node.total_rows)} of them: {node.raw['Filter']}",
                index_remedy(node, subject.catalog),
                severity=Severity.HIGH if node.total_examined >= LARGE * 10 else Severity.MEDIUM,
                rows_read=node.total_examined,
                rows_kept=node.total_rows,
            )
