"""The command `dbdesign compare`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from dbdesign_server.commands import (
    FOUND,
    ConfigOption,
    EngineVersionOption,
    FormatOption,
    ImportOption,
    JsonOption,
    PageOption,
    RootOption,
    Source,
    _as_json,
    _call,
    _form,
    _names,
    _write,
    app,
)
from dbdesign_server.terminal import _emit

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dbdesign.api.compare_schemas import CompareSchemasAnswer, DifferenceOut


@app.command("compare")
def compare_command(
    source: Source,
    other: Annotated[str, typer.Argument(metavar="SOURCE", help="What to compare it with, in the same ways.")],
    format: FormatOption = None,  # noqa: A002
    imported: ImportOption = False,
    other_format: Annotated[str | None, typer.Option(metavar="FORMAT", help="Format of the second source.")] = None,
    engine_version: EngineVersionOption = None,
    ignore: Annotated[
        list[str], typer.Option(metavar="PATTERN", help="Leave out tables, objects or kinds like this; repeatable.")
    ] = [],  # noqa: B006 - never changed
    strict: Annotated[bool, typer.Option("--strict", help="Count as drift also what a form cannot express.")] = False,
    fail_on_drift: Annotated[bool, typer.Option("--fail-on-drift", help="Exit with 1 if there is drift.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown, for a comment or a job summary.")
    ] = False,
    github: Annotated[bool, typer.Option("--github", help="Print annotations for GitHub Actions.")] = False,
    as_json: JsonOption = False,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006
    config: ConfigOption = None,
) -> None:
    """Compare two sources and list the drift: models against a database, migrations against models, file against file."""
    from dbdesign.api.compare_schemas import compare_schemas

    with _call(root, config, page, imports=imported) as call:
        answer = compare_schemas(
            source,
            other,
            format=_form(format, imported),
            other_format=other_format,
            engine_version=engine_version,
            ignore=_names(ignore),
            strict=strict,
            page=page or 1,
            call=call,
        )
    if not _as_json(answer, as_json):
        if markdown:
            _write("\n".join(_markdown(answer)) + "\n")
        elif github:
            _write("".join(f"{line}\n" for line in _annotations(answer, strict=strict)))
        else:
            _emit(_parts(answer))
    if fail_on_drift and answer.drift:
        raise typer.Exit(FOUND)


def _parts(answer: CompareSchemasAnswer) -> Iterator[RenderableType]:
    for one in answer.differences:
        yield from _difference(one, "yellow")
    if answer.cannot_express:
        yield Text("\nWhat one side's form cannot express:", style="bold")
        for one in answer.cannot_express:
            yield from _difference(one, "dim")
    for ignored in answer.ignored:
        yield Text(f"ignored: {ignored.kind} {ignored.object}: {ignored.reason}", style="dim")
    for text in answer.unread:
        yield Text(f"not understood: {text}", style="red")
    for text in answer.notes:
        yield Text(f"note: {text}", style="dim")
    yield Text(answer.summary, style="yellow" if answer.drift or answer.unread else "bold green")


def _difference(one: DifferenceOut, style: str) -> Iterator[Text]:
    places = ", ".join(place for place in (one.left_at, one.right_at) if place)
    yield Text.assemble((f"{one.what}: ", style), (f"{one.kind} {one.object}", "bold"), (f"  {places}", "dim"))
    for side, value in (("left", one.left), ("right", one.right)):
        if value is not None:
            yield Text(f"       {side:5}  {_said(value)}")
    if one.reason:
        yield Text(f"       {one.reason}", style="dim")


def _said(value: object) -> str:
    from dbdesign.api.drift import as_text

    return as_text(value)


def _markdown(answer: CompareSchemasAnswer) -> Iterator[str]:
    yield f"### {'Drift' if answer.drift else 'No drift'}\n"
    yield f"{answer.summary}\n"
    for title, found in (
        ("", answer.differences),
        ("What one side's form cannot express", answer.cannot_express),
    ):
        if found:
            yield f"<details><summary>{title}</summary>\n" if title else ""
            yield f"| object | | {_cell(answer.left.source)} | {_cell(answer.right.source)} |{' reason |' if title else ''}"
            yield f"|---|---|---|---|{'---|' if title else ''}"
            for one in found:
                reason = f" {_cell(one.reason or '')} |" if title else ""
                left, right = (_cell("" if side is None else _said(side)) for side in (one.left, one.right))
                yield f"| {one.kind} `{_cell(one.object)}` | {one.what} | {left} | {right} |{reason}"
            yield "\n</details>" if title else ""
    for text in (*answer.unread, *(f"{one.object}: {one.reason}" for one in answer.ignored)):
        yield f"- {_cell(text)}"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _annotations(answer: CompareSchemasAnswer, *, strict: bool) -> Iterator[str]:
    """Workflow commands: one a difference, at the line of the side that has one; the summary as a notice.

    Source: GitHub documentation, "Workflow commands for GitHub Actions".
    """
    for one in (*answer.differences, *(answer.cannot_express if strict else ())):
        said = f"{one.what}: {one.kind} {one.object}"
        values = [
            f"{side} {_said(value)}" for side, value in (("left", one.left), ("right", one.right)) if value is not None
        ]
        place = _place(one.left_at, answer.left.source) or _place(one.right_at, answer.right.source)
        yield f"::error {place + ',' if place else ''}title=Schema drift::{_escaped('; '.join([said, *values]))}"
    yield f"::notice title=dbdesign compare::{_escaped(answer.summary)}"


def _place(at: str | None, source: str) -> str | None:
    if at is None or source.startswith("database:") or "\n" in source:
        return None
    path, _, line = at.rpartition(":") if ":" in at else (source, "", at.removeprefix("line "))
    return f"file={_escaped(path).replace(':', '%3A').replace(',', '%2C')},line={line}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
