# pyright: reportMissingImports=false
"""The same tasks and graders for Inspect AI: `inspect eval dbdesign_evals/dbdesign --model … [-T tasks=area-or-id] [-T arm=persona]`.

Needs the extra `dbdesign[inspect]`. The score of a sample is the weighted share of its checks; what failed and why is its explanation.
"""

from __future__ import annotations

from typing import Literal

import anyio.to_thread
from inspect_ai import Task as InspectTask
from inspect_ai import task
from inspect_ai.dataset import MemoryDataset
from inspect_ai.dataset import Sample as InspectSample
from inspect_ai.scorer import Score, Scorer, Target, mean, scorer, stderr
from inspect_ai.solver import Solver, TaskState, generate, system_message

from dbdesign_evals.answer import from_text
from dbdesign_evals.asking import question
from dbdesign_evals.grading import Grade, grade
from dbdesign_evals.task import TASKS, Task, chosen_tasks, load_task
from dbdesign_server.resources import persona


@task
def dbdesign(tasks: str = "", arm: Literal["bare", "persona"] = "bare") -> InspectTask:
    """The suite as one task of Inspect, a sample for each of its tasks.

    Args:
        tasks: ids or areas, separated by commas; all of them if empty.
        arm: bare, or with the persona as the system prompt.
    """
    chosen = chosen_tasks(tuple(name.strip() for name in tasks.split(",") if name.strip()))
    solvers: list[Solver] = (
        [system_message(persona().replace("{", "{{").replace("}", "}}"))] if arm == "persona" else []
    )
    return InspectTask(
        dataset=MemoryDataset([_sample(one) for one in chosen], name="dbdesign"),
        solver=[*solvers, generate()],
        scorer=executed(),
        name="dbdesign",
    )


def _sample(one: Task) -> InspectSample:
    metadata = {"area": one.area, "title": one.title, "needs": list(one.needs)}
    return InspectSample(input=question(one, "bare"), id=one.id, metadata=metadata)


@scorer(metrics=[mean(), stderr()])
def executed() -> Scorer:
    """Executes the answer's checks."""

    async def score(state: TaskState, target: Target) -> Score:  # noqa: ARG001 - there is no target: what is right is executed
        one = load_task(TASKS / str(state.sample_id))
        answer = from_text(state.output.completion, one.deliverables)
        found = await anyio.to_thread.run_sync(lambda: grade(one, answer))
        return Score(value=found.score, explanation=_explained(found), metadata={"checks": found.as_json()["checks"]})

    return score


def _explained(found: Grade) -> str:
    lines = list(found.notes)
    for check in found.checks:
        lines.append(f"{check.id}: {check.status}, {check.score:.2f} of {check.weight:g}")
        lines += [f"  {reason}" for reason in check.reasons]
    return "\n".join(lines)
