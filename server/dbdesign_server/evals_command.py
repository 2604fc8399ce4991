"""The command `dbdesign evals`: it belongs to a package above this one, which is found by its entry point when the command is called."""

from __future__ import annotations

from importlib.metadata import entry_points

import typer

from dbdesign.errors import InputError
from dbdesign_server.commands import app

GROUP = "dbdesign.commands"
"""Entry points of this group are typer applications that become commands: `evals = "package.module:app"`."""


@app.command(
    "evals",
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def evals_command(context: typer.Context) -> None:
    """Run the eval suite: design tasks whose graders execute; see `dbdesign evals --help`."""
    found = next(iter(entry_points(group=GROUP, name="evals")), None)
    if found is None:
        raise InputError("the eval suite is not installed", where="evals", remedy="Install dbdesign again")
    code = found.load()(args=context.args, prog_name="dbdesign evals", standalone_mode=False)
    raise typer.Exit(code if isinstance(code, int) else 0)
