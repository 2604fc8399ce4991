"""The toolkit's review finds nothing: chosen rules, or all from a severity on, are run over the answer's DDL.

with: `file`, `only` (rules or families; all by default), `ignore`, `minimum` (severity; `medium` by default), `at_most` (findings that
are still fine; 0 by default). The score falls with each further finding, to none at four. Suppressing comments of the answer do not
count.
"""

from __future__ import annotations

from typing import Literal

from dbdesign_evals.graders.base import MOST_REASONS, Grader, Outcome
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench

NONE_AT = 4
"""Findings too many at which the score is 0."""


class Parameters(Data):
    """`file`, `only`, `ignore`, `minimum`, `at_most`."""

    file: str
    only: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    minimum: Literal["info", "low", "medium", "high"] = "medium"
    at_most: int = 0


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Review the DDL."""
    from dbdesign.model.design import Design
    from dbdesign.model.finding import Severity
    from dbdesign.readers.base import reader
    from dbdesign.rules.review import review

    result = reader("postgresql").read(bench.text(parameters.file))
    found = review(
        Design(schema=result.schema_, lines=result.lines),
        only=parameters.only,
        ignore=parameters.ignore,
        minimum=Severity(parameters.minimum),
    )
    reasons = tuple(f"{one.rule}: {one.message}" for one in found.findings[:MOST_REASONS])
    more = max(0, len(found.findings) - parameters.at_most)
    evidence = (f"{found.rules_run} rules, {len(found.findings)} findings",)
    return Outcome(max(0.0, 1 - more / NONE_AT), reasons if more else (), evidence)


GRADER = Grader("review_clean", Parameters, grade)
