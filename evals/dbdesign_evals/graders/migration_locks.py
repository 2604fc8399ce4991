"""The migration keeps the application going: no statement rewrites a hot table, reads one while it blocks writes, or holds a lock on one
while it works on another.

with: `state` (the database before, with rows), `file` (the answer's migration), `hot` (tables that are written to all the time).
Executed under a lock watch. One case a hot table; a lock that blocks is fine where the transaction that takes it reads no table in full
and rewrites none. A migration that is refused fails all cases.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.migration import LockMode
from dbdesign_evals.graders.base import Cases, Grader, Outcome, failed
from dbdesign_evals.probing import shortened
from dbdesign_evals.task import Data
from dbdesign_evals.tracing import Traced, strongest, traced
from dbdesign_evals.workbench import Workbench


class Parameters(Data):
    """`state`, `file`, `hot`."""

    state: str
    file: str
    hot: tuple[str, ...]


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Look at each statement's trace."""
    run = traced(bench, parameters.state, parameters.file, parameters.hot)
    if run.problem:
        return failed(run.problem, evidence=[run.proof])
    cases = Cases(evidence=[run.proof])
    for table in parameters.hot:
        wrong = [said for one in run.statements for said in _wrong(one, table, parameters.hot)]
        cases.add("; ".join(wrong[:3]) if wrong else None)
    return cases.outcome()


def _wrong(one: Traced, table: str, hot: tuple[str, ...]) -> Iterator[str]:
    where = f"line {one.line}: {shortened(one.sql, 90)}"
    if table in one.trace.rewrites:
        yield f"rewrites {table} ({where})"
        return
    mode = strongest(one, table)
    if mode is None or mode.rank < LockMode.SHARE.rank:
        return
    read = sorted({*one.trace.scans, *one.trace.rewrites} & set(hot))
    built = [*one.trace.index_rebuilds]
    if read or built:
        yield f"holds {mode.value} on {table} while it reads {', '.join(read or built)} ({where})"


GRADER = Grader("migration_locks", Parameters, grade)
