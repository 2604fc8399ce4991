"""The table that `make evals` ends with: a task a line, what each offline arm scored, how many mutants were caught."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbdesign_evals.samples import Sample

NAIVE_BELOW = 0.5
CAUGHT_AT_LEAST = 0.97
FEWEST_MUTANTS = 6
FEWEST_ALTERNATIVES = 2


@dataclass(frozen=True)
class Row:
    """A task's offline arms; None where an arm was not run."""

    task: str
    reference: float | None
    naive: float | None
    mutants: int
    caught: int
    alternatives: int
    passing: int
    not_run: int


def rows(samples: Sequence[Sample]) -> list[Row]:
    """The rows in the order of the samples."""
    return [
        _row(name, [one for one in samples if one.task == name]) for name in dict.fromkeys(one.task for one in samples)
    ]


def _row(task: str, samples: Sequence[Sample]) -> Row:
    mutants = [one for one in samples if one.arm == "mutants"]
    others = [one for one in samples if one.arm == "alternatives"]
    not_run = {check["id"] for one in samples for check in one.grade.get("checks", []) if check["status"] == "not run"}
    return Row(
        task,
        _score(samples, "reference"),
        _score(samples, "naive"),
        sum(one.caught is not None for one in mutants),
        sum(one.caught is True for one in mutants),
        len(others),
        sum(one.passed for one in others),
        len(not_run),
    )


def _score(samples: Sequence[Sample], arm: str) -> float | None:
    return next((one.score for one in samples if one.arm == arm), None)


def problems(samples: Sequence[Sample]) -> Iterator[str]:
    """What does not hold of what every task must show, each in a sentence."""
    for sample in samples:
        if sample.status != "graded":
            yield f"{sample.task}: {sample.arm} {sample.name}: {sample.status}: {sample.reason}"
        elif sample.arm in {"reference", "alternatives"} and not sample.passed:
            yield f"{sample.task}: {sample.name} does not pass: {'; '.join(_reasons(sample))}"
        elif sample.arm == "naive" and sample.score >= NAIVE_BELOW:
            yield f"{sample.task}: the naive answer scores {sample.score:.2f}, not below {NAIVE_BELOW}"
        elif sample.arm == "mutants" and sample.caught is False:
            yield f"{sample.task}: the mutant {sample.name} {_survived(sample)}"
        for check in sample.grade.get("checks", []):
            if check["status"] == "crashed":
                yield f"{sample.task}: {sample.name or sample.arm}: {check['id']}: {'; '.join(check['reasons'])}"
    yield from _counts(samples)


def _counts(samples: Sequence[Sample]) -> Iterator[str]:
    found = rows(samples)
    for row in found:
        if any(one.arm == "mutants" for one in samples) and row.mutants < FEWEST_MUTANTS and not row.not_run:
            yield f"{row.task}: has {row.mutants} mutants, fewer than {FEWEST_MUTANTS}"
        if any(one.arm == "alternatives" for one in samples) and row.alternatives < FEWEST_ALTERNATIVES:
            yield f"{row.task}: has {row.alternatives} alternative answers, fewer than {FEWEST_ALTERNATIVES}"


def _reasons(sample: Sample) -> list[str]:
    checks = sample.grade.get("checks", [])
    return [
        f"{one['id']}: {', '.join(one['reasons'][:2])}" for one in checks if one["status"] not in {"passed", "not run"}
    ]


def _survived(sample: Sample) -> str:
    states = {one["id"]: one["status"] for one in sample.grade.get("checks", [])}
    alive = [name for name in sample.fails if states.get(name) not in {"failed", "partial"}]
    if alive:
        return f"does not fail {', '.join(alive)}"
    return (
        f"fails {', '.join(name for name, one in states.items() if name not in sample.fails and one != 'passed')} too"
    )


def text(samples: Sequence[Sample]) -> str:
    """The table as text, with its total."""
    found = rows(samples)
    cells = [("task", "reference", "naive", "mutants caught", "alternatives pass"), *(_cells(row) for row in found)]
    if found:
        cells.append(_total(found))
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = [" | ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    lines.insert(1, "-|-".join("-" * width for width in widths))
    return "\n".join(lines)


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    note = f" ({row.not_run} checks not run)" if row.not_run else ""
    return (
        row.task + note,
        "-" if row.reference is None else f"{row.reference:.2f}",
        "-" if row.naive is None else f"{row.naive:.2f}",
        f"{row.caught}/{row.mutants}",
        f"{row.passing}/{row.alternatives}",
    )


def _total(found: Sequence[Row]) -> tuple[str, str, str, str, str]:
    caught, mutants = sum(row.caught for row in found), sum(row.mutants for row in found)
    share = f" ({caught / mutants:.0%})" if mutants else ""
    references = [row.reference for row in found if row.reference is not None]
    naive = [row.naive for row in found if row.naive is not None]
    return (
        f"{len(found)} tasks",
        f"{min(references):.2f}" if references else "-",
        f"{max(naive):.2f}" if naive else "-",
        f"{caught}/{mutants}{share}",
        f"{sum(row.passing for row in found)}/{sum(row.alternatives for row in found)}",
    )
