"""Numbers of a structured answer (sizes, rates, costs, rows) are within a bound of the truth, which is computed when the answer is
graded.

with: `file`; `cases`: each `at` (a dotted path), `because`, `within` (a share such as 0.1 for ±10 %), and the truth as one of
- `value`: a constant, with `from` saying how it was computed;
- `sql` with `state`: the first value of a query on a state that the answer has no part in;
- `plan` (a file of the task) with `of` (`exclusive_ms`, `rows`, `loops`, `total_ms`, `rows_removed`, `share`) and `node` (an expression
  that a node's title matches; the one with the most exclusive time of those) or `line`: read from a plan by the plan reader.

A number that is off by more than the bound earns nothing.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any, Literal

from pydantic import Field, model_validator

from dbdesign.errors import InputError
from dbdesign_evals import structured
from dbdesign_evals.graders.base import Cases, Grader, Outcome
from dbdesign_evals.plan_truth import measured
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench


class Case(Data):
    """A number and its truth."""

    at: str
    because: str = ""
    within: float = Field(gt=0)
    value: float | None = None
    from_: str | None = Field(default=None, alias="from")
    sql: str | None = None
    state: str | None = None
    plan: str | None = None
    of: Literal["exclusive_ms", "rows", "loops", "total_ms", "rows_removed", "share"] = "exclusive_ms"
    node: str | None = None
    line: int | None = None

    @model_validator(mode="after")
    def _one(self) -> Case:
        if sum(one is not None for one in (self.value, self.sql, self.plan)) != 1:
            raise ValueError("say one of value, sql, plan")
        if self.value is not None and not self.from_:
            raise ValueError("say in `from` how the value was computed")
        if self.sql is not None and self.state is None:
            raise ValueError("sql needs a state")
        return self


class Parameters(Data):
    """`file` and `cases`."""

    file: str
    cases: tuple[Case, ...]


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Compare each number."""
    name = parameters.file.removeprefix("answer:")
    value = structured.load(bench.text(parameters.file), name)
    cases = Cases()
    for case in parameters.cases:
        said = case.because or case.at
        try:
            truth = _truth(case, bench)
            found = structured.number(structured.at(value, case.at, name), f"{name}, {case.at}")
        except InputError as error:
            cases.add(f"{said}: {error}")
            continue
        off = abs(found - truth) > case.within * abs(truth)
        cases.add(f"{said}: {found:g}, which is not within {case.within:.0%} of {truth:g}" if off else None)
    return cases.outcome()


def _truth(case: Case, bench: Workbench) -> float:
    if case.value is not None:
        return case.value
    if case.plan is not None:
        return measured(bench.text(case.plan), case.of, re.compile(case.node or "."), case.line)
    return bench.once(("truth", case.state or "", case.sql or ""), lambda: _queried(case, bench))


def _queried(case: Case, bench: Workbench) -> float:
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(bench.state(case.state or "").session())
        row: Any = connection.execute((case.sql or "").encode()).fetchone()
    if row is None or row[0] is None:
        raise InputError("the truth cannot be computed: there is nothing to measure", where=case.at)
    return float(row[0])


GRADER = Grader("numbers_within", Parameters, grade)
