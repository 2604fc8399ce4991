"""The tool `plan_migration`: from one schema to another in phases that never stop the application, executed before they are returned."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, Field

from dbdesign.api.answer import Answer, note_items, paged, plural, section, text_of
from dbdesign.api.arguments import Names, Page
from dbdesign.api.call import Call
from dbdesign.api.paging import Item, chosen, paginate
from dbdesign.api.recent import Recent
from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.migrations.settings import PlanSettings
    from dbdesign.migrations.writers.base import MigrationOptions
    from dbdesign.model.design import Design
    from dbdesign.model.migration import MigrationPlan, Phase, Step

MOST_OPERATIONS = 200
"""Operations that are listed one by one."""


class StepOut(BaseModel):
    """One step: one transaction, or statements outside any."""

    id: str
    title: str
    sql: str
    transactional: bool
    locks: dict[str, str] = Field(
        description="the strongest lock on each existing relation, also on those that the SQL does not name"
    )
    blocks: str | None = Field(
        default=None, description="what an application's statements wait for while it holds them"
    )
    rewrites: list[str] = Field(default_factory=list)
    scans: list[str] = Field(default_factory=list)
    lock_timeout: str | None = None
    statement_timeout: str | None = None
    retry: str | None = None
    held: str | None = Field(default=None, description="how long the strongest lock is held")
    takes: str | None = Field(default=None, description="how long the whole step takes")
    precondition: str | None = None
    postcondition: str | None = None
    cleanup: str | None = None
    rollback: str | None = None
    rollback_transactional: bool | None = None
    reversible: bool
    wait: str | None = Field(default=None, description="SQL to poll until its column `done` is true")
    command: str | None = Field(default=None, description="a tool's command line that does it while the table is used")
    batches: dict[str, Any] | None = None
    notes: list[str] = Field(default_factory=list)


class PhaseOut(BaseModel):
    """Steps that may run while the same versions of the application run."""

    name: str
    deploy_condition: str
    point_of_no_return: bool = False
    steps: list[StepOut]


class QuestionOut(BaseModel):
    """What has to be settled before the rest can be planned."""

    about: str
    text: str
    answers: dict[str, str] = Field(description="argument that settles it → what follows")


class PlanMigrationAnswer(Answer):
    """What `plan_migration` answers."""

    engine: str
    version: str | None = None
    phases: list[PhaseOut]
    files: list[str] = Field(default_factory=list, description="what was written, in the order in which it runs")
    verified: bool = Field(description="whether the plan was executed and everything held")
    verification: dict[str, str] = Field(default_factory=dict, description="check → result")
    operations: list[str] = Field(default_factory=list, description="what differs")
    questions: list[QuestionOut] = Field(default_factory=list)
    manual: list[str] = Field(default_factory=list, description="what no step does")
    notes: list[str] = Field(default_factory=list)
    tool: str | None = None
    apply: list[str] = Field(default_factory=list, description="commands that run the files")


_recent: Recent[tuple[MigrationPlan, list[str], list[str], list[str]]] = Recent(2)

Pairs = Annotated[list[str], Names]


def plan_migration(
    source: Annotated[
        str,
        Field(description="The schema now, as read_schema takes it; for MongoDB validators and indexes by collection."),
    ],
    target: Annotated[str, Field(description="The schema to be; a design file's volumes give durations.")],
    *,
    version: Annotated[
        str | None,
        Field(description="Of the engine; the target's when left out."),
    ] = None,
    edition: Annotated[
        Literal["enterprise", "standard", "azure"],
        Field(description="Of SQL Server."),
    ] = "enterprise",
    rename: Annotated[Pairs, Field(description="Confirmed renames, `orders:purchases`, `orders.total:amount`.")] = [],  # noqa: B006
    drop: Annotated[Pairs, Field(description="Dropped, not renamed: `orders.total`.")] = [],  # noqa: B006
    fill: Annotated[
        list[str],
        Field(description="Of new NOT NULL columns in old rows: `orders.note:''`."),
    ] = [],  # noqa: B006
    cast: Annotated[list[str], Field(description="Old value to new: `orders.code:code::integer`.")] = [],  # noqa: B006
    split: Annotated[
        list[str],
        Field(description="Columns that become a table: `orders(street, city) -> addresses by id:order_id`."),
    ] = [],  # noqa: B006
    merge: Annotated[list[str], Field(description="As split.")] = [],  # noqa: B006
    move: Annotated[list[str], Field(description="As split.")] = [],  # noqa: B006
    allow_destructive: Annotated[bool, Field(description="Agree to the loss of data.")] = False,
    verify: Annotated[bool, Field(description="Execute it before it is returned.")] = True,
    tool: Annotated[
        str | None,
        Field(
            description="flyway, liquibase, alembic, prisma, typeorm, knex, dbmate, goose, django, sql; `liquibase format=yaml`."
        ),
    ] = None,
    write_to: Annotated[str | None, Field(description="The project's folder of migrations.")] = None,
    name: Annotated[str, Field(description="In file names.")] = "migration",
    page: Page = 1,
    call: Call | None = None,
) -> PlanMigrationAnswer:
    """Plan a zero-downtime migration between two schemas, proven by executing it up and down on a real server.

    Phases expand, backfill, validate, switch and contract: steps with SQL, locks seen, timeouts, conditions, rollback, and which versions
    of the application may run. Doubtful renames come back as questions. `tool` and `write_to` make the migration tool's files.
    """
    call = call or Call()
    key = repr(
        (
            source,
            target,
            version,
            edition,
            rename,
            drop,
            fill,
            cast,
            split,
            merge,
            move,
            allow_destructive,
            verify,
            tool,
            write_to,
        )
    )
    found = _recent.get(key) if page > 1 else None
    if found is None:
        settings = _settings(version, rename, drop, fill, cast, (split, merge, move), allow_destructive, verify)
        settings = settings.model_copy(update={"edition": edition})
        plan, notes = _planned(source, target, settings, write_to if tool else None, call)
        files, more, commands = _written(plan, tool, write_to, name, call)
        found = (plan, files, [*notes, *more], commands)
        _recent.put(key, found)
    return _answer(found, tool, page, call)


def _planned(
    source: str, target: str, settings: PlanSettings, folder: str | None, call: Call
) -> tuple[MigrationPlan, list[str]]:
    """The plan, and notes. `folder`: of migrations that are gone on from, which must lead to the start."""
    from dbdesign.api.document_collections import collections_of
    from dbdesign.api.migration_history import check_history, is_folder

    if not is_folder(source, call) and not is_folder(target, call):
        before, after = collections_of(source, call), collections_of(target, call)
        if before is not None and after is not None:
            from dbdesign.migrations.mongodb.planner import plan as plan_collections

            return plan_collections(before, after, settings), []
    from dbdesign.migrations.plan import plan_migration as plan

    old, notes = _design(source, call)
    new, more = _design(target, call)
    notes += more
    if folder is not None and old.schema_.engine == "postgresql" and call.access.is_folder(folder):
        notes += check_history(folder, old.schema_, call)
    settings = settings.model_copy(update={"workload": new.workload})
    return plan(old.schema_, new.schema_, settings, tell=call.step), notes


def _design(source: str, call: Call) -> tuple[Design, list[str]]:
    """A schema with its volumes, and notes on what a folder was read as; a history that does not apply is no schema."""
    from dbdesign.api.migration_history import TOOLS, refused
    from dbdesign.api.source import load

    loaded = load(source, call)
    if loaded.format in TOOLS:
        refused(loaded.result, loaded.name)
        return loaded.design, list(loaded.result.notes)
    return loaded.design, []


def _settings(
    version: str | None,
    rename: list[str],
    drop: list[str],
    fill: list[str],
    cast: list[str],
    intents: tuple[list[str], list[str], list[str]],
    allow_destructive: bool,
    verify: bool,
) -> PlanSettings:
    from dbdesign.migrations.intents import intent
    from dbdesign.migrations.settings import PlanSettings

    split, merge, move = intents
    return PlanSettings(
        version=version,
        allow_destructive=allow_destructive,
        renames=tuple(f"{old}:{new}" for old, new in _pairs(rename, "rename").items()),
        drops=tuple(drop),
        fills=_pairs(fill, "fill"),
        casts=_pairs(cast, "cast"),
        intents=(
            *(intent("split", one) for one in split),
            *(intent("merge", one) for one in merge),
            *(intent("move", one) for one in move),
        ),
        verify=verify,
    )


def _pairs(given: Iterable[str], where: str) -> dict[str, str]:
    found = {}
    for one in given:
        first, colon, second = one.partition(":")
        if not colon or not first.strip() or not second.strip():
            raise InputError(f"{one!r} has no two parts", where=where, remedy="Write old:new, or column:expression")
        found[first.strip()] = second.strip()
    return found


def _written(
    plan: MigrationPlan, tool: str | None, write_to: str | None, name: str, call: Call
) -> tuple[list[str], list[str], list[str]]:
    """Paths, notes and commands of the files; nothing where no tool is named."""
    if tool is None:
        if write_to is not None:
            raise InputError(
                "a folder is given and no tool", where="tool", remedy="Say which tool the files are for, or sql"
            )
        return [], [], []
    from dbdesign.migrations.writers.base import write

    tool, options = tool_options(tool)
    folder = Path(write_to) if write_to else None
    if write_to is not None and call.access.exists(write_to) and not call.access.is_folder(write_to):
        raise InputError("is a file", where=write_to, remedy="Name the folder of migrations")
    if folder is not None and call.access.roots and not folder.is_absolute():
        folder = call.access.roots[0] / folder
    given = options.model_copy(update={"name": name, "root": _project(folder, call)})
    written = write(plan, tool, folder, given)
    if write_to is None:
        return [], [*written.notes, "Nothing was written: name a folder with write_to (--out)."], list(written.apply)
    paths = [call.access.write_text(f"{write_to.rstrip('/')}/{path}", text) for path, text in written.files.items()]
    return paths, list(written.notes), list(written.apply)


_OPTIONS = ("phases", "numbering", "format", "author", "head", "merge_heads", "app")


def tool_options(tool: str) -> tuple[str, MigrationOptions]:
    """A tool's name and what stands behind it: `alembic head=ae10 phases=expand,backfill`.

    Raises:
        InputError: for an option that there is not, or a value that it does not take.
    """
    from pydantic import ValidationError

    from dbdesign.migrations.writers.base import MigrationOptions

    name, *words = tool.split() or [""]
    values: dict[str, Any] = {}
    for word in words:
        option, mark, value = word.partition("=")
        if option not in _OPTIONS or not (mark or option == "merge_heads"):
            raise InputError(f"{word!r} is no option of a tool", where="tool", remedy=f"Use {', '.join(_OPTIONS)}")
        values[option] = tuple(value.split(",")) if option == "phases" else value if mark else True
    try:
        return name, MigrationOptions.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{first['loc'][0]}: {first['msg']}", where="tool", remedy="Use another value") from None


def _project(folder: Path | None, call: Call) -> Path | None:
    """The outermost folder in which the tool's settings may stand: the allowed one, or where the command line was called."""
    if folder is None:
        return None
    outer = call.access.roots or (Path.cwd(),)
    return next((root for root in outer if folder.absolute().is_relative_to(root)), None)


