"""Where transactions meet: a scratch database with a few rows, two connections, and the means to put everything back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import psycopg

from dbdesign.dialects.base import dialect
from dbdesign.errors import InputError, LimitError
from dbdesign.integrity.client import RETRIED, Client
from dbdesign.model.schema import Engine, Schema, Table
from dbdesign.model.workload import Transaction

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase

COPIES = "dbdesign_before"
"""Namespace with the rows that every run starts from."""
KEPT = 5
"""Rows of a table that are looked at for values."""
TICK = 0.002
"""Seconds between two looks at whether a statement waits for a lock."""
PATIENCE = 15_000
"""Looks before a statement that neither ends nor waits is given up: the server's statement timeout comes first."""
LONGEST = 30.0
"""Seconds of one run."""
MOST_RUNS = 120
"""Interleavings of one pair that are run; all of them for two transactions of up to three statements each (C(8, 4) = 70)."""

Schedule = tuple[bool, ...]
"""Whose turn it is, turn by turn: true for the left one."""


@dataclass(frozen=True)
class Observation:
    """What came of a run: the contents of the tables, what each transaction read, and how it ended.

    Attributes:
        order: the turns as they were really taken, `L` and `R`, `l` and `r` where a statement had to wait.
        retried: transactions that were aborted and begun anew.
    """

    state: Mapping[str, tuple[Any, ...]]
    reads: tuple[Any, Any]
    ends: tuple[str, str]
    order: str = field(compare=False, default="")
    retried: int = field(compare=False, default=0)


def schedules(left: int, right: int) -> Iterator[Schedule]:
    """Every order of so many turns of each side, those with few changes of side first; at most `MOST_RUNS`."""
    found = [
        tuple(place in chosen for place in range(left + right))
        for chosen in map(frozenset, combinations(range(left + right), left))
    ]
    interleaved = [one for one in found if _changes(one) > 1]
    yield from sorted(interleaved, key=_changes)[:MOST_RUNS]


def _changes(schedule: Schedule) -> int:
    """How often the turn goes from one side to the other; once is one after the other."""
    return sum(one != other for one, other in pairwise(schedule))


