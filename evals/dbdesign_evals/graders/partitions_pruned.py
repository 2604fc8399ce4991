"""A query reads the partitions that it needs and no others: PostgreSQL's plan for it, on a state.

with: `state`; `cases`: each `sql` or `named` (as of `query_returns`), `values` (texts for `$1` …), `most` (tables that its plan may
scan), `tables` (an expression for the names of those that count; all by default), `because`. Plans are custom ones, so that values
prune.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
from pydantic import Field

from dbdesign.errors import InputError
from dbdesign_evals.graders.base import Cases, Grader, Outcome
from dbdesign_evals.probing import Connection, literal, query_text, shortened, undone
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench


class Case(Data):
    """A query and how many tables it may scan."""

    sql: str | None = None
    named: str | None = None
    values: tuple[str | None, ...] = ()
    most: int = Field(ge=0)
    tables: str = "."
    because: str = ""


class Parameters(Data):
    """`state` and `cases`."""

    state: str
    cases: tuple[Case, ...]


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Explain each query."""
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
    try:
        plan = _plan(connection, query, case.values)
    except psycopg.Error as error:
        if connection.closed:
            raise
        return f"{name}: {str(error).splitlines()[0]}"
    scanned = sorted({one for one in _scanned(plan) if re.search(case.tables, one)})
    if len(scanned) > case.most:
        return f"{name}: scans {len(scanned)} tables ({', '.join(scanned[:4])} …), at most {case.most} are needed"
    return None


def _plan(connection: Connection, query: str, values: tuple[str | None, ...]) -> dict[str, Any]:
    connection.execute("set local plan_cache_mode = force_custom_plan")
    connection.execute(f"prepare dbdesign_probe as {query.rstrip().rstrip(';')}".encode())
    given = f"({', '.join(map(literal, values))})" if values else ""
    try:
        row: Any = connection.execute(f"explain (format json) execute dbdesign_probe{given}".encode()).fetchone()
    finally:
        if connection.info.transaction_status.name == "INTRANS":
            connection.execute("deallocate dbdesign_probe")
    return dict(row[0][0]["Plan"])


def _scanned(node: dict[str, Any]) -> Iterator[str]:
    if "Relation Name" in node:
        yield str(node["Relation Name"])
    for child in node.get("Plans", ()):
        yield from _scanned(child)


GRADER = Grader("partitions_pruned", Parameters, grade)
