"""Every statement that takes a lock which blocks the application does so under a lock_timeout, so that it cannot queue everybody behind
it.

with: `state`, `file`, `hot` (as of `migration_locks`), `at_most` (milliseconds that the timeout may be; 10,000 by default).
"""

from __future__ import annotations

import re

from dbdesign.model.migration import LockMode
from dbdesign_evals.graders.base import Grader, Outcome, failed, passed
from dbdesign_evals.probing import shortened
from dbdesign_evals.task import Data
from dbdesign_evals.tracing import Traced, strongest, traced
from dbdesign_evals.workbench import Workbench

_UNITS = {"": 1.0, "ms": 1.0, "s": 1000.0, "min": 60_000.0, "h": 3_600_000.0, "us": 0.001}


class Parameters(Data):
    """`state`, `file`, `hot`, `at_most`."""

    state: str
    file: str
    hot: tuple[str, ...]
    at_most: float = 10_000


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Look at the setting under which each statement ran."""
    run = traced(bench, parameters.state, parameters.file, parameters.hot)
    if run.problem:
        return failed(run.problem, evidence=[run.proof])
    wrong = [said for one in run.statements if (said := _wrong(one, parameters))]
    return failed(*wrong[:6], evidence=[run.proof]) if wrong else passed(run.proof)


def _wrong(one: Traced, parameters: Parameters) -> str | None:
    modes = [mode for table in parameters.hot if (mode := strongest(one, table))]
    if not any(mode.rank >= LockMode.SHARE.rank for mode in modes):
        return None
    where = f"line {one.line}: {shortened(one.sql, 90)}"
    if one.lock_timeout is None:
        return f"no lock_timeout ({where})"
    if milliseconds(one.lock_timeout) > parameters.at_most:
        return f"lock_timeout {one.lock_timeout} is longer than {parameters.at_most:g} ms ({where})"
    return None


def milliseconds(setting: str) -> float:
    """What a value of lock_timeout says; infinite where it is none."""
    found = re.fullmatch(r"\s*([\d.]+)\s*(us|ms|s|min|h)?\s*", setting)
    return float(found[1]) * _UNITS[found[2] or ""] if found else float("inf")


GRADER = Grader("lock_timeout_set", Parameters, grade)
