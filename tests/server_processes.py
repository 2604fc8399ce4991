"""The command line as a subprocess, for the tests of the server."""

from __future__ import annotations

import os
import sys


def command(*arguments: str) -> list[str]:
    """The command line as a subprocess runs it, with this interpreter."""
    return [sys.executable, "-m", "dbdesign_server.cli", *arguments]


def environment(**extra: str) -> dict[str, str]:
    """The environment of a subprocess, which finds the packages where the tests do."""
    paths = [path for path in sys.path if path.rstrip("/").endswith(("tools", "server"))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **extra}
