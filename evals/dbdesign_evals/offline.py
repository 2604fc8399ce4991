"""The arms that need no model: the answers that stand in a task's folder, and the mutants of its reference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dbdesign_evals.answer import Answer, from_folder, mutated
from dbdesign_evals.task import Task

OfflineArm = Literal["reference", "naive", "alternatives", "mutants"]
OFFLINE: tuple[OfflineArm, ...] = ("reference", "naive", "alternatives", "mutants")


@dataclass(frozen=True)
class Given:
    """An answer that is given.

    Attributes:
        name: of the sample: `reference`, `naive`, the alternative's or the mutant's.
        fails: checks that have to fail, of a mutant.
    """

    arm: OfflineArm
    name: str
    answer: Answer
    fails: tuple[str, ...] = ()


def reference(task: Task) -> Answer:
    """The reference answer."""
    return from_folder(task.folder / "reference", task.deliverables)


def given(task: Task, arm: OfflineArm) -> Iterator[Given]:
    """The answers of an arm.

    Raises:
        InputError: where a mutant does not fit the reference.
    """
    if arm == "reference":
        yield Given(arm, arm, reference(task))
    elif arm == "naive":
        yield Given(arm, arm, from_folder(task.folder / "naive", task.deliverables))
    elif arm == "alternatives":
        for name in task.alternatives:
            yield Given(arm, name, from_folder(task.folder / "alternatives" / name, task.deliverables))
    else:
        for name, mutant in task.mutants().items():
            yield Given(arm, name, mutated(reference(task), mutant, name), mutant.fails)
