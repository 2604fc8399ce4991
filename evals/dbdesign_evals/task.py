"""A design task as data: what is asked, what is handed over, and the checks that an answer's execution has to pass.

A task is a folder: `task.yaml`, `brief.md`, `inputs/` (handed over with the brief), `fixtures/` (for the graders alone), `reference/`,
`naive/`, `alternatives/<n>/` (answers as files) and `mutants/*.yaml` (one defect each, as edits of the reference).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from dbdesign.errors import InputError, UnknownNameError

TASKS = Path(__file__).parent / "tasks"

Area = Literal[
    "schema-design",
    "review-and-repair",
    "index-choice",
    "plan-diagnosis",
    "migration",
    "documents-and-keys",
    "scaling",
]
Need = Literal["craft", "computation", "execution"]
"""craft: a strong model can know it. computation: numbers that have to be computed. execution: what only a run of an engine shows."""


class Data(BaseModel):
    """Frozen, and without fields that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Deliverable(Data):
    """A file that the answer consists of.

    Attributes:
        file: its name, by which the brief asks for it.
        language: of the fenced block that holds it: `sql`, `yaml`, `json`.
        what: it is, in a sentence, as it is shown with the brief.
    """

    file: str
    language: str
    what: str
    optional: bool = False


class Apply(Data):
    """A file that is executed statement by statement, each in a transaction of its own unless it opens one; it ends at the first error."""

    apply: str


StateItem = str | Apply
"""`schema.sql` of the answer as `answer:schema.sql`, a file of the task as `fixtures/seed.sql` or `inputs/schema.sql`."""


class Check(Data):
    """One claim about the answer, and the grader that executes it.

    Attributes:
        claim: the sentence that is true of a good answer.
        weight: share of the score, relative to the other checks.
        with_: the grader's parameters; each grader documents its own.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    grader: str
    claim: str
    weight: float = Field(default=1.0, gt=0)
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")


class Edit(Data):
    """A replacement in one file; `find` stands there exactly `times` times, whatever the white space between its words."""

    file: str
    find: str
    replace: str
    times: int = Field(default=1, ge=1)


class Mutant(Data):
    """The reference with one defect.

    Attributes:
        fails: ids of the checks that have to fail because of it.
    """

    defect: str
    fails: tuple[str, ...] = Field(min_length=1)
    edits: tuple[Edit, ...] = Field(min_length=1)


class Task(Data):
    """A task as `task.yaml` says it.

    Attributes:
        needs: what a right answer takes; a task of craft alone can be solved by knowledge.
        why_hard: where careful people without tools go wrong.
        traps: what a careless answer falls into, each in a sentence.
        states: databases that checks start from, by name: files that are executed one after another on an empty PostgreSQL.
        shown: inputs that are put into the prompt where the model has no tools; all of them by default.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    area: Area
    engine: str
    needs: tuple[Need, ...] = Field(min_length=1)
    why_hard: str
    traps: tuple[str, ...] = Field(min_length=1)
    deliverables: tuple[Deliverable, ...] = Field(min_length=1)
    states: dict[str, tuple[StateItem, ...]] = Field(default_factory=dict)
    checks: tuple[Check, ...] = Field(min_length=1)
    shown: tuple[str, ...] | None = None
    folder: Path

    @model_validator(mode="after")
    def _fits(self) -> Task:
        ids = [check.id for check in self.checks]
        if doubled := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"checks of the same id: {', '.join(doubled)}")
        for name, items in self.states.items():
            for item in items:
                self._known(item.apply if isinstance(item, Apply) else item, f"state {name}")
        return self

    def _known(self, name: str, where: str) -> None:
        if name.startswith("answer:"):
            if name.removeprefix("answer:") not in self.files:
                raise ValueError(f"{where}: {name} is no deliverable")
        elif not (self.folder / name).is_file():
            raise ValueError(f"{where}: there is no file {name}")

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the deliverables."""
        return tuple(one.file for one in self.deliverables)

    @property
    def brief(self) -> str:
        """The brief, as a person would write it."""
        return (self.folder / "brief.md").read_text(encoding="utf-8")

    @property
    def inputs(self) -> dict[str, Path]:
        """The files that are handed over, by their path below `inputs/`."""
        base = self.folder / "inputs"
        return {path.relative_to(base).as_posix(): path for path in sorted(base.rglob("*")) if path.is_file()}

    @property
    def alternatives(self) -> tuple[str, ...]:
        """The names of the alternative answers."""
        base = self.folder / "alternatives"
        return tuple(sorted(path.name for path in base.iterdir() if path.is_dir())) if base.is_dir() else ()

    def mutants(self) -> dict[str, Mutant]:
        """The mutants by name.

        Raises:
            InputError: where a mutant is no valid one, or names a check that there is not.
        """
        found: dict[str, Mutant] = {}
        for path in sorted((self.folder / "mutants").glob("*.yaml")):
            for name, value in _loaded(path).items():
                found[name] = _validated(Mutant, value, f"{path.parent.parent.name}/mutants/{path.name}: {name}")
        known = {check.id for check in self.checks}
        for name, mutant in found.items():
            if unknown := set(mutant.fails) - known:
                raise UnknownNameError.among("check", min(unknown), known, where=f"{self.id}: mutant {name}")
        return found

    def text(self, name: str) -> str:
        """A file of the task's folder."""
        return (self.folder / name).read_text(encoding="utf-8")


def _loaded(path: Path) -> dict[str, Any]:
    try:
        value = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe
    except yaml.YAMLError as error:
        raise InputError(f"is no YAML: {' '.join(str(error).split())}", where=str(path)) from None
    if not isinstance(value, dict):
        raise InputError("is no mapping", where=str(path), remedy="Write `name: value` pairs")
    return value


_T = TypeVar("_T", bound=BaseModel)


def _validated(model: type[_T], value: Any, where: str) -> _T:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3])
        raise InputError(said, where=where, remedy="See tasks/README.md") from None


@cache
def load_task(folder: Path) -> Task:
    """The task of a folder.

    Raises:
        InputError: where `task.yaml` is no task.
    """
    value = _loaded(folder / "task.yaml")
    task = _validated(Task, {**value, "folder": folder}, f"{folder.name}/task.yaml")
    if task.id != folder.name:
        raise InputError(f"its id is {task.id!r}", where=f"{folder.name}/task.yaml", remedy="Name the folder so")
    return task


def tasks(folder: Path = TASKS) -> dict[str, Task]:
    """Every task by id, in the order of areas and ids."""
    found = [load_task(path.parent) for path in sorted(folder.glob("*/task.yaml"))]
    areas: tuple[str, ...] = Area.__args__  # type: ignore[attr-defined]
    return {task.id: task for task in sorted(found, key=lambda one: (areas.index(one.area), one.id))}


def chosen_tasks(names: tuple[str, ...], folder: Path = TASKS) -> Iterator[Task]:
    """The tasks of these ids or areas (a pattern with `*` is fine); all of them where none is named.

    Raises:
        UnknownNameError: for a name that no task and no area has.
    """
    known = tasks(folder)
    if not names:
        yield from known.values()
        return
    wanted: set[str] = set()
    for name in names:
        expression = re.compile(re.escape(name).replace(r"\*", ".*"))
        matching = {one.id for one in known.values() if expression.fullmatch(one.id) or expression.fullmatch(one.area)}
        if not matching:
            raise UnknownNameError.among("task", name, [*known, *{one.area for one in known.values()}])
        wanted |= matching
    yield from (task for task in known.values() if task.id in wanted)
