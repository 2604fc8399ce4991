"""Deleting a row, or changing its key, scans the tables that refer to it."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.findings.base import LARGE, PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count


class ChildScannedOnDelete(PlanRule):
    """A DELETE, MERGE or UPDATE of referenced columns on a table that a foreign key refers to whose columns lead no index, and the table
    that refers has at least 100,000 rows: each row that is written scans it. The plan does not show it: constraint triggers do it.
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every foreign key that is checked on the referenced side."""
        for written in subject.writes:
            for key in written.foreign_keys:
                if key.side != "referenced" or key.indexed or key.rows < LARGE:
                    continue
                columns = ", ".join(key.columns)
                yield self.finding(
                    f"{written.kind} on {written.table}",
                    f"each row scans {count(key.rows)} rows of {key.table} for {key.name} ({key.action}): no index begins with {columns}",
                    f"CREATE INDEX CONCURRENTLY ON {key.table} ({columns})",
                    rows=key.rows,
                    blocks=key.blocks,
                    table=key.table,
                )
