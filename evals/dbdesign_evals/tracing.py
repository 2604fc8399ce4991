"""A migration of an answer, traced statement by statement: what it locks, rewrites and reads, and how many rows a transaction writes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.engines.postgres import split_script
from dbdesign.errors import LimitError
from dbdesign.migrations.check.settings import LockTimeout
from dbdesign.migrations.check.subject import first_node
from dbdesign.migrations.trace import Tracer
from dbdesign.model.finding import Proof
from dbdesign.model.migration import LockMode, Trace
from dbdesign_evals.task import Apply
from dbdesign_evals.workbench import LIMITS

if TYPE_CHECKING:
    from dbdesign_evals.workbench import Workbench

_HORIZON = "select pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint"
_WRITTEN = """select coalesce(max(n), 0) from (
    select count(*) n from {table} where xmin::text::bigint >= {horizon} group by xmin::text) written"""


@dataclass(frozen=True)
class Traced:
    """A statement, what it did, and under which lock_timeout."""

    line: int
    sql: str
    trace: Trace
    lock_timeout: str | None


@dataclass
class TracedRun:
    """A migration's statements up to the first that was refused.

    Attributes:
        problem: why the state or the migration could not be run to its end.
        written: by table, the most rows that are left of what one transaction wrote.
    """

    statements: list[Traced] = field(default_factory=list)
    problem: str | None = None
    written: dict[str, int] = field(default_factory=dict)
    proof: str = ""


def traced(bench: Workbench, state: str, file: str, tables: tuple[str, ...] = ()) -> TracedRun:
    """The traced run of a migration from a state; made once an answer.

    Raises:
        MissingFileError: where the answer lacks the file.
    """
    return bench.once(("traced", state, file, *tables), lambda: _run(bench, state, file, tables))


def _run(bench: Workbench, state: str, file: str, tables: tuple[str, ...]) -> TracedRun:
    items = bench.items(state)
    before = ";\n".join(bench.text(item.apply if isinstance(item, Apply) else item) for item in items)
    script = split_script(bench.text(file))
    found = TracedRun()
    with Tracer(before, limits=LIMITS) as tracer:
        found.proof = f"executed on PostgreSQL {tracer.server_version}"
        if tracer.problems:
            found.problem = f"the state could not be made: {tracer.problems[0]}"
            return found
        horizon = int(tracer.database.admin.execute(_HORIZON).fetchone()[0])  # type: ignore[index]
        timeout = LockTimeout()
        for statement in script.statements:
            trace = _traced(tracer, statement.sql)
            found.statements.append(Traced(statement.line, statement.sql, trace, timeout.value))
            timeout.follow(statement.sql, first_node(statement.sql), inside=tracer.in_transaction)
            if not tracer.in_transaction:
                timeout.end_transaction()
            if trace.error:
                found.problem = f"line {statement.line}: {trace.error}: {' '.join(statement.sql.split())[:120]}"
                break
        if tracer.in_transaction:
            tracer.commit()
        for table in tables:
            found.written[table] = _written(tracer, table, horizon)
    return found


def _traced(tracer: Tracer, sql: str) -> Trace:
    """A procedure or a block that commits must not stand in a transaction: it is run again without one."""
    try:
        trace = tracer.run(sql)
    except LimitError as error:
        return Trace(error=str(error), proof=Proof(level="executed", by="PostgreSQL"))
    if trace.error and trace.error.startswith("2D000") and not tracer.in_transaction:
        return tracer.run(sql, transactional=False)
    return trace


def _written(tracer: Tracer, table: str, horizon: int) -> int:
    import psycopg

    try:
        row = tracer.database.user.execute(_WRITTEN.format(table=table, horizon=horizon).encode()).fetchone()
    except psycopg.Error:
        return 0
    return int(row[0]) if row else 0


def strongest(one: Traced, table: str) -> LockMode | None:
    """The strongest lock on a table while a statement works, with those of its transaction before it."""
    modes = [found[table] for found in (one.trace.held, one.trace.locks) if table in found]
    return max(modes, key=lambda mode: mode.rank) if modes else None
