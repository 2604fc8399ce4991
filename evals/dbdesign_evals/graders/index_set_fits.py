"""The indexes can be built and fit the budget: each statement is a CREATE INDEX that PostgreSQL takes, and their sizes at production
volume sum to no more than the budget.

with: `source`, `queries`, `file`, `settings`, `refuse` (see `dbdesign_evals.index_set`), `budget` (bytes), `at_most`
(number of indexes, where it matters).
"""

from __future__ import annotations

from dbdesign_evals.graders.base import Cases, Grader, Outcome
from dbdesign_evals.index_set import Subject, priced
from dbdesign_evals.workbench import Workbench


class Parameters(Subject):
    """The subject, `budget`, `at_most`."""

    budget: int
    at_most: int | None = None


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Size the set."""
    found = priced(bench, Subject(**parameters.model_dump(include=set(Subject.model_fields))))
    cases = Cases(evidence=[f"{found.indexes} indexes, {found.size:,} bytes, sized by the twin"])
    cases.add("; ".join(found.refused[:4]) or None)
    cases.add("there is no index in it" if not found.indexes else None)
    over = found.size > parameters.budget
    cases.add(f"{found.size:,} bytes are more than the budget of {parameters.budget:,}" if over else None)
    if parameters.at_most is not None:
        many = found.indexes > parameters.at_most
        cases.add(f"{found.indexes} indexes, at most {parameters.at_most} are allowed" if many else None)
    return cases.outcome()


GRADER = Grader("index_set_fits", Parameters, grade)