def _answer(
    found: tuple[MigrationPlan, list[str], list[str], list[str]], tool: str | None, page: int, call: Call
) -> PlanMigrationAnswer:
    plan, files, notes, commands = found
    pages = paginate(_items(plan, files, notes), call.tokens)
    items = chosen(pages, page)
    summary = paged(summary_of(plan, files), page, len(pages))
    values: dict[str, Any] = {
        "summary": summary,
        "page": page,
        "pages": len(pages),
        "engine": plan.engine,
        "version": plan.version,
        "phases": _phases(plan, items),
        "files": section(items, "files"),
        "verified": plan.verification is not None and plan.verification.ok,
        "verification": dict(section(items, "verification")),
        "operations": section(items, "operations"),
        "questions": section(items, "questions"),
        "manual": section(items, "manual"),
        "notes": section(items, "notes"),
    }
    if tool is not None:
        values |= {"tool": tool.split()[0] if tool.split() else tool, "apply": commands}
    return PlanMigrationAnswer.model_validate(values).with_text(text_of(summary, items, _TITLES))


_TITLES = {
    "questions": "To be settled first",
    "verification": "Executed",
    "steps": "Steps",
    "operations": "What differs",
    "manual": "By hand",
}


def _phases(plan: MigrationPlan, items: list[Item]) -> list[dict[str, Any]]:
    """The phases of a page: each with those of its steps that stand there."""
    steps: dict[str, list[Any]] = {}
    for item in items:
        if item.section == "steps":
            steps.setdefault(item.value["id"].rpartition("-")[0], []).append(item.value)
    return [
        {
            "name": one.name,
            "deploy_condition": one.deploy_condition,
            "point_of_no_return": one.point_of_no_return,
            "steps": steps[one.name],
        }
        for one in plan.phases
        if one.name in steps
    ]


