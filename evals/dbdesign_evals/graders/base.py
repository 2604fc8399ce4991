"""What a grader takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import dbdesign_evals.graders
from dbdesign.errors import UnknownNameError
from dbdesign_evals.task import Data

if TYPE_CHECKING:
    from dbdesign_evals.workbench import Workbench

MOST_REASONS = 12


@dataclass(frozen=True)
class Outcome:
    """What became of a claim.

    Attributes:
        score: 0 to 1; only 1 is passed.
        reasons: why it is not 1, one for each thing that was wrong.
        evidence: what was measured, by whom.
        ran: False where an engine is absent: then nothing is known of the claim.
    """

    score: float
    reasons: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    ran: bool = True

    @property
    def passed(self) -> bool:
        """Whether the claim holds in full."""
        return self.ran and self.score >= 1.0


def passed(*evidence: str) -> Outcome:
    """The claim holds."""
    return Outcome(1.0, evidence=evidence)


def failed(*reasons: str, evidence: Iterable[str] = ()) -> Outcome:
    """The claim does not hold at all."""
    return Outcome(0.0, reasons, tuple(evidence))


def not_run(reason: str) -> Outcome:
    """The claim could not be tried on this machine."""
    return Outcome(0.0, (reason,), ran=False)


@dataclass
class Cases:
    """Cases of one claim, each of the same weight."""

    total: int = 0
    wrong: list[str] = field(default_factory=list)
    evidence: list[str] = field(default_factory=list)

    def add(self, reason: str | None) -> None:
        """Count a case, and why it is wrong if it is."""
        self.total += 1
        if reason is not None:
            self.wrong.append(reason)

    def outcome(self) -> Outcome:
        """The share that is right."""
        score = 1 - len(self.wrong) / self.total if self.total else 0.0
        reasons = self.wrong[:MOST_REASONS]
        if len(self.wrong) > MOST_REASONS:
            reasons = [*reasons, f"and {len(self.wrong) - MOST_REASONS} more"]
        return Outcome(score, tuple(reasons), (f"{self.total - len(self.wrong)} of {self.total} cases", *self.evidence))


@dataclass(frozen=True)
class Grader:
    """A grader: the module's docstring is its page.

    Attributes:
        parameters: what a check says in `with`.
        grade: executes the claim.
    """

    name: str
    parameters: type[Data]
    grade: Callable[[Any, Workbench], Outcome]


@cache
def graders() -> Mapping[str, Grader]:
    """Every grader by name."""
    found: dict[str, Grader] = {}
    for module in iter_modules(dbdesign_evals.graders.__path__):
        grader = getattr(import_module(f"dbdesign_evals.graders.{module.name}"), "GRADER", None)
        if isinstance(grader, Grader):
            found[grader.name] = grader
    return found


def grader(name: str) -> Grader:
    """The grader of a name.

    Raises:
        UnknownNameError: where there is none.
    """
    try:
        return graders()[name]
    except KeyError:
        raise UnknownNameError.among("grader", name, graders()) from None
