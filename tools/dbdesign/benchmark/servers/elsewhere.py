"""The workload on another server beside the embedded one: the same rows sent, compared, asked, measured, indexed and measured again."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dbdesign.benchmark.order import load_order, root_of
from dbdesign.benchmark.queries import MOST_ROWS, Ready
from dbdesign.benchmark.results import BuiltIndex, PlanFacts, Run
from dbdesign.benchmark.run import Connect, Plan, measured
from dbdesign.benchmark.servers.base import Script, Server, Target
from dbdesign.benchmark.servers.compare import MOST_COMPARED, Compared, compare
from dbdesign.benchmark.servers.stream import Guard, Stream, Streamed
from dbdesign.benchmark.servers.translate import Translated, spoken, translated
from dbdesign.benchmark.servers.values import sent, unpacked, with_values
from dbdesign.engines.new_namespace import DENIED, Namespace, new_namespace
from dbdesign.engines.server_session import Described, ServerError
from dbdesign.errors import AccessError

if TYPE_CHECKING:
    from dbdesign.benchmark.session import Session
    from dbdesign.engines.connections import ConfiguredDatabase
    from dbdesign.model.schema import Schema, Table

LOAD_SECONDS = 3_600.0
"""That sending all rows may take."""

STATEMENT_SECONDS = 1_800.0
QUERY_SECONDS = 30.0
COMPARED_SETS = 3
"""Sets of values for which a query's rows are compared."""


@dataclass(frozen=True)
class Elsewhere:
    """What to do on another server.

    Attributes:
        schema: the name that is made there.
        script: the design's schema in its words.
        reads: what a plan says, from the rows that EXPLAIN gave.
        disk: bytes that may be filled there.
        own: queries by name, parameters as `$n`, that are in the server's dialect already.
    """

    database: ConfiguredDatabase
    server: Server
    schema: str
    script: Script
    reads: Callable[[Described], PlanFacts]
    keep: bool = False
    disk: int = 64 * 1024**3
    load_seconds: float = LOAD_SECONDS
    own: Mapping[str, str] = field(default_factory=dict)


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
class Opened:
    """A schema there with its tables, and what was refused of it."""

    wanted: Elsewhere
    namespace: Namespace
    refused: list[str] = field(default_factory=list)

    def run(self, statements: Sequence[str]) -> None:
        """Execute statements; those that are refused are kept with the reason.

        Raises:
            AccessError: where the account lacks the right to make what the schema is made of.
        """
        for statement in statements:
            try:
                self.namespace.session.execute(statement)
            except ServerError as error:
                if error.code in DENIED[self.namespace.session.protocol]:
                    raise AccessError(
                        f"the account of database {self.wanted.database.name!r} may not do what the schema needs: {error}",
                        remedy="Grant it all rights on the schema that the benchmark makes",
                    ) from None
                self.refused.append(f"{' '.join(statement.split())[:120]}: {error}")

    def limit(self, seconds: float) -> str:
        """The statement that lets later ones take so long."""
        return self.wanted.server.limit.format(ms=int(seconds * 1000), s=seconds)


@contextlib.contextmanager
def opened(wanted: Elsewhere) -> Iterator[Opened]:
    """The schema there, made and dropped at the end.

    Raises:
        AccessError, InputError, EngineError: where it cannot be made.
    """
    with new_namespace(wanted.database, wanted.schema, keep=wanted.keep) as namespace:
        place = Opened(wanted, namespace)
        place.run(wanted.script.tables)
        yield place


