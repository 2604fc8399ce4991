"""The command group `dbdesign migrate`: its commands stand in files of their own."""

from __future__ import annotations

import typer

from dbdesign_server.commands import app

migrate = typer.Typer(help="Plan and check migrations.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(migrate, name="migrate")
