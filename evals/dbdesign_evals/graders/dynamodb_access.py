"""Access patterns and writes of a DynamoDB design do what they have to, run on an emulator (moto) with the task's entities.

with: `file` (the design, see `dbdesign_evals.dynamodb` for its form), `entities` (a file of the task: kind → list of entities),
`cases`: each a list of `steps` on a table with all entities, a step being one of
- `read` (a pattern) with `params`, `ids` (the values of `id` in the order that they have to come; `any_order`), `id` (a field),
  `most_read` (items that it may look at), `most_requests`, `has` (fields that each item has to carry);
- `write` with `params` and `refused` (true where a condition has to refuse it). A Scan is wrong. Where moto is not installed the check
  is not run.
"""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from dbdesign.errors import InputError
from dbdesign_evals import structured
from dbdesign_evals.dynamodb import Design, Emulator, Reading, available, emulator
from dbdesign_evals.graders.base import Cases, Grader, Outcome, not_run
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench


class Step(Data):
    """A read or a write."""

    read: str | None = None
    write: str | None = None
    params: dict[str, Any] = Field(default_factory=dict)
    id: str = "id"
    ids: tuple[Any, ...] = ()
    any_order: bool = False
    has: tuple[str, ...] = ()
    most_read: int | None = None
    most_requests: int | None = None
    refused: bool = False

    @model_validator(mode="after")
    def _one(self) -> Step:
        if (self.read is None) == (self.write is None):
            raise ValueError("say either read or write")
        return self


class Case(Data):
    """Steps on a fresh table."""

    because: str
    steps: tuple[Step, ...]


class Parameters(Data):
    """`file`, `entities`, `cases`."""

    file: str
    entities: str
    cases: tuple[Case, ...]


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Carry out each case."""
    if not available():
        return not_run("moto and boto3 are not installed: pip install 'dbdesign[evals]'")
    name = parameters.file.removeprefix("answer:")
    design = Design.of(structured.load(bench.text(parameters.file), name), name)
    entities: dict[str, list[dict[str, Any]]] = structured.fixture(bench.text(parameters.entities), parameters.entities)
    cases = Cases(evidence=["on moto's DynamoDB"])
    reads = [case for case in parameters.cases if all(step.read for step in case.steps)]
    together = [reads, *([case] for case in parameters.cases if case not in reads)]
    for some in together:
        _try(design, entities, some, cases)
    return cases.outcome()


def _try(design: Design, entities: dict[str, list[dict[str, Any]]], some: list[Case], cases: Cases) -> None:
    """Cases that do not see each other, on one table."""
    if not some:
        return
    tried = 0
    try:
        with emulator(design) as table:
            table.put([(kind, entity) for kind, found in entities.items() for entity in found])
            for case in some:
                tried += 1
                cases.add(_reason(table, case))
    except InputError as error:
        for case in some[tried:]:
            cases.add(f"{case.because}: {error}")


def _reason(table: Emulator, case: Case) -> str | None:
    try:
        return _wrong(table, case)
    except InputError as error:
        return f"{case.because}: {error}"


def _wrong(table: Emulator, case: Case) -> str | None:
    for number, step in enumerate(case.steps, 1):
        said = _read_wrong(table, step) if step.read else _write_wrong(table, step)
        if said:
            return f"{case.because}: step {number}: {said}"
    return None


def _write_wrong(table: Emulator, step: Step) -> str | None:
    said = table.write(step.write or "", step.params)
    if step.refused and said is None:
        return f"{step.write} was taken"
    if not step.refused and said is not None:
        return f"{step.write} was refused: {said}"
    return None


def _read_wrong(table: Emulator, step: Step) -> str | None:
    found = table.read(step.read or "", step.params)
    ids = [str(item.get(step.id)) for item in found.items]
    wanted = [str(one) for one in step.ids]
    if step.any_order:
        ids, wanted = sorted(ids), sorted(wanted)
    if ids != wanted:
        return f"{step.read} gives [{', '.join(ids[:8])}] instead of [{', '.join(wanted[:8])}]"
    if lacking := sorted({name for name in step.has for item in found.items if name not in item}):
        return f"{step.read}: items lack {', '.join(lacking)}"
    return _dear(found, step)


def _dear(found: Reading, step: Step) -> str | None:
    if found.scans:
        return f"{step.read} scans the table"
    if step.most_read is not None and found.examined > step.most_read:
        return f"{step.read} looks at {found.examined} items, more than {step.most_read}"
    if step.most_requests is not None and found.requests > step.most_requests:
        return f"{step.read} takes {found.requests} requests, more than {step.most_requests}"
    return None


GRADER = Grader("dynamodb_access", Parameters, grade)
