"""The database refuses what must never be: a statement that a right answer refuses, with an error of the class that is expected.

with: `state`; `cases`: each `sql` (one text or a list: the last statement is the one that has to be refused, those before it have to be
taken), `because`, and `sqlstate` (codes or their beginnings; by default integrity 23, data 22, raised P0, view check 44, privilege
42501). A refusal for another reason (a column that does not exist) does not count, nor does a statement that is silently ignored.
"""

from __future__ import annotations

from dbdesign_evals.graders.base import Cases, Grader, Outcome
from dbdesign_evals.probing import Connection, as_statements, refusal, shortened, undone
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench

REFUSALS = ("23", "22", "P0", "44", "42501")


class Case(Data):
    """Statements of which the last has to be refused."""

    sql: str | tuple[str, ...]
    because: str
    sqlstate: tuple[str, ...] = REFUSALS


class Parameters(Data):
    """`state` and `cases`."""

    state: str
    cases: tuple[Case, ...]


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Execute each case."""
    state = bench.state(parameters.state)
    cases = Cases()
    with state.session() as connection:
        for case in parameters.cases:
            with undone(connection):
                cases.add(_wrong(connection, case))
    return cases.outcome()


def _wrong(connection: Connection, case: Case) -> str | None:
    *given, last = as_statements(case.sql)
    before = refusal(connection, given)
    if before is not None:
        return f"{case.because}: could not be tried: {before}: {shortened(before.statement)}"
    said = refusal(connection, [last])
    if said is None:
        return f"{case.because}: was taken: {shortened(last)}"
    if not said.sqlstate.startswith(case.sqlstate):
        return f"{case.because}: refused for another reason: {said}: {shortened(last)}"
    return None


GRADER = Grader("must_reject", Parameters, grade)
