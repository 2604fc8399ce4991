"""An index is searched although its leading columns leave most of it to be read."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.simulate.conditions import columns_in, conjuncts
from dbdesign.simulate.findings.base import LARGE, PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.plans import Node

FACTOR = 20.0
_EQUAL = (" = ", " IS NULL", " IS NOT DISTINCT ")


class LeadingColumnNotSelective(PlanRule):
    """A B-tree's condition leaves its leading column open, or compares it by a range, and later columns decide: at least 100,000 entries
    are read (those that the columns up to the first range find, by the planner's own estimate) and twenty times what is found.

    PostgreSQL 18 can skip from one leading value to the next (skip scan); that is worth it for few values only.
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every search in a B-tree of several columns."""
        for node in subject.plan.nodes:
            if (
                node.index is None
                or node.index.method != "btree"
                or node.index.key_count < 2
                or "Index Cond" not in node.raw
            ):
                continue
            entries = _entries(node, subject)
            found = node.rows if node.examined is None else node.examined
            if (
                entries is None
                or entries < LARGE
                or entries < max(found, 1.0) * FACTOR
                or node.share < 1
                or node.loops > 1
            ):
                continue
            leading = node.index.attributes[0].table_column or "its leading expression"
            yield self.finding(
                node,
                f"reads {count(entries)} entries of {node.index.name} to find {count(found)}: {leading} does not narrow the search",
                "An index with the columns that are compared by equality first, the one compared by a range behind them",
                entries_read=entries,
                rows_found=found,
            )


def _entries(node: Node, subject: Subject) -> float | None:
    """Entries between where the search begins and ends."""
    index, table = node.index, node.table
    if index is None or table is None:
        return None
    parts = conjuncts(str(node.raw["Index Cond"]))
    boundary: list[str] = []
    for attribute in index.attributes[: index.key_count]:
        here = [part for part in parts if attribute.table_column in columns_in(part, table)]
        if not here:
            break
        boundary += here
        if not any(mark in part for part in here for mark in _EQUAL):
            break
    if len(boundary) >= len(parts):
        return None
    if not boundary:
        return subject.catalog.twin.rows(index)
    return subject.asker.rows(table, node.raw.get("Alias"), " AND ".join(boundary))
