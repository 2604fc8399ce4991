"""A LIMIT over an index in the wanted order, where most of the entries on the way do not pass the filter."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.plans import Node
from dbdesign.simulate.serving import index_remedy, quoted

FACTOR = 100.0
MOST_READ = 10_000.0


class LimitWalkDiscards(PlanRule):
    """A scan below a LIMIT that ends early and is expected to read at least 10,000 rows, a hundred times what it gives.

    The planner takes the wanted rows for spread evenly; where they are rare at the beginning of the order, it is far worse than expected.
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every scan of which a LIMIT takes a part."""
        for node in subject.plan.scans():
            if node.share >= 1 or "Filter" not in node.raw or node.examined is None or node.loops > 1:
                continue
            read, kept = node.total_examined, max(node.total_rows, 1.0)
            if read < MOST_READ or read < kept * FACTOR:
                continue
            yield self.finding(
                node,
                f"reads about {count(read)} rows until the LIMIT has its {count(kept)}, if those lie evenly; "
                f"up to {count(node.examined)} if not: {node.raw['Filter']}",
                index_remedy(node, subject.catalog, order=_order(node)),
                rows_read=read,
                rows_kept=kept,
                rows_at_worst=node.examined,
            )


def _order(node: Node) -> list[str]:
    """The keys of the index that is walked."""
    keys = node.index.attributes[: node.index.key_count] if node.index else ()
    return [quoted(one.table_column) + " DESC" * one.descending for one in keys if one.table_column]
