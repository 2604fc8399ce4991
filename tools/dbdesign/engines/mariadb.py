"""A private MariaDB server for tests and proofs: its own data folder and socket in a 0700 folder, no network, gone with its owner.

It is found on PATH or in /usr/sbin (`DBDESIGN_MARIADB_BIN` names another folder), initialised once a version into a cached template, and
watched by the same supervisor as the embedded PostgreSQL: it ends when this process does, also by SIGKILL. Its clients are MariaDB's own
programs, so that DELIMITER and dumps work as they do for users.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dbdesign.engines.postgres import supervisor
from dbdesign.engines.postgres.folders import discard, new_folder, remove_stale_folders
from dbdesign.engines.postgres.install import CLEAN_ENVIRONMENT, Account, cache_folder, file_lock
from dbdesign.errors import EngineError, SqlError

BIN_VARIABLE = "DBDESIGN_MARIADB_BIN"
FOLDERS = ("/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/bin", "/opt/homebrew/bin")
START_PATIENCE = 30.0
"""Seconds that the server has to answer."""
MEMORY = 4 * 1024**3
"""Bytes of address space that the server may have."""
NAMES = {
    "server": ("mariadbd", "mysqld"),
    "client": ("mariadb", "mysql"),
    "dump": ("mariadb-dump", "mysqldump"),
    "initialise": ("mariadb-install-db", "mysql_install_db"),
}
SETTINGS = (
    "--no-defaults",
    "--skip-networking",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-log-file-size=4M",
    "--innodb-buffer-pool-size=24M",
    "--innodb-stats-persistent=0",
    "--key-buffer-size=1M",
    "--aria-pagecache-buffer-size=1M",
    "--performance-schema=OFF",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_general_ci",
    "--default-time-zone=+00:00",
    "--event-scheduler=OFF",
    "--local-infile=OFF",
    "--plugin-maturity=unknown",
)
"""Small and not durable: nothing of it outlives the process."""


@dataclass(frozen=True)
class MariaDbInstallation:
    """The programs of a MariaDB installation and its version, such as `10.11.6`."""

    server: Path
    client: Path
    dump: Path
    initialise: Path
    version: str


@cache
def find_mariadb() -> MariaDbInstallation | None:
    """The installation, or None where a program is missing or the server is not a MariaDB."""
    found = {role: _find(names) for role, names in NAMES.items()}
    paths = {role: path for role, path in found.items() if path is not None}
    if len(paths) < len(NAMES):
        return None
    said = subprocess.run([str(paths["server"]), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    match = re.search(r"Ver (\d+\.\d+\.\d+)-MariaDB", said)
    return MariaDbInstallation(version=match[1], **paths) if match else None


def _find(names: tuple[str, ...]) -> Path | None:
    chosen = os.environ.get(BIN_VARIABLE)
    places = [chosen] if chosen else [*os.environ.get("PATH", "").split(os.pathsep), *FOLDERS]
    for name in names:
        if path := shutil.which(name, path=os.pathsep.join(places)):
            return Path(path).resolve()
    return None


class MariaDbServer:
    """A running server that belongs to this process. Get it from `mariadb()`."""

    def __init__(self, installation: MariaDbInstallation) -> None:
        self.installation = installation
        self._account = Account(os.geteuid(), os.getegid(), foreign=False)
        self._folder, self._held = new_folder(self._account)
        self._leash = -1
        self._count = 0
        try:
            self._supervisor = self._spawn()
            shutil.copytree(_template(installation), self.data_folder)
            os.write(self._leash, b"g")
            self._await()
        except BaseException:
            self.stop()
            raise

    @property
    def version(self) -> str:
        """`10.11.6`."""
        return self.installation.version

    @property
    def title(self) -> str:
        """As a proof names it: `MariaDB 10.11.6`."""
        return f"MariaDB {self.version}"

    @property
    def data_folder(self) -> Path:
        """The server's data."""
        return self._folder / "data"

    @property
    def socket(self) -> Path:
        """The socket that clients connect to, as root without a password."""
        return self._folder / "s"

    @property
    def process_id(self) -> int:
        """Of the supervisor."""
        return self._supervisor.pid

    @property
    def alive(self) -> bool:
        """Whether the server runs."""
        return self._leash >= 0 and self._supervisor.poll() is None

    @contextlib.contextmanager
    def database(self, name: str | None = None) -> Iterator[str]:
        """A database for the length of a `with` block; a name of its own by default. What was there by that name goes first."""
        self._count += 1
        name = name or f"scratch_{os.getpid()}_{self._count}"
        self.run(f"DROP DATABASE IF EXISTS `{name}`; CREATE DATABASE `{name}`;")
        try:
            yield name
        finally:
            self.run(f"DROP DATABASE IF EXISTS `{name}`;")

    def run(self, script: str, database: str | None = None, *, timeout: float = 120) -> str:
        """Runs a script with the client, which knows DELIMITER; what it prints, tab-separated.

        Raises:
            SqlError: the server refused a statement; the line is the client's.
        """
        command = [*self._client(self.installation.client), "--batch", "--default-character-set=utf8mb4"]
        done = self._call([*command, database] if database else command, script, timeout)
        if done.returncode:
            raise _as_sql_error(done.stderr)
        return done.stdout

    def dump(self, *databases: str, data: bool = False, options: tuple[str, ...] = ()) -> str:
        """What mariadb-dump writes of databases: tables, views, triggers, routines, events; rows only with `data`."""
        command = [*self._client(self.installation.dump), "--skip-dump-date", "--routines", "--events", "--triggers"]
        command += [] if data else ["--no-data"]
        named = ["--databases", *databases] if len(databases) > 1 else list(databases)
        done = self._call([*command, *options, *named], "", 120)
        if done.returncode:
            raise _as_sql_error(done.stderr)
        return done.stdout

    def _client(self, program: Path) -> list[str]:
        return [str(program), "--no-defaults", f"--socket={self.socket}", "--user=root"]

    def _call(self, command: list[str], feed: str, timeout: float) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - MariaDB's own programs, no shell
            command,
            input=feed,
            capture_output=True,
            text=True,
            errors="replace",
            env=CLEAN_ENVIRONMENT,
            timeout=timeout,
            check=False,
        )

    def stop(self) -> None:
        """Stops the server and removes its folder. May be called again."""
        leash, self._leash = self._leash, -1
        if leash >= 0:
            os.close(leash)
            try:
                self._supervisor.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._supervisor.kill()
                self._supervisor.wait()
        discard(self._folder, self._held)
        self._held = -1

    def forget(self) -> None:
        """In a forked child: lets go of the pipe, so that the parent's end is still noticed."""
        for descriptor in (self._leash, self._held):
            if descriptor >= 0:
                os.close(descriptor)
        self._leash = self._held = -1

    def _spawn(self) -> subprocess.Popen[bytes]:
        reading, self._leash = os.pipe()
        try:
            return subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", str(supervisor.__file__), json.dumps(self._plan())],
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

    def _plan(self) -> dict[str, Any]:
        private = [f"--datadir={self.data_folder}", f"--socket={self.socket}", f"--pid-file={self._folder / 'pid'}"]
        return {
            "folder": str(self._folder),
            "command": [
                str(self.installation.server),
                *SETTINGS,
                *private,
                f"--tmpdir={self._folder}",
                f"--secure-file-priv={self._folder}",
                *_as_user(),
            ],
            "environment": CLEAN_ENVIRONMENT,
            "lock": self._held,
            "account": None,
            "memory": MEMORY,
            "nice": 0,
            "log": str(self._folder / "log"),
        }

    def _await(self) -> None:
        deadline = time.monotonic() + START_PATIENCE
        while self._supervisor.poll() is None and time.monotonic() < deadline:
            if self.socket.exists():
                with contextlib.suppress(SqlError):
                    self.run("SELECT 1;", timeout=10)
                    return
            time.sleep(0.01)
        log = self._folder / "log"
        said = log.read_text(errors="replace")[-600:] if log.exists() else ""
        raise EngineError(f"MariaDB {self.version} did not start: {said}", remedy="Check free memory and disk space")


