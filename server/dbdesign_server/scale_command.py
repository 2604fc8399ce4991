"""The command `scale`: how a design grows, which limit it meets when, and what to do before that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from dbdesign.api.answer import Answer
from dbdesign_server.terminal import INDENT, Verbatim, _emit, _grid
from dbdesign_server.tool_command import tool_command

if TYPE_CHECKING:
    from rich.console import RenderableType

    from dbdesign.api.call import Call
    from dbdesign.api.plan_scaling import PlanScalingAnswer

SHOWN = 12
"""Tables and indexes that are listed; all are in `--json` and in the report."""


def _show(answer: PlanScalingAnswer, _options: Mapping[str, Any]) -> None:
    _emit(_parts(answer))


def _parts(answer: PlanScalingAnswer) -> Iterator[RenderableType | Verbatim]:
    yield Text(answer.summary, style="bold")
    if verdict := answer.sharding.get("verdict"):
        yield Text(f"Sharding: {verdict}", style="bold green" if not answer.sharding.get("needed") else "bold red")
    yield from _table("Limits", answer.limits, ("limit", "when", "now", "then", "capacity"))
    yield from _table("Largest", answer.sizes[:SHOWN], ("object", "kind", "now", "then"))
    yield Text("\nMeasures", style="bold cyan")
    for one in answer.ladder:
        extra = one.model_extra or {}
        yield Text.assemble((f"{one.measure}", "bold"), f"  {one.when}", (f"  {one.threshold}", "dim"))
        yield Padding(Text(str(extra.get("why", ""))), (0, 0, 0, len(INDENT)))
        for line in extra.get("do", ()):
            yield Verbatim(str(line), style="green")
    for part, title in (
        ("partitions", "Partitioning"),
        ("column_order", "Order of columns"),
        ("shard_keys", "Keys to shard by"),
        ("unsupported", "What distributed engines lack"),
    ):
        yield from _entries(title, getattr(answer, part))
    for text in answer.problems:
        yield Text(f"problem: {text}", style="yellow")
    for text in answer.assumptions:
        yield Text(f"assumed: {text}", style="dim")
    for file in answer.files:
        yield Text(f"file: {file}")
    yield Text(f"proof: {answer.proof}", style="dim")


def _table(title: str, rows: list[Any], columns: tuple[str, ...]) -> Iterator[RenderableType]:
    shown = _grid(*columns)
    for one in rows:
        value = one.model_dump()
        shown.add_row(*(Text(str(value.get(column, ""))) for column in columns))
    yield Text(f"\n{title}", style="bold cyan")
    yield shown


def _entries(title: str, entries: list[Any]) -> Iterator[RenderableType]:
    if entries:
        yield Text(f"\n{title}", style="bold cyan")
    for one in entries:
        value = one.model_dump()
        yield Text(f"  {value.get('text', '')}")


@tool_command("scale", _show)
def scale_command(
    source: Annotated[str, typer.Argument(metavar="DESIGN", help="A design file: schema, volumes, workload.")],
    horizon: Annotated[str, typer.Option(metavar="TIME", help="How far to look.")] = "36mo",
    machine: Annotated[
        str | None, typer.Option(metavar="MACHINE", help="Such as '16 vCPU, 64 GB, 1 TB, 12000 IOPS'.")
    ] = None,
    write_to: Annotated[str | None, typer.Option("--out", "-o", metavar="DIR", help="Write the files here.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files that exist.")] = False,
    *,
    page: int,
    call: Call,
) -> Answer:
    """Plan growth: sizes, the month in which each limit is met, and the ladder of measures from settings to sharding."""
    from dbdesign.api.plan_scaling import plan_scaling

    return plan_scaling(
        source, horizon=horizon, machine=machine, write_to=write_to, overwrite=overwrite, page=page, call=call
    )
