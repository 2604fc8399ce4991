"""The command `dbdesign migrate check`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from dbdesign_server.advise_command import StatisticsOption
from dbdesign_server.commands import (
    FOUND,
    LEVELS,
    ConfigOption,
    JsonOption,
    PageOption,
    RootOption,
    _as_json,
    _call,
    _complete,
    _names,
    _one_of,
    _reaches,
    _uri,
)
from dbdesign_server.migrate_command import migrate
from dbdesign_server.version import VERSION

if TYPE_CHECKING:
    from dbdesign.api.check_migration import CheckedMigrations, Detail

ENGINES = ("postgresql", "mysql", "sqlserver", "cockroachdb", "tidb", "sqlite")
DETAILS = ("findings", "full")


@migrate.command("check")
def check_command(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Migration files or folders, SQL text, or - for standard input."),
    ],
    engine: Annotated[
        str, typer.Option(metavar="ENGINE", help="The target's engine.", **_one_of(ENGINES))
    ] = "postgresql",
    version: Annotated[
        str | None, typer.Option("--version", metavar="VERSION", help="Its version, such as 16 or 8.4.")
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE", help="The schema before: a file, text, database:NAME, or a design file with volumes."
        ),
    ] = None,
    history: Annotated[
        list[str], typer.Option(metavar="FILE", help="Earlier migrations, applied and not reported; repeatable.")
    ] = [],  # noqa: B006 - never changed
    statistics: StatisticsOption = None,
    tool: Annotated[
        str | None,
        typer.Option(metavar="TOOL", help="Whose files they are: flyway, liquibase, alembic, prisma, …, sql."),
    ] = None,
    only: Annotated[
        list[str],
        typer.Option(metavar="HAZARD", help="Only this hazard; repeatable.", autocompletion=_complete("hazard_names")),
    ] = [],  # noqa: B006
    ignore: Annotated[
        list[str],
        typer.Option(metavar="HAZARD", help="Not this hazard; repeatable.", autocompletion=_complete("hazard_names")),
    ] = [],  # noqa: B006
    execute: Annotated[
        bool, typer.Option("--execute/--by-rule", help="Execute on the embedded PostgreSQL, or ask the rules alone.")
    ] = True,
    fail_on: Annotated[
        str,
        typer.Option(
            metavar="SEVERITY", help="Exit with 1 if there is a finding of this severity or worse.", **_one_of(LEVELS)
        ),
    ] = "high",
    detail: Annotated[str | None, typer.Option(metavar="LEVEL", help="findings or full.", **_one_of(DETAILS))] = None,
    as_json: JsonOption = False,
    sarif: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write a SARIF report too, for code scanning.")
    ] = None,
    github: Annotated[bool, typer.Option("--github", help="Print annotations for GitHub Actions.")] = False,
    page: PageOption = None,
    root: RootOption = [],  # noqa: B006
    config: ConfigOption = None,
) -> None:
    """Check migrations for what locks, rewrites or breaks a database in use.

    Exit codes: 0 clean, 1 findings at or above --fail-on or statements that the server refuses, 2 bad input.
    """
    from dbdesign.api.check_migration import answer_of, checked_migrations

    with _call(root, config, page) as call:
        found = checked_migrations(
            list(files),
            engine=engine,
            version=version,
            schema=schema,
            history=list(history),
            statistics=statistics,
            tool=tool,
            only=_names(only),
            ignore=_names(ignore),
            execute=execute,
            call=call,
        )
        answer = answer_of(found, cast("Detail | None", detail), page or 1, call)
    if sarif is not None:
        from dbdesign.migrations.check.sarif import sarif as as_sarif

        log = as_sarif(found.checked, uri_of=_uri, version=VERSION)
        call.access.write_text(sarif, json.dumps(log, indent=1, ensure_ascii=False) + "\n", overwrite=True)
    if github:
        _annotate(found)
    elif not _as_json(answer, as_json):
        from dbdesign_server.migrate_check_terminal import show_check

        show_check(answer)
    worst = max((one.severity for _, one in found.findings), key=lambda one: one.rank, default=None)
    if _reaches(worst, fail_on) or found.errors:
        raise typer.Exit(FOUND)


def _annotate(found: CheckedMigrations) -> None:
    """One line for each finding, as GitHub Actions reads them ("Workflow commands for GitHub Actions")."""
    kinds = {"high": "error", "medium": "warning", "low": "notice", "info": "notice"}
    for checked, finding in found.findings:
        text = finding.message + (f"\n\nInstead:\n{finding.safe}" if finding.safe else "")
        _annotation(kinds[finding.severity.value], checked, finding.hazard, text)
    for checked in found.errors:
        _annotation("error", checked, "refused", checked.error or "")


def _annotation(kind: str, checked: Any, title: str, text: str) -> None:
    file = _uri(checked.file).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
    said = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    typer.echo(f"::{kind} file={file},line={checked.statement.line},title={title}::{said}")
