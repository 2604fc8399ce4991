"""A session that works for long: stopped when nobody waits, or when the disk fills."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dbdesign.engines.cancellation import cancellation
from dbdesign.errors import LimitError

if TYPE_CHECKING:
    import psycopg

    from dbdesign.benchmark.place import Database

TICK = 0.25
"""Seconds between two looks."""

LOOKS_FOR_DISK = 8
"""Looks at the watch for each look at the disk."""


class Session:
    """One connection, in autocommit mode, whose statements are watched.

    Attributes:
        scope: a condition on `n.nspname`: the namespaces that are the benchmark's.
        begins: statements with which the connections that run the workload begin.
    """

    def __init__(
        self,
        database: Database,
        *,
        disk: int,
        seconds: float,
        scope: str = "n.nspname !~ '^pg_'",
        begins: Sequence[str] = (),
    ) -> None:
        self.database = database
        self.scope = scope
        self.begins = tuple(begins)
        self._disk = disk
        self._cancelled = cancellation()
        self._reason: str | None = None
        self.seconds = seconds
        self.connection: psycopg.Connection[Any] = database.user
        self._begin()

    def _begin(self) -> None:
        self.execute(f"SET statement_timeout = '{int(self.seconds * 1000)}ms'")
        self.execute("SET client_min_messages = warning")

    def renew(self) -> None:
        """A new connection where the old one was lost; temporary tables are gone with it."""
        if self.connection.closed:
            self.connection = self.database.user
            self._begin()

    def limit(self, seconds: float) -> None:
        """Let later statements take so long."""
        self.seconds = seconds
        self._begin()

    def execute(self, sql: str) -> int:
        """Run a statement; the number of rows that it touched.

        Raises:
            psycopg.Error: what the server says.
            LimitError: where it was stopped.
        """
        with self._watched():
            return self.connection.execute(sql.encode()).rowcount

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query; its rows."""
        with self._watched():
            return self.connection.execute(sql.encode()).fetchall()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        import psycopg

        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done,), daemon=True)
        watcher.start()
        try:
            yield
        except psycopg.errors.QueryCanceled as error:
            if self._reason:
                raise LimitError(f"the benchmark was stopped: {self._reason}", remedy="Ask for fewer rows") from error
            raise
        finally:
            done.set()
            watcher.join()

    def _watch(self, done: threading.Event) -> None:
        looks = 0
        while not done.wait(TICK):
            looks += 1
            if self._cancelled.is_set():
                self._reason = "the call was cancelled"
            elif looks % LOOKS_FOR_DISK == 0 and self.size() > self._disk:
                self._reason = f"it filled more than {self._disk // 1024**2:,} MB of disk"
            if self._reason:
                self.connection.cancel()

    def size(self) -> int:
        """Bytes of what was loaded."""
        return self.database.size()
