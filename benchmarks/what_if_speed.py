"""What-ifs a second: the twin beside HypoPG on a loaded database, on the same machine, with the same queries and indexes.

    python benchmarks/what_if_speed.py [SCALE]

TPC-H's 22 queries, each with every single-column index on a column that it names. A what-if is: this index and no other, one plan as
JSON, read. Twice: index by index, so that one change serves several plans, and query by query, so that each plan needs a change.
HypoPG is Debian's (postgresql-15-hypopg); where it is not installed, the twin is measured alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from dbdesign.engines.postgres import dedicated, embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.twin.dump import read_dump
from dbdesign.twin.twin import Hypothetical, Twin, production_twin
from processor import session_time
from tpc import ROOMY, TPC_H, load, queries

DEBIAN = Path("/usr/lib/postgresql/15/bin")
HYPOPG = Path("/usr/share/postgresql/15/extension/hypopg.control")
WARM, ROUNDS = 1, 3

Pair = tuple[str, str]
"""A query and the definition of an index, from `ON` on."""

Task = tuple[str, str]
"""An engine and an order."""


@dataclass(frozen=True)
class Ask:
    """One way to plan pairs.

    Attributes:
        plan: plans every pair, in that order.
        session: the server's process that does it.
    """

    plan: Callable[[Sequence[Pair]], None]
    session: Callable[[], int]


@dataclass(frozen=True)
class Speed:
    """What-ifs a second, and microseconds of processor time of one, of this process and of the server's session together."""

    rate: float
    processor: float


def pairs(database: ScratchDatabase, texts: Sequence[str]) -> list[Pair]:
    """Every query with a single-column index on each column that it names."""
    columns = database.user.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'public' order by 1, 2"
    ).fetchall()
    return [
        (text, f"ON {table} ({column})")
        for text in texts
        for table, column in columns
        if re.search(rf"\b{column}\b", text)
    ]


def plan_cost(answer: bytes) -> float:
    """The total cost of EXPLAIN's JSON."""
    return float(json.loads(answer)[0]["Plan"]["Total Cost"])


def with_twin(twin: Twin, made: Mapping[str, Hypothetical]) -> Ask:
    """What-ifs on the twin."""

    def plan(asked: Sequence[Pair]) -> None:
        for query, definition in asked:
            _ = twin.explain(query, [made[definition]]).cost

    return Ask(plan, lambda: twin.database.user.pgconn.backend_pid)


def with_hypopg(database: ScratchDatabase) -> Ask:
    """What-ifs with HypoPG: where the index changes, the last is forgotten and the next made, in one message with the query."""
    connection = database.user.pgconn

    def plan(asked: Sequence[Pair]) -> None:
        last = None
        for query, definition in asked:
            change = f"select hypopg_reset(); select hypopg_create_index('create index {definition}'); "
            text = f"{change if definition != last else ''}explain (format json) {query}"
            last = definition
            plan_cost(connection.exec_(text.encode()).get_value(0, 0) or b"")

    return Ask(plan, lambda: connection.backend_pid)


def without(database: psycopg.Connection[Any]) -> Ask:
    """The same plans without any index, as a base: what is left is the planner's and the connection's own time."""
    connection = database.pgconn

    def plan(asked: Sequence[Pair]) -> None:
        for query, _ in asked:
            plan_cost(connection.exec_(f"explain (format json) {query}".encode()).get_value(0, 0) or b"")

    return Ask(plan, lambda: connection.backend_pid)


def speeds(tasks: Mapping[Task, tuple[Ask, Sequence[Pair]]]) -> dict[Task, Speed]:
    """The best of some rounds; the engines take turns, so that what else the machine does meets all."""
    found: dict[Task, list[Speed]] = {task: [] for task in tasks}
    for _ in range(WARM + ROUNDS):
        for task, (ask, asked) in tasks.items():
            found[task].append(speed(ask, asked))
    return {
        task: Speed(max(one.rate for one in rounds[WARM:]), min(one.processor for one in rounds[WARM:]))
        for task, rounds in found.items()
    }


def speed(ask: Ask, asked: Sequence[Pair]) -> Speed:
    """Of one round."""
    began, own, there = time.perf_counter(), time.process_time(), session_time(ask.session())
    ask.plan(asked)
    wall = time.perf_counter() - began
    used = time.process_time() - own + session_time(ask.session()) - there
    return Speed(len(asked) / wall, used / len(asked) * 1e6)


