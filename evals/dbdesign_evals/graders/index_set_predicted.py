"""What an answer says of its indexes is so: their size and the share of the workload's cost that they leave, as the twin prices them.

with: `source`, `queries`, `file`, `settings`, `refuse` (see `dbdesign_evals.index_set`), `report` (the structured answer), `size_gb` and
`share_left` (dotted paths in it; 10⁹ bytes, 0 to 1), `within` (relative; 0.1 by default). One case each.
"""

from __future__ import annotations

from dbdesign.errors import InputError
from dbdesign_evals import structured
from dbdesign_evals.graders.base import Cases, Grader, Outcome
from dbdesign_evals.index_set import Subject, priced
from dbdesign_evals.workbench import Workbench


class Parameters(Subject):
    """The subject, `report`, `size_gb`, `share_left`, `within`."""

    report: str
    size_gb: str | None = None
    share_left: str | None = None
    within: float = 0.1


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Compare with the priced set."""
    found = priced(bench, Subject(**parameters.model_dump(include=set(Subject.model_fields))))
    name = parameters.report.removeprefix("answer:")
    report = structured.load(bench.text(parameters.report), name)
    cases = Cases(evidence=[f"{found.size / 1e9:.2f} GB, {found.share:.4f} of the cost is left ({found.proof})"])
    for path, truth in ((parameters.size_gb, found.size / 1e9), (parameters.share_left, found.share)):
        if path is None:
            continue
        try:
            said = structured.number(structured.at(report, path, name), f"{name}, {path}")
        except InputError as error:
            cases.add(str(error))
            continue
        off = abs(said - truth) > parameters.within * truth
        cases.add(f"{path} is {said:g}, not within {parameters.within:.0%} of {truth:.4g}" if off else None)
    return cases.outcome()


GRADER = Grader("index_set_predicted", Parameters, grade)
