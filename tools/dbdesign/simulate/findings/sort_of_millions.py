"""Millions of rows are sorted."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.serving import order_remedy

MANY = 1_000_000.0


class SortOfMillions(PlanRule):
    """A sort with at least a million rows of input, also where a LIMIT wants only the first ones: all of them are read first."""

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every full sort."""
        for node in subject.plan.nodes:
            if node.type != "Sort" or not node.children:
                continue
            rows = node.children[0].rows
            if rows < MANY:
                continue
            keys = ", ".join(map(str, node.raw.get("Sort Key", ())))
            top = any(above.type == "Limit" for above in node.above())
            wanted = " for the first few of them" if top else ""
            yield self.finding(
                node,
                f"sorts {count(rows)} rows by {keys}{wanted}",
                order_remedy(node, subject.catalog, None if top else subject.use),
                rows=rows,
                key=keys,
            )