def _items(plan: MigrationPlan, files: list[str], notes: list[str]) -> list[Item]:
    items = [
        Item("questions", one.model_dump(mode="json"), f"{one.about}: {one.text} {_answers(one.answers)}")
        for one in plan.questions
    ]
    items += [Item("manual", one, one) for one in plan.manual]
    items += [Item("files", one, one) for one in files]
    for phase in plan.phases:
        for number, step in enumerate(phase.steps):
            items.append(Item("steps", step_out(step), _step_text(phase, step, first=number == 0)))
    items += [Item("verification", [name, result], f"{name}: {result}") for name, result in _checks(plan)]
    shown = [_operation(one) for one in plan.operations]
    items += [Item("operations", one, one) for one in shown[:MOST_OPERATIONS]]
    if len(shown) > MOST_OPERATIONS:
        more = f"and {len(shown) - MOST_OPERATIONS} more"
        items.append(Item("operations", more, more))
    return items + note_items([*plan.notes, *notes])


def _answers(answers: Any) -> str:
    return "; ".join(f"{argument} ({effect})" for argument, effect in answers.items())


def _checks(plan: MigrationPlan) -> list[tuple[str, str]]:
    return list(plan.verification.checks.items()) if plan.verification else []


def _operation(one: Any) -> str:
    where = f" of {one.table}" if one.table else ""
    what = f" ({', '.join(one.changed)})" if one.changed else ""
    return f"{one.action} {one.kind} {one.name}{where}{what}"


