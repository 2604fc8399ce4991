"""The workload on another server beside the embedded one: the same rows sent, compared, asked, measured, indexed and measured again."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.benchmark.order import load_order, root_of
from dbdesign.benchmark.queries import Ready
from dbdesign.benchmark.results import BuiltIndex, Run
from dbdesign.benchmark.run import Connect, Plan, measured
from dbdesign.benchmark.servers.asking import Asking
from dbdesign.benchmark.servers.base import Server, Target
from dbdesign.benchmark.servers.compare import Compared
from dbdesign.benchmark.servers.place import Elsewhere, Opened, opened
from dbdesign.benchmark.servers.stream import Guard, Stream, Streamed
from dbdesign.engines.new_namespace import Namespace
from dbdesign.engines.server_session import ServerError

if TYPE_CHECKING:
    from dbdesign.benchmark.session import Session
    from dbdesign.model.schema import Schema, Table

STATEMENT_SECONDS = 1_800.0
"""Of an index that is built."""


@dataclass(frozen=True)
class OtherQuery:
    """A query there: as it was asked, what had to be changed, and whether its rows are those of the embedded server."""

    name: str
    sql: str
    notes: tuple[str, ...]
    compared: Compared


@dataclass(frozen=True)
class Other:
    """What came of it.

    Attributes:
        title: the server and its version.
        refused: statements of the schema that it refused, with the reason.
        seconds: of sending all rows.
        bytes: as the server counts them; None where it has no number.
    """

    title: str
    place: str
    tables: tuple[Streamed, ...]
    refused: tuple[str, ...]
    queries: tuple[OtherQuery, ...]
    runs: tuple[Run, ...]
    indexes: tuple[BuiltIndex, ...]
    notes: tuple[str, ...]
    seconds: float
    bytes: int | None

    @property
    def rows(self) -> int:
        """In all tables."""
        return sum(one.rows for one in self.tables)

    @property
    def rate(self) -> float:
        """Rows a second that were sent."""
        return self.rows / self.seconds if self.seconds else 0.0


@dataclass
class _Sending:
    """The rows, and what follows them; `columns` are those of the server, once its tables are there."""

    place: Opened
    session: Session
    schema: Schema
    tell: Callable[[float, str], None]
    columns: dict[str, list[Target]] = field(default_factory=dict)

    @property
    def server(self) -> Server:
        return self.place.wanted.server

    @property
    def namespace(self) -> Namespace:
        return self.place.namespace

    def send(self, counts: Mapping[str, int]) -> tuple[tuple[Streamed, ...], float]:
        """All tables, and the seconds that sending took."""
        wanted = self.place.wanted
        self.columns = self.server.columns_of(self.namespace)
        guard = Guard(self.namespace, wanted.disk, wanted.load_seconds)
        stream = Stream(self.session, self.namespace, self.server, guard, dict(wanted.script.added))
        tables = self._tables()
        begins = self.namespace.begins
        if self.server.protocol == "mysql":  # rows are valid, and cycles cannot be sent in any order
            self.namespace.begins = (*begins, "SET SESSION foreign_key_checks = 0")
            self.namespace.session.execute("SET SESSION foreign_key_checks = 0")
        total, done, found, seconds = max(sum(counts.values()), 1), 0, [], 0.0
        for table in tables:
            pairs = stream.pairs(table, self.columns.get(table.name, []))
            rows = counts.get(table.label, 0)

            def progress(sent_: int, table: Table = table, done: int = done) -> None:
                self.tell(0.5 * (done + sent_) / total, f"sending {table.label} to {self.server.title}")

            progress(0)
            one = stream.send(table, pairs, rows, progress)
            seconds, done = seconds + one.seconds, done + rows
            found.append(stream.compared(table, pairs, one))
        self.namespace.begins = begins
        if self.server.protocol == "mysql":
            self.namespace.session.execute("SET SESSION foreign_key_checks = 1")
        return tuple(found), seconds

    def _tables(self) -> list[Table]:
        """Parents first; a partitioned table stands for its partitions."""
        order = load_order(self.schema).tables
        return [self.schema.table_by_label[label] for label in order]

    def analyze(self) -> None:
        """Statistics of all tables."""
        for table in self._tables():
            if table.name in self.columns:
                with contextlib.suppress(ServerError):
                    self.namespace.session.execute(self.server.analyze.format(self.server.quote(table.name)))

    def build(self, statements: Sequence[str]) -> list[BuiltIndex]:
        """Create the indexes; one that is refused is reported and the others are built."""
        built = []
        for ddl in statements:
            before, begun = self.namespace.size() or 0, time.monotonic()
            try:
                self.namespace.session.execute(ddl.strip().rstrip(";"))
            except ServerError as error:
                built.append(BuiltIndex(ddl, 0.0, 0, str(error)))
                self.place.recover(error)
                continue
            built.append(BuiltIndex(ddl, time.monotonic() - begun, max((self.namespace.size() or 0) - before, 0)))
        return built


def run_elsewhere(
    place: Opened,
    session: Session,
    schema: Schema,
    counts: Mapping[str, int],
    ready: Sequence[Ready],
    plan: Plan,
    tell: Callable[[float, str], None],
) -> Other:
    """Everything on the other server.

    Args:
        session: the embedded server's, with the rows.
        counts: rows by label; those of partitions are added to their table's.
        ready: the queries, ready for the embedded server.

    Raises:
        LimitError: where it was stopped.
    """
    place.namespace.renew()  # rows were made meanwhile, and servers end sessions that are idle for long
    work = _Sending(place, session, schema, tell)
    wanted = place.wanted
    tables, seconds = work.send(by_root(schema, counts))
    asking = Asking(place, session, schema, work.columns)
    tell(0.5, f"foreign keys and statistics on {wanted.server.title}")
    place.run(wanted.script.later)
    work.analyze()
    place.namespace.session.execute(place.limit(wanted.query_seconds))
    both = asking.translated(ready)
    theirs = [one for one, _ in both]
    plans, refused = asking.explained(theirs)
    tell(0.55, f"comparing results with {wanted.server.title}")
    queries = tuple(
        OtherQuery(mine.query.name, said.sql, said.notes, asking.compared(mine, one, refused.get(number)))
        for number, (mine, (one, said)) in enumerate(zip(ready, both, strict=True))
    )
    begins = [
        *place.namespace.begins,
        place.limit(wanted.query_seconds),
        *([wanted.server.reading] if wanted.server.reading else []),
    ]
    connect = Connect(place.namespace.session.worker(), begins)
    indexes = wanted.script.indexes
    shares = (0.6, 0.75) if indexes else (0.6, 1.0)
    runs = [
        measured(
            connect,
            theirs,
            plan,
            plans,
            refused,
            title="before" if indexes else "workload",
            tell=_between(tell, *shares),
        )
    ]
    built: list[BuiltIndex] = []
    if indexes:
        tell(0.76, f"building {len(indexes)} indexes on {wanted.server.title}")
        place.namespace.session.execute(place.limit(STATEMENT_SECONDS))
        built = work.build(indexes)
        work.analyze()
        place.namespace.session.execute(place.limit(wanted.query_seconds))
        plans, refused = asking.explained(theirs)
        runs.append(measured(connect, theirs, plan, plans, refused, title="after", tell=_between(tell, 0.8, 1.0)))
    return Other(
        place.namespace.server.title
        if wanted.server.name != "citus"
        else f"{place.namespace.server.title} with Citus {place.namespace.server.citus}",
        f"database {wanted.database.name}, schema {wanted.schema}",
        tables,
        tuple(place.refused),
        queries,
        tuple(runs),
        tuple(built),
        wanted.script.notes,
        seconds,
        place.namespace.size(),
    )


def by_root(schema: Schema, counts: Mapping[str, int]) -> dict[str, int]:
    """Rows by table, those of partitions counted with the table at the top."""
    found: dict[str, int] = {}
    for label, rows in counts.items():
        root = root_of(schema.table_by_label[label], schema).label
        found[root] = found.get(root, 0) + rows
    return found


def _between(tell: Callable[[float, str], None], low: float, high: float) -> Callable[[float, str], None]:
    return lambda done, said: tell(low + (high - low) * done, said)


__all__ = ["Elsewhere", "Opened", "Other", "OtherQuery", "by_root", "opened", "run_elsewhere"]
