"""The finding trigger-heavy."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, milliseconds, percent

SHARE, LEAST_MS = 0.2, 10.0


class TriggerHeavy(PlanCheck):
    """A trigger takes a good part of the statement.

    ## What it does
    Reports a trigger, other than a constraint's, that takes at least 20 % of the execution time and 10 ms.

    ## Why is this bad?
    A row trigger runs its function once for each row, and what it does is not in the plan: a query without an index
    in there is paid for every row.

    ## Example
    ```text
    Update on orders  (cost=0.42..9.10 rows=0 width=0) (actual time=4.140..4.140 rows=0 loops=1)
      ->  Index Scan using orders_pkey on orders  (cost=0.42..9.10 rows=1000 width=6) (actual time=0.020..0.960 rows=1000 loops=1)
            Index Cond: (id <= 1000)
    Planning Time: 0.095 ms
    Trigger keep_history: time=131.120 calls=1000
    Execution Time: 136.431 ms
    ```

    ## Use instead
    ```text
    Update on orders  (cost=0.42..9.10 rows=0 width=0) (actual time=4.140..4.140 rows=0 loops=1)
      ->  Index Scan using orders_pkey on orders  (cost=0.42..9.10 rows=1000 width=6) (actual time=0.020..0.960 rows=1000 loops=1)
            Index Cond: (id <= 1000)
    Planning Time: 0.095 ms
    Trigger keep_history: time=0.720 calls=1
    Execution Time: 5.431 ms
    ```

    ## References
    - PostgreSQL manual, [CREATE TRIGGER, transition tables](https://www.postgresql.org/docs/current/sql-createtrigger.html)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every trigger that is no constraint's."""
        total = subject.total_ms
        for one in subject.plan.triggers:
            if not total or one.time_ms is None or one.constraint is not None:
                continue
            if one.time_ms < LEAST_MS or one.time_ms < total * SHARE:
                continue
            share = subject.known(one.time_ms / total)
            yield self.finding(
                None,
                f"the trigger {one.name} takes {milliseconds(one.time_ms)} for {count(one.calls)} calls"
                f" ({percent(one.time_ms / total)} of the time)",
                f"Make {one.name} a statement trigger with transition tables (FOR EACH STATEMENT, REFERENCING NEW"
                " TABLE AS changed), or index"
                " what its function looks up",
                when=(
                    "helps where many rows are written at once; auto_explain with log_nested_statements shows what"
                    " the function runs"
                ),
                share=share,
                saves=one.time_ms / total * 0.7,
                numbers={"trigger_ms": one.time_ms, "calls": one.calls},
            )
