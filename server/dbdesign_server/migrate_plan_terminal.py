"""How the command line shows a plan: its phases with their conditions, and of each step the SQL, what it locks and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from dbdesign_server.terminal import INDENT, Verbatim, _emit

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dbdesign.api.plan_migration import PhaseOut, PlanMigrationAnswer, StepOut

_BLOCKS = {"reads and writes": "red", "writes": "yellow"}
_MOST_LINES = 30
"""Lines of SQL of a step that are shown; `--json` and the files have all of them."""


def show_plan(answer: PlanMigrationAnswer) -> None:
    """Questions first, then the phases, then how it was proven."""
    _emit(_parts(answer))


def _parts(answer: PlanMigrationAnswer) -> Iterator[RenderableType | Verbatim]:
    yield Text(answer.summary, style="bold")
    for question in answer.questions:
        yield Text(f"\n? {question.about}: {question.text}", style="yellow")
        for argument, effect in question.answers.items():
            yield Text(f"{INDENT}--{argument.replace('=', ' ', 1)}  {effect}")
    for one in answer.manual:
        yield Text(f"\nby hand: {one}", style="yellow")
    for phase in answer.phases:
        yield from _phase(phase)
    yield Text("")
    for name, result in answer.verification.items():
        yield Text(f"{name}: {result}", style="dim")
    for one in answer.files:
        yield Text(f"wrote {one}")
    for one in answer.apply:
        yield Text(f"run: {one}")
    for one in answer.notes:
        yield Text(f"note: {one}", style="dim")


def _phase(phase: PhaseOut) -> Iterator[RenderableType]:
    title = Text(f"\n━━ {phase.name} ", style="bold cyan")
    if phase.point_of_no_return:
        title.append("(point of no return) ", style="bold red")
    yield title
    yield Text(phase.deploy_condition, style="italic")
    for step in phase.steps:
        yield from _step(step)


def _step(step: StepOut) -> Iterator[RenderableType]:
    head = Text(f"\n{step.id}  ", style="bold")
    head.append(step.title)
    yield head
    yield Padding(Text("  ·  ".join(_facts(step)), style=_BLOCKS.get(step.blocks or "", "green")), (0, 0, 0, 2))
    lines = step.sql.splitlines()
    shown = lines if len(lines) <= _MOST_LINES else [*lines[:_MOST_LINES], f"… {len(lines) - _MOST_LINES} more lines"]
    yield Padding(Text("\n".join(shown)), (0, 0, 0, 4))
    if step.command:
        yield Padding(Text(f"or, while the table is used: {step.command}"), (0, 0, 0, 4))
    if step.rollback:
        first = step.rollback.splitlines()
        more = f" … {len(first) - 1} more lines" if len(first) > 1 else ""
        yield Padding(Text(f"back: {first[0]}{more}", style="dim"), (0, 0, 0, 4))
    for note in step.notes:
        yield Padding(Text(note, style="dim"), (0, 0, 0, 4))


def _facts(step: StepOut) -> Iterator[str]:
    yield "in a transaction" if step.transactional else "outside transactions"
    locks = ", ".join(f"{mode.removesuffix('Lock')} on {label}" for label, mode in step.locks.items())
    if locks:
        yield locks
    if step.blocks:
        yield f"blocks {step.blocks}"
    if step.rewrites:
        yield f"rewrites {', '.join(step.rewrites)}"
    if step.scans:
        yield f"reads {', '.join(step.scans)}"
    if step.held:
        yield f"held {step.held}"
    if step.takes:
        yield f"takes {step.takes}"
    if step.lock_timeout:
        yield f"lock_timeout {step.lock_timeout}"
    if step.wait:
        yield "waits for a job"
    if not step.reversible:
        yield "cannot be taken back"
