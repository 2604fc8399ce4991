"""The rollback gives back what was there: after the migration and its rollback the schema's dump says the same (names of NOT NULL
apart), and the rows are there.

with: `state` (before), `up` and `down` (the answer's files), `rows` (queries whose rows have to be the same before and after), and
`between` (statements that are executed after the migration, as the new application would: what they wrote must survive as `rows` see
it).
"""

from __future__ import annotations

from typing import Any

import psycopg

from dbdesign.migrations.verify.dumps import difference
from dbdesign_evals.graders.base import Cases, Grader, Outcome, failed
from dbdesign_evals.probing import Connection, as_statements, rows_of, shortened
from dbdesign_evals.probing import difference as rows_differ
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import State, Workbench, apply_script

Rows = dict[str, list[tuple[str | None, ...]]]


class Parameters(Data):
    """`state`, `up`, `down`, `rows`, `between`."""

    state: str
    up: str
    down: str
    rows: tuple[str, ...] = ()
    between: str | tuple[str, ...] = ()


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Dump, go up, come down, dump."""
    up, down = bench.text(parameters.up), bench.text(parameters.down)
    with bench.fresh(parameters.state) as state:
        before = state.database.dump()
        with state.session() as connection:
            rows = _rows(connection, parameters.rows)
            refused = apply_script(connection, up, parameters.up)
            refused = refused or _between(connection, parameters)
            refused = refused or apply_script(connection, down, parameters.down)
        if refused:
            return failed(str(refused[0]))
        return _compared(state, before, rows, parameters)


def _between(connection: Connection, parameters: Parameters) -> list[Any]:
    for sql in as_statements(parameters.between):
        try:
            connection.execute(sql.encode())
        except psycopg.Error as error:
            if connection.closed:
                raise
            return [f"after the migration: {str(error).splitlines()[0]}: {shortened(sql)}"]
    return []


def _compared(state: State, before: str, rows: Rows, parameters: Parameters) -> Outcome:
    cases = Cases()
    other = difference(state.database.dump(), before, names_of_not_null=False)
    cases.add(f"the schema is another one: {'; '.join(shortened(one, 120) for one in other[:4])}" if other else None)
    with state.session() as connection:
        for query, wanted in rows.items():
            try:
                found = rows_of(connection, query)
            except psycopg.Error as error:
                if connection.closed:
                    raise
                cases.add(f"{shortened(query)}: {str(error).splitlines()[0]}")
                continue
            wrong = None if parameters.between else rows_differ(found, wanted, ordered=False)
            cases.add(f"{shortened(query)} gives {wrong}" if wrong else None)
    return cases.outcome()


def _rows(connection: Connection, queries: tuple[str, ...]) -> Rows:
    return {query: rows_of(connection, query) for query in queries}


GRADER = Grader("rollback_restores", Parameters, grade)
