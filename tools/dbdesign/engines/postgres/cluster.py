"""The running server: started on first use, one for a process, gone when the process is.

Each server has a private folder with its data, its Unix socket and nothing else; no TCP port. `supervisor.py` owns the server process
and removes both when the owner ends.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbdesign.engines.postgres.extensions import search_path
from dbdesign.engines.postgres.folders import SOCKET, discard, new_folder, remove_stale_folders
from dbdesign.engines.postgres.install import CLEAN_ENVIRONMENT, Installation, find_installation, installation_of
from dbdesign.engines.postgres.template import Template, copy_cluster, discard_template, ensure_template
from dbdesign.engines.postgres.versions import bin_folder_for
from dbdesign.errors import EngineError

if TYPE_CHECKING:
    import psycopg

    from dbdesign.engines.postgres.sandbox import Limits
    from dbdesign.engines.postgres.scratch import ScratchDatabase

START_PATIENCE = 60.0
"""Seconds after which a server that does not answer is given up."""

RESTART_PATIENCE = 20.0
"""Seconds that the server may take to come back after one of its processes crashed."""

NOT_READY = (
    "recovery mode",
    "is starting up",
    "is shutting down",
    "not yet accepting connections",
    "crash of another server process",
    "server closed the connection unexpectedly",
    "Connection reset by peer",
)
"""What a server says (cannot_connect_now, 57P03; src/backend/tcop/backend_startup.c) or libpq while it is coming back."""

BACKEND_MEMORY = 2 * 1024**3
"""Bytes of address space for each process of the server, of which it needs about 0.2 GB for code and shared memory."""

NICENESS = 1

SETTINGS: dict[str, str] = {
    # nothing here outlives the process, so nothing need survive a crash of the machine
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",  # without fsync it costs a write, and a crashed backend takes no commits with it
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_replication_slots": "0",
    "wal_init_zero": "off",
    "min_wal_size": "4MB",
    "max_wal_size": "64MB",
    "checkpoint_timeout": "1h",
    # no network, no helpers, no room for hoarding
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "40",
    "superuser_reserved_connections": "10",
    "max_worker_processes": "0",
    "max_logical_replication_workers": "0",
    "max_prepared_transactions": "0",
    "autovacuum": "off",
    "bgwriter_lru_maxpages": "0",
    "jit": "off",
    "shared_buffers": "32MB",
    "huge_pages": "off",
    "dynamic_shared_memory_type": "mmap",  # in the folder, so that it goes with it
    "max_locks_per_transaction": "512",
    # what a log would say comes back as an error; a hostile script must not fill the disk with it
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "update_process_title": "off",
    "timezone": "UTC",
    "lc_messages": "C",
}

SETTINGS_SINCE: dict[int, dict[str, str]] = {
    16: {"scram_iterations": "128"},  # the secrets are random: iterations would only cost time
    17: {"allow_alter_system": "off", "max_notify_queue_pages": "1024"},
    18: {"io_method": "sync"},
}

_inherited: list[object] = []
"""What a forked child got from its parent: kept, because dropping it would talk to the parent's server."""


