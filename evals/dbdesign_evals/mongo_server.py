"""A private MongoDB for graders: `mongod` where it is on PATH, else the emulator SecantusDB (`secantusd-py`), always as a process of
its own.

On a port of the loopback interface, without its data after the end. The emulator speaks MongoDB's protocol, validates `$jsonSchema` and
keeps unique indexes; which index it would take is its own choice, not MongoDB's.
"""

from __future__ import annotations

import atexit
import shutil
import socket
import sys
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dbdesign.errors import EngineError
from dbdesign_evals.private_server import PrivateServer

MEMORY = 8 * 1024**3
"""Bytes of address space that the server may have: its storage engine reserves much and uses little."""

MILLISECONDS = 5000
"""That a command has to be answered."""


@cache
def find_mongo() -> Path | None:
    """The server's program, or None where it or the client library is missing."""
    if find_spec("pymongo") is None:
        return None
    for name in ("mongod", "secantusd-py"):
        beside = Path(sys.executable).with_name(name)
        if beside.is_file():
            return beside
        if path := shutil.which(name):
            return Path(path)
    return None


_lock = threading.Lock()
_shared: tuple[PrivateServer, Any] | None = None


def mongo() -> Any:
    """A client (pymongo's MongoClient) of this process's server, which is started if it is not running.

    Raises:
        EngineError: where there is no program, or it does not start.
    """
    global _shared
    program = find_mongo()
    if program is None:
        raise EngineError("there is no MongoDB", remedy="Install mongod, or the packages pymongo and secantusdb")
    with _lock:
        if _shared is None or not _shared[0].alive:
            port = _free_port()
            server = PrivateServer(
                "MongoDB", lambda folder: _command(program, folder, port), lambda _folder: _answers(port), memory=MEMORY
            )
            _shared = (server, _client(port))
        return _shared[1]


def _command(program: Path, folder: Path, port: int) -> list[str]:
    if program.name == "mongod":
        data = folder / "data"
        data.mkdir()
        return [str(program), "--dbpath", str(data), "--bind_ip", "127.0.0.1", "--port", str(port), "--quiet"]
    return [
        *(str(program), "--host", "127.0.0.1", "--port", str(port)),
        *("--storage-path", str(folder / "data"), "--standalone", "--cache-size", "64M", "--log-level", "ERROR"),
    ]


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _client(port: int) -> Any:
    import pymongo

    return pymongo.MongoClient(
        "127.0.0.1", port, serverSelectionTimeoutMS=MILLISECONDS, socketTimeoutMS=MILLISECONDS, directConnection=True
    )


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return True
    except OSError:
        return False


def _stop() -> None:
    if _shared is not None:
        _shared[1].close()
        _shared[0].stop()


atexit.register(_stop)
