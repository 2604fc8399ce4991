"""One side of an interleaving: a transaction on its own connection, a statement at a time, which may have to wait for the other side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg

from dbdesign.model.workload import Transaction

_NAMED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|::|%|(?<![\w:]):([A-Za-z_]\w*)", re.DOTALL)
RETRIED = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock, after which an application begins anew (PostgreSQL manual, 13.5)."""
MOST_ROWS = 1_000
"""Rows of a result that are looked at."""


def bound(sql: str) -> str:
    """`:name` placeholders as psycopg takes them."""

    def mark(match: re.Match[str]) -> str:
        if match[1]:
            return f"%({match[1]})s"
        return match[0].replace("%", "%%")

    return _NAMED.sub(mark, sql)


class Client:
    """A transaction that is being run.

    Attributes:
        reads: what each statement returned.
        ended: None while it runs; `committed`, or the SQLSTATE with which it was aborted.
    """

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        transaction: Transaction,
        values: Mapping[str, Any],
        pool: ThreadPoolExecutor,
    ) -> None:
        self.connection, self.transaction, self._pool = connection, transaction, pool
        self._values = dict(values)
        self._names: dict[str, Any] = dict(values)
        self._place = 0
        self.begun = False
        self.pending: Future[None] | None = None
        self.reads: list[Any] = []
        self.ended: str | None = None

    @property
    def turns(self) -> int:
        """Turns that it needs: one a step, one for COMMIT."""
        return len(self.transaction.steps) + 1

    @property
    def backend(self) -> int:
        """The process that serves it."""
        return self.connection.info.backend_pid

    def advance(self) -> None:
        """Send the next statement; it is `pending` until it has ended."""
        self.pending = self._pool.submit(self._turn)

    def settle(self) -> None:
        """Take note of the end of the pending statement."""
        if self.pending is not None:
            self.pending.result()
            self.pending = None

    def begin_anew(self) -> None:
        """Once more from its first statement, after it was aborted."""
        self._names, self._place, self.begun, self.reads, self.ended = dict(self._values), 0, False, [], None

    def _turn(self) -> None:
        try:
            self._run()
        except psycopg.Error as error:
            self.ended = error.sqlstate or "lost"
            if not self.connection.closed:
                self.connection.execute("ROLLBACK")

    def _run(self) -> None:
        if not self.begun:
            self.begun = True
            self.connection.execute(f"BEGIN ISOLATION LEVEL {self.transaction.isolation.upper()}".encode())
        if self._place == len(self.transaction.steps):
            self.connection.execute("COMMIT")
            self.ended = "committed"
            return
        step = self.transaction.steps[self._place]
        self._place += 1
        if step.when is not None and not self._holds(step.when):
            self._place = len(self.transaction.steps)
            self.reads.append("not done")
            return
        cursor = self.connection.execute(bound(step.sql).encode(), self._names)
        rows = cursor.fetchmany(MOST_ROWS) if cursor.description is not None else []
        self.reads.append((cursor.rowcount, tuple(rows)))
        values = rows[0] if rows else (None,) * len(step.into)
        self._names |= dict(zip(step.into, values, strict=False))

    def _holds(self, condition: str) -> bool:
        row = self.connection.execute(bound(f"SELECT ({condition}) IS TRUE").encode(), self._names).fetchone()
        return bool(row and row[0])
