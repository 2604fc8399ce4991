"""The design takes what has to be possible: statements that a right answer executes without an error.

with: `state`; `cases`: each `sql` (one text or a list; executed in a transaction with deferred constraints checked at its end, then
undone), `because` (why it is right), and where it matters `then` (a query) with `rows` (what it has to give), `ordered`.
"""

from __future__ import annotations

from typing import Any

import psycopg

from dbdesign_evals.graders.base import Cases, Grader, Outcome
from dbdesign_evals.probing import Connection, as_statements, difference, expected, refusal, rows_of, shortened, undone
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench


class Case(Data):
    """Statements that have to be taken."""

    sql: str | tuple[str, ...]
    because: str
    then: str | None = None
    rows: tuple[tuple[Any, ...], ...] = ()
    ordered: bool = False


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
    said = refusal(connection, as_statements(case.sql))
    if said is not None:
        return f"{case.because}: refused with {said}: {shortened(said.statement)}"
    if case.then is None:
        return None
    try:
        found = rows_of(connection, case.then)
    except psycopg.Error as error:
        if connection.closed:
            raise
        return f"{case.because}: {shortened(case.then)}: {str(error).splitlines()[0]}"
    other = difference(found, expected(case.rows), ordered=case.ordered)
    return f"{case.because}: {shortened(case.then)} gives {other}" if other else None


GRADER = Grader("must_accept", Parameters, grade)
