"""The indexes bring more than they cost: what the workload's statements cost by the planner with them, and the entries that its writes
make in them, sum to as little as with the best known set.

with: `source`, `queries`, `file`, `settings` (see `dbdesign_evals.index_set`); `state`, `samples`, `entry` (see
`dbdesign_evals.index_upkeep`); `budget` (bytes), `best` (planner's units a second with the best known set), `within` (how much more is
still full marks), `none_at` (the units from which on there are no marks; linear between). A set over the budget earns nothing.
"""

from __future__ import annotations

from dbdesign.errors import InputError
from dbdesign_evals.graders.base import Grader, Outcome, failed
from dbdesign_evals.index_upkeep import Balance, WrittenSubject, balanced
from dbdesign_evals.workbench import Workbench


class Parameters(WrittenSubject):
    """The subject, `budget`, `best`, `within`, `none_at`."""

    budget: int
    best: float
    within: float = 0.02
    none_at: float


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Sum reads and writes."""
    try:
        found = balanced(bench, parameters)
    except InputError as error:
        return failed(str(error))
    units = found.units(parameters.entry)
    sets = f"{found.priced.indexes} indexes of {found.priced.size / 1e6:,.0f} MB ({found.priced.proof})"
    sums = f"{found.reads:,.0f} of statements and {parameters.entry:g} for each of {found.entries:,.0f} entries"
    evidence = (f"{sets}: {units:,.0f} units a second, {sums}", f"the best known set: {parameters.best:,.0f}")
    if found.priced.size > parameters.budget:
        return failed(
            f"{found.priced.size:,} bytes are more than the budget of {parameters.budget:,}", evidence=evidence
        )
    full = parameters.best * (1 + parameters.within)
    if units <= full:
        return Outcome(1.0, (), evidence)
    score = max(0.0, (parameters.none_at - units) / (parameters.none_at - full))
    return Outcome(min(score, 0.999999), tuple(_reasons(found, units, parameters)), evidence)


def _reasons(found: Balance, units: float, parameters: Parameters) -> list[str]:
    rates = found.priced.rates
    reads = sorted(found.priced.by_query, key=lambda name: -rates[name] * found.priced.by_query[name][1])[:3]
    writes = sorted(found.by_write, key=lambda name: -rates[name] * found.by_write[name])[:3]
    return [
        f"{units:,.0f} units a second, the best known set {parameters.best:,.0f}",
        *(f"{name}: {rates[name] * found.priced.by_query[name][1]:,.0f} units a second" for name in reads),
        *(f"{name}: {found.by_write[name]:.2f} entries a row, {rates[name]:g} rows a second" for name in writes),
    ]


GRADER = Grader("index_set_balance", Parameters, grade)
