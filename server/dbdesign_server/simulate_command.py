"""The command `dbdesign simulate`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from dbdesign_server.advise_command import AtOption, OptionalSource, QueriesOption, SetOption, StatisticsOption
from dbdesign_server.commands import (
    ConfigOption,
    DetailOption,
    JsonOption,
    PageOption,
    RootOption,
    _as_json,
    _call,
    _names,
    app,
)

if TYPE_CHECKING:
    from dbdesign.api.simulate_queries import Detail


@app.command("simulate")
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
    as_json: JsonOption = False,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006
    config: ConfigOption = None,
) -> None:
    """Show what PostgreSQL's planner will do with each query at production scale, before a row exists."""
    from dbdesign.api.simulate_queries import simulate_queries
    from dbdesign_server.simulate_terminal import show_simulation

    with _call(root, config, page) as call:
        answer = simulate_queries(
            source,
            statistics=statistics,
            queries=queries,
            settings=list(settings),
            at=at,
            only=_names(only),
            detail=cast("Detail | None", detail),
            page=page or 1,
            call=call,
        )
    if not _as_json(answer, as_json):
        show_simulation(answer, chosen=detail)
