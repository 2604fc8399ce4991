"""A common table expression is computed in full although little of it is used."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.simulate.findings.base import LARGE, PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count

FEW = 0.2


class MaterialisedCte(PlanRule):
    """A CTE of at least 100,000 rows is kept apart (written MATERIALIZED, or read more than once), and each of its readers uses at most a
    fifth of it: their conditions are not pushed into it (manual, section 7.8.3).
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every CTE with all that read it."""
        for node in subject.plan.nodes:
            name = str(node.raw.get("Subplan Name", ""))
            if not name.startswith("CTE ") or node.rows < LARGE or node.type == "Recursive Union":
                continue
            readers = [
                one for one in subject.plan.nodes if one.type == "CTE Scan" and one.raw.get("CTE Name") == name[4:]
            ]
            if not readers or any(one.rows * one.share > node.rows * FEW for one in readers):
                continue
            used = sum(one.rows * one.share for one in readers)
            yield self.finding(
                f"{name}: {node.title}",
                f"computes and keeps {count(node.rows)} rows, of which {count(used)} are used",
                "Write AS NOT MATERIALIZED, or put the condition into the CTE",
                rows=node.rows,
                used=used,
            )
