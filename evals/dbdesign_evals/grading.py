"""Grades an answer: every check of the task, each with its score and its reasons. A check that crashes is a recorded reason."""

from __future__ import annotations

import time
import traceback
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pydantic import ValidationError

from dbdesign.errors import DesignError, InputError
from dbdesign_evals.answer import Answer
from dbdesign_evals.graders.base import Outcome, failed, grader
from dbdesign_evals.task import Check, Data, Task
from dbdesign_evals.workbench import Shelf, Workbench

Status = Literal["passed", "partial", "failed", "not run", "crashed"]


@dataclass(frozen=True)
class CheckResult:
    """What became of one check."""

    id: str
    claim: str
    weight: float
    score: float
    status: Status
    reasons: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True)
class Grade:
    """An answer's checks.

    Attributes:
        score: weighted share of what was run; 0 where nothing could be.
        notes: what was noticed while the answer was taken.
    """

    checks: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()

    @property
    def score(self) -> float:
        """0 to 1, of the checks that were run."""
        ran = [one for one in self.checks if one.status != "not run"]
        weight = sum(one.weight for one in ran)
        return sum(one.weight * one.score for one in ran) / weight if weight else 0.0

    @property
    def passed(self) -> bool:
        """Whether every check that was run holds in full, and one was."""
        ran = [one for one in self.checks if one.status != "not run"]
        return bool(ran) and all(one.status == "passed" for one in ran)

    def check(self, name: str) -> CheckResult:
        """The check of that id."""
        return next(one for one in self.checks if one.id == name)

    def as_json(self) -> dict[str, Any]:
        """For the results file."""
        checks = [asdict(one) | {"reasons": list(one.reasons), "evidence": list(one.evidence)} for one in self.checks]
        return {"score": round(self.score, 6), "notes": list(self.notes), "checks": checks}


def grade(task: Task, answer: Answer, shelf: Shelf | None = None, *, only: frozenset[str] | None = None) -> Grade:
    """Run the checks of a task on an answer: all of them, or `only` those of these ids."""
    own = shelf or Shelf()
    try:
        with Workbench(task, answer, own) as bench:
            chosen = [check for check in task.checks if only is None or check.id in only]
            return Grade(tuple(_result(check, bench) for check in chosen), answer.notes)
    finally:
        if shelf is None:
            own.close()


def parameters_of(check: Check) -> Data:
    """A check's parameters as its grader takes them.

    Raises:
        InputError: where the grader does not know them.
    """
    try:
        return grader(check.grader).parameters.model_validate(check.with_)
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3])
        raise InputError(said, where=f"check {check.id} ({check.grader})") from None


def _result(check: Check, bench: Workbench) -> CheckResult:
    parameters = parameters_of(check)
    began = time.monotonic()
    crashed = False
    try:
        outcome = grader(check.grader).grade(parameters, bench)
    except DesignError as error:
        outcome = failed(str(error))
    except Exception as error:  # noqa: BLE001 - an answer nobody thought of must not end the run; the place is kept as the reason
        outcome, crashed = failed(f"the grader crashed: {_place(error)}"), True
    seconds = round(time.monotonic() - began, 3)
    status = "crashed" if crashed else _status(outcome)
    return CheckResult(
        check.id, check.claim, check.weight, round(outcome.score, 6), status, outcome.reasons, outcome.evidence, seconds
    )


def _place(error: Exception) -> str:
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {said} ({last.name}, line {last.lineno})"


def _status(outcome: Outcome) -> Status:
    if not outcome.ran:
        return "not run"
    if outcome.passed:
        return "passed"
    return "partial" if outcome.score > 0 else "failed"
