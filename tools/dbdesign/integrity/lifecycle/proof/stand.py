"""Where a lifecycle is tried: a scratch database with the schema, generated rows, the scripts, and a connection for every role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg

from dbdesign.errors import EngineError, LimitError
from dbdesign.integrity.client import bound
from dbdesign.integrity.lifecycle.base import Concern, Statement, Step, Target
from dbdesign.integrity.lifecycle.compose import Scripts
from dbdesign.model.schema import Table

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase

TICK = 0.005
"""Seconds between two looks at whether a statement waits."""
PATIENCE = 6_000
"""Looks before a statement that neither ends nor waits is given up; the server's statement timeout comes first."""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Outcome:
    """What came of a statement: its rows and how many it touched, or the SQLSTATE and the words with which it was refused."""

    count: int = 0
    rows: tuple[tuple[Any, ...], ...] = ()
    state: str | None = None
    words: str = ""

    @property
    def told(self) -> str:
        """In short."""
        return f"{self.state} {self.words}" if self.state else f"{self.count} rows"


class Stand:
    """The database, the target that it was made for, and its scripts.

    Attributes:
        jobs: a connection of the maintenance role, whom no policy holds back.
        owner: one of the owner of all tables.
    """

    def __init__(self, database: ScratchDatabase, target: Target, scripts: Scripts) -> None:
        self.database, self.target, self.scripts = database, target, scripts
        self.roles = target.lifecycle.roles
        self._pool = ThreadPoolExecutor(max_workers=2)
        self._open: list[Connection] = []
        self.jobs = self.connect(self.roles.maintenance)
        self.owner = self.connect()

    def close(self) -> None:
        """End the connections."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for one in self._open:
            with suppress(psycopg.Error):
                one.close()

    def connect(self, role: str | None = None) -> Connection:
        """A connection, in autocommit mode; of the owner, or acting as a role."""
        connection = self.database.connect_user()
        self._open.append(connection)
        if role is not None:
            connection.execute(f"SET ROLE {self.target.dialect.identifier(role)}".encode())
        return connection

    @contextmanager
    def acting(self, role: str | None = None) -> Iterator[Connection]:
        """A connection for the length of a block."""
        connection = self.connect(role)
        try:
            yield connection
        finally:
            self._open.remove(connection)
            with suppress(psycopg.Error):
                connection.close()

    @property
    def application(self) -> str:
        """The program's role."""
        return self.roles.application

    def statement(self, concern: Concern, name: str) -> str:
        """The SQL of a statement of the scripts, by how its name begins."""
        return found(self.scripts, concern, name).sql

    def rows(self, sql: str, given: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """What the jobs see, whom no policy holds back."""
        return self.jobs.execute(sql.encode(), given or None).fetchall()

    def value(self, sql: str, given: Sequence[Any] = ()) -> Any:
        """The first value of the first row; None where there is none."""
        row = self.jobs.execute(sql.encode(), given or None).fetchone()
        return row[0] if row else None

    def waiting(self, connection: Connection, sql: str, given: Mapping[str, Any]) -> Future[Outcome]:
        """Send a statement and come back when it has ended or waits for a lock."""
        pending = self._pool.submit(attempt, connection, sql, given)
        for _ in range(PATIENCE):
            if pending.done() or self._waits(connection):
                return pending
            with suppress(TimeoutError):
                pending.result(timeout=TICK)
        raise LimitError("a statement of a proof did not end", where=sql[:80])

    def _waits(self, connection: Connection) -> bool:
        row = self.jobs.execute(
            "SELECT cardinality(pg_blocking_pids(%s)) > 0", (connection.info.backend_pid,)
        ).fetchone()
        return bool(row and row[0])

    def end(self, connection: Connection) -> None:
        """Kill a session from outside, as a crash of the program does, and wait until the server has undone its transaction."""
        pid = connection.info.backend_pid
        self._open.remove(connection)
        self.database.server.control("SELECT pg_terminate_backend(%s, 5000)", pid)
        connection.close()

    def table(self, table: Table) -> str:
        """A table as SQL."""
        return self.target.table(table)


def found(scripts: Scripts, concern: Concern, name: str) -> Statement:
    """The statement of that name."""
    for one in scripts.statements:
        if one.concern == concern and one.name.startswith(name):
            return one
    raise EngineError(f"no statement {name!r} of {concern}: a defect of dbdesign")


def attempt(connection: Connection, sql: str, given: Mapping[str, Any] | None = None) -> Outcome:
    """Run a statement with `:name` placeholders in a savepoint or a transaction of its own; what came of it."""
    try:
        with connection.transaction():
            cursor = connection.execute(bound(sql).encode() if given is not None else sql.encode(), given)
            rows = tuple(cursor.fetchall()) if cursor.description is not None else ()
            return Outcome(count=cursor.rowcount, rows=rows)
    except psycopg.Error as error:
        return Outcome(state=error.sqlstate or "lost", words=str(error).splitlines()[0] if str(error) else "")


@contextmanager
def undone(connection: Connection) -> Iterator[Connection]:
    """A transaction that is rolled back at the end of the block."""
    with connection.transaction(force_rollback=True):
        yield connection


def step(concern: Concern, claim: str, executed: str, seen: str, *, holds: bool) -> Step:
    """A step, its texts in one line and not too long."""
    return Step(concern=concern, claim=claim, executed=_short(executed), seen=_short(seen), holds=holds)


def _short(text: str, most: int = 400) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def listed(names: Sequence[str], most: int = 6) -> str:
    """`a, b and 3 more`."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
