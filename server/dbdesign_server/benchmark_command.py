"""The command `dbdesign benchmark`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dbdesign.api.answer import Answer
from dbdesign.errors import InputError
from dbdesign_server.commands import FormatOption, OverwriteOption, Source, WriteToOption
from dbdesign_server.tool_command import tool_command

if TYPE_CHECKING:
    from dbdesign.api.benchmark_answer import BenchmarkSchemaAnswer
    from dbdesign.api.call import Call


def _show(answer: BenchmarkSchemaAnswer, _options: Mapping[str, Any]) -> None:
    from dbdesign_server.benchmark_terminal import show_benchmark

    show_benchmark(answer)


@tool_command("benchmark", _show)
def benchmark_command(
    source: Source,
    rows: Annotated[
        str, typer.Option(metavar="COUNT", help="Rows in all tables together, such as 2e6 or 500k.")
    ] = "1e6",
    seconds: Annotated[float, typer.Option(metavar="N", min=0.1, help="How long the workload runs.")] = 10.0,
    connections: Annotated[int, typer.Option(metavar="N", min=1, help="Connections that run it at once.")] = 4,
    index: Annotated[
        list[str],
        typer.Option(metavar="DDL", help="CREATE INDEX …: run again with it and compare; repeatable."),
    ] = [],  # noqa: B006 - never changed
    advise: Annotated[
        bool, typer.Option("--advise", help="Run again with the indexes that `dbdesign advise` finds, and compare.")
    ] = False,
    budget: Annotated[
        str | None, typer.Option(metavar="SIZE", help="What the advised indexes may take, such as 2GB; means --advise.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="HORIZON", help="Let the volumes grow to then, such as 24mo.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="The same seed gives the same rows and values.")] = 1,
    into: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Run in a new schema of this configured database, which the configuration file must call writable. MySQL, MariaDB, "
            "TiDB and CockroachDB get the rows of the embedded server and are compared with it.",
        ),
    ] = None,
    schema: Annotated[
        str, typer.Option(metavar="NAME", help="With --into: the schema to make; one that is there is never touched.")
    ] = "dbdesign_benchmark",
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="With --into: what the database is, where it does not say so itself: citus, or postgresql to compare it with "
            "the embedded server.",
        ),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="With --into: leave the schema there at the end.")] = False,
    format: FormatOption = None,  # noqa: A002
    write_to: WriteToOption = None,
    overwrite: OverwriteOption = False,
    *,
    page: int,
    call: Call,
) -> Answer:
    """Fill a PostgreSQL of its own with rows that follow a design's volumes, and measure its workload there."""
    from dbdesign.api.benchmark_database import benchmark_database
    from dbdesign.api.benchmark_schema import Request, benchmarked

    wanted = Request(
        source,
        _count(rows),
        seconds,
        connections,
        tuple(index),
        advise or budget is not None,
        budget,
        at,
        seed,
        format,
        write_to,
        overwrite,
        page,
    )
    if into is None:
        if engine is not None:
            raise InputError("goes with --into", where="--engine", remedy="Name the database that is written to")
        return benchmarked(wanted, call)
    return benchmark_database(wanted, into, call, schema=schema, keep=keep, engine=engine)


def _count(text: str) -> float:
    from dbdesign.model.quantity import count

    try:
        return count(text)
    except ValueError as error:
        raise InputError(str(error), where="--rows") from None
