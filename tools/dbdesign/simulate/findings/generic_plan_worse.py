"""The plan without knowledge of the parameters is far worse than the one with it."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Severity
from dbdesign.simulate.findings.base import PlanFinding, PlanRule, Subject

FACTOR = 10.0
LEAST = 1_000.0


class GenericPlanWorse(PlanRule):
    """The generic plan has another shape than the custom plan for typical values and costs ten times as much, at least 1,000.

    The server goes on planning each time then, as long as the average custom plan with its planning is cheaper (`choose_custom_plan`,
    plancache.c); with plan_cache_mode = force_generic_plan, and in functions and poolers that rely on generic plans, it does not.
    """

    severity = Severity.LOW

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """The query's plans."""
        typical = next((case for case in subject.cases if case.name == "typical"), None)
        generic = subject.generic.root.cost
        if typical is None or typical.plan.shape == subject.generic.shape:
            return
        if generic < LEAST or generic < typical.cost * FACTOR:
            return
        forced = subject.catalog.settings.values["plan_cache_mode"][0] == "force_generic_plan"
        yield self.finding(
            subject.generic.root,
            f"the generic plan costs {generic:,.0f}, the plan for typical values {typical.cost:,.0f} ({typical.plan.shape})",
            "Keep plan_cache_mode = auto for it, so that it is planned with its values",
            severity=Severity.HIGH if forced else Severity.LOW,
            generic=generic,
            typical=typical.cost,
        )
