"""The entry point `dbdesign`. `serve` starts without the rest of the command line, which would cost an assistant time."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line with the process's arguments, and exit."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["serve"]:
        from dbdesign_server.serve import serve

        sys.exit(serve(arguments[1:]))
    from dbdesign_server.commands import run

    sys.exit(run(arguments))


if __name__ == "__main__":
    main()
