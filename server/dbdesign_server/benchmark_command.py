"""The command `dbdesign benchmark`."""

from __future__ import annotations

from typing import Annotated

import typer

from dbdesign.errors import InputError
from dbdesign_server.commands import (
    ConfigOption,
    FormatOption,
    JsonOption,
    OverwriteOption,
    PageOption,
    RootOption,
    Source,
    WriteToOption,
    _as_json,
    _call,
    app,
)


@app.command("benchmark")
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
    at: Annotated[
        str | None, typer.Option(metavar="HORIZON", help="Let the volumes grow to then, such as 24mo.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", min=0, help="The same seed gives the same rows and values.")] = 1,
    format: FormatOption = None,  # noqa: A002
    write_to: WriteToOption = None,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006
    config: ConfigOption = None,
) -> None:
    """Fill a PostgreSQL of its own with rows that follow a design's volumes, and measure its workload there."""
    from dbdesign.api.benchmark_schema import benchmark_schema
    from dbdesign_server.benchmark_terminal import show_benchmark

    with _call(root, config, page) as call:
        answer = benchmark_schema(
            source,
            rows=_count(rows),
            seconds=seconds,
            connections=connections,
            indexes=list(index),
            at=at,
            seed=seed,
            format=format,
            write_to=write_to,
            overwrite=overwrite,
            page=page or 1,
            call=call,
        )
    if not _as_json(answer, as_json):
        show_benchmark(answer)


def _count(text: str) -> float:
    from dbdesign.model.quantity import count

    try:
        return count(text)
    except ValueError as error:
        raise InputError(str(error), where="--rows") from None
