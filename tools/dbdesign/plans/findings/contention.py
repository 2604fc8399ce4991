"""The finding contention."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import milliseconds, percent

SHARE, LEAST_MS = 0.2, 10.0
_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|µs|us|ns|s|m|h)")
_UNITS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6}


class Contention(PlanCheck):
    """The statement waited for locks of other transactions.

    ## What it does
    Reports a plan of CockroachDB whose time due to contention is at least a fifth of the execution and 10 ms.

    ## Why is this bad?
    The rows were being written by others. The plan is not at fault; transactions that hold rows for long, or a row
    that all of them write, are.

    ## Example
    ```text
    planning time: 2ms
    execution time: 145ms
    distribution: local
    vectorized: true
    cumulative time spent due to contention: 80ms
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
    cumulative time spent due to contention: 2ms
    • scan
      nodes: n1
      actual row count: 200,000
      KV time: 120ms
      KV rows decoded: 200,000
      estimated row count: 20,000 (100% of the table; stats collected 9 days ago)
      table: orders@orders_pkey
      spans: FULL SCAN
    ```

    ## References
    - CockroachDB, [Transaction contention](https://www.cockroachlabs.com/docs/stable/performance-best-practices-overview#transaction-contention)
    """

    engines = (PlanEngine.COCKROACHDB,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """The statement as a whole."""
        total = subject.plan.execution_ms or subject.total_ms
        waited = duration(subject.plan.extra.get("cumulative time spent due to contention"))
        if not total or waited is None or waited < LEAST_MS or waited < total * SHARE:
            return
        share = min(1.0, waited / total)
        yield self.finding(
            None,
            f"waited {milliseconds(waited)} of {milliseconds(total)} ({percent(share)}) for other transactions",
            "Find them: SELECT * FROM crdb_internal.transaction_contention_events; shorten the transactions that"
            " write these rows, or read with"
            " AS OF SYSTEM TIME follower_read_timestamp()",
            when="helps where the wait is there every time; a read of slightly older data never waits",
            share=round(share, 4),
            saves=share * 0.8,
            numbers={"contention_ms": waited},
        )


def duration(text: object) -> float | None:
    """`1m2.5s`, `80ms`, `3µs` in milliseconds."""
    found = _PARTS.findall(str(text)) if text is not None else []
    return sum(float(number) * _UNITS[unit] for number, unit in found) if found else None
