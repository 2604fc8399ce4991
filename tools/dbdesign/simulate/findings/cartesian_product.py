"""Two inputs are joined without any condition between them."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.conditions import refers
from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.plans import Node

MANY = 100_000.0


class CartesianProduct(PlanRule):
    """A nested loop without a join filter whose inner side does not speak of the outer one, with at least 100,000 pairs.

    An input of one row is no product, nor are small lists that are paired on purpose.
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every nested loop that joins (a semi or anti join without a condition is an EXISTS of its own)."""
        for node in subject.plan.nodes:
            if node.type != "Nested Loop" or len(node.children) < 2 or "Join Filter" in node.raw:
                continue
            outer, inner = node.children[0], node.children[1]
            pairs = outer.rows * inner.rows
            if node.raw.get("Join Type") not in {"Inner", "Left"} or outer.rows <= 1 or inner.rows <= 1 or pairs < MANY:
                continue
            if _depends(inner, outer) or node.rows < pairs / 2:
                continue
            yield self.finding(
                node,
                f"pairs each of {count(outer.rows)} rows with each of {count(inner.rows)}, {count(pairs)} in all, without a condition",
                "Add the join condition that is missing",
                outer_rows=outer.rows,
                inner_rows=inner.rows,
            )


def _depends(inner: Node, outer: Node) -> bool:
    """Whether a condition inside speaks of what is outside."""
    aliases = [str(node.raw["Alias"]) for node in outer.below() if "Alias" in node.raw]
    conditions = [node.condition() for node in inner.below()]
    if any(node.type == "Memoize" for node in inner.below()):
        return True
    return any(refers(condition, alias) for condition in conditions for alias in aliases)
