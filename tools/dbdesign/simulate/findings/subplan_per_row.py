"""A correlated subquery runs once for each row."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.plans import hashed_subplan

MANY = 10_000.0
COSTLY = 1e6


class SubplanPerRow(PlanRule):
    """A SubPlan that is not kept in a hash table runs at least 10,000 times, or at a cost of a million altogether (at least 100 times).

    Uncorrelated ones (InitPlan, hashed SubPlan) run once and are not meant.
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every SubPlan."""
        for node in subject.plan.nodes:
            for child in node.children:
                if child.relationship != "SubPlan" or hashed_subplan(node, child):
                    continue
                total = child.loops * child.cost
                if child.loops < MANY and not (child.loops >= 100 and total >= COSTLY):
                    continue
                name = child.raw.get("Subplan Name", "a subquery")
                yield self.finding(
                    node,
                    f"runs {name} ({child.title}) {count(child.loops)} times, at a cost of {child.cost:,.0f} each time",
                    "Write it as a join, or as LEFT JOIN LATERAL with an index for its condition; NOT IN as NOT EXISTS",
                    severity=Severity.HIGH if total >= COSTLY * 10 else Severity.MEDIUM,
                    times=child.loops,
                    cost_each=child.cost,
                )
