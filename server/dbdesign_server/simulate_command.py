"""The command `dbdesign simulate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from dbdesign.api.answer import Answer
from dbdesign_server.advise_command import AtOption, OptionalSource, QueriesOption, SetOption, StatisticsOption
from dbdesign_server.commands import DetailOption, _names
from dbdesign_server.tool_command import tool_command

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.api.simulate_answer import SimulateQueriesAnswer
    from dbdesign.api.simulate_queries import Detail


def _show(answer: SimulateQueriesAnswer, options: Mapping[str, Any]) -> None:
    from dbdesign_server.simulate_terminal import show_simulation

    show_simulation(answer, chosen=options["detail"])


@tool_command("simulate", _show)
def simulate_command(
    source: OptionalSource = None,
    at: AtOption = None,
    statistics: StatisticsOption = None,
    queries: QueriesOption = None,
    settings: SetOption = [],  # noqa: B006 - never changed
    only: Annotated[
        list[str], typer.Option("--only", metavar="QUERY", help="Only these queries: names or patterns; repeatable.")
    ] = [],  # noqa: B006
    detail: DetailOption = None,
    *,
    page: int,
    call: Call,
) -> Answer:
    """Show what PostgreSQL's planner will do with each query at production scale, before a row exists."""
    from dbdesign.api.simulate_queries import simulate_queries

    return simulate_queries(
        source,
        statistics=statistics,
        queries=queries,
        settings=list(settings),
        at=at,
        only=_names(only),
        detail=cast("Detail | None", detail),
        page=page,
        call=call,
    )
