"""No transaction writes a large part of a hot table: a backfill goes in batches that are committed one by one.

with: `state`, `file`, `hot` (as of `migration_locks`), `most_rows` (rows of one table that one transaction may write). Counted after the
migration by the transaction ids of the rows that are there.
"""

from __future__ import annotations

from dbdesign_evals.graders.base import Cases, Grader, Outcome, failed
from dbdesign_evals.task import Data
from dbdesign_evals.tracing import traced
from dbdesign_evals.workbench import Workbench


class Parameters(Data):
    """`state`, `file`, `hot`, `most_rows`."""

    state: str
    file: str
    hot: tuple[str, ...]
    most_rows: int


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Count the rows of each transaction."""
    run = traced(bench, parameters.state, parameters.file, parameters.hot)
    if run.problem:
        return failed(run.problem, evidence=[run.proof])
    cases = Cases(evidence=[run.proof])
    for table, rows in run.written.items():
        cases.evidence.append(f"{table}: at most {rows} rows a transaction")
        wrong = rows > parameters.most_rows
        cases.add(f"one transaction wrote {rows} rows of {table}, more than {parameters.most_rows}" if wrong else None)
    return cases.outcome()


GRADER = Grader("backfill_in_batches", Parameters, grade)
