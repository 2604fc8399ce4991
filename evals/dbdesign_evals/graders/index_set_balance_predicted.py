"""What an answer says of its indexes' size, of the entries that its writes make and of the sum of all is so.

with: as of `index_set_balance` without `budget`, `best`, `within`, `none_at`; `report` (the structured answer), `size_gb` (10⁹ bytes),
`entries` (a second), `units` (a second): dotted paths in it; `within` (relative; 0.1 by default). One case each.
"""

from __future__ import annotations

from dbdesign.errors import InputError
from dbdesign_evals import structured
from dbdesign_evals.graders.base import Cases, Grader, Outcome, failed
from dbdesign_evals.index_upkeep import WrittenSubject, balanced
from dbdesign_evals.workbench import Workbench


class Parameters(WrittenSubject):
    """The subject, `report`, the paths, `within`."""

    report: str
    size_gb: str
    entries: str
    units: str
    within: float = 0.1


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Compare with what was counted."""
    try:
        found = balanced(bench, parameters)
    except InputError as error:
        return failed(str(error))
    name = parameters.report.removeprefix("answer:")
    report = structured.load(bench.text(parameters.report), name)
    units = found.units(parameters.entry)
    cases = Cases(
        evidence=[f"{found.priced.size / 1e9:.2f} GB, {found.entries:,.0f} entries and {units:,.0f} units a second"]
    )
    truths = (
        (parameters.size_gb, found.priced.size / 1e9),
        (parameters.entries, found.entries),
        (parameters.units, units),
    )
    for path, truth in truths:
        try:
            said = structured.number(structured.at(report, path, name), f"{name}, {path}")
        except InputError as error:
            cases.add(str(error))
            continue
        off = abs(said - truth) > parameters.within * truth
        cases.add(f"{path} is {said:g}, not within {parameters.within:.0%} of {truth:.5g}" if off else None)
    return cases.outcome()


GRADER = Grader("index_set_balance_predicted", Parameters, grade)
