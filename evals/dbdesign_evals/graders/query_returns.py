"""Required queries run and give the rows that they have to give on known data.

with: `state`; `cases`: each `sql` (the task's) or `named` (`answer:queries.sql#name`: one of the answer's, behind `-- name: …`),
`params` (for `$1` …), `before` (statements that are executed first), `rows`, `ordered`, `because`. Everything is undone.
"""

from __future__ import annotations

from typing import Any

import psycopg
from pydantic import model_validator

from dbdesign.errors import InputError
from dbdesign_evals.graders.base import Cases, Grader, Outcome
from dbdesign_evals.probing import (
    Connection,
    as_statements,
    difference,
    expected,
    query_text,
    refusal,
    rows_of,
    shortened,
    undone,
)
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench


class Case(Data):
    """A query and its rows."""

    sql: str | None = None
    named: str | None = None
    params: tuple[Any, ...] = ()
    before: str | tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...]
    ordered: bool = False
    because: str = ""

    @model_validator(mode="after")
    def _one(self) -> Case:
        if (self.sql is None) == (self.named is None):
            raise ValueError("say either sql or named")
        return self


class Parameters(Data):
    """`state` and `cases`."""

    state: str
    cases: tuple[Case, ...]


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Run each query."""
    state = bench.state(parameters.state)
    cases = Cases()
    with state.session() as connection:
        for case in parameters.cases:
            try:
                query = query_text(bench, case.sql, case.named)
            except InputError as error:
                cases.add(str(error))
                continue
            with undone(connection):
                cases.add(_wrong(connection, case, query))
    return cases.outcome()


def _wrong(connection: Connection, case: Case, query: str) -> str | None:
    name = case.because or case.named or shortened(query, 80)
    said = refusal(connection, as_statements(case.before))
    if said is not None:
        return f"{name}: could not be tried: {said}: {shortened(said.statement)}"
    try:
        found = rows_of(connection, query, case.params)
    except psycopg.Error as error:
        if connection.closed:
            raise
        return f"{name}: {str(error).splitlines()[0]} ({error.sqlstate})"
    other = difference(found, expected(case.rows), ordered=case.ordered)
    return f"{name}: gives {other}" if other else None


GRADER = Grader("query_returns", Parameters, grade)
