"""The entry point `dbdesign`. `serve` starts without the rest of the command line, which would cost an assistant time."""

from __future__ import annotations

import gc
import sys
from typing import Any

OBJECTS = 50_000
"""New objects between two looks for cyclic garbage. Python's 700 (2,000 from 3.13 on) make reading a long plan a quarter slower."""


def main() -> None:
    """Run the command line with the process's arguments, and exit."""
    gc.set_threshold(OBJECTS)
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
