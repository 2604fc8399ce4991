"""The command `dbdesign install`."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit
from urllib.request import url2pathname

import typer

from dbdesign.errors import InputError
from dbdesign_server.commands import _write, app

NAMES = ("claude-code", "cursor", "vscode", "codex")


@app.command("install")
def install_command(
    assistant: Annotated[
        str,
        typer.Argument(
            metavar="ASSISTANT",
            help="claude-code, cursor, vscode or codex.",
            autocompletion=lambda incomplete: [name for name in NAMES if name.startswith(incomplete)],
        ),
    ],
    path: Annotated[str, typer.Option(metavar="FOLDER", help="The project to install into.")] = ".",
    remove: Annotated[bool, typer.Option("--remove", help="Take it out again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the difference and write nothing.")] = False,
    command: Annotated[
        str | None,
        typer.Option(metavar="COMMAND", help="How dbdesign is started; the program that runs now when left out."),
    ] = None,
) -> None:
    """Install the MCP server and the database-designer agent into a project, for an assistant to use.

    Shows the difference and asks. Everything else in the files stays as it is, comments and all; --remove undoes it.
    """
    from dbdesign_server.install.changes import apply, installation, removal
    from dbdesign_server.install.products import product

    chosen, folder = product(assistant), Path(path)
    changes = removal(chosen, folder) if remove else installation(chosen, folder, _command(command))
    if not changes:
        typer.echo(f"{chosen.title}: nothing to {'remove' if remove else 'do'}.", err=True)
        return
    _write("".join(change.difference() for change in changes))
    if dry_run:
        return
    if not yes:
        _ask(remove)
    apply(changes, folder)
    done = "removed from" if remove else "installed into"
    typer.echo(f"{done} {', '.join(change.name for change in changes)}.", err=True)
    if not remove:
        typer.echo(chosen.hint, err=True)


def _ask(remove: bool) -> None:
    if not sys.stdin.isatty():
        raise InputError("nothing was written", remedy="Confirm with --yes, or look with --dry-run")
    if not typer.confirm("Take this out?" if remove else "Write this?", err=True):
        raise InputError("nothing was written")


def _command(given: str | None) -> list[str]:
    """How the server is started: by name where the shell finds the same program, else by its path.

    Raises:
        InputError: where what was given is no command.
    """
    if given is not None:
        try:
            words = shlex.split(given)
        except ValueError as error:
            raise InputError(f"is no command: {error}", where="--command") from None
        if not words:
            raise InputError("is empty", where="--command", remedy='Give one, such as "uvx dbdesign"')
        return words
    if any((folder / "CACHEDIR.TAG").is_file() for folder in Path(sys.prefix).parents):
        return _in_a_cache()
    found, here = shutil.which("dbdesign"), Path(sys.argv[0])
    if found is not None and (here.name != "dbdesign" or Path(found).resolve() == here.resolve()):
        return ["dbdesign"]
    beside = Path(sys.executable).with_name("dbdesign")
    return [str(beside)] if beside.is_file() else [sys.executable, "-m", "dbdesign_server.cli"]


def _in_a_cache() -> list[str]:
    """For the environment of uvx, which is in its cache and on the path only while it runs (uv documentation, "Tools"): uvx again, for
    what was installed there (PEP 610).
    """
    from importlib.metadata import distribution

    origin = json.loads(distribution("dbdesign").read_text("direct_url.json") or "{}").get("url", "")
    source = url2pathname(urlsplit(origin).path) if origin.startswith("file:") else origin
    return ["uvx", *(["--from", source] if source else []), "dbdesign"]
