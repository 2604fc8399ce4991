"""`dbdesign serve`: the MCP server on standard input and output, or over HTTP on this machine.

Parsed here with argparse and started without the rest of the command line, because an assistant waits for it.
"""

from __future__ import annotations

import argparse
import os
import select
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from dbdesign.errors import DesignError, InputError

if TYPE_CHECKING:
    from dbdesign_server.config import Config
    from dbdesign_server.http import Listening

LOOPBACK = ("127.0.0.1", "localhost", "::1")
PORT = 8765


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are those of the rest of the command line."""

    def error(self, message: str) -> NoReturn:
        """Raise it, on one line and with the remedy."""
        raise InputError(message, remedy=f"Try '{self.prog} --help'")


def parser(width: int | None = None) -> argparse.ArgumentParser:
    """The options of `dbdesign serve`; help is so many columns wide, or as wide as the terminal."""
    options = _Parser(
        formatter_class=lambda prog: argparse.HelpFormatter(prog, width=width),
        prog="dbdesign serve",
        description="Serve the tools over MCP: on standard input and output, or with --http on this machine.",
        epilog="Environment: DBDESIGN_ROOTS (folders), DBDESIGN_DATABASE_<NAME> (URLs of databases that may be read), "
        "DBDESIGN_CONFIG (a TOML file with roots and databases), DBDESIGN_TOKEN (for --http).",
    )
    options.add_argument(
        "--root", action="append", default=[], metavar="FOLDER", help="allow files below it; repeatable"
    )
    options.add_argument("--config", metavar="FILE", help="TOML with `roots` and `databases`")
    options.add_argument(
        "--allow-import",
        action="store_true",
        help="let a model have a program's own Python code run to read its models (format sqlalchemy-import)",
    )
    http = options.add_argument_group("HTTP")
    http.add_argument("--http", action="store_true", help="streamable HTTP instead of standard input and output")
    http.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    http.add_argument("--port", type=int, default=PORT, help=f"port; 0 for any free one (default: {PORT})")
    http.add_argument("--token", help="bearer token; made up and printed when neither this nor DBDESIGN_TOKEN is given")
    http.add_argument("--no-token", action="store_true", help="serve anybody on this machine, on loopback only")
    http.add_argument("--allow-remote", action="store_true", help="let --host be an address other machines can reach")
    return options


def serve(arguments: Sequence[str]) -> int:
    """Serve until the client goes away; gives the exit code."""
    from dbdesign_server.config import load_config

    _log_to_standard_error()
    try:
        chosen = parser().parse_args(list(arguments))
        config = load_config(chosen.root, chosen.config)
        if chosen.allow_import:
            config = replace(config, access=replace(config.access, imports=True))
        if chosen.http:
            from dbdesign_server.http import serve_http

            serve_http(config, _listening(chosen))
        else:
            _serve_stdio(config)
    except DesignError as error:
        print(f"dbdesign: {error}", file=sys.stderr)  # noqa: T201 - standard error is where a server speaks to people
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def _listening(chosen: argparse.Namespace) -> Listening:
    """Where to listen and for whom, checked."""
    from dbdesign_server.http import Listening

    local = chosen.host in LOOPBACK
    if not local and not chosen.allow_remote:
        raise InputError(
            f"{chosen.host} can be reached by other machines",
            where="--host",
            remedy="Add --allow-remote if that is meant",
        )
    if chosen.no_token and not local:
        raise InputError("only allowed on loopback", where="--no-token", remedy="Give a token")
    if chosen.no_token and chosen.token:
        raise InputError("contradicts --token", where="--no-token", remedy="Leave one of them out")
    token = None if chosen.no_token else chosen.token or os.environ.get("DBDESIGN_TOKEN") or ""
    return Listening(host=chosen.host, port=chosen.port, token=token)


def _serve_stdio(config: Config) -> None:
    import signal

    from dbdesign_server.app import build_server

    # The thread that reads standard input cannot be interrupted, so that a KeyboardInterrupt would wait for another line. The
    # embedded server notices that its parent is gone, however it went.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_the_reader, args=(os.dup(1),), daemon=True).start()
    build_server(config).run("stdio")


def _end_with_the_reader(output: int) -> None:
    """End the process, quietly, when nobody reads its standard output any more: an answer could reach nobody, and the thread that reads
    standard input would wait for another line before the failure to write became known.
    """
    poll = select.poll()
    poll.register(output, 0)  # errors and hang-ups are always reported
    if any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll()):
        os._exit(0)


def _log_to_standard_error() -> None:
    import logging

    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(name)s: %(message)s")
