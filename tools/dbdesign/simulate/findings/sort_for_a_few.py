"""Many rows are fetched and sorted of which a LIMIT wants a few."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject
from dbdesign.simulate.findings.sort_of_millions import MANY
from dbdesign.simulate.latency import count
from dbdesign.simulate.plans import Node
from dbdesign.simulate.serving import order_remedy

LEAST = 1_000.0
FACTOR = 20.0


class SortForAFew(PlanRule):
    """A sort right below a LIMIT (rows that are locked first counted in) with at least 1,000 rows of input, twenty times what is wanted;
    from a million on it is `sort-of-millions`.

    An input that is aggregated first has no order before, and an index cannot give it one: it is left out.
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every sort for a LIMIT."""
        for node in subject.plan.nodes:
            limit = _asking(node)
            if node.type != "Sort" or not node.children or limit is None or limit.type != "Limit":
                continue
            rows = node.children[0].rows
            if not max(LEAST, limit.rows * FACTOR) <= rows < MANY or any(
                one.type == "Aggregate" for one in node.below()
            ):
                continue
            keys = ", ".join(map(str, node.raw.get("Sort Key", ())))
            yield self.finding(
                node,
                f"fetches and sorts {count(rows)} rows by {keys} to return {count(limit.rows)}",
                order_remedy(node, subject.catalog),
                rows=rows,
                returned=limit.rows,
            )


def _asking(node: Node) -> Node | None:
    """The node that takes the sorted rows, those passed over that hand them on as they are."""
    return next((one for one in node.above() if one.type not in {"Gather Merge", "LockRows", "Result"}), None)
