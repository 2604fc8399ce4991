"""The best plan depends on the values, and a cached one serves some of them badly."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject

FACTOR = 10.0
LEAST = 1_000.0


class ParameterSensitivePlan(PlanRule):
    """The plans for common, typical and rare values differ in shape, and their costs by ten times, the dearest being at least 1,000."""

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """The query's custom plans."""
        cases = sorted(subject.cases, key=lambda case: case.cost)
        if len({case.plan.shape for case in cases}) < 2:
            return
        cheap, dear = cases[0], cases[-1]
        if dear.cost < LEAST or dear.cost < cheap.cost * FACTOR:
            return
        yield self.finding(
            dear.plan.root,
            f"costs {dear.cost:,.0f} for {dear.name} values ({_values(dear.values)}), {cheap.cost:,.0f} for {cheap.name} ones "
            f"({_values(cheap.values)}), by another plan",
            "Make the common values cheap too (an index in the order wanted), or plan each time (plan_cache_mode = force_custom_plan)",
            dearest=dear.cost,
            cheapest=cheap.cost,
        )


def _values(values: tuple[str | None, ...]) -> str:
    return ", ".join("NULL" if one is None else one[:30] for one in values)