def step_out(step: Step) -> dict[str, Any]:
    """A step as the answer has it; what is not said is left out."""
    trace = step.trace
    locks = {label: mode.value for label, mode in trace.locks.items()} if trace else {}
    strongest = max(trace.locks.values(), key=lambda one: one.rank, default=None) if trace else None
    values = {
        "id": step.id,
        "title": step.title,
        "sql": step.sql,
        "transactional": step.transactional,
        "locks": locks,
        "blocks": strongest.blocks if strongest else None,
        "rewrites": list(trace.rewrites) if trace else [],
        "scans": list(trace.scans) if trace else [],
        "lock_timeout": step.lock_timeout,
        "statement_timeout": step.statement_timeout,
        "retry": _retry(step),
        "held": _duration(step.held),
        "takes": _duration(step.takes),
        "precondition": step.precondition,
        "postcondition": step.postcondition,
        "cleanup": step.cleanup,
        "rollback": step.rollback,
        "rollback_transactional": step.rollback_transactional if step.rollback else None,
        "reversible": step.reversible,
        "wait": step.wait.poll if step.wait else None,
        "command": step.command,
        "batches": step.batches.model_dump(mode="json") if step.batches else None,
        "notes": list(step.notes),
    }
    return {name: value for name, value in values.items() if value not in (None, []) or name == "locks"}


def _retry(step: Step) -> str | None:
    if step.retry is None:
        return None
    return f"{step.retry.attempts} attempts, {step.retry.first_wait:g} s doubled up to {step.retry.longest_wait:g} s between, with jitter"


def _duration(one: Any) -> str | None:
    if one is None:
        return None
    return one.basis if one.seconds is None else f"{spoken(one.seconds)}: {one.basis}"


def spoken(seconds: float) -> str:
    """`20 ms`, `3 s`, `12 min`, `2.5 h`."""
    if seconds < 1:
        return f"{max(seconds * 1000, 1):.0f} ms"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _step_text(phase: Phase, step: Step, *, first: bool) -> str:
    head = f"\n{phase.name.upper()}: {phase.deploy_condition}\n" if first else ""
    said = [] if step.transactional else ["outside a transaction"]
    if step.trace and step.trace.locks:
        said.append(", ".join(f"{mode.value} on {label}" for label, mode in step.trace.locks.items()))
    if step.held and step.held.seconds is not None:
        said.append(f"held {spoken(step.held.seconds)}")
    if not step.reversible:
        said.append("cannot be taken back")
    details = f" [{'; '.join(said)}]" if said else ""
    tool = f"\nor, while the table is used: {step.command}" if step.command else ""
    return f"{head}{step.id} {step.title}{details}\n{step.sql}{tool}"


def summary_of(plan: MigrationPlan, files: list[str]) -> str:
    """One paragraph."""
    if not plan.operations and not plan.phases:
        return "The schemas are equal: nothing has to be done."
    found = f"{plural(len(plan.operations), 'difference')}, " if plan.operations else ""
    said = [f"{found}{plural(len(plan.steps), 'step')} in {plural(len(plan.phases), 'phase')}"]
    said[0] += f" ({', '.join(f'{one.name} {len(one.steps)}' for one in plan.phases)})" if plan.phases else ""
    if plan.verification is not None:
        said.append(plan.verification.summary[:1].upper() + plan.verification.summary[1:])
    else:
        said.append("Not executed")
    if plan.questions:
        said.append(f"{plural(len(plan.questions), 'question')} must be settled first")
    if plan.manual:
        said.append(f"{plural(len(plan.manual), 'change')} must be made by hand")
    if any(one.point_of_no_return for one in plan.phases):
        said.append("The contract phase is the point of no return")
    if files:
        said.append(f"{plural(len(files), 'file')} written")
    return ". ".join(said) + "."
