"""The entry point `dbdesign`. `serve` starts without the rest of the command line, which would cost an assistant time."""

from __future__ import annotations

import sys
from typing import Any


def main() -> None:
    """Run the command line with the process's arguments, and exit."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["serve"]:
        from dbdesign_server.serve import serve

        sys.exit(serve(arguments[1:]))
    from dbdesign_server.commands import run

    sys.exit(run(arguments))


def __getattr__(name: str) -> Any:
    """`app`, the typer application, for who wants its help or its completion."""
    if name == "app":
        from dbdesign_server.commands import app

        return app
    raise AttributeError(name)


if __name__ == "__main__":
    main()
