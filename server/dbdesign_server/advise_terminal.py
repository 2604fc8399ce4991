"""How the command line shows index advice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.text import Text

from dbdesign.api.answer import readable_size
from dbdesign_server.terminal import Verbatim, _emit, _grid

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from dbdesign.api.advise_indexes import AdviseIndexesAnswer


def show_advice(answer: AdviseIndexesAnswer) -> None:
    """What to build with what it brings, what may go, the queries, the curve."""
    _emit(_parts(answer))


def _parts(answer: AdviseIndexesAnswer) -> Iterator[RenderableType | Verbatim]:
    yield Text(answer.summary, style="bold")
    for one in answer.indexes:
        yield Text("")
        yield Verbatim(one.ddl, style="green")
        yield Text(f"       {readable_size(one.size_bytes)}, saves {one.gain_share:.1%}: {', '.join(one.queries)}")
        for note in one.notes:
            yield Text(f"       note: {note}", style="yellow")
    if answer.drop:
        yield Text("\nMay go:", style="bold")
        for drop in answer.drop:
            if drop.ddl:
                yield Verbatim(drop.ddl, style="green")
            yield Text(f"       {drop.index} on {drop.table}, {readable_size(drop.size_bytes)}: {drop.reason}")
    if answer.per_query:
        yield Text("")
        yield _queries(answer)
    if len(answer.curve) > 1:
        yield Text("")
        yield _curve(answer)
    if answer.considered:
        yield Text("\nConsidered and not advised:", style="bold")
        for considered in answer.considered:
            yield Text(
                f"       {considered.index}, {readable_size(considered.size_bytes)}: {considered.reason}", style="dim"
            )
    for text in answer.notes:
        yield Text(f"note: {text}", style="dim")
    for text in answer.assumptions:
        yield Text(f"assumed: {text}", style="dim")
    yield Text(answer.proof, style="dim")


def _queries(answer: AdviseIndexesAnswer) -> Table:
    shown = _grid("query", "weight", "cost before", "after", "indexes")
    for column in shown.columns[1:4]:
        column.justify = "right"
    for one in answer.per_query:
        if one.error:
            shown.add_row(Text(one.name), "", "", "", Text(one.error, style="red"))
            continue
        better = one.cost_after < one.cost_before * 0.99
        shown.add_row(
            Text(one.name),
            f"{one.weight:,.4g}",
            f"{one.cost_before:,.0f}",
            Text(f"{one.cost_after:,.0f}", style="green" if better else ""),
            Text(", ".join(one.indexes)),
        )
    return shown


def _curve(answer: AdviseIndexesAnswer) -> Table:
    shown = _grid("budget", "used", "cost")
    for column in shown.columns:
        column.justify = "right"
    for one in answer.curve:
        shown.add_row(readable_size(one.budget_bytes), readable_size(one.used_bytes), f"{one.share:.1%}")
    return shown
