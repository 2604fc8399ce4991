"""A server that speaks MongoDB's protocol, as a process of its own: SecantusDB (`secantusd-py`), where it is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


def program() -> str:
    """The server's program; a visible skip where it is not installed."""
    pytest.importorskip("pymongo", reason="pymongo is not installed (pip install 'dbdesign[mongodb-tests]')")
    beside = Path(sys.executable).with_name("secantusd-py")
    found = str(beside) if beside.exists() else shutil.which("secantusd-py")
    if found is None:
        pytest.skip("secantusd-py is not installed (pip install 'dbdesign[mongodb-tests]')")
    return found


@contextmanager
def running(folder: Path) -> Iterator[Any]:
    """A client of a server that keeps its data in memory, on a free port."""
    server = program()
    from pymongo import MongoClient

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [server, "--host", "127.0.0.1", "--port", str(port), "--storage-path", ":memory:", "--log-level", "ERROR"],
        cwd=folder,
    )
    try:
        with MongoClient(
            "127.0.0.1", port, serverSelectionTimeoutMS=60_000, uuidRepresentation="standard", directConnection=True
        ) as client:
            client.admin.command("ping")
            yield client
    finally:
        process.terminate()
        process.wait(60)
