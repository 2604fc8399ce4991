"""Runs arms over tasks: samples in parallel, each result kept when it is there, a cost limit over all, a crash recorded and passed
over.
"""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dbdesign.errors import InputError
from dbdesign_evals.grading import grade
from dbdesign_evals.offline import OFFLINE, given
from dbdesign_evals.samples import ResultsFile, Sample, key_of
from dbdesign_evals.workbench import Shelf
from dbdesign_server.agent import AgentError

if TYPE_CHECKING:
    from dbdesign_evals.asking import Asked
    from dbdesign_evals.offline import Given
    from dbdesign_evals.task import Task

MODEL_ARMS = ("bare", "persona", "tools")
ARMS = (*MODEL_ARMS, *OFFLINE)

Ask = Callable[["Task", str, int, float | None], "Asked"]
"""Puts a task to a model: task, arm, epoch, what it may cost at most (US dollars)."""


@dataclass
class Budget:
    """What model samples may cost together; None for no limit."""

    limit: float | None
    spent: float = 0.0
    closed: str | None = None
    """Why no sample will get an answer any more."""

    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def spend(self, cost: float) -> None:
        """Count what a sample cost."""
        with self._lock:
            self.spent += cost

    @property
    def left(self) -> float | None:
        """What is left; None for no limit."""
        return None if self.limit is None else max(0.0, self.limit - self.spent)

    @property
    def exhausted(self) -> bool:
        """Whether nothing is left."""
        return self.closed is not None or (self.left is not None and self.left <= 0)


@dataclass
class Plan:
    """What to run.

    Attributes:
        ask: puts a task to a model; needed for the arms `bare`, `persona`, `tools`.
        results: where results are kept, and found again.
        fresh: run also what was completed before.
        tell: told each sample when it is there, with how many are done and how many there are.
    """

    tasks: Sequence[Task]
    arms: Sequence[str]
    results: ResultsFile
    model: str | None = None
    epochs: int = 1
    parallel: int = 2
    max_cost: float | None = None
    ask: Ask | None = None
    fresh: bool = False
    tell: Callable[[Sample, int, int], None] = lambda _sample, _done, _total: None


@dataclass(frozen=True)
class _Job:
    key: str
    task: Task
    arm: str
    answer: Given | None = None
    epoch: int = 1


@dataclass
class Run:
    """What came of it.

    Attributes:
        cached: samples that were there already.
        skipped: samples of the model's that the cost limit, or `closed`, left no room for.
        closed: why no sample got an answer any more.
    """

    samples: list[Sample] = field(default_factory=list)
    cached: int = 0
    skipped: int = 0
    closed: str | None = None


def run(plan: Plan) -> Run:
    """Run everything that is not there yet; the samples in the order of tasks and arms.

    Raises:
        InputError: for an arm that there is not, or a model's arm without a model.
    """
    _check(plan)
    jobs = [job for task in plan.tasks for arm in plan.arms for job in _jobs(plan, task, arm)]
    outcome, budget = Run(), Budget(plan.max_cost)
    found: dict[str, Sample] = {}
    shelves = _Shelves(jobs)
    waiting: list[_Job] = []
    for job in jobs:
        kept = None if plan.fresh else plan.results.completed(job.key)
        if kept is None:
            waiting.append(job)
        else:
            found[job.key] = kept
            outcome.cached += 1
            shelves.done(job)
            plan.tell(kept, len(found), len(jobs))
    with ThreadPoolExecutor(max_workers=max(1, plan.parallel)) as pool:
        futures: list[Future[Sample | None]] = [pool.submit(_do, plan, job, shelves, budget) for job in waiting]
        for future in as_completed(futures):
            sample = future.result()
            if sample is None:
                outcome.skipped += 1
                continue
            found[sample.key] = sample
            plan.tell(sample, len(found), len(jobs))
    outcome.closed = budget.closed
    outcome.samples = [found[job.key] for job in jobs if job.key in found]
    return outcome


