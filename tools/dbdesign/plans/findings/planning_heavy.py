"""The finding planning-heavy."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import milliseconds, percent

LEAST_MS = 5.0
"""Milliseconds of planning below which it is not worth a word: a plan of some joins takes about one."""


class PlanningHeavy(PlanCheck):
    """Planning takes longer than the execution.

    ## What it does
    Reports a plan whose planning took at least 5 ms and longer than the execution.

    ## Why is this bad?
    The statement is planned anew each time it is sent. With many partitions, joins or indexes the planner does more
    than the executor.

    ## Example
    ```text
    Append  (cost=0.00..723.00 rows=10 width=3) (actual time=0.021..0.561 rows=10 loops=1)
      ->  Index Scan using events_1_id on events_1  (cost=0.42..8.44 rows=1 width=3) (actual time=0.020..0.022 rows=1 loops=1)
            Index Cond: (id = 7)
    Planning Time: 48.363 ms
    Execution Time: 0.860 ms
    ```

    ## Use instead
    ```text
    Index Scan using events_1_id on events_1  (cost=0.42..8.44 rows=1 width=3) (actual time=0.020..0.022 rows=1 loops=1)
      Index Cond: (id = 7)
    Planning Time: 0.363 ms
    Execution Time: 0.160 ms
    ```

    ## References
    - PostgreSQL manual, [PREPARE](https://www.postgresql.org/docs/current/sql-prepare.html)
    - PostgreSQL manual, [Best Practices for Declarative Partitioning](https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-BEST-PRACTICES)
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """The statement as a whole."""
        planning, execution = subject.plan.planning_ms, subject.plan.execution_ms
        if planning is None or execution is None or planning < LEAST_MS or planning <= execution:
            return
        part = planning / (planning + execution)
        partitions = sum(1 for node in subject.plan.nodes if (above := subject.parent(node)) and above.kind == "append")
        many = f"; {partitions} partitions are in the plan" if partitions > 10 else ""
        yield self.finding(
            None,
            f"planning takes {milliseconds(planning)}, the execution {milliseconds(execution)}{many}",
            "Prepare the statement once a session and execute it (plan_cache_mode = auto), or let the driver do so",
            when=(
                f"helps where the statement is sent often: {percent(part)} of each run is planning; with partitions,"
                " put the partition key"
                " into the WHERE clause, and have fewer of them"
            ),
            share=subject.known(part),
            saves=part * 0.8,
            numbers={"planning_ms": planning, "execution_ms": execution},
        )
