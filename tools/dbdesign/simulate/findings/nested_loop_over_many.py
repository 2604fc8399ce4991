"""A nested loop starts a costly inner side for many outer rows."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count

MANY = 10_000.0
COSTLY = 50.0
"""Cost of an inner side that is more than a look-up or two by an index (about 8 each with a random page cost of 4)."""


class NestedLoopOverMany(PlanRule):
    """At least 10,000 starts of an inner side that costs 50 or more each time: a scan, or an index that finds many rows.

    Look-ups by a key are not meant, nor is an inner side whose rows are kept (Materialize, Memoize): their first run is the costly one.
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every nested loop."""
        for node in subject.plan.nodes:
            if node.type != "Nested Loop" or len(node.children) < 2:
                continue
            inner = node.children[1]
            if inner.type in {"Materialize", "Memoize"} or inner.loops < MANY or inner.cost < COSTLY:
                continue
            yield self.finding(
                node,
                f"starts {inner.title} {count(inner.loops)} times, at a cost of {inner.cost:,.0f} each time",
                "An index on the inner table by which one start finds only its rows, or a condition that leaves fewer outer rows",
                outer_rows=inner.loops,
                inner_cost=inner.cost,
            )
