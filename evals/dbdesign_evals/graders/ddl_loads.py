"""The answer's DDL loads: every statement of its files in a state is executed by a real PostgreSQL.

with: `state`. The score is the share of its statements that were taken. Statements of the task's own files that fail
(a seed that does not fit the answer's tables) count against the answer too, unless `own_only`.
"""

from __future__ import annotations

from dbdesign.engines.postgres import embedded, split_script
from dbdesign_evals.graders.base import MOST_REASONS, Grader, Outcome
from dbdesign_evals.task import Apply, Data
from dbdesign_evals.workbench import Workbench


class Parameters(Data):
    """`state`: whose files are executed; `own_only`: leave out what the task's own files could not do."""

    state: str
    own_only: bool = False


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Count what was refused."""
    state = bench.state(parameters.state)
    names = [item.apply if isinstance(item, Apply) else item for item in bench.items(parameters.state)]
    counted = [name for name in names if name.startswith("answer:") or not parameters.own_only]
    failures = [one for one in state.failures if one.item in counted]
    total = sum(len(split_script(bench.text(name)).statements) for name in counted)
    reasons = [str(one) for one in failures[:MOST_REASONS]]
    if total == 0:
        reasons.append("there is no statement in it")
    score = 1 - len(failures) / total if total and len(failures) <= total else 0.0
    return Outcome(score, tuple(reasons), (f"{total} statements on PostgreSQL {embedded().version}",))


GRADER = Grader("ddl_loads", Parameters, grade)