@dataclass
class _Work:
    """The steps, with what they share."""

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

    def translated(self, ready: Sequence[Ready]) -> list[tuple[Ready, Translated]]:
        """The queries in the server's dialect, with values as its driver takes them."""
        kinds = {(table, column.name): column.type for table, found in self.columns.items() for column in found}
        return [self._translated(one, kinds) for one in ready]

    def _translated(self, one: Ready, kinds: Mapping[tuple[str, str], str]) -> tuple[Ready, Translated]:
        if one.error is not None:
            return one, Translated(one.sql, error=one.error)
        own = self.place.wanted.own.get(one.query.name)
        said = (
            spoken(own, self.server)
            if own is not None
            else translated(one.sql, self.server, self.schema, one.kinds, kinds)
        )
        if said.error is not None:
            return replace(one, error=said.error), said
        if said.order is None:
            return one, said
        try:
            values = tuple(tuple(sent(each, one.kinds, one.inferred, said.order, kinds)) for each in one.values)
        except ValueError as error:
            failed = f"a value cannot be sent to {self.server.title}: {error}"
            return replace(one, error=failed), replace(said, error=failed)
        return replace(one, sql=said.sql, values=values), said

    def explained(self, ready: Sequence[Ready]) -> tuple[dict[int, PlanFacts], dict[int, str]]:
        """The plan of each query, and why some are not run."""
        plans: dict[int, PlanFacts] = {}
        refused: dict[int, str] = {}
        for number, one in enumerate(ready):
            if one.error is not None:
                continue
            try:
                plans[number] = self._explained(one)
            except ServerError as error:
                refused[number] = str(error)
                self._recover(error)
                continue
            if plans[number].actual > MOST_ROWS:
                refused[number] = f"it gives {plans[number].actual:,.0f} rows; more than {MOST_ROWS:,} are not fetched"
        return plans, refused

    def _explained(self, one: Ready) -> PlanFacts:
        asked = [(command, one) for command in self.server.explain]
        if self.server.protocol == "postgresql" and one.values[0]:
            written = replace(one, sql=with_values(one.sql, one.values[0], one.kinds), values=((),))
            asked += [(command, written) for command in self.server.explain]
        for command, query in asked:
            try:
                return self.place.wanted.reads(self._rolled_back(f"{command} {query.sql}", query))
            except ServerError as error:
                if error.lost or (command, query) == asked[-1]:
                    raise
        raise AssertionError  # pragma: no cover - there is a last one

    def _rolled_back(self, sql: str, one: Ready, values: int = 0, most: int | None = None) -> Described:
        session = self.namespace.session
        session.execute(self.server.begins[one.writes])
        try:
            return session.described(sql, [unpacked(value) for value in one.values[values]], most=most)
        finally:
            with contextlib.suppress(ServerError):
                session.execute("ROLLBACK")

    def _recover(self, error: ServerError) -> None:
        if error.lost:
            self.namespace.renew()
            self.namespace.session.execute(self.place.limit(QUERY_SECONDS))

    def compared(self, mine: Ready, theirs: Ready, refused: str | None) -> Compared:
        """The rows of a query here and there, for a few sets of values."""
        if theirs.error or refused:
            return Compared("error", str(theirs.error or refused))
        if mine.writes:
            return Compared("not compared", "it writes")
        found = Compared("same")
        for number in range(min(COMPARED_SETS, len(mine.values))):
            try:
                found = self._compared(mine, theirs, number)
            except ServerError as error:
                self._recover(error)
                return Compared("error", str(error))
            if not found.equal:
                return found
        return found

    def _compared(self, mine: Ready, theirs: Ready, number: int) -> Compared:
        import psycopg

        cursor = psycopg.RawCursor(self.session.connection)
        try:
            cursor.execute(mine.sql.encode(), mine.values[number] or None)
        except psycopg.Error as error:
            return Compared("error", f"on the embedded server: {' '.join(str(error).split())[:200]}")
        here = cursor.fetchmany(MOST_COMPARED + 1) if cursor.description else []
        names = tuple(column.name for column in cursor.description or ())
        there = _without_more(self._rolled_back(theirs.sql, theirs, number, MOST_COMPARED + 1), names)
        if max(len(here), len(there)) > MOST_COMPARED:
            return Compared("not compared", f"it gives more than {MOST_COMPARED:,} rows")
        sql = mine.sql.lower()
        return compare(
            here,
            there,
            ordered=re.search(r"\border\s+by\b", sql) is not None,
            limited=re.search(r"\blimit\b", sql) is not None,
        )

    def build(self, statements: Sequence[str]) -> list[BuiltIndex]:
        """Create the indexes; one that is refused is reported and the others are built."""
        built = []
        for ddl in statements:
            before, begun = self.namespace.size() or 0, time.monotonic()
            try:
                self.namespace.session.execute(ddl.strip().rstrip(";"))
            except ServerError as error:
                built.append(BuiltIndex(ddl, 0.0, 0, str(error)))
                self._recover(error)
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
    work = _Work(place, session, schema, tell)
    wanted = place.wanted
    tables, seconds = work.send(by_root(schema, counts))
    tell(0.5, f"foreign keys and statistics on {wanted.server.title}")
    place.run(wanted.script.later)
    work.analyze()
    place.namespace.session.execute(place.limit(QUERY_SECONDS))
    both = work.translated(ready)
    theirs = [one for one, _ in both]
    plans, refused = work.explained(theirs)
    tell(0.55, f"comparing results with {wanted.server.title}")
    queries = tuple(
        OtherQuery(mine.query.name, said.sql, said.notes, work.compared(mine, one, refused.get(number)))
        for number, (mine, (one, said)) in enumerate(zip(ready, both, strict=True))
    )
    begins = [
        *place.namespace.begins,
        place.limit(QUERY_SECONDS),
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
        place.namespace.session.execute(place.limit(QUERY_SECONDS))
        plans, refused = work.explained(theirs)
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


def _without_more(theirs: Described, names: Sequence[str]) -> list[tuple[Any, ...]]:
    """Rows without the columns that only the other server's tables have, which `SELECT *` gives too."""
    places = [place for place, name in enumerate(theirs.names) if name in names]
    if len(theirs.names) == len(names) or len(places) != len(names):
        return theirs.rows
    return [tuple(row[place] for place in places) for row in theirs.rows]


def by_root(schema: Schema, counts: Mapping[str, int]) -> dict[str, int]:
    """Rows by table, those of partitions counted with the table at the top."""
    found: dict[str, int] = {}
    for label, rows in counts.items():
        root = root_of(schema.table_by_label[label], schema).label
        found[root] = found.get(root, 0) + rows
    return found


def _between(tell: Callable[[float, str], None], low: float, high: float) -> Callable[[float, str], None]:
    return lambda done, said: tell(low + (high - low) * done, said)