class Stage:
    """The database, its tables and its rows."""

    _kept: list[list[tuple[str, str]]]
    _now: list[list[tuple[str, str]]]

    def __init__(self, database: ScratchDatabase, schema: Schema, tables: Sequence[Table]) -> None:
        self.database, self.schema, self.tables = database, schema, tuple(tables)
        self._quote = dialect(Engine.POSTGRESQL)
        self._connections = [database.connect_user() for _ in range(3)]
        self._pool = ThreadPoolExecutor(max_workers=2)
        database.server.control(
            f"ALTER ROLE {database.user_role} IN DATABASE {database.name} SET deadlock_timeout = '20ms'"
        )

    def close(self) -> None:
        """End the connections."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for one in self._connections:
            with suppress(psycopg.Error):
                one.close()

    @property
    def own(self) -> psycopg.Connection[Any]:
        """The connection that is neither side's."""
        return self._connections[0]

    def keep(self, given: Iterable[str]) -> None:
        """Bring the rows into the state that every run is to start from, and keep it.

        Raises:
            InputError: a statement of `given` fails.
        """
        for statement in given:
            try:
                self.own.execute(statement.encode())
            except psycopg.Error as error:
                raise InputError(f"`given` fails: {str(error).splitlines()[0]}", where=statement[:80]) from None
        self.own.execute(f"DROP SCHEMA IF EXISTS {COPIES} CASCADE".encode())
        self.own.execute(f"CREATE SCHEMA {COPIES}".encode())
        for number, table in enumerate(self.tables):
            self.own.execute(f"CREATE TABLE {COPIES}.t{number} AS TABLE {self._name(table)}".encode())
        self._kept = self._contents()
        self._now = self._kept

    def restore(self) -> None:
        """Put the tables that have changed back as they were kept; triggers of the tables do not fire.

        Raises:
            InputError: they cannot be, since foreign keys form a circle that is not deferrable.
        """
        changed = [number for number in range(len(self.tables)) if self._now[number] != self._kept[number]]
        if not changed:
            return
        try:
            with self.own.transaction():
                self._put_back(changed)
        except psycopg.Error as error:
            named = ", ".join(self.tables[number].label for number in changed)
            said = str(error).splitlines()[0]
            raise InputError(f"the rows of {named} cannot be put back between two runs: {said}") from None
        self._now = self._kept

    def _put_back(self, changed: list[int]) -> None:
        """Rows that are new go, children first; rows that are gone or were changed come back, parents first."""
        run = self.own.execute
        run("SET CONSTRAINTS ALL DEFERRED")
        for number in changed:
            run(f"ALTER TABLE {self._name(self.tables[number])} DISABLE TRIGGER USER".encode())
        for number in reversed(changed):
            run(self._deletion(number).encode())
        for number in changed:
            for statement in self._insertions(number):
                run(statement.encode())
        run("SET CONSTRAINTS ALL IMMEDIATE")
        for number in changed:
            run(f"ALTER TABLE {self._name(self.tables[number])} ENABLE TRIGGER USER".encode())

    def _deletion(self, number: int) -> str:
        table = self.tables[number]
        if table.primary_key is None:
            return f"DELETE FROM {self._name(table)}"
        return f"DELETE FROM {self._name(table)} t WHERE NOT EXISTS (SELECT FROM {COPIES}.t{number} c WHERE {self._same_key(table)})"

    def _insertions(self, number: int) -> Iterator[str]:
        table = self.tables[number]
        names = [self._quote.identifier(one.name) for one in table.columns if one.generated is None]
        listed = ", ".join(names)
        insert = f"INSERT INTO {self._name(table)} ({listed}) OVERRIDING SYSTEM VALUE SELECT {listed} FROM {COPIES}.t{number} c"
        if table.primary_key is None:
            yield insert
            return
        key = {self._quote.identifier(one) for one in table.primary_key.columns}
        fixed = {
            self._quote.identifier(one.name) for one in table.columns if one.identity and one.identity.mode == "always"
        }
        if others := [one for one in names if one not in key | fixed]:
            new, old = (f"({', '.join(f'{alias}.{one}' for one in others)})" for alias in "ct")
            settings = f"SET {', '.join(f'{one} = c.{one}' for one in others)} FROM {COPIES}.t{number} c"
            unlike = f"ROW{new}::text IS DISTINCT FROM ROW{old}::text"
            yield f"UPDATE {self._name(table)} t {settings} WHERE {self._same_key(table)} AND {unlike}"
        yield f"{insert} WHERE NOT EXISTS (SELECT FROM {self._name(table)} t WHERE {self._same_key(table)})"

    def _same_key(self, table: Table) -> str:
        key = table.primary_key.columns if table.primary_key else ()
        return " AND ".join(f"t.{self._quote.identifier(one)} = c.{self._quote.identifier(one)}" for one in key)

    def rows(self) -> dict[str, tuple[dict[str, Any], ...]]:
        """Some rows of each table, in the order of its key."""
        found = {}
        for table in self.tables:
            order = ", ".join(map(self._quote.identifier, table.primary_key.columns)) if table.primary_key else "1"
            cursor = self.own.execute(f"SELECT * FROM {self._name(table)} ORDER BY {order} LIMIT {KEPT}".encode())
            names = [column.name for column in cursor.description or ()]
            found[table.label] = tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
        return found

    def state(self) -> dict[str, tuple[Any, ...]]:
        """All rows of all tables, as texts without order; columns that the engine numbers or stamps by itself are left out."""
        self._now = self._contents()
        return {
            table.label: tuple(sorted(row[0] for row in rows))
            for table, rows in zip(self.tables, self._now, strict=True)
        }

    def _contents(self) -> list[list[tuple[str, str]]]:
        """By table its rows: without what the engine chooses, and whole."""
        found: list[list[tuple[str, str]]] = [[] for _ in self.tables]
        for number, seen, whole in self.own.execute(self._everything.encode()).fetchall():
            found[number].append((seen, whole))
        return [sorted(rows) for rows in found]

    @cached_property
    def _everything(self) -> str:
        """One query for all rows."""
        parts = []
        for number, table in enumerate(self.tables):
            columns = [
                self._quote.identifier(one.name) for one in table.columns if not _chosen_by_engine(table, one.name)
            ]
            seen = f"ROW({', '.join(f't.{one}' for one in columns)})::text" if columns else "1::text"
            parts.append(f"SELECT {number}, {seen}, t::text FROM {self._name(table)} t")
        return " UNION ALL ".join(parts)

    def execute(self, statement: str) -> str | None:
        """Run a statement that a remedy needs; what the server says where it refuses."""
        try:
            self.own.execute(statement.encode())
        except psycopg.Error as error:
            return str(error).splitlines()[0]
        return None

    def run(
        self, sides: tuple[Transaction, Transaction], values: tuple[Mapping[str, Any], Mapping[str, Any]], schedule: Schedule,
        *, retry: frozenset[str] = RETRIED, only: int | None = None,
    ) -> Observation:  # fmt: skip
        """One run of both transactions with the turns of a schedule; who must wait takes his turn later.

        Args:
            retry: SQLSTATEs after which the application begins a transaction anew, once the other one has ended.
            only: which of the two is run alone.
        """
        self.restore()
        clients = tuple(
            Client(connection, side, of_side, self._pool)
            for connection, side, of_side in zip(self._connections[1:], sides, values, strict=True)
        )
        if only is not None:
            clients[1 - only].ended = "not run"
        order = "".join(self._turn(clients[0 if left else 1], "LR"[not left]) for left in schedule)
        order += self._finish(clients)
        retried = [number for number, one in enumerate(clients) if one.ended in retry]
        for number in retried:
            clients[number].begin_anew()
            order += self._finish(clients)
        left, right = clients
        return Observation(
            self.state(),
            (tuple(left.reads), tuple(right.reads)),
            (left.ended or "", right.ended or ""),
            order,
            len(retried),
        )

    def _turn(self, client: Client, letter: str) -> str:
        """A turn: nothing where the transaction has ended or still waits."""
        self._look(client)
        if client.ended is not None or client.pending is not None:
            return ""
        client.advance()
        self._look(client)
        return letter if client.pending is None else letter.lower()

    def _look(self, client: Client) -> None:
        """Wait until the pending statement has ended, or waits for the other side."""
        for _ in range(PATIENCE):
            if client.pending is None:
                return
            if client.pending.done():
                client.settle()
                return
            with suppress(TimeoutError):
                client.pending.result(timeout=TICK)
                continue
            if self._waits(client):
                return
        raise LimitError("a statement of a transaction did not end", where=client.transaction.name)

    def _waits(self, client: Client) -> bool:
        row = self.own.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", (client.backend,)).fetchone()
        return bool(row and row[0])

    def _finish(self, clients: tuple[Client, ...]) -> str:
        """Take turns until both have ended; the server ends a mutual wait."""
        taken, until = "", time.monotonic() + LONGEST
        while any(one.ended is None for one in clients):
            for client, letter in zip(clients, "LR", strict=True):
                taken += self._turn(client, letter)
            if time.monotonic() > until:
                raise LimitError("two transactions waited for each other for ever", where=clients[0].transaction.name)
        return taken

    def _name(self, table: Table) -> str:
        return self._quote.qualified(table.namespace, table.name)


def _chosen_by_engine(table: Table, name: str) -> bool:
    """Whether a column's value differs from run to run by itself: a number from a sequence, the time, something random."""
    column = table.column(name)
    if column is None:
        return False
    default = (column.default or "").lower()
    volatile = any(word in default for word in ("nextval", "now(", "current_", "clock_timestamp", "random", "uuid"))
    return column.identity is not None or column.type.is_time or volatile