def _check(plan: Plan) -> None:
    for arm in plan.arms:
        if arm not in ARMS:
            raise InputError(f"no arm named {arm!r}", where="arm", remedy=f"Known: {', '.join(ARMS)}")
        if arm in MODEL_ARMS and plan.ask is None:
            raise InputError(f"the arm {arm} needs a model", where="arm", remedy="Name one with --model")


def _jobs(plan: Plan, task: Task, arm: str) -> Iterator[_Job]:
    if arm in MODEL_ARMS:
        for epoch in range(1, plan.epochs + 1):
            yield _Job(key_of(task, arm, model=plan.model, epoch=epoch), task, arm, epoch=epoch)
        return
    for one in given(task, arm):  # type: ignore[arg-type]
        yield _Job(key_of(task, arm, name=one.name), task, arm, one)


class _Shelves:
    """A shelf for each task, let go when its last sample is done."""

    def __init__(self, jobs: Sequence[_Job]) -> None:
        self._left: dict[str, int] = {}
        self._shelves = {job.task.id: Shelf() for job in jobs}
        for job in jobs:
            self._left[job.task.id] = self._left.get(job.task.id, 0) + 1

    def of(self, job: _Job) -> Shelf:
        return self._shelves[job.task.id]

    def done(self, job: _Job) -> None:
        self._left[job.task.id] -= 1
        if not self._left[job.task.id]:
            self._shelves[job.task.id].close()


def _do(plan: Plan, job: _Job, shelves: _Shelves, budget: Budget) -> Sample | None:
    """One sample, kept; None where no money is left for it."""
    if job.arm in MODEL_ARMS and budget.exhausted:
        shelves.done(job)
        return None
    began = time.monotonic()
    blank = Sample(
        key=job.key,
        task=job.task.id,
        area=job.task.area,
        arm=job.arm,
        name=job.answer.name if job.answer else "",
        model=plan.model if job.arm in MODEL_ARMS else None,
        epoch=job.epoch,
        fails=job.answer.fails if job.answer else (),
    )
    try:
        sample = _graded(plan, job, shelves.of(job), budget, blank)
    except AgentError as error:
        budget.closed = budget.closed or str(error)
        sample = replace(blank, status="stopped", reason=str(error))
    except Exception as error:  # noqa: BLE001 - a sample nobody thought of must not end the run: it is recorded and passed over
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {' '.join(str(error).split())[:400]} ({place.name}, line {place.lineno})"
        sample = replace(blank, status="crashed", reason=said)
    finally:
        shelves.done(job)
    sample = replace(sample, seconds=round(time.monotonic() - began, 3))
    plan.results.add(sample)
    return sample


def _graded(plan: Plan, job: _Job, shelf: Shelf, budget: Budget, blank: Sample) -> Sample:
    if job.answer is not None:
        only = checks_of_mutant(job.task, job.answer.fails) if job.arm == "mutants" else None
        result = grade(job.task, job.answer.answer, shelf, only=only)
        return replace(blank, score=round(result.score, 6), grade=result.as_json())
    assert plan.ask is not None  # noqa: S101 - checked before anything ran
    asked = plan.ask(job.task, job.arm, job.epoch, budget.left)
    budget.spend(asked.usage.cost)
    result = grade(job.task, asked.answer, shelf)
    return replace(
        blank,
        status="graded" if asked.stopped is None else "stopped",
        reason=asked.stopped,
        score=round(result.score, 6),
        grade=result.as_json(),
        usage=asked.usage,
        unproven=asked.unproven,
        transcript=asked.transcript,
    )


def checks_of_mutant(task: Task, fails: tuple[str, ...]) -> frozenset[str]:
    """A mutant is graded by the checks that have to fail, and by whether it loads: one that does not is no test of anything else."""
    return frozenset(fails) | {check.id for check in task.checks if check.grader == "ddl_loads"}
