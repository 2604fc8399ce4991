"""How the command line shows a check of migrations: each statement with its locks, its dangers and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from dbdesign_server.terminal import STYLES, Verbatim, _emit

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dbdesign.api.check_migration import CheckedStatementOut, CheckMigrationAnswer, HazardOut


def show_check(answer: CheckMigrationAnswer) -> None:
    """The summary, the statements, the notes, the proof."""
    _emit(_parts(answer))


def _parts(answer: CheckMigrationAnswer) -> Iterator[RenderableType | Verbatim]:
    yield Text(answer.summary, style="bold")
    for one in answer.statements:
        yield from _statement(one)
    yield Text("")
    for note in answer.notes:
        yield Text(f"note: {note}", style="dim")
    yield Text(answer.proof, style="dim")


def _statement(one: CheckedStatementOut) -> Iterator[RenderableType | Verbatim]:
    shown = " ".join(one.sql.split())
    yield Text(f"\n{one.file}:{one.line}  {shown[:160]}{'…' if len(shown) > 160 else ''}")
    said = [f"{mode.removesuffix('Lock')} on {name}" for name, mode in one.locks.items()]
    said += [f"rewrites {name}" for name in one.rewrites] + [f"reads {name}" for name in one.scans]
    if said:
        yield Text(f"       {', '.join(said)}", style="dim")
    if one.error:
        yield Text(f"       refused: {one.error}", style="bold red")
    for finding in one.findings:
        yield from _finding(finding)


def _finding(finding: HazardOut) -> Iterator[RenderableType | Verbatim]:
    line = Text(f"{finding.severity:<6} ", style=STYLES[finding.severity])
    line.append(finding.hazard, style="bold")
    line.append(f"{' (allowed)' if finding.allowed else ''}  {finding.message}", style="default")
    yield line
    if finding.safe and not finding.allowed:
        yield Verbatim("instead:", style="dim")
        yield Verbatim(finding.safe, style="green")
