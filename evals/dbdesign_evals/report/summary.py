"""Scores with confidence intervals, by task, area and arm, and what they cost.

Intervals: of a share of samples that pass, Wilson's (E. B. Wilson, 1927, "Probable inference, the law of succession, and statistical
inference", JASA 22:209; recommended for small n by Brown, Cai, DasGupta, 2001, "Interval estimation for a binomial proportion"). Of a
mean of scores, the percentile bootstrap over tasks, then over the samples of each task (B. Efron, R. Tibshirani, 1993, "An Introduction
to the Bootstrap", chapter 13), so that several epochs of a task do not count as several tasks. The resamples are drawn from a fixed
seed: the same results give the same report.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from dbdesign_evals.samples import Sample

Z95 = 1.959963984540054
"""The 97.5th percentile of the normal distribution."""

RESAMPLES = 2000
SEED = 20_240_229


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


@dataclass(frozen=True)
class Line:
    """An arm's samples of one scope: all tasks, an area or a task.

    Attributes:
        score: mean of the tasks' mean scores.
        passing: share of samples of which every check holds.
        tokens: all of them, a sample.
        cost: US dollars a sample.
        seconds: to the answer, a sample.
        calls: of tools, a sample.
        unproven: claims in the answer that nothing proved, a sample.
    """

    scope: str
    arm: str
    model: str
    samples: int
    score: Interval
    passing: Interval
    tokens: float
    cost: float
    seconds: float
    calls: float
    unproven: float
    stopped: int


def wilson(passed: int, total: int) -> Interval:
    """Wilson's interval of a share."""
    if total == 0:
        return Interval(0.0, 0.0, 1.0)
    share, square = passed / total, Z95 * Z95
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = Z95 * math.sqrt(share * (1 - share) / total + square / (4 * total * total)) / (1 + square / total)
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def bootstrap(groups: Sequence[Sequence[float]]) -> Interval:
    """The mean of the groups' means, with the percentile interval of resampled groups and members."""
    groups = [group for group in groups if group]
    if not groups:
        return Interval(0.0, 0.0, 1.0)
    value = _mean(_mean(group) for group in groups)
    if len(groups) == 1 and len(groups[0]) == 1:
        return Interval(value, value, value)
    source = random.Random(SEED)  # noqa: S311 - a resample, not a secret
    means = sorted(
        _mean(_mean(source.choices(group, k=len(group))) for group in source.choices(groups, k=len(groups)))
        for _ in range(RESAMPLES)
    )
    return Interval(value, means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1])


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def lines(samples: Sequence[Sample], scope: str = "all tasks") -> list[Line]:
    """A line for each arm and model in these samples; mutants are left out."""
    kept = sorted((one for one in samples if one.arm != "mutants"), key=_arm)
    return [_line(scope, arm, model, list(own)) for (_, arm, model), own in groupby(kept, key=_arm)]


_ORDER = ("tools", "persona", "bare", "reference", "alternatives", "naive")


def _arm(sample: Sample) -> tuple[int, str, str]:
    place = _ORDER.index(sample.arm) if sample.arm in _ORDER else len(_ORDER)
    return place, sample.arm, sample.model or ""


def _line(scope: str, arm: str, model: str, own: list[Sample]) -> Line:
    by_task: dict[str, list[float]] = {}
    for one in own:
        by_task.setdefault(one.task, []).append(one.score)
    return Line(
        scope,
        arm,
        model,
        len(own),
        bootstrap(list(by_task.values())),
        wilson(sum(one.passed for one in own), len(own)),
        _mean(sum(one.usage.tokens.values()) for one in own),
        _mean(one.usage.cost for one in own),
        _mean(one.usage.seconds for one in own),
        _mean(sum(one.usage.tools.values()) for one in own),
        _mean(len(one.unproven) for one in own),
        sum(one.status != "graded" for one in own),
    )


def by_area(samples: Sequence[Sample]) -> list[Line]:
    """Lines by area, in the order of the samples."""
    areas = dict.fromkeys(one.area for one in samples)
    return [line for area in areas for line in lines([one for one in samples if one.area == area], area)]


def by_task(samples: Sequence[Sample]) -> list[Line]:
    """Lines by task, in the order of the samples."""
    tasks = dict.fromkeys(one.task for one in samples)
    return [line for task in tasks for line in lines([one for one in samples if one.task == task], task)]


def tool_use(samples: Sequence[Sample]) -> list[tuple[str, str, int]]:
    """Arm, tool and number of calls, the most used first."""
    counted: dict[tuple[str, str], int] = {}
    for one in samples:
        for tool, count in one.usage.tools.items():
            counted[one.arm, tool] = counted.get((one.arm, tool), 0) + count
    return sorted(((arm, tool, count) for (arm, tool), count in counted.items()), key=lambda row: (-row[2], row[:2]))


def missed(samples: Sequence[Sample]) -> list[tuple[Sample, list[str]]]:
    """A model's samples that do not pass, with what failed."""
    found = []
    for one in samples:
        if one.model is None or one.passed:
            continue
        checks = [check for check in one.grade.get("checks", []) if check["status"] not in {"passed", "not run"}]
        said = [f"{check['id']}: {'; '.join(check['reasons'][:2]) or check['status']}" for check in checks]
        found.append((one, ([one.reason] if one.reason else []) + said))
    return found
