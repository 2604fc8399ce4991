"""A sort does not fit into work_mem and goes through the disk."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count, size

TUPLE = 24
"""Bytes beside its columns that a row takes while it is sorted: MAXALIGN(SizeofHeapTupleHeader) (`relation_byte_size`, costsize.c)."""


def row_bytes(width: float) -> float:
    """Bytes of a row in a sort or a hash table, as `relation_byte_size` has them."""
    return (width + 7) // 8 * 8 + TUPLE


class SortBeyondMemory(PlanRule):
    """A sort whose rows take more than work_mem. One for a LIMIT keeps only the first ones (`cost_tuplesort`)."""

    severity = Severity.LOW

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every full sort that keeps all of its rows."""
        for node in subject.plan.nodes:
            if node.type != "Sort" or not node.children:
                continue
            each = row_bytes(node.children[0].width)
            rows = node.children[0].rows / max(node.processes, 1.0)
            bound = next(
                (above for above in node.above() if above.type not in {"Gather Merge", "Result", "Subquery Scan"}), None
            )
            bounded = bound is not None and bound.type == "Limit"
            kept = min(rows, 2 * bound.rows) if bounded and bound is not None else rows
            if kept * each <= subject.work_memory:
                continue
            yield self.finding(
                node,
                f"sorts {count(rows)} rows, {size(kept * each)}; work_mem is {size(subject.work_memory)}: through the disk",
                f"work_mem of at least {size(kept * each)} for this query, or an index in the order wanted",
                severity=Severity.MEDIUM if kept * each > 20 * subject.work_memory else Severity.LOW,
                bytes=kept * each,
                work_mem=subject.work_memory,
            )
