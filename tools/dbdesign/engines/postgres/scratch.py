"""A database for one job: made from the template, owned by a role of its own without rights elsewhere, dropped afterwards.

`run_script` and `user` execute other people's SQL as that role. `admin` is our superuser: it reads catalogs, and must never
execute or even call anything that a user wrote (a view, a function, an operator of theirs would run with its rights).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql as quoting

from dbdesign.engines.postgres.channel import SESSION_LOST, TICK, Answer, Channel, ChannelClosedError, Report
from dbdesign.engines.postgres.sandbox import DEFAULT_LIMITS, Limits, Watch
from dbdesign.engines.postgres.script import ScriptOutcome, ScriptRunner
from dbdesign.engines.postgres.splitter import Skipped, Statement, split_script
from dbdesign.errors import EngineError, LimitError

if TYPE_CHECKING:
    from dbdesign.engines.postgres.cluster import EmbeddedPostgres

MOST_ROLES = 200
"""Roles that one scratch database may have made for it."""

DUMP_PATIENCE = 120.0

_roles_lock = threading.Lock()
_role_users: dict[tuple[int, str], set[str]] = {}
"""Roles are shared by all databases of a server: (server, role) → the scratch databases that use it."""


@contextlib.contextmanager
def scratch_database(server: EmbeddedPostgres, limits: Limits | None) -> Iterator[ScratchDatabase]:
    """Make a scratch database for the length of the block."""
    database = ScratchDatabase(server, limits or DEFAULT_LIMITS)
    try:
        yield database
    finally:
        database.close()


class ScratchDatabase:
    """A database of its own on the embedded server."""

    def __init__(self, server: EmbeddedPostgres, limits: Limits) -> None:
        self.server = server
        self.limits = limits
        mark = secrets.token_hex(6)
        self.name = f"scratch_{mark}"
        self.user_role = f"sandbox_{mark}"
        self._secret = secrets.token_urlsafe(24)
        self._admin: psycopg.Connection[Any] | None = None
        self._user: psycopg.Connection[Any] | None = None
        self._channel: Channel | None = None
        self._backends: set[int] = set()
        try:
            self._create()
        except BaseException:
            self.close()
            raise

    def _create(self) -> None:
        role, limits = self.user_role, self.limits
        self.server.control(
            f"CREATE ROLE {role} LOGIN CONNECTION LIMIT {limits.connections} PASSWORD '{self._secret}';"
            f"ALTER ROLE {role} SET temp_file_limit = '{limits.temporary // 1024}kB';"
            f"ALTER ROLE {role} SET statement_timeout = '{int(limits.seconds * 1000)}ms';"
            f"ALTER ROLE {role} SET idle_in_transaction_session_timeout = '10min'"
        )
        self.server.control(f"CREATE DATABASE {self.name} OWNER {role} TEMPLATE template1{self._strategy()}")
        self.server.control(f"REVOKE ALL ON DATABASE {self.name} FROM PUBLIC")
        self._oid: int = self.server.control("SELECT oid FROM pg_database WHERE datname = %s", self.name)[0][0]
        # a dump comments on it, which needs its owner; owning it gives no more than dropping it
        self.admin.execute("UPDATE pg_extension SET extowner = %s::regrole WHERE extname = 'plpgsql'", (role,))
        if self.server.major < 15:  # from 15 on it belongs to the database's owner
            self.admin.execute(_compose("ALTER SCHEMA public OWNER TO {}", role).encode())

    def _strategy(self) -> str:
        return " STRATEGY FILE_COPY" if self.server.major >= 15 else ""  # 15 ms against 40 ms of WAL_LOG

    @property
    def admin(self) -> psycopg.Connection[Any]:
        """Our superuser's connection, in autocommit mode. It must not execute what a user wrote."""
        if self._admin is None or self._admin.closed:
            self._reset_settings()
            self._admin = self._noted(self.server.connect(self.name))
        return self._admin

    @property
    def user(self) -> psycopg.Connection[Any]:
        """The unprivileged role's connection, in autocommit mode; it keeps its session until it is closed."""
        if self._user is None or self._user.closed:
            self._user = self._noted(self._connect_user())
        return self._user

    def _noted(self, connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
        """A lost connection does not say any more which backend was its own."""
        self._backends.add(connection.info.backend_pid)
        return connection

    @property
    def user_uri(self) -> str:
        """A connection string of the unprivileged role. It holds a secret."""
        return f"postgresql://{self.user_role}:{self._secret}@/{self.name}?host={self.server.socket_folder}"

    def _connect_user(self) -> psycopg.Connection[Any]:
        self._reset_settings()
        return self.server.connect(self.name, role=self.user_role, secret=self._secret)

    def _reset_settings(self) -> None:
        """Undo what the database's owner may have set for later sessions (ALTER DATABASE … SET, ALLOW_CONNECTIONS …)."""
        if hasattr(self, "_oid"):
            self.server.control(
                f"ALTER DATABASE {self.name} RESET ALL;"
                f"ALTER DATABASE {self.name} ALLOW_CONNECTIONS true CONNECTION LIMIT -1;"
                f"ALTER ROLE {self.user_role} PASSWORD '{self._secret}'"
            )

    def run_script(
        self, script: str | Iterable[Statement | tuple[int, str]], *, limits: Limits | None = None
    ) -> ScriptOutcome:
        """Execute a script as the unprivileged role: a text, or its statements with their lines.

        Statements that fail are reported and the others run. Every script has a fresh session.

        Raises:
            SqlError: if the text cannot be taken apart (a string that does not end).
            LimitError: if a limit was reached; what ran before in other batches stays.
            EngineError: if the server failed.
        """
        skipped: tuple[Skipped, ...] = ()
        rows = 0
        if isinstance(script, str):
            taken_apart = split_script(script)
            statements: Sequence[Statement] = taken_apart.statements
            skipped, rows = taken_apart.skipped, taken_apart.copied_rows
        else:
            statements = [item if isinstance(item, Statement) else Statement(*item) for item in script]
        watch = self.watch(limits or self.limits)
        runner = ScriptRunner(lambda batch: self._run_batch(batch, watch), self.ensure_roles)
        try:
            outcome = runner.run(statements)
            self._end_session(watch)
        except BaseException:
            self._drop_channel()
            raise
        everything = tuple(sorted((*outcome.skipped, *skipped), key=lambda item: item.line))
        return replace(outcome, skipped=everything, copied_rows=rows)

    def session(self, *, limits: Limits | None = None) -> Session:
        """A session of the unprivileged role that keeps its transaction from one statement to the next."""
        return Session(self, limits or self.limits)

    def connect_user(self) -> psycopg.Connection[Any]:
        """A new connection of the unprivileged role, in autocommit mode; the caller closes it."""
        return self._connect_user()

    def watch(self, limits: Limits) -> Watch:
        """What says when a script that begins now has used up its limits."""
        return Watch(limits, self.server.data_folder, self._oid)

    def _end_session(self, watch: Watch) -> None:
        if self._channel is not None:
            for statement in ("ROLLBACK", "DISCARD ALL"):
                self._run_batch([Statement(0, statement)], watch)

    def _drop_channel(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            channel.close()

    def _run_batch(self, batch: Sequence[Statement], watch: Watch) -> Answer:
        if self._channel is None:
            self._channel = Channel(self._connect_user())
        stopper = _Stopper(self.server, self._channel.backend, watch)
        try:
            answer = self._channel.run([statement.sql for statement in batch], stopper.look)
        except ChannelClosedError as error:
            self._drop_channel()
            answer = error.answer
            if not stopper.reason and not answer.error:
                self.forget_sessions(stopper.backend)
                answer = lost(answer)  # what it had said of others went with the transaction
        if stopper.reason:
            line = batch[min(answer.done, len(batch) - 1)].line
            raise LimitError(
                f"the script was stopped: {stopper.reason}",
                where=f"SQL, line {line}" if line else "SQL",
                remedy="Leave the statement out, or raise the limit",
            )
        return answer

    def forget_sessions(self, *others: int) -> None:
        """Leave the sessions that a crash of the server took with it, and wait until it answers again.

        Args:
            others: backends besides those of `admin` and `user` whose sessions were lost.
        """
        self._close_connections()
        self.server.await_end_of({*others, *self._backends})
        self._backends.clear()

    def ensure_roles(self, names: Iterable[str]) -> list[str]:
        """Make roles exist, without rights and with our role as their member; the names of those that are new here.

        A name that belongs to the server itself (its superuser, another scratch database's role, a predefined role) is left alone.
        """
        new: list[str] = []
        with _roles_lock:
            mine = sum(self.name in users for users in _role_users.values())
            for name in dict.fromkeys(map(_as_identifier, names)):
                if mine + len(new) < MOST_ROLES and self._adopt_role(name):
                    new.append(name)
        return new

    def _adopt_role(self, name: str) -> bool:
        key = (id(self.server), name)
        users = _role_users.get(key)
        if users is None:
            if not name or name in ("public", "none") or name.startswith("pg_"):
                return False
            if self.server.control("SELECT 1 FROM pg_roles WHERE rolname = %s", name):
                return False
            self.server.control(_compose("CREATE ROLE {} NOLOGIN", name))
            users = _role_users[key] = set()
        if self.name in users:
            return False
        users.add(self.name)
        self.server.control(_compose("GRANT {} TO {} WITH ADMIN OPTION", name, self.user_role))
        return True

    def dump(self, *, schema_only: bool = True, statistics: bool = False) -> str:
        """The database as SQL, by pg_dump: without owners, and without its \\restrict lines, which differ each time.

        Args:
            statistics: what ANALYZE collected instead of the rows (PostgreSQL 18 and later).

        Raises:
            EngineError: if pg_dump fails.
        """
        self._reset_settings()
        try:
            done = subprocess.run(  # noqa: S603
                [
                    str(self.server.pg_dump),
                    *(["--no-data", "--statistics"] if statistics else ["--schema-only"] if schema_only else []),
                    "--no-owner",
                    "--lock-wait-timeout=5000",
                    self.name,
                ],
                env=self.server.password_environment(),
                capture_output=True,
                stdin=subprocess.DEVNULL,
                timeout=DUMP_PATIENCE,
                cwd="/",
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise LimitError(f"pg_dump took more than {DUMP_PATIENCE:g} seconds") from error
        if done.returncode:
            raise EngineError(f"pg_dump failed: {done.stderr.decode(errors='replace').strip()[:500]}")
        lines = done.stdout.decode().replace(self.user_role, "sandbox").splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(("\\restrict ", "\\unrestrict ")))

    def size(self) -> int:
        """Bytes of the database."""
        return int(self.server.control("SELECT pg_database_size(%s)", self.name)[0][0])

    def close(self) -> None:
        """Drop the database and its roles. May be called again."""
        self._drop_channel()
        self._close_connections()
        if self.server.alive:
            self._await_end_of_sessions()
            self._drop_database()
            self._drop_roles()

    def _drop_database(self) -> None:
        if self.server.major >= 13:
            self.server.control(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
            return
        self.server.control("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", self.name)
        self._await_end_of_sessions()
        self.server.control(f"DROP DATABASE IF EXISTS {self.name}")

    def _await_end_of_sessions(self) -> None:
        """DROP DATABASE sleeps for 100 ms when it meets a session that is just ending; they end in one or two."""
        deadline = time.monotonic() + 0.1
        present = "SELECT 1 FROM pg_stat_activity WHERE datname = %s LIMIT 1"
        while self.server.control(present, self.name) and time.monotonic() < deadline:
            time.sleep(0.001)

    def _close_connections(self) -> None:
        for connection in (self._user, self._admin):
            if connection is not None:
                with contextlib.suppress(psycopg.Error):
                    connection.close()
        self._user = self._admin = None

    def _drop_roles(self) -> None:
        with _roles_lock:
            unused = [self.user_role]
            for (server, role), users in list(_role_users.items()):
                if server == id(self.server):
                    users.discard(self.name)
                    if not users:
                        del _role_users[server, role]
                        unused.append(role)
            known = {
                row[0] for row in self.server.control("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", unused)
            }
            unused = [role for role in unused if role in known]
            if unused:
                names = ", ".join(_compose("{}", role) for role in unused)
                self.server.control(f"DROP OWNED BY {names}; DROP ROLE {names}")


class Session:
    """Somebody's statements one after another in one session, each under the limits; between them it can be asked what it sees.

    Attributes:
        raw: the session's connection as it is: it does not know whether a transaction is open. For single queries.
    """

    def __init__(self, database: ScratchDatabase, limits: Limits) -> None:
        self._database, self._limits = database, limits
        self.raw = database.connect_user()
        self._channel = Channel(self.raw)
        self._stale = False

    @property
    def backend(self) -> int:
        """Process id of the server's process."""
        return self._channel.backend

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The session's connection: what it executes is in the same transaction. It must not be used while `run` does."""
        if self._stale:
            self.raw.pgconn.exec_(b"")  # the server tells the client library whether a transaction is open
            self._stale = False
        return self.raw

    def run(self, *statements: str, look: Callable[[], None] = lambda: None, tick: float = TICK) -> Answer:
        """Execute statements; their rows are not kept. `look` is called every `tick` seconds while they run.

        A session that the statement ended is followed by a new one; the answer's error then has the SQLSTATE `SESSION_LOST`.

        Raises:
            LimitError: if a limit was reached.
        """
        stopper = _Stopper(self._database.server, self.backend, self._database.watch(self._limits))

        def stop() -> None:
            stopper.look()
            look()

        self._stale = True
        try:
            answer = self._channel.run(statements, stop, tick=tick)
        except ChannelClosedError as error:
            answer = self._follow(error.answer, stopped=stopper.reason is not None)
        if stopper.reason:
            raise LimitError(f"the statement was stopped: {stopper.reason}", where=statements[-1][:100])
        return answer

    def _follow(self, answer: Answer, *, stopped: bool) -> Answer:
        self.close()
        if not stopped and answer.error is None:
            answer = lost(answer)
        self._database.server.await_end_of([self.backend])
        self.raw = self._database.connect_user()
        self._channel = Channel(self.raw)
        return answer

    def close(self) -> None:
        """End the session. May be called again."""
        self._channel.close()


def lost(answer: Answer) -> Answer:
    """What to say of a statement in whose session the server went: it ended the session itself, unless the server said that another did."""
    said = [notice.message for _, notice in answer.notices if notice.sqlstate == SESSION_LOST]
    return Answer(error=Report("FATAL", SESSION_LOST, said[-1] if said else "the statement ended the server's session"))


class _Stopper:
    """Looks at the watch while a batch runs; cancels, then terminates, then kills the backend once a limit is exceeded."""

    def __init__(self, server: EmbeddedPostgres, backend: int, watch: Watch) -> None:
        self.reason: str | None = None
        self._server, self.backend, self._watch = server, backend, watch
        self._stage = 0
        self._next = 0.0

    def look(self) -> None:
        if self.reason is None:
            self.reason = self._watch.exceeded()
        if self.reason is not None and time.monotonic() >= self._next:
            self._escalate()

    def _escalate(self) -> None:
        if self._stage == 0 and not self._watch.urgent:
            self._server.control("SELECT pg_cancel_backend(%s)", self.backend)
        elif self._stage <= 1:
            self._server.control("SELECT pg_terminate_backend(%s)", self.backend)
        else:  # it does not listen: the server restarts, and other sessions with it
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.backend, signal.SIGKILL)
        self._next = time.monotonic() + (0.5, 3.0, 10.0)[min(self._stage, 2)]
        self._stage += 1


def _as_identifier(name: str) -> str:
    """A name as PostgreSQL keeps it: at most 63 bytes (NAMEDATALEN − 1)."""
    return name.replace("\0", "").encode()[:63].decode(errors="ignore")


def _compose(template: str, *names: str) -> str:
    """SQL with quoted names in place of `{}`."""
    return template.format(*(quoting.Identifier(name).as_string() for name in names))
