"""The command `dbdesign migrate plan`."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from dbdesign_server.commands import ConfigOption, JsonOption, PageOption, RootOption, _as_json, _call
from dbdesign_server.migrate_command import migrate

_Pairs = list[str]
Edition = Literal["enterprise", "standard", "azure"]


@migrate.command("plan")
def plan_command(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The schema as it is: a file, text, database:NAME.")],
    target: Annotated[
        str, typer.Argument(metavar="TO", help="The schema as it is to be; a design file gives volumes.")
    ],
    tool: Annotated[
        str | None,
        typer.Option(
            metavar="TOOL",
            help="Write for flyway, liquibase, alembic, prisma, typeorm, knex, golang-migrate, dbmate, goose, django or sql.",
        ),
    ] = None,
    out: Annotated[
        str | None, typer.Option("--out", "-o", metavar="DIR", help="The project's folder of migrations.")
    ] = None,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="What the migration is called in file names.")
    ] = "migration",
    version: Annotated[
        str | None,
        typer.Option(metavar="VERSION", help="Of the engine: PostgreSQL 12 to 18, MySQL 8.0.29, SQL Server 2022 …"),
    ] = None,
    edition: Annotated[Edition, typer.Option(help="Of SQL Server: what it does online depends on it.")] = "enterprise",
    rename: Annotated[_Pairs, typer.Option("--rename", metavar="OLD:NEW", help="Confirm a rename; repeatable.")] = [],  # noqa: B006
    drop: Annotated[
        _Pairs,
        typer.Option("--drop", metavar="NAME", help="A table or column that is dropped, not renamed; repeatable."),
    ] = [],  # noqa: B006
    fill: Annotated[
        _Pairs,
        typer.Option(
            "--fill", metavar="COLUMN:SQL", help="Value of a new mandatory column in existing rows; repeatable."
        ),
    ] = [],  # noqa: B006
    cast: Annotated[
        _Pairs, typer.Option("--cast", metavar="COLUMN:SQL", help="How an old value becomes a new one; repeatable.")
    ] = [],  # noqa: B006
    split: Annotated[
        _Pairs,
        typer.Option("--split", metavar="MOVE", help="orders(street, city) -> addresses by id:order_id; repeatable."),
    ] = [],  # noqa: B006
    merge: Annotated[
        _Pairs, typer.Option("--merge", metavar="MOVE", help="A dropped table's columns go into another; repeatable.")
    ] = [],  # noqa: B006
    move: Annotated[
        _Pairs, typer.Option("--move", metavar="MOVE", help="Columns go from one table to another; repeatable.")
    ] = [],  # noqa: B006
    allow_destructive: Annotated[bool, typer.Option("--allow-destructive", help="Agree that data is dropped.")] = False,
    verify: Annotated[bool, typer.Option("--verify/--no-verify", help="Execute the plan before showing it.")] = True,
    as_json: JsonOption = False,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006
    config: ConfigOption = None,
) -> None:
    """Plan a zero-downtime migration from one schema to another, executed up and down on a real server."""
    from dbdesign.api.plan_migration import plan_migration
    from dbdesign_server.migrate_plan_terminal import show_plan

    with _call(root, config, page) as call:
        answer = plan_migration(
            source,
            target,
            version=version,
            edition=edition,
            rename=list(rename),
            drop=list(drop),
            fill=list(fill),
            cast=list(cast),
            split=list(split),
            merge=list(merge),
            move=list(move),
            allow_destructive=allow_destructive,
            verify=verify,
            tool=tool,
            write_to=out,
            name=name,
            page=page or 1,
            call=call,
        )
    if not _as_json(answer, as_json):
        show_plan(answer)
    if answer.verification and not answer.verified and verify:
        raise typer.Exit(1)
