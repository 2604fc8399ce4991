"""An index is searched although its leading columns leave most of it to be read."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.simulate.conditions import columns_in, conjuncts
from dbdesign.simulate.findings.base import LARGE, PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.plans import Node
from dbdesign.simulate.serving import index_remedy

FACTOR = 20.0
_EQUAL = (" = ", " IS NULL", " IS NOT DISTINCT ")


class LeadingColumnNotSelective(PlanRule):
    """A B-tree's condition leaves its leading column open, or compares it by a range, and later columns decide: at least 100,000 entries
    are read (those that the columns up to the first range find, by the planner's own estimate) and twenty times what is found.

    PostgreSQL 18 skips from one leading value to the next (skip scan): where the values before the first column that decides are known to
    be fewer than a third of the index's blocks (the planner's own bound, `btcostestimate` in selfuncs.c), only the found ones are read.
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
                index_remedy(node, subject.catalog),
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
    if _skipped(node, parts, subject):
        return None
    if not boundary:
        return subject.catalog.twin.rows(index)
    return subject.asker.rows(table, node.raw.get("Alias"), " AND ".join(boundary))


def _skipped(node: Node, parts: list[str], subject: Subject) -> bool:
    """Whether the values of the columns that no equality fixes, up to the last that is compared, are few enough to skip between."""
    index, table = node.index, node.table
    if index is None or table is None:
        return False
    compared = {name for part in parts for name in columns_in(part, table)}
    keys = [one.table_column or "" for one in index.attributes[: index.key_count]]
    last = max((place for place, name in enumerate(keys) if name in compared), default=0)
    values = 1.0
    for name in keys[:last]:
        here = [part for part in parts if name in columns_in(part, table)]
        if any(mark in part for part in here for mark in _EQUAL):
            continue
        column = subject.catalog.twin.column(table, name)
        if here or column is None or not column.n_distinct:
            return False
        known = column.n_distinct
        values *= known if known > 0 else -known * subject.catalog.twin.rows(table)
    return values <= subject.catalog.twin.pages(index) / 3
