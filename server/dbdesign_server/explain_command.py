"""The command `dbdesign explain`."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from dbdesign_server.commands import (
    ConfigOption,
    JsonOption,
    OverwriteOption,
    PageOption,
    RootOption,
    _as_json,
    _call,
    app,
)


@app.command("explain")
def explain_command(
    source: Annotated[
        str,
        typer.Argument(
            metavar="PLAN",
            help="A file with the plan, the text itself, - for standard input, or database:NAME with --query.",
        ),
    ],
    query: Annotated[str | None, typer.Option(metavar="SQL", help="The statement, or a file with it.")] = None,
    schema: Annotated[
        str | None,
        typer.Option(metavar="SOURCE", help="Schema or design file: try the remedies on the production twin."),
    ] = None,
    against: Annotated[
        str | None, typer.Option(metavar="PLAN", help="An earlier plan of the same statement: what changed.")
    ] = None,
    analyze: Annotated[
        bool, typer.Option("--analyze", help="With database:NAME, run the query, read-only, to measure it.")
    ] = False,
    write_to: Annotated[
        str | None,
        typer.Option(
            "--write-to",
            "-o",
            metavar="PATH",
            help="Write a page (.html), a picture (.svg), Mermaid (.mmd); or all into a folder.",
        ),
    ] = None,
    overwrite: OverwriteOption = False,
    as_json: JsonOption = False,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006 - never changed
    config: ConfigOption = None,
) -> None:
    """Read an execution plan of any engine: where the time goes, what is wrong, what to do."""
    from dbdesign.api.read_plan import read_plan
    from dbdesign_server.explain_terminal import show_plans

    with _call(root, config, page) as call:
        if analyze:  # whoever types it allows it
            name = source.removeprefix("database:").strip().lower().replace("-", "_")
            call = replace(call, access=replace(call.access, analyzable=call.access.analyzable | {name}))
        answer = read_plan(
            source,
            query=query,
            schema=schema,
            against=against,
            analyze=analyze,
            write_to=write_to,
            overwrite=overwrite,
            page=page or 1,
            call=call,
        )
    if not _as_json(answer, as_json):
        show_plans(answer)
