"""The finding stale-statistics."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.remedies import analyse
from dbdesign.plans.wording import count, rows

OFF, LEAST_ROWS = 1.5, 1_000.0
_AGE = re.compile(r"stats collected (\d+) (day|week|month|year)s? ")


class StaleStatistics(PlanCheck):
    """The statistics are old, and the table is no longer what they say.

    ## What it does
    Reports a scan of CockroachDB whose statistics are a day old or older and whose rows differ from the estimate by
    half or more, of 1,000 rows or more.

    ## Why is this bad?
    Statistics are collected anew when a fifth of a table has changed, but a growing table is behind until then, and a
    job that fails leaves them as they are.

    ## Example
    ```text
    planning time: 2ms
    execution time: 145ms
    distribution: local
    vectorized: true

    • scan
      nodes: n1
      actual row count: 200,000
      KV time: 120ms
      KV rows decoded: 200,000
      estimated row count: 20,000 (100% of the table; stats collected 9 days ago)
      table: orders@orders_pkey
      spans: FULL SCAN
    ```

    ## Use instead
    ```text
    planning time: 2ms
    execution time: 145ms
    distribution: local
    vectorized: true

    • scan
      nodes: n1
      actual row count: 200,000
      KV time: 120ms
      KV rows decoded: 200,000
      estimated row count: 198,000 (100% of the table; stats collected 3 minutes ago)
      table: orders@orders_pkey
      spans: FULL SCAN
    ```

    ## References
    - CockroachDB, [Table statistics](https://www.cockroachlabs.com/docs/stable/cost-based-optimizer#table-statistics)
    """

    engines = (PlanEngine.COCKROACHDB,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every scan with statistics of days ago."""
        text = " ".join(str(value) for value in node.extra.values())
        match = _AGE.search(text)
        factor = node.estimate_factor
        if match is None or factor is None or node.cut_short or (node.total_rows or 0.0) < LEAST_ROWS:
            return
        if 1 / OFF < factor < OFF:
            return
        share = subject.known(subject.inclusive(node))
        yield self.finding(
            node,
            f"has {rows(node.actual_rows or 0.0)} where {count(node.estimated_rows or 0.0)} were expected by"
            f" statistics of {match[1]} {match[2]}s ago",
            analyse(subject.engine, node),
            when="helps where plans depend on the number; SHOW JOBS shows whether automatic collection works",
            share=share,
            saves=0.1,
            numbers={"expected": node.estimated_rows or 0.0, "found": node.actual_rows or 0.0},
        )
