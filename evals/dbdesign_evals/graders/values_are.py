"""A structured answer says what is so: names, choices and sets at paths of a YAML or JSON file.

with: `file`; `cases`: each `at` (a dotted path), `because`, and one of
- `one_of`: texts of which one has to stand there (compared without case, quotes and `public.`);
- `matches`: a regular expression that the text has to match (anywhere, without case);
- `not_matches`: one that it must not match;
- `set`: a list that has to be there, in any order; the case counts in part, by the F1 measure, unless `exactly`;
- `has`: entries that a list has to have among others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import model_validator

from dbdesign.errors import InputError
from dbdesign_evals import structured
from dbdesign_evals.graders.base import MOST_REASONS, Grader, Outcome
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench

MOST_TEXT = 5000
_KINDS = ("one_of", "matches", "not_matches", "members", "has")


class Case(Data):
    """A value and what it has to be."""

    at: str
    because: str = ""
    one_of: tuple[Any, ...] | None = None
    matches: str | None = None
    not_matches: str | None = None
    members: tuple[Any, ...] | None = None
    has: tuple[Any, ...] | None = None
    exactly: bool = False
    weight: float = 1.0

    @model_validator(mode="before")
    @classmethod
    def _set(cls, given: Any) -> Any:
        if isinstance(given, dict) and "set" in given:
            given = {**given, "members": given["set"]}
            del given["set"]
        return given

    @model_validator(mode="after")
    def _one(self) -> Case:
        if sum(getattr(self, kind) is not None for kind in _KINDS) != 1:
            raise ValueError("say one of one_of, matches, not_matches, set, has")
        return self


class Parameters(Data):
    """`file` and `cases`."""

    file: str
    cases: tuple[Case, ...]


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Compare each value."""
    name = parameters.file.removeprefix("answer:")
    value = structured.load(bench.text(parameters.file), name)
    reasons: list[str] = []
    earned = 0.0
    for case in parameters.cases:
        try:
            share, reason = _share(structured.at(value, case.at, name), case)
        except InputError as error:
            share, reason = 0.0, str(error)
        earned += case.weight * share
        if share < 1:
            reasons.append(f"{case.because or case.at}: {reason}")
    total = sum(case.weight for case in parameters.cases)
    score = 1.0 if not reasons else min(earned / total, 0.999999)
    right = len(parameters.cases) - len(reasons)
    return Outcome(score, tuple(reasons[:MOST_REASONS]), (f"{right} of {len(parameters.cases)} values",))


def _share(found: Any, case: Case) -> tuple[float, str]:
    text = structured.words(found)[:MOST_TEXT]
    if case.one_of is not None:
        right = text in {structured.words(one) for one in case.one_of}
    elif case.matches is not None:
        right = re.search(case.matches, text, re.IGNORECASE) is not None
    elif case.not_matches is not None:
        right = re.search(case.not_matches, text, re.IGNORECASE) is None
    else:
        return _overlap(found, case)
    return (1.0, "") if right else (0.0, f"it says {text[:80]!r}")


def _overlap(found: Any, case: Case) -> tuple[float, str]:
    if not isinstance(found, list):
        return 0.0, "is no list"
    given = {structured.words(one) for one in found[:10_000]}
    wanted = {structured.words(one) for one in case.members or case.has or ()}
    missing, extra = wanted - given, given - wanted if case.members is not None else set()
    if not missing and not extra:
        return 1.0, ""
    right = len(wanted & given)
    share = 2 * right / (len(wanted) + len(given)) if case.members is not None else right / len(wanted)
    said = [f"lacks {_listed(missing)}" if missing else "", f"has {_listed(extra)} too" if extra else ""]
    return (0.0 if case.exactly else share), ", ".join(one for one in said if one)


def _listed(names: Iterable[str]) -> str:
    shown = sorted(names)
    return ", ".join(shown[:5]) + (f" and {len(shown) - 5} more" if len(shown) > 5 else "")


GRADER = Grader("values_are", Parameters, grade)
