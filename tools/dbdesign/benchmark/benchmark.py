"""A whole benchmark: schema, rows, workload, and the workload again with more indexes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace

from dbdesign.benchmark.generate import Loaded, generate
from dbdesign.benchmark.place import Place, own_server
from dbdesign.benchmark.predictions import planner_settings, with_predictions
from dbdesign.benchmark.queries import make_ready
from dbdesign.benchmark.quoting import namespace_of, relation
from dbdesign.benchmark.results import BuiltIndex, Run
from dbdesign.benchmark.run import Plan, run
from dbdesign.benchmark.servers.elsewhere import Elsewhere, Other, opened, run_elsewhere
from dbdesign.benchmark.session import Session
from dbdesign.engines.postgres import Limits
from dbdesign.errors import EngineError
from dbdesign.model.design import Design
from dbdesign.model.profile import Profile

BYTES_PER_ROW = 2_000
LEAST_DISK = 2 * 1024**3
MOST_DISK = 64 * 1024**3
STATEMENT_SECONDS = 1800.0
"""Of one statement of the load."""

QUERY_SECONDS = 30.0
"""Of one execution of a query."""


@dataclass(frozen=True)
class Wanted:
    """What to measure.

    Attributes:
        rows: in all tables together.
        indexes: DDL for a second run.
        seed: of the rows and of the values.
        place: the schema of somebody's database that it runs in; None for a server of its own.
        elsewhere: another server that gets the same rows and the same workload, to be compared with the one of its own.
    """

    rows: int = 1_000_000
    plan: Plan = field(default_factory=Plan)
    indexes: tuple[str, ...] = ()
    seed: int = 1
    place: Place | None = None
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True)
class TableSize:
    """A table with its indexes, in bytes."""

    label: str
    rows: int
    heap: int
    indexes: int


@dataclass(frozen=True)
class Outcome:
    """What came of a benchmark.

    Attributes:
        version: of the server.
        loaded: the rows.
        runs: one, or the one before and the one after the indexes.
        refused: statements of the schema that the server refused.
        unpredicted: what the twin could not say, a sentence each.
        place: where it ran, for people.
        other: the same on another server.
    """

    version: str
    loaded: Loaded
    sizes: tuple[TableSize, ...]
    runs: tuple[Run, ...]
    indexes: tuple[BuiltIndex, ...]
    refused: tuple[str, ...]
    unpredicted: tuple[str, ...] = ()
    place: str = "embedded server"
    other: Other | None = None


def _quiet(_done: float, _message: str) -> None:
    """Nobody is told."""


def benchmark(
    design: Design, profile: Profile, ddl: str, wanted: Wanted, *, tell: Callable[[float, str], None] = _quiet
) -> Outcome:
    """Fill a database with rows that follow the profile and run the design's workload on it.

    Args:
        ddl: the design's schema as PostgreSQL's DDL.
        tell: told the share of the work done and what comes next.

    Raises:
        LimitError: where it was stopped, or fills too much disk.
        EngineError: where the server fails.
    """
    import psycopg

    try:
        return _benchmark(design, profile, ddl, wanted, tell)
    except psycopg.Error as error:
        said = " ".join(str(error.diag.message_primary or error).split())
        raise EngineError(
            f"the server of the benchmark refused a step: {said}", remedy="Check the schema, or ask for fewer rows"
        ) from error


def _benchmark(
    design: Design, profile: Profile, ddl: str, wanted: Wanted, tell: Callable[[float, str], None]
) -> Outcome:
    disk = int(min(max(wanted.rows * BYTES_PER_ROW, LEAST_DISK), MOST_DISK))
    limits = Limits(seconds=QUERY_SECONDS, disk=disk, temporary=disk, connections=wanted.plan.connections + 4)
    share = 0.5 if wanted.elsewhere else 1.0
    tell, whole = _between(tell, 0.0, share), tell
    tell(0.0, "making the schema" if wanted.place else "starting a server")
    with ExitStack() as stack:
        there = stack.enter_context(opened(replace(wanted.elsewhere, disk=disk))) if wanted.elsewhere else None
        place = stack.enter_context(wanted.place.open(ddl) if wanted.place else own_server(ddl, limits))
        session = Session(place.database, disk=disk, seconds=STATEMENT_SECONDS, scope=place.scope, begins=place.begins)
        loaded = generate(
            session,
            design.schema,
            profile,
            wanted.rows,
            seed=wanted.seed,
            tell=lambda done, said: tell(0.55 * done, said),
        )
        session.limit(QUERY_SECONDS)
        for setting in ("work_mem", "maintenance_work_mem", "max_parallel_workers_per_gather", "row_security"):
            session.execute(f"RESET {setting}")
        sizes = _sizes(session, loaded)
        ready = make_ready(
            session, design.schema, design.workload.queries, {one.label: one.rows for one in loaded.tables}, wanted.seed
        )
        shares = (0.6, 0.95) if not wanted.indexes else (0.6, 0.77)
        runs = [
            run(
                session,
                ready,
                wanted.plan,
                title="before" if wanted.indexes else "workload",
                tell=_between(tell, *shares),
            )
        ]
        built: list[BuiltIndex] = []
        if wanted.indexes:
            tell(0.78, f"building {len(wanted.indexes)} indexes")
            built = build(
                session, wanted.indexes, [relation(design.schema.table_by_label[one.label]) for one in loaded.tables]
            )
            runs.append(run(session, ready, wanted.plan, title="after", tell=_between(tell, 0.8, 0.95)))
        tell(0.96, "asking the twin")
        predicted, unpredicted = with_predictions(
            runs,
            ready,
            schema=design.schema,
            profile=profile,
            ddl=ddl,
            loaded=loaded,
            settings=planner_settings(session),
            indexes=[one.ddl for one in built if one.error is None],
        )
        counts = {one.label: one.rows for one in loaded.tables}
        other = (
            run_elsewhere(there, session, design.schema, counts, ready, wanted.plan, _between(whole, share, 1.0))
            if there
            else None
        )
        return Outcome(
            place.version, loaded, sizes, predicted, tuple(built), place.refused, tuple(unpredicted), place.title, other
        )


def _between(tell: Callable[[float, str], None], low: float, high: float) -> Callable[[float, str], None]:
    return lambda done, said: tell(low + (high - low) * done, said)


def build(session: Session, statements: Sequence[str], filled: Sequence[str]) -> list[BuiltIndex]:
    """Create the indexes; one that the server refuses is reported and the others are built."""
    import psycopg

    built = []
    session.limit(STATEMENT_SECONDS)
    session.execute("SET maintenance_work_mem = '256MB'")
    for ddl in statements:
        before, begun = session.size(), time.monotonic()
        try:
            session.execute(ddl.strip().rstrip(";"))
        except psycopg.Error as error:
            built.append(BuiltIndex(ddl, 0.0, 0, str(error.diag.message_primary or error)))
            continue
        built.append(BuiltIndex(ddl, time.monotonic() - begun, max(session.size() - before, 0)))
    for table in filled:
        session.execute(f"ANALYZE {table}")
    session.execute("RESET maintenance_work_mem")
    session.limit(QUERY_SECONDS)
    return built


def _sizes(session: Session, loaded: Loaded) -> tuple[TableSize, ...]:
    found = []
    for one in loaded.tables:
        namespace, _, title = one.label.rpartition(".")
        row = session.database.admin.execute(
            b"SELECT pg_table_size(c.oid), pg_indexes_size(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            b"WHERE n.nspname = %s AND c.relname = %s",
            (namespace_of(namespace or None), title),
        ).fetchone()
        if row is not None:
            found.append(TableSize(one.label, one.rows, int(row[0]), int(row[1])))
    return tuple(found)
