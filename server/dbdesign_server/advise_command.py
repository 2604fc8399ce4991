"""The command `dbdesign advise`, and the options that it shares with the others that ask the twin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dbdesign.api.answer import Answer
from dbdesign_server.tool_command import tool_command

if TYPE_CHECKING:
    from dbdesign.api.advise_indexes import AdviseIndexesAnswer
    from dbdesign.api.call import Call

OptionalSource = Annotated[
    str | None,
    typer.Argument(
        metavar="[DESIGN]",
        help="A design file, a schema, or database:NAME; left out where --statistics is a dump that holds the schema too.",
    ),
]
StatisticsOption = Annotated[
    str | None,
    typer.Option(
        "--statistics",
        metavar="SOURCE",
        help="pg_dump --no-data --statistics of PostgreSQL 18, a snapshot, or database:NAME, instead of the volumes.",
    ),
]
QueriesOption = Annotated[
    str | None,
    typer.Option(
        "--queries",
        metavar="PATH",
        help="The workload: SQL, an export of pg_stat_statements, a log; or the folder of a program that calls Prisma's client.",
    ),
]
SetOption = Annotated[
    list[str],
    typer.Option(
        "--set", metavar="NAME=VALUE", help="A planner setting of the target, such as work_mem=64MB; repeatable."
    ),
]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="HORIZON", help="Grow the volumes to then, such as 24mo.")
]


def _show(answer: AdviseIndexesAnswer, _options: Mapping[str, Any]) -> None:
    from dbdesign_server.advise_terminal import show_advice

    show_advice(answer)


@tool_command("advise", _show)
def advise_command(
    source: OptionalSource = None,
    budget: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="What the new indexes may take, such as 2GB; as much as pays when left out."),
    ] = None,
    statistics: StatisticsOption = None,
    queries: QueriesOption = None,
    settings: SetOption = [],  # noqa: B006 - never changed
    at: AtOption = None,
    least_gain: Annotated[
        float, typer.Option(metavar="SHARE", min=0, max=1, help="Share of the workload's cost that an index must save.")
    ] = 0.005,
    *,
    page: int,
    call: Call,
) -> Answer:
    """Advise the indexes that a workload is worth, proven by PostgreSQL's planner at production scale."""
    from dbdesign.api.advise_indexes import advise_indexes

    return advise_indexes(
        source,
        budget=budget,
        statistics=statistics,
        queries=queries,
        settings=list(settings),
        at=at,
        least_gain=least_gain,
        page=page,
        call=call,
    )
