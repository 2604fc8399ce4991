"""An index is searched although its leading columns leave most of it to be read."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.findings.base import LARGE, PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.serving import index_remedy, quoted

FACTOR = 20.0
MANY_ENTRIES = 1e7


class LeadingColumnNotSelective(PlanRule):
    """A B-tree's condition leaves its leading column open, or compares it by a range, and later columns decide: at least 100,000 entries
    are read (those that the columns up to the first range find, by the planner's own estimate) and twenty times what is found.

    PostgreSQL 18 skips from one leading value to the next (skip scan): where the values before the first column that decides are known to
    be fewer than a third of the index's blocks (the planner's own bound, `btcostestimate` in selfuncs.c), only the found ones are read.
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every search in a B-tree of several columns."""
        for node in subject.plan.nodes:
            if node.index is None or node.entries is None:
                continue
            entries, found = node.entries * node.share * node.loops, node.total_examined
            if entries < LARGE or entries < max(found, 1.0) * FACTOR:
                continue
            column = node.index.attributes[0].table_column
            leading = column or "its leading expression"
            yield self.finding(
                node,
                f"reads {count(entries)} entries of {node.index.name} to find {count(found)}: {leading} does not narrow the search",
                index_remedy(node, subject.catalog, order=[quoted(leading)] if column and node.share < 1 else ()),
                severity=Severity.HIGH if entries >= MANY_ENTRIES else Severity.MEDIUM,
                entries_read=entries,
                rows_found=found,
            )
