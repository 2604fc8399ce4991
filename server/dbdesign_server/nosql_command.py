"""The command `dbdesign nosql`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from dbdesign.api.answer import Answer
from dbdesign_server.commands import _names
from dbdesign_server.terminal import INDENT, Verbatim, _emit
from dbdesign_server.tool_command import tool_command

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dbdesign.api.call import Call
    from dbdesign.api.design_nosql import DesignNosqlAnswer


def _show(answer: DesignNosqlAnswer, _options: Mapping[str, Any]) -> None:
    _emit(_parts(answer))


def _parts(answer: DesignNosqlAnswer) -> Iterator[RenderableType | Verbatim]:
    from dbdesign.api.design_nosql import PARTS, TITLES

    yield Text(answer.summary, style="bold")
    for one in answer.coverage:
        costs = ", ".join(f"{number:,.4g} {unit.replace('_', ' ')}" for unit, number in one.cost.items())
        yield Text("")
        yield Text.assemble((one.pattern, "bold"), f"  {one.served_by}", (f"  {costs}", "dim"))
        if request := (one.model_extra or {}).get("request"):
            yield Verbatim(str(request), style="green")
    for part in PARTS:
        entries = getattr(answer, part)
        if entries:
            yield Text("")
            yield Text(TITLES[part], style="bold cyan")
        for entry in entries:
            first, *rest = [(name, value) for name, value in (entry.model_extra or {}).items() if value]
            yield Text(f"  {first[1]}")
            for name, value in rest:
                yield Padding(Text(f"{name.replace('_', ' ')}: {_said(value)}", style="dim"), (0, 0, 0, len(INDENT)))
    for text in answer.assumptions:
        yield Text(f"assumed: {text}", style="dim")
    for file in answer.files:
        yield Text(f"file: {file}")
    yield Text(f"proof: {answer.proof}", style="dim")


def _said(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{one:,.4g} {name.replace('_', ' ')}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


@tool_command("nosql", _show)
def nosql_command(
    source: Annotated[str, typer.Argument(metavar="DESIGN", help="A design file with access patterns.")],
    engine: Annotated[str, typer.Option(metavar="ENGINE", help="dynamodb, mongodb or redis.")],
    engine_version: Annotated[
        str | None, typer.Option("--engine-version", metavar="VERSION", help="Of the engine.")
    ] = None,
    region: Annotated[str | None, typer.Option(metavar="REGION", help="Whose prices hold: us-east-1 …")] = None,
    horizon: Annotated[str, typer.Option(metavar="TIME", help="For sizes and costs.")] = "36mo",
    settings: Annotated[
        list[str], typer.Option("--set", metavar="NAME=VALUE", help="A setting of the engine; repeatable.")
    ] = [],  # noqa: B006 - never changed
    write_to: Annotated[
        str | None, typer.Option("--out", "-o", metavar="DIR", help="Write the artefacts here.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")] = False,
    *,
    page: int,
    call: Call,
) -> Answer:
    """Design for DynamoDB, MongoDB or Redis from access patterns, with proof that each pattern is served and at what cost."""
    from dbdesign.api.design_nosql import design_nosql

    return design_nosql(
        source,
        engine=engine,
        engine_version=engine_version,
        region=region,
        horizon=horizon,
        settings=_names(settings),
        write_to=write_to,
        overwrite=overwrite,
        page=page,
        call=call,
    )
