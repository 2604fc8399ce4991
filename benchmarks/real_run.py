"""One real run: TPC-H's 22 queries on a loaded database, without indexes and with the set that the advisor found on the twin.

    python benchmarks/real_run.py [SCALE] [--budget 1GB] [--limit SECONDS] [--keys]

The advice is made of schema and statistics alone; then the indexes are built on the rows and every query is executed before and after, its
results compared. A query is given up after the limit, which then counts as its time. `--keys` starts with primary keys.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import psycopg
from rich.console import Console
from rich.table import Table

from dbdesign.api.advise_indexes import bytes_of, readable_size
from dbdesign.benchmark.place import SERVER
from dbdesign.engines.postgres import dedicated
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.indexes.advice import Advice
from dbdesign.indexes.advise import Advisor
from dbdesign.model import workload
from dbdesign.readers.base import reader
from dbdesign.twin.dump import read_dump
from dbdesign.twin.twin import production_twin
from tpc import ROOMY, TPC_H, load, queries, without_keys

ROUNDS = 3
PATIENT = 5.0
"""Seconds of a first execution from which on it is not repeated."""

CONSOLE = Console(width=int(os.environ.get("COLUMNS", "120")))


@dataclass(frozen=True)
class Timed:
    """The best time of a query; `rows` is a mark of its result, None where it was given up."""

    seconds: float
    rows: str | None


def executed(database: ScratchDatabase, sql: str, limit: float) -> Timed:
    """The best of some executions, the first to warm the caches."""
    times: list[float] = []
    while len(times) < ROUNDS and (not times or times[0] < PATIENT):
        began = time.perf_counter()
        try:
            rows = database.user.execute(sql.encode()).fetchall()
        except psycopg.errors.QueryCanceled:
            return Timed(limit, None)
        times.append(time.perf_counter() - began)
    return Timed(min(times), sha256(repr(_rounded(rows)).encode()).hexdigest())


def _rounded(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    """Sums of numbers of inexact types come out a little different in another order."""
    return [[f"{value:.6g}" if isinstance(value, float) else value for value in row] for row in rows]


def run(database: ScratchDatabase, texts: Sequence[str], limit: float) -> list[Timed]:
    """All queries, one after the other."""
    database.user.execute(f"set statement_timeout = '{int(limit * 1000)}ms'".encode())
    return [executed(database, text, limit) for text in texts]


def advice_for(database: ScratchDatabase, texts: Sequence[str], budget: int) -> tuple[Advice, float, str]:
    """What the advisor finds on a twin of the database, from its dump without rows; with the seconds that it took."""
    dump = read_dump(database.dump(statistics=True))
    schema = reader("postgresql").read(";\n".join(one.sql for one in dump.statements) + ";").schema_
    asked = [workload.Query(name=f"Q{number}", sql=text) for number, text in enumerate(texts, 1)]
    settings = {name: value for name, value in SERVER.items() if name in PLANNERS}
    began = time.perf_counter()
    with production_twin(dump.statements, dump.statistics, settings=settings) as twin:
        return Advisor(twin, schema, asked, least_gain=0.0).advise(budget), time.perf_counter() - began, twin.proof


PLANNERS = ("work_mem", "effective_cache_size", "random_page_cost", "max_parallel_workers")


def build(database: ScratchDatabase, advice: Advice) -> Iterator[tuple[str, int, int, float]]:
    """Build the advised indexes: DDL, predicted and real bytes, seconds."""
    database.user.execute("set statement_timeout = 0; set maintenance_work_mem = '512MB'")
    for number, one in enumerate(advice.indexes, 1):
        name = f"advised_{number}"
        began = time.perf_counter()
        database.user.execute(f"create index {name} {one.candidate.definition}".encode())
        seconds = time.perf_counter() - began
        row = database.user.execute(f"select pg_relation_size('{name}')".encode()).fetchone()
        yield one.candidate.definition, one.index.size, row[0] if row else 0, seconds
    database.user.execute("vacuum analyze")


def table(before: Sequence[Timed], after: Sequence[Timed], advice: Advice) -> Table:
    """Query by query, with the planner's costs."""
    shown = Table(title="wall time", title_justify="left")
    for heading in ("query", "before s", "after s", "faster", "cost before", "after", "same result"):
        shown.add_column(heading, justify="right")
    costs = {one.name: one for one in advice.queries}
    for number, (old, new) in enumerate(zip(before, after, strict=True), 1):
        cost = costs[f"Q{number}"]
        same = "given up" if old.rows is None or new.rows is None else "yes" if old.rows == new.rows else "NO"
        faster = f"{'>' if old.rows is None else ''}{old.seconds / new.seconds:.1f}×"
        times = (f"{old.seconds:.2f}", f"{new.seconds:.2f}", faster)
        shown.add_row(f"Q{number}", *times, f"{cost.before:,.0f}", f"{cost.after:,.0f}", same)
    return shown


def main() -> None:
    """Load, advise, run, build, run again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("scale", type=float, nargs="?", default=1.0)
    parser.add_argument("--budget", default="1GB", help="of all advised indexes")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds, after which a query is given up")
    parser.add_argument("--keys", action="store_true", help="start with primary keys")
    chosen = parser.parse_args()
    texts = queries(TPC_H)
    with dedicated({**SERVER, "maintenance_work_mem": "512MB"}) as server, server.scratch(limits=ROOMY) as database:
        load(TPC_H, chosen.scale, database)
        if not chosen.keys:
            without_keys(TPC_H, database)
        advice, seconds, proof = advice_for(database, texts, bytes_of(chosen.budget))
        size = sum(one.index.size for one in advice.indexes)
        cost = f"cost {advice.before:,.0f} → {advice.after:,.0f}, {advice.calls:,} what-ifs in {seconds:.1f} s"
        CONSOLE.print(f"{len(advice.indexes)} indexes of {readable_size(size)} advised ({proof}): {cost}")
        before = run(database, texts, chosen.limit)
        for ddl, predicted, real, taken in build(database, advice):
            sizes = f"{readable_size(real)}, predicted {readable_size(predicted)}, built in {taken:.1f} s"
            CONSOLE.print(f"  {ddl}: {sizes}", markup=False)
        after = run(database, texts, chosen.limit)
    CONSOLE.print(table(before, after, advice))
    old, new = sum(one.seconds for one in before), sum(one.seconds for one in after)
    least = "at least " if any(one.rows is None for one in before) else ""
    CONSOLE.print(
        f"all {len(texts)} queries: {least}{old:.1f} s without the indexes, {new:.1f} s with them ({least}{old / new:.1f} times faster)"
    )


if __name__ == "__main__":
    main()