def _as_user() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


def _as_sql_error(said: str) -> SqlError:
    match = re.search(r"ERROR (\d+) \((\w+)\)(?: at line (\d+))?: (.*)", said, re.DOTALL)
    if match is None:
        return SqlError(said.strip()[-400:] or "the client failed without a word")
    return SqlError(f"MariaDB error {match[1]}: {match[4].strip()}", line=int(match[3] or 1), sqlstate=match[2])


def _template(installation: MariaDbInstallation) -> Path:
    """The data folder of a freshly initialised server, made once a version."""
    cache = cache_folder()
    kept = cache / f"mariadb-{installation.version}"
    with file_lock(cache / f"mariadb-{installation.version}.lock"):
        if not kept.is_dir():
            _initialise(installation, cache, kept)
    return kept


def _initialise(installation: MariaDbInstallation, cache: Path, kept: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache, prefix="mariadb-new-") as folder:
        data = Path(folder) / "data"
        command = [
            str(installation.initialise),
            SETTINGS[0],
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
        ]
        command += ["--skip-test-db", "--skip-name-resolve", "--innodb-log-file-size=4M", *_as_user()]
        done = subprocess.run(command, capture_output=True, text=True, env=CLEAN_ENVIRONMENT, timeout=120, check=False)  # noqa: S603
        if done.returncode:
            said = (done.stderr or done.stdout).strip()[-600:]
            raise EngineError(
                f"MariaDB {installation.version} could not be initialised: {said}", remedy="Check disk space"
            )
        data.rename(kept)


_shared: MariaDbServer | None = None
_starting = threading.Lock()


def mariadb() -> MariaDbServer:
    """This process's server, started if it is not running. Thread-safe.

    Raises:
        EngineError: MariaDB is not installed, or does not start.
    """
    global _shared
    with _starting:
        if _shared is None or not _shared.alive:
            installation = find_mariadb()
            if installation is None:
                raise EngineError(
                    "MariaDB is not installed",
                    remedy="Install mariadb-server, or name its folder in DBDESIGN_MARIADB_BIN",
                )
            remove_stale_folders()
            _shared = MariaDbServer(installation)
        return _shared


def stop_mariadb() -> None:
    """Stops this process's server, if it runs."""
    global _shared
    with _starting:
        server, _shared = _shared, None
        if server is not None:
            server.stop()


def _after_fork() -> None:
    global _shared, _starting
    server, _shared, _starting = _shared, None, threading.Lock()
    if server is not None:
        server.forget()


atexit.register(stop_mariadb)
os.register_at_fork(after_in_child=_after_fork)