class EmbeddedPostgres:
    """A running PostgreSQL that belongs to this process. Get it from `embedded()`."""

    def __init__(
        self,
        installation: Installation,
        template: Template,
        *,
        memory: int = BACKEND_MEMORY,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.installation = installation
        self._template = template
        self._memory = memory
        self._more_settings = dict(settings or {})
        self._lock = threading.RLock()
        self._control: psycopg.Connection[Any] | None = None
        self._folder, self._held = new_folder(installation.account)
        self._leash = -1
        try:
            self._supervisor = self._spawn()
            copy_cluster(template, self.data_folder)
            os.write(self._leash, b"g")
            self._await()
        except BaseException:
            self.stop()
            raise

    @property
    def version(self) -> str:
        """The server's version, such as "18.6"."""
        return self.installation.version

    @property
    def major(self) -> int:
        """The server's major version, such as 18."""
        return self.installation.major

    @property
    def data_folder(self) -> Path:
        """The cluster's data folder (without page checksums)."""
        return self._folder / "data"

    @property
    def socket_folder(self) -> Path:
        """The folder that libpq takes as `host`."""
        return self.data_folder

    @property
    def superuser(self) -> str:
        """The name of our superuser, which user SQL must not be able to guess or become."""
        return self._template.superuser

    @property
    def alive(self) -> bool:
        """Whether the server's supervisor is running."""
        return self._leash >= 0 and self._supervisor.poll() is None

    def connect(
        self, database: str, *, role: str | None = None, secret: str | None = None, **options: str
    ) -> psycopg.Connection[Any]:
        """A new connection in autocommit mode: of our superuser, or of `role`.

        A superuser's session looks names up in pg_catalog alone and does not open views that others made, so that
        nothing a user created is ever called with its rights.
        """
        settings = options if role else {**self._guarded_settings(), **options}
        deadline = time.monotonic() + RESTART_PATIENCE
        while True:
            try:
                return self._connect(
                    database, role or self.superuser, secret if role else self._template.secret, settings
                )
            except EngineError:
                if not self.alive or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)

    def _connect(
        self, database: str, role: str, secret: str | None, settings: dict[str, str]
    ) -> psycopg.Connection[Any]:
        """One attempt. Raises EngineError while the server is coming back after a crash."""
        import psycopg

        try:
            return psycopg.connect(
                host=str(self.socket_folder),
                dbname=database,
                user=role,
                password=secret,
                autocommit=True,
                connect_timeout=10,
                options=" ".join(f"-c {name}={value}" for name, value in settings.items()),
            )
        except psycopg.OperationalError as error:
            if any(state in str(error) for state in NOT_READY):
                raise EngineError("the embedded PostgreSQL is restarting", remedy="Try again in a second") from error
            raise

    def _guarded_settings(self) -> dict[str, str]:
        settings = {
            "search_path": "pg_catalog",
            "lock_timeout": "5s",
            "client_min_messages": "warning",
            "default_transaction_read_only": "off",
        }
        if self._can_restrict_views():
            settings["restrict_nonsystem_relation_kind"] = "view,foreign-table"
        return settings

    def _can_restrict_views(self) -> bool:
        """Since 17, and since minor releases of August 2024 (release notes; CVE-2024-7348)."""
        minor = self.version.partition(".")[2]
        since = {12: 20, 13: 16, 14: 13, 15: 8, 16: 4}.get(self.major, 0)
        return self.major >= 17 or (minor.isdigit() and int(minor) >= since)

    def control(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run one statement on our superuser's connection to the database `postgres`; its rows. Thread-safe.

        A connection that was lost, because a backend crashed and the server restarted, is made again.
        """
        import psycopg

        deadline = time.monotonic() + RESTART_PATIENCE
        with self._lock:
            while True:
                try:
                    return self._execute(sql, parameters)
                except psycopg.OperationalError as error:
                    if not (self._control is None or self._control.closed):
                        raise  # the statement's own fault
                    if not self.alive or time.monotonic() > deadline:
                        raise EngineError(
                            "the embedded PostgreSQL ended", remedy="Try again; it starts anew"
                        ) from error
                    time.sleep(0.02)

    def _execute(self, sql: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        if self._control is None or self._control.closed:
            self._control = None
            self._control = self.connect("postgres")
        cursor = self._control.execute(sql.encode(), parameters or None)
        return cursor.fetchall() if cursor.description else []

    def await_end_of(self, backends: Iterable[int]) -> None:
        """Return when the server knows that backends are gone, and has come back if one of them crashed.

        A killed process's socket closes before its parent hears of its death: until then the server takes new sessions, and answers in
        the old ones, only to end them all. A backend that ends as it should takes its entry away; a crashed one's stays until then.

        Raises:
            EngineError: if the server does not come back.
        """
        ended = list(backends)
        deadline = time.monotonic() + RESTART_PATIENCE
        while self.control("SELECT 1 FROM pg_stat_activity WHERE pid = ANY(%s)", ended):
            if time.monotonic() > deadline:
                raise EngineError("the embedded PostgreSQL does not end a session", remedy="Try again")
            time.sleep(0.002)

    def scratch(self, *, limits: Limits | None = None) -> contextlib.AbstractContextManager[ScratchDatabase]:
        """A database of its own for the length of a `with` block, owned by a role without rights elsewhere."""
        from dbdesign.engines.postgres.scratch import scratch_database

        return scratch_database(self, limits)

    @property
    def pg_dump(self) -> Path:
        """A pg_dump that can read this server: its own, or that of the usual one where a package leaves the clients out."""
        own = self.installation.bin / "pg_dump"
        return own if own.is_file() else find_installation().bin / "pg_dump"

    def password_environment(self) -> dict[str, str]:
        """What a client program (pg_dump, which guards itself) needs in its environment to connect as our superuser."""
        return {
            **CLEAN_ENVIRONMENT,
            "PGHOST": str(self.socket_folder),
            "PGUSER": self.superuser,
            "PGPASSWORD": self._template.secret,
            "PGOPTIONS": "-c search_path=pg_catalog",
        }

    def stop(self) -> None:
        """Stop the server and remove its folder. May be called again."""
        with self._lock:
            control, self._control = self._control, None
            if control is not None:
                with contextlib.suppress(Exception):
                    control.close()
            leash, self._leash = self._leash, -1
            if leash < 0:
                discard(self._folder, self._held)
                return
            os.close(leash)
            try:
                self._supervisor.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._supervisor.kill()
                self._supervisor.wait()
            if self._supervisor.stdout:
                self._supervisor.stdout.close()
            discard(self._folder, self._held)

    def forget(self) -> None:
        """In a forked child: let go of the pipe, so that the parent's end is still noticed, and touch nothing else."""
        if self._leash >= 0:
            os.close(self._leash)
            self._leash = -1
        if self._held >= 0:
            os.close(self._held)
            self._held = -1

    def _spawn(self) -> subprocess.Popen[bytes]:
        reading, self._leash = os.pipe()
        try:
            return subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-S", str(Path(__file__).with_name("supervisor.py")), json.dumps(self._plan())],
                stdin=reading,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=[self._held],
                start_new_session=True,
                cwd="/",
                env=CLEAN_ENVIRONMENT,
            )
        finally:
            os.close(reading)

    def _plan(self) -> dict[str, Any]:
        settings = dict(SETTINGS)
        for since, more in SETTINGS_SINCE.items():
            if self.major >= since:
                settings |= more
        settings |= search_path(self.installation, self.data_folder) | self._more_settings
        settings["unix_socket_directories"] = str(self.socket_folder)
        account = self.installation.account
        return {
            "folder": str(self._folder),
            "command": [
                str(self.installation.bin / "postgres"),
                "-D",
                str(self.data_folder),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            "environment": CLEAN_ENVIRONMENT,
            "lock": self._held,
            "account": [account.uid, account.gid] if account.foreign else None,
            "memory": self._memory,
            "nice": NICENESS,
            "log": str(self._folder / "log"),
        }

    def _await(self) -> None:
        """Return when the server answers."""
        import psycopg

        deadline = time.monotonic() + START_PATIENCE
        path = self.socket_folder / SOCKET
        while self._supervisor.poll() is None and time.monotonic() < deadline:
            if path.exists():
                with contextlib.suppress(psycopg.OperationalError, EngineError):
                    self._control = self._connect(
                        "postgres", self.superuser, self._template.secret, self._guarded_settings()
                    )
                    return
            time.sleep(0.002)
        log = b""
        if self._supervisor.poll() is not None and self._supervisor.stdout:
            log = self._supervisor.stdout.read()
        raise EngineError(
            f"the embedded PostgreSQL {self.version} did not start: {log.decode(errors='replace').strip()[-600:]}",
            remedy="Check free memory and disk space",
        )


_shared: EmbeddedPostgres | None = None
_of_version: dict[int, EmbeddedPostgres] = {}
_dedicated: list[EmbeddedPostgres] = []
_starting = threading.Lock()


def embedded() -> EmbeddedPostgres:
    """This process's server, started if it is not running. Thread-safe; about 0.2 s the first time in a process.

    Raises:
        EngineError: if it cannot be started.
    """
    global _shared
    with _starting:
        if _shared is None or not _shared.alive:
            if _shared is not None:
                _shared.stop()
            _shared = _start()
        return _shared


def embedded_for(version: str | int | None) -> EmbeddedPostgres:
    """This process's server of a version, `14` or `14.5`, where such a one is installed; the usual one else. Thread-safe.

    Raises:
        EngineError: if it cannot be started, or the variable that names its folder is wrong.
    """
    usual = embedded()
    first = str(version or "").partition(".")[0]
    if not first.isdigit() or int(first) == usual.major:
        return usual
    return _server_of(int(first)) or usual


def _server_of(major: int) -> EmbeddedPostgres | None:
    if bin_folder_for(major) is None:
        return None
    with _starting:
        present = _of_version.get(major)
        if present is not None and present.alive:
            return present
        if present is not None:
            present.stop()
        installation = installation_of(major)
        if installation is None:
            return None
        _of_version[major] = _start(installation)
        return _of_version[major]


def _start(installation: Installation | None = None) -> EmbeddedPostgres:
    remove_stale_folders()
    installation = installation or find_installation()
    template = ensure_template(installation)
    try:
        return EmbeddedPostgres(installation, template)
    except EngineError:
        discard_template(template)  # perhaps it was damaged: one more attempt with a new one
        return EmbeddedPostgres(installation, ensure_template(installation))


@contextlib.contextmanager
def dedicated(settings: Mapping[str, str]) -> Iterator[EmbeddedPostgres]:
    """A server of its own beside this process's, with other settings, for the length of the block.

    Raises:
        EngineError: if it cannot be started.
    """
    remove_stale_folders()
    installation = find_installation()
    server = EmbeddedPostgres(installation, ensure_template(installation), settings=settings)
    _dedicated.append(server)
    try:
        yield server
    finally:
        _dedicated.remove(server)
        server.stop()


def stop_embedded() -> None:
    """Stop this process's servers, if it has any."""
    global _shared
    with _starting:
        servers = [*_of_version.values(), *([_shared] if _shared is not None else [])]
        _shared = None
        _of_version.clear()
        for server in servers:
            server.stop()


def _after_fork() -> None:
    global _shared, _starting
    _starting = threading.Lock()
    for server in (*_dedicated, *_of_version.values()):
        _inherited.append(server)
        server.forget()
    _dedicated.clear()
    _of_version.clear()
    if _shared is not None:
        _inherited.append(_shared)
        _shared.forget()
        _shared = None


atexit.register(stop_embedded)
os.register_at_fork(after_in_child=_after_fork)
