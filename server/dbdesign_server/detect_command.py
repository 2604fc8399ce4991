"""The command `dbdesign detect`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from dbdesign_server.commands import JsonOption, PageOption, RootOption, _as_json, _call, app
from dbdesign_server.terminal import _emit, _grid

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dbdesign.api.detect_stack import DetectStackAnswer, TechnologyOut


@app.command("detect")
def detect_command(
    path: Annotated[str, typer.Argument(metavar="[PATH]", help="Folder of a repository.")] = ".",
    as_json: JsonOption = False,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006 - never changed
) -> None:
    """Detect which databases, ORMs and migration tools a repository uses, with the lines that prove it."""
    from dbdesign.api.detect_stack import detect_stack

    with _call(root, None, page) as call:
        answer = detect_stack(path, page=page or 1, call=call)
    if not _as_json(answer, as_json):
        _emit(_parts(answer))


def _parts(answer: DetectStackAnswer) -> Iterator[RenderableType]:
    yield Text(answer.summary, style="bold")
    if answer.technologies:
        yield Text("")
        table = _grid("technology", "version", "kind", "role", "sure", "component")
        for one in answer.technologies:
            table.add_row(one.name, one.version or "", one.kind, one.role, f"{one.confidence:.0%}", one.component)
        yield table
    for one in answer.technologies:
        yield Text("")
        yield Text(one.name, style="bold")
        yield from _evidence(one)
    if answer.schemas:
        yield Text("\nThe schema is declared in:", style="bold")
        for place in answer.schemas:
            yield Text(f"       {place.path} ({place.format})")
    if answer.patterns:
        yield Text("\nPatterns that apply:", style="bold")
        yield Text(f"       {', '.join(answer.patterns)} (dbdesign patterns NAME)")
    if answer.skipped:
        yield Text("\nNot looked at:", style="bold")
        for unseen in answer.skipped:
            yield Text(f"       {unseen.path}: {unseen.reason}", style="dim")


def _evidence(one: TechnologyOut) -> Iterator[Text]:
    for said in one.evidence:
        place = f"{said.path}:{said.line}" if said.line else said.path
        yield Text(f"       {said.tier}  {place}  ").append(said.text, style="dim")
    for said in one.counter_evidence:
        place = f"{said.path}:{said.line}" if said.line else said.path
        yield Text(f"       against  {place}  ", style="yellow").append(said.text, style="dim")
