"""Rows are read only to be skipped by an OFFSET."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count

MANY = 1_000.0
FACTOR = 10.0


class LargeOffset(PlanRule):
    """At least 1,000 rows, and ten times what is returned, are skipped.

    With constants that is what the plan says (`adjust_limit_rows_costs`). An OFFSET that is a parameter has no size yet: the typical
    custom plan decides.
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every LIMIT that begins later than what it reads."""
        plan = next((case.plan for case in subject.cases if case.name == "typical"), subject.plan)
        if "offset" not in subject.sql.lower():
            return
        for node in plan.nodes:
            if node.type != "Limit" or not node.children:
                continue
            child = node.children[0]
            span = child.cost - child.startup
            skipped = child.rows * (node.startup - child.startup) / span if span > 0 else 0.0
            if skipped < MANY or skipped < node.rows * FACTOR:
                continue
            yield self.finding(
                node,
                f"reads and skips about {count(skipped)} rows to return {count(node.rows)}",
                "Page by key: WHERE (sort columns) > (the last row's) ORDER BY … LIMIT, with an index on the sort columns",
                skipped=skipped,
                returned=node.rows,
            )