@contextmanager
def loaded(scale: float, *, hypopg: bool) -> Iterator[ScratchDatabase]:
    """TPC-H on the embedded PostgreSQL, or on Debian's 15 with HypoPG."""
    if not hypopg:
        with embedded().scratch(limits=ROOMY) as database:
            load(TPC_H, scale, database)
            yield database
        return
    before = os.environ.get("DBDESIGN_POSTGRES_BIN")
    os.environ["DBDESIGN_POSTGRES_BIN"] = str(DEBIAN)
    try:
        with dedicated({}) as server, server.scratch(limits=ROOMY) as database:
            load(TPC_H, scale, database)
            database.admin.execute("create extension hypopg schema public")
            yield database
    finally:
        os.environ.pop("DBDESIGN_POSTGRES_BIN")
        if before is not None:
            os.environ["DBDESIGN_POSTGRES_BIN"] = before


def orders(asked: Sequence[Pair]) -> dict[str, list[Pair]]:
    """Index by index, and query by query."""
    return {
        "index by index": sorted(asked, key=lambda pair: pair[1]),
        "query by query": list(asked),
    }


def measure(scale: float) -> tuple[int, dict[Task, Speed]]:
    """How many what-ifs, and how many a second."""
    texts = queries(TPC_H)
    tasks: dict[Task, tuple[Ask, Sequence[Pair]]] = {}
    with ExitStack() as stack:
        database = stack.enter_context(loaded(scale, hypopg=False))
        asked = pairs(database, texts)
        twin, known = hypothetical(stack, database, sorted({definition for _, definition in asked}))
        name = f"twin, PostgreSQL {twin.database.server.version}"
        for order, ordered in orders(asked).items():
            tasks[name, order] = with_twin(twin, known), ordered
        tasks[f"EXPLAIN alone, PostgreSQL {database.server.version}", "query by query"] = without(database.user), asked
        if (DEBIAN / "postgres").exists() and HYPOPG.exists():
            other = stack.enter_context(loaded(scale, hypopg=True))
            name = f"HypoPG, PostgreSQL {other.server.version}"
            for order, ordered in orders(asked).items():
                tasks[name, order] = with_hypopg(other), ordered
            bare = stack.enter_context(other.server.connect(other.name))
            bare.execute("set search_path = public")
            tasks[f"EXPLAIN alone, PostgreSQL {other.server.version}", "query by query"] = without(bare), asked
        else:
            print("HypoPG is not installed here: apt-get install postgresql-15-hypopg")
        return len(asked), speeds(tasks)


def hypothetical(
    stack: ExitStack, database: ScratchDatabase, definitions: Sequence[str]
) -> tuple[Twin, dict[str, Hypothetical]]:
    """The twin of a loaded database, with indexes."""
    dump = read_dump(database.dump(statistics=True))
    twin = stack.enter_context(production_twin(dump.statements, dump.statistics))
    began = time.perf_counter()
    made = twin.add_indexes(definitions)
    seconds = time.perf_counter() - began
    print(f"{len(definitions)} hypothetical indexes made on the twin in {seconds:.2f} s")
    return twin, {one.definition: one for one in made if isinstance(one, Hypothetical)}


def table(number: int, found: Mapping[Task, Speed]) -> Table:
    """What-ifs a second, and the microseconds of processor time that one takes."""
    shown = Table(
        title=f"what-ifs a second (and processor time of one), {number} of TPC-H's queries with an index",
        title_justify="left",
    )
    shown.add_column("engine")
    names = list(dict.fromkeys(order for _, order in found))
    for name in names:
        shown.add_column(name, justify="right")
    for engine in dict.fromkeys(engine for engine, _ in found):
        speeds_of = [found.get((engine, name)) for name in names]
        shown.add_row(engine, *(f"{one.rate:,.0f}  ({one.processor:,.0f} µs)" if one else "" for one in speeds_of))
    return shown


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    number, found = measure(float(arguments[0]) if arguments else 0.1)
    console: Any = Console(width=int(os.environ.get("COLUMNS", "120")))
    console.print(table(number, found))


if __name__ == "__main__":
    main(sys.argv[1:])
