"""The finding serialization-heavy."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import milliseconds, percent, size

SHARE, LEAST_MS = 0.2, 5.0
LEAST_KB = 10_240


class SerializationHeavy(PlanCheck):
    """Turning the result into what the client is sent takes a good part of the time, or makes a flood.

    ## What it does
    Reports a plan made with SERIALIZE (PostgreSQL 17) whose serialization takes at least 20 % of the execution and 5
    ms, or makes 10 MB or more.

    ## Why is this bad?
    EXPLAIN ANALYZE without SERIALIZE does not see this: large values are fetched from TOAST, decompressed and
    converted only when they are sent. The network and the client then take their time as well.

    ## Example
    ```text
    Index Scan using orders_pkey on orders  (cost=0.42..869.58 rows=19958 width=32) (actual time=0.017..31.799 rows=19999 loops=1)
      Index Cond: (id < 20000)
    Planning Time: 0.026 ms
    Serialization: time=29.407 ms  output=250105kB  format=text
    Execution Time: 62.524 ms
    ```

    ## Use instead
    ```text
    Index Scan using orders_pkey on orders  (cost=0.42..869.58 rows=1990 width=4) (actual time=0.017..0.799 rows=1990 loops=1)
      Index Cond: (id < 2000)
    Planning Time: 0.026 ms
    Serialization: time=0.097 ms  output=23kB  format=text
    Execution Time: 0.938 ms
    ```

    ## References
    - PostgreSQL manual, [EXPLAIN, SERIALIZE](https://www.postgresql.org/docs/17/sql-explain.html)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """The statement as a whole."""
        one, total = subject.plan.serialization, subject.total_ms
        if one is None:
            return
        spent = one.time_ms or 0.0
        slow = total is not None and spent >= LEAST_MS and spent >= total * SHARE
        if not slow and one.output_kb < LEAST_KB:
            return
        part = spent / total if total else 0.0
        each = (subject.plan.root.actual_rows or 0.0) or 1.0
        yield self.finding(
            None,
            f"sends {size(one.output_kb * 1024)} ({size(one.output_kb * 1024 / each)} a row), serialized in"
            f" {milliseconds(spent)}"
            f" ({percent(part)} of the time)",
            "Read only the columns and rows that are used; read large values by themselves, or in parts (substring,"
            " jsonb paths)",
            when=(
                "helps where the client does not need all of it; over a network the transfer takes longer than what"
                " is measured here"
            ),
            share=subject.known(part),
            saves=max(part, 0.1) * 0.8,
            numbers={"output_kb": one.output_kb, "time_ms": spent},
        )
