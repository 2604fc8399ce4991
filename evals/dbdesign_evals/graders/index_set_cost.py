"""The indexes bring what the best known ones bring: the workload's what-if cost with them, as a share of its cost without.

with: `source`, `queries`, `file`, `settings`, `refuse` (see `dbdesign_evals.index_set`), `budget` (bytes), `best` (the share that the
best known set within the budget reaches), `within` (how much more is still full marks: 0.02 means 2 % more cost), `none_at` (the share
from which on there are no marks; linear between). A set over the budget earns nothing.
"""

from __future__ import annotations

from dbdesign_evals.graders.base import Grader, Outcome, failed
from dbdesign_evals.index_set import Subject, priced
from dbdesign_evals.workbench import Workbench


class Parameters(Subject):
    """The subject, `budget`, `best`, `within`, `none_at`."""

    budget: int
    best: float
    within: float = 0.02
    none_at: float


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Price the set."""
    found = priced(bench, Subject(**parameters.model_dump(include=set(Subject.model_fields))))
    evidence = (
        f"{found.indexes} indexes of {found.size / 1e6:,.0f} MB leave {found.share:.4f} of the cost ({found.proof})",
        f"the best known set leaves {parameters.best:.4f}",
    )
    if found.size > parameters.budget:
        return failed(f"{found.size:,} bytes are more than the budget of {parameters.budget:,}", evidence=evidence)
    full = parameters.best * (1 + parameters.within)
    if found.share <= full:
        return Outcome(1.0, (), evidence)
    score = max(0.0, (parameters.none_at - found.share) / (parameters.none_at - full))
    worst = sorted(found.by_query.items(), key=lambda one: one[1][0] - one[1][1])[:3]
    reasons = [f"it leaves {found.share:.2%} of the cost, the best known set {parameters.best:.2%}"]
    reasons += [f"least gained: {name} ({before:,.0f} to {after:,.0f})" for name, (before, after) in worst]
    return Outcome(min(score, 0.999999), tuple(reasons), evidence)


GRADER = Grader("index_set_cost", Parameters, grade)
