"""Sends the rows of the embedded server's tables to another server, batch by batch, so that both hold the same.

Each batch is one transaction. One that the server asks to repeat is repeated; one that was lost with its connection is looked for by the
number of rows and repeated where it did not arrive. Tables go one after the other, parents before children; rows in the order of the
primary key, which clustered tables take fastest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from dbdesign.benchmark.quoting import literal, namespace_of, relation
from dbdesign.benchmark.quoting import name as local
from dbdesign.benchmark.servers.ahead import ReadAhead
from dbdesign.benchmark.servers.base import Canonical, Pair, Server, Source, Target, joined
from dbdesign.engines.cancellation import cancellation
from dbdesign.engines.new_namespace import DENIED
from dbdesign.engines.server_session import RETRIED, MySqlSession, PostgresSession, ServerError
from dbdesign.errors import AccessError, LimitError

if TYPE_CHECKING:
    from dbdesign.benchmark.session import Session
    from dbdesign.engines.new_namespace import Namespace
    from dbdesign.model.schema import Table

FETCHED = 2_000
"""Rows that are read from the embedded server at a time."""

MOST_BATCH_BYTES = {"mysql": 1_000_000, "postgresql": 4_000_000}
"""Of one statement: below the least max_allowed_packet in use (4 MB in MySQL before 8, 16 MB in MariaDB)."""

MOST_BATCH_ROWS = {"mysql": 10_000, "postgresql": 50_000}
MOST_TRIES = 6
"""Of one batch."""

BATCHES_PER_LOOK = 16
"""Batches for each look at the size on the server."""

INFLATION = 3
"""Bytes on disk that are supposed for each byte sent, where the server has no number of its own: copies and indexes."""


@dataclass(frozen=True)
class Streamed:
    """What became of a table.

    Attributes:
        rows: on the server, as it counts them itself.
        wanted: on the embedded server.
        same: whether every comparable column holds the same; None where nothing could be compared.
        unlike: columns that are not the same, or were left out of the comparison, with the reason.
        reason: why there are fewer rows.
        retries: batches that were repeated.
    """

    label: str
    rows: int
    wanted: int
    bytes: int = 0
    seconds: float = 0.0
    same: bool | None = None
    unlike: tuple[str, ...] = ()
    reason: str | None = None
    retries: int = 0


@dataclass
class Guard:
    """Stops a load that takes too long, fills too much, or is not waited for."""

    namespace: Namespace
    disk: int
    seconds: float
    sent: int = 0
    looks: int = 0
    begun: float = field(default_factory=time.monotonic)

    def look(self, more: int) -> None:
        """Count bytes that were sent.

        Raises:
            LimitError: where it is enough.
        """
        self.sent += more
        self.looks += 1
        if cancellation().is_set():
            raise LimitError("the benchmark was stopped: the call was cancelled")
        if time.monotonic() - self.begun > self.seconds:
            raise LimitError(
                f"the benchmark was stopped: sending rows took more than {self.seconds:,.0f} seconds",
                remedy="Ask for fewer rows",
            )
        if self.looks % BATCHES_PER_LOOK == 1 and self._size() > self.disk:
            raise LimitError(
                f"the benchmark was stopped: it filled more than {self.disk // 1024**2:,} MB of disk",
                remedy="Ask for fewer rows",
            )

    def _size(self) -> int:
        counted = self.namespace.size()
        return INFLATION * self.sent if counted is None else counted


@dataclass
class Stream:
    """Sends tables. `added` are expressions for columns that only the server has."""

    session: Session
    namespace: Namespace
    server: Server
    guard: Guard
    added: dict[tuple[str, str], str] = field(default_factory=dict)
    _retries: int = 0

    def pairs(self, table: Table, targets: Sequence[Target]) -> list[Pair]:
        """The columns that both sides have, in the server's order."""
        sources = self._sources(table)
        return [
            Pair(source, target)
            for target in targets
            if (source := sources.get(target.name) or self._added(table, target)) is not None
        ]

    def _added(self, table: Table, target: Target) -> Source | None:
        sql = self.added.get((table.label, target.name))
        return None if sql is None else Source(sql, "text", "U")

    def _sources(self, table: Table) -> dict[str, Source]:
        rows = self.session.rows(
            "SELECT a.attname, t.typname, t.typcategory::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace, LATERAL (WITH RECURSIVE up AS ("
            "SELECT oid, typtype, typbasetype FROM pg_type WHERE oid = a.atttypid UNION ALL "
            "SELECT b.oid, b.typtype, b.typbasetype FROM up JOIN pg_type b ON up.typtype = 'd' AND b.oid = up.typbasetype) "
            "SELECT oid FROM up WHERE typtype <> 'd') d JOIN pg_type t ON t.oid = d.oid "
            f"WHERE n.nspname = {literal(namespace_of(table.namespace))} AND c.relname = {literal(table.name)} "
            "AND a.attnum > 0 AND NOT a.attisdropped"
        )
        return {name: Source(f"t.{local(name)}", kind, category) for name, kind, category in rows}

    def send(self, table: Table, pairs: Sequence[Pair], wanted: int, tell: Callable[[int], None]) -> Streamed:
        """The rows of one table. What the server refuses is the reason why there are none, or fewer.

        Raises:
            LimitError: where it was stopped.
            AccessError: where the account may not write.
        """
        begun, before, self._retries = time.monotonic(), self.guard.sent, 0
        reason = None
        if pairs:
            try:
                self._send(table, pairs, tell)
            except ServerError as error:
                if error.code in DENIED[self.server.protocol]:
                    raise AccessError(
                        f"the account of database {self.namespace.database.name!r} may not write rows: {error}",
                        remedy="Grant it all rights on the schema that the benchmark makes",
                    ) from None
                reason = f"{error} ({error.code})"
        elif wanted:
            reason = "none of its columns is there"
        rows = self.count(table)
        return Streamed(
            table.label,
            rows,
            wanted,
            self.guard.sent - before,
            time.monotonic() - begun,
            reason=reason,
            retries=self._retries,
        )

    def _send(self, table: Table, pairs: Sequence[Pair], tell: Callable[[int], None]) -> None:
        place = f"{self.server.quote(table.name)} ({', '.join(self.server.quote(one.target.name) for one in pairs)})"
        order = f" ORDER BY {', '.join(map(local, table.primary_key.columns))}" if table.primary_key else ""
        if self.server.protocol == "mysql":
            tuples = f"'(' || {joined([self.server.literal(one) for one in pairs], ',')} || ')'"
            rows = self._fetched(f"SELECT {tuples} FROM {relation(table)} t{order}")
        else:
            listed = ", ".join(self.server.literal(one) for one in pairs)
            rows = self._copied(f"COPY (SELECT {listed} FROM {relation(table)} t{order}) TO STDOUT")
        batches = batched(rows, MOST_BATCH_BYTES[self.server.protocol], MOST_BATCH_ROWS[self.server.protocol])
        done = 0
        with ReadAhead(batches) as ready:
            for batch in ready:
                size = self._repeated(table, place, batch, done)
                done += len(batch)
                self.guard.look(size)
                tell(done)

    def _fetched(self, query: str) -> Iterator[bytes]:
        self.session.execute("BEGIN")
        try:
            self.session.execute(f"DECLARE dbdesign_rows NO SCROLL CURSOR FOR {query}")
            while rows := self.session.rows(f"FETCH {FETCHED} FROM dbdesign_rows"):
                for (text,) in rows:
                    yield text.encode()
        finally:
            self.session.execute("ROLLBACK")

    def _copied(self, statement: str) -> Iterator[bytes]:
        with self.session.connection.cursor().copy(statement.encode()) as copy:
            for line in copy:
                yield bytes(line)

    def _repeated(self, table: Table, place: str, batch: list[bytes], done: int) -> int:
        """Send a batch until it has arrived; its bytes."""
        for tried in range(1, MOST_TRIES + 1):
            try:
                return self._one(place, batch)
            except ServerError as error:
                if tried == MOST_TRIES or not (error.lost or error.code in RETRIED[self.server.protocol]):
                    raise
                self._retries += 1
                time.sleep(min(0.05 * 2**tried, 1.0))
                if error.lost:
                    self.namespace.renew()
                    if self.count(table) == done + len(batch):
                        break
        return sum(map(len, batch))

    def _one(self, place: str, batch: list[bytes]) -> int:
        session = self.namespace.session
        if isinstance(session, MySqlSession):
            sql = f"INSERT INTO {place} VALUES {b','.join(batch).decode()}"
            session.execute(sql)
            return len(sql)
        assert isinstance(session, PostgresSession)  # noqa: S101 - there are two protocols
        data = b"".join(batch)
        session.copy(f"COPY {place} FROM STDIN", [data])
        return len(data)

    def count(self, table: Table) -> int:
        """The rows of a table on the server; 0 where it is not there."""
        try:
            return int(self.namespace.session.rows(f"SELECT count(*) FROM {self.server.quote(table.name)}")[0][0])
        except ServerError as error:
            if error.lost:
                raise
            return 0

    def compared(self, table: Table, pairs: Sequence[Pair], one: Streamed) -> Streamed:
        """The table with what the comparison of its columns says."""
        if one.reason is not None or one.rows != one.wanted or not pairs:
            return one
        found = [(pair, self.server.canonical(pair)) for pair in pairs]
        unlike = [f"{pair.target.name}: not compared" for pair, how in found if how.how == "none"]
        hashed = [how for _, how in found if how.how == "hash"]
        try:
            same = self._hash(table, hashed)
            different = (
                []
                if same
                else [pair.target.name for pair, how in found if how.how == "hash" and not self._hash(table, [how])]
            )
            summed = [pair.target.name for pair, how in found if how.how == "sum" and not self._sum(table, how)]
        except ServerError as error:
            return replace(one, unlike=(*unlike, f"could not be compared: {error}"))
        bad = [f"{name}: not the same" for name in (*different, *summed)]
        comparable = len(unlike) < len(pairs)
        return replace(one, same=(same and not summed) if comparable else None, unlike=(*bad, *unlike))

    def _hash(self, table: Table, columns: Sequence[Canonical]) -> bool:
        if not columns:
            return True
        here = joined([f"coalesce({one.source}, '~')" for one in columns], "|")
        texts = [f"COALESCE({one.target}, '~')" for one in columns]
        there = f"CONCAT_WS('|', {', '.join(texts)})" if self.server.protocol == "mysql" else joined(texts, "|")
        mine = self.session.rows(f"SELECT {self.server.hashes[0].format(here)} FROM {relation(table)} t")
        theirs = self.namespace.session.rows(
            f"SELECT {self.server.hashes[1].format(there)} FROM {self.server.quote(table.name)}"
        )
        return int(mine[0][0] or 0) == int(theirs[0][0] or 0)

    def _sum(self, table: Table, column: Canonical) -> bool:
        mine = self.session.rows(
            f"SELECT {self.server.float_sum[0].format(column.source)}, count({column.source}) FROM {relation(table)} t"
        )[0]
        theirs = self.namespace.session.rows(
            f"SELECT {self.server.float_sum[1].format(column.target)}, count({column.target}) FROM {self.server.quote(table.name)}"
        )[0]
        near = abs(float(mine[0] or 0) - float(theirs[0] or 0)) <= 1e-6 * max(abs(float(mine[0] or 0)), 1.0)
        return near and int(mine[1]) == int(theirs[1])


def batched(rows: Iterator[bytes], most_bytes: int, most_rows: int) -> Generator[list[bytes], None, None]:
    """Rows by the batch."""
    batch: list[bytes] = []
    size = 0
    for row in rows:
        if batch and (size + len(row) > most_bytes or len(batch) >= most_rows):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += len(row) + 1
    if batch:
        yield batch
