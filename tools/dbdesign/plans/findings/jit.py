"""The finding jit."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import milliseconds, percent

SHARE, LEAST_MS = 0.25, 20.0
"""Share of the execution, as dataxplan has it, and milliseconds from which compilation is said."""


class Jit(PlanCheck):
    """Compiling expressions takes a quarter of the execution or more.

    ## What it does
    Reports a plan of PostgreSQL whose just-in-time compilation took at least 25 % of the execution time and 20 ms.

    ## Why is this bad?
    JIT pays for statements that evaluate expressions millions of times. It is switched on by the plan's cost; a plan
    whose cost is overestimated, or one with hundreds of expressions (partitions), is compiled for longer than it
    runs.

    ## Example
    ```text
    Seq Scan on orders  (cost=0.00..204970.00 rows=4000 width=4) (actual time=112.243..172.320 rows=4000 loops=1)
    Planning Time: 0.363 ms
    JIT:
      Functions: 4
      Options: Inlining false, Optimization false, Expressions true, Deforming true
      Timing: Generation 3.412 ms, Inlining 0.000 ms, Optimization 45.551 ms, Emission 60.218 ms, Total 109.181 ms
    Execution Time: 176.360 ms
    ```

    ## Use instead
    ```text
    Seq Scan on orders  (cost=0.00..204970.00 rows=4000000 width=4) (actual time=2.243..1912.320 rows=4000000 loops=1)
    Planning Time: 0.363 ms
    JIT:
      Functions: 4
      Options: Inlining false, Optimization false, Expressions true, Deforming true
      Timing: Generation 3.412 ms, Inlining 0.000 ms, Optimization 5.551 ms, Emission 6.218 ms, Total 15.181 ms
    Execution Time: 2076.360 ms
    ```

    ## References
    - PostgreSQL manual, [When to JIT?](https://www.postgresql.org/docs/current/jit-decision.html)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """The statement as a whole."""
        jit, total = subject.plan.jit, subject.total_ms
        if jit is None or not total or jit.total_ms < LEAST_MS or jit.total_ms < total * SHARE:
            return
        share = subject.known(jit.total_ms / total)
        yield self.finding(
            None,
            f"compiling {jit.functions} functions takes {milliseconds(jit.total_ms)} of {milliseconds(total)}"
            f" ({percent(jit.total_ms / total)})",
            "SET jit = off",
            when=(
                "helps statements that run short or are planned dearer than they are; where others gain from it,"
                " raise jit_above_cost above"
                f" {subject.plan.root.total_cost or 0:,.0f} instead"
            ),
            share=share,
            saves=jit.total_ms / total * 0.9,
            numbers={"jit_ms": jit.total_ms, "functions": jit.functions},
        )
