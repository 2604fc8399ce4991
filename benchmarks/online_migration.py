"""Ten changes to a large table under load: the migration that one writes first, and the one that `plan_migration` makes.

    python benchmarks/online_migration.py [rows] [change …] [--changes "int to bigint,split"] [--planned] [--out FILE.md]

Eight connections read and write the table all the while. Of each change it says the longest time that any of their statements took (with
the 99th percentile before the change), how many failed, the throughput lost while it ran, and how long it took. The planned migration is
run as an operator would: phase by phase, with its timeouts, retries and batches; the application is the old version until the contract
phase and the new one from there on. The naive one is one transaction; the application is the new version behind it. `--planned` leaves that
out. Progress goes to standard error, the table (Markdown) to standard output or a file.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql as quoting

from dbdesign.engines.postgres import Limits, dedicated, split_script
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.migrations.intents import intent
from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import Batches, MigrationPlan, Phase, Step
from dbdesign.readers.base import reader

SHORT, FULL = 200_000, 5_000_000
CONNECTIONS = 8
THINKING = 0.004
"""Seconds between two statements of a connection: about 1,500 statements a second in all, which leaves the server room."""

WARMING = 3.0
PROGRESS = 10.0
"""Seconds between two lines of progress."""

LIMIT = 0.25
"""Seconds beyond the usual 99th percentile that no statement may wait for while a planned migration runs."""

SERVER = {
    "shared_buffers": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "maintenance_work_mem": "256MB",
    "work_mem": "16MB",
    "autovacuum": "on",
}
"""Those of a small server that is written to: with the embedded server's own 64 MB of WAL a checkpoint follows the other."""

BASE = """
create table customer (id int primary key, name text not null);
create table orders (id int primary key, customer_id int not null, ref int, amount int not null default 0, note text,
    street text, city text, created timestamptz not null default now());
"""
LOAD = """
insert into customer select g, 'customer ' || g from generate_series(1, 10000) g;
insert into orders (id, customer_id, ref, amount, note, street, city)
select g, 1 + g % 10000, g, g % 1000, 'note ' || g, 'street ' || g % 500, 'city ' || g % 50 from generate_series(1, {rows}) g;
analyze;
"""


@dataclass(frozen=True)
class Version:
    """What a version of the application says: statements with `%(id)s` and `%(new)s`."""

    read: str = "select amount, note from orders where id = %(id)s"
    write: str = "update orders set amount = amount + 1 where id = %(id)s"
    add: str = "insert into orders (id, customer_id, ref, amount, note) values (%(new)s, 1, %(new)s, 5, 'new')"


@dataclass(frozen=True)
class Change:
    """One change: the target as changes to the base, the naive statements, and the application before and after."""

    name: str
    after: str
    naive: str
    new: Version = Version()
    settings: dict[str, Any] = field(default_factory=dict)


_SPLIT = BASE.replace("\n    street text, city text,", "")
_REMARK = Version(
    read="select amount, remark from orders where id = %(id)s",
    add="insert into orders (id, customer_id, ref, amount, remark) values (%(new)s, 1, %(new)s, 5, 'new')",
)
_HASHED = "".join(
    f"create table orders_{number} partition of orders for values with (modulus 4, remainder {number});"
    for number in range(4)
)
CHANGES = (
    Change(
        "add NOT NULL column, volatile default",
        f"{BASE} alter table orders add token uuid not null default gen_random_uuid();",
        "alter table orders add token uuid not null default gen_random_uuid()",
    ),
    Change(
        "int to bigint key",
        BASE.replace("create table orders (id int", "create table orders (id bigint"),
        "alter table orders alter id type bigint",
    ),
    Change(
        "add foreign key",
        f"{BASE} alter table orders add foreign key (customer_id) references customer;",
        "alter table orders add foreign key (customer_id) references customer",
    ),
    Change("add unique key", f"{BASE} alter table orders add unique (ref);", "alter table orders add unique (ref)"),
    Change(
        "add index",
        f"{BASE} create index on orders (customer_id, created);",
        "create index on orders (customer_id, created)",
    ),
    Change(
        "change type int to numeric",
        BASE.replace("amount int not null default 0", "amount numeric(12,2) not null default 0"),
        "alter table orders alter amount type numeric(12,2)",
    ),
    Change(
        "rename column",
        BASE.replace("note text", "remark text"),
        "alter table orders rename note to remark",
        _REMARK,
        {"renames": ("orders.note:orders.remark",)},
    ),
    Change(
        "split table",
        f"{_SPLIT} create table shipping (order_id int primary key references orders on delete cascade, street text, city text);",
        "create table shipping (order_id int primary key references orders on delete cascade, street text, city text);"
        "insert into shipping select id, street, city from orders;"
        "alter table orders drop street, drop city",
        settings={"intents": (intent("split", "orders(street, city) -> shipping by id:order_id"),)},
    ),
    Change(
        "make partitioned",
        BASE.replace("default now());", "default now()) partition by hash (id);", 1) + _HASHED,
        "alter table orders rename to orders_before; alter table orders_before rename constraint orders_pkey to orders_before_pkey;"
        + BASE[BASE.index("create table orders") :].replace("default now());", "default now()) partition by hash (id);")
        + _HASHED
        + "insert into orders select * from orders_before; drop table orders_before",
    ),
    Change(
        "drop column",
        BASE.replace("\n    street text,", ""),
        "alter table orders drop street",
        settings={"allow_destructive": True},
    ),
)


@dataclass
class Load:
    """Eight connections that read and write; each statement's begin and duration is kept."""

    database: ScratchDatabase
    rows: int
    version: Version = field(default_factory=Version)
    taken: list[tuple[float, float]] = field(default_factory=list)
    failures: list[tuple[float, str]] = field(default_factory=list)
    written: Counter[str] = field(default_factory=Counter)
    _stop: threading.Event = field(default_factory=threading.Event)

    def _work(self, number: int) -> None:
        dice = random.Random(number)
        serial = self.rows + number
        with psycopg.connect(self.database.user_uri, autocommit=True, prepare_threshold=None) as connection:
            while not self._stop.is_set():
                serial += CONNECTIONS
                version, share = self.version, dice.random()
                sql = version.read if share < 0.7 else version.write if share < 0.9 else version.add
                began = time.perf_counter()
                try:
                    connection.execute(sql.encode(), {"id": dice.randint(1, self.rows), "new": serial})
                    self.taken.append((began, time.perf_counter() - began))
                    self.written["write" if sql == version.write else "add" if sql == version.add else "read"] += 1
                except psycopg.Error as error:
                    self.failures.append((began, f"{error.sqlstate} {error}"))
                time.sleep(THINKING)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run for the length of the block."""
        workers = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(CONNECTIONS)]
        for worker in workers:
            worker.start()
        try:
            yield
        finally:
            self._stop.set()
            for worker in workers:
                worker.join()

    def between(self, first: float, last: float) -> list[float]:
        """Durations of the statements that were under way in a span of time."""
        return [took for began, took in self.taken if began + took >= first and began <= last]


@dataclass(frozen=True)
class Measured:
    """What a migration did to the application: seconds, shares and counts."""

    usual: float
    longest: float
    failed: int
    lost: float
    total: float

    @property
    def waited(self) -> float:
        """Beyond the usual 99th percentile."""
        return max(self.longest - self.usual, 0.0)


def measured(database: ScratchDatabase, rows: int, new: Version, migrate: Callable[[Load], None]) -> Measured:
    """Run the load, then a migration under it."""
    load = Load(database, rows)
    with load.running():
        time.sleep(WARMING / 3)
        begun = time.perf_counter()
        time.sleep(WARMING)
        first = time.perf_counter()
        migrate(load)
        last = time.perf_counter()
        load.version = new
        time.sleep(0.3)
    check_rows(database, load)
    before, during = load.between(begun, first), load.between(first, last)
    rate = len(before) / (first - begun)
    return Measured(
        usual=statistics.quantiles(before, n=100)[98],
        longest=max(during, default=0.0),
        failed=sum(first <= began for began, _ in load.failures),
        lost=max(1 - len(during) / (last - first) / rate, 0.0) if last - first > 1 else 0.0,
        total=last - first,
    )


def check_rows(database: ScratchDatabase, load: Load) -> None:
    """No statement that succeeded is lost: every row that was added is there, and every increment.

    Raises:
        AssertionError: rows or increments are missing.
    """
    found = database.user.execute("select count(*), sum(amount)::bigint from orders").fetchone()
    begun = sum(number % 1000 for number in range(1, load.rows + 1))
    wanted = (load.rows + load.written["add"], begun + load.written["write"] + 5 * load.written["add"])
    assert found == wanted, f"{found} rows and increments, not {wanted}"


def in_phases(connection: psycopg.Connection[Any], plan: MigrationPlan, new: Version) -> Callable[[Load], None]:
    """The planned migration: the new version is deployed before the contract phase."""

    def migrate(load: Load) -> None:
        for phase in plan.phases:
            if phase.name == "contract":
                load.version = new
                time.sleep(0.2)
            run_phase(connection, phase)

    return migrate


def run_phase(connection: psycopg.Connection[Any], phase: Phase) -> None:
    """Each step with its timeouts; tried again where lock_timeout was met."""
    for step in phase.steps:
        say(f"  {step.id} {step.title}")
        if step.batches is not None:
            run_batches(connection, step.batches)
            continue
        attempts = step.retry.attempts if step.retry else 1
        for attempt in range(attempts):
            try:
                run_step(connection, step)
                break
            except psycopg.errors.LockNotAvailable:
                connection.execute("ROLLBACK")
                if attempt == attempts - 1:
                    raise
                if step.cleanup:
                    connection.execute(step.cleanup.encode())
                time.sleep(random.uniform(0.5, 1.0) * (step.retry.first_wait if step.retry else 1.0) * 2**attempt / 10)


def run_step(connection: psycopg.Connection[Any], step: Step) -> None:
    """One transaction, or each statement by itself."""
    local = "LOCAL " if step.transactional else ""
    settings = [
        f"SET {local}lock_timeout = '{step.lock_timeout or 0}'",
        f"SET {local}statement_timeout = '{step.statement_timeout or 0}'",
    ]
    statements = [*settings, *(one.sql for one in split_script(step.sql).statements)]
    if step.transactional:
        connection.execute(";\n".join(statements).encode())
    else:
        for statement in statements:
            connection.execute(statement.encode())


def run_batches(connection: psycopg.Connection[Any], batches: Batches) -> None:
    """Walk over the key, as `Batches` says: as many rows as are done in the time that a batch may take, and a rest behind each."""
    after, rows = ", ".join("NULL" for _ in batches.key), batches.rows
    last = _row(connection.execute(batches.last.encode()).fetchone())
    count, longest, shown = 0, 0.0, time.monotonic()
    while last is not None:
        sql = batches.batch.replace(":after", after).replace(":last", last).replace(":rows", str(rows))
        begun = time.perf_counter()
        found = _row(connection.execute(sql.encode()).fetchone())
        taken = time.perf_counter() - begun
        if found is None:
            break
        after, count, longest = found, count + 1, max(longest, taken)
        rows = batches.following(rows, taken)
        time.sleep(batches.rest_after(taken))
        while batches.throttle and (lagging := connection.execute(batches.throttle.encode()).fetchone()) and lagging[0]:
            time.sleep(1.0)
        if time.monotonic() - shown > PROGRESS:
            shown = time.monotonic()
            say(f"    at key {found} of {last}, {rows:,} rows a batch, the longest took {longest * 1000:.0f} ms")
    say(f"    {count:,} batches, {rows:,} rows in the last, the longest took {longest * 1000:.0f} ms")


def say(text: str) -> None:
    """Progress, with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _row(row: Sequence[Any] | None) -> str | None:
    return None if row is None else ", ".join(quoting.quote(value) for value in row)


def at_once(connection: psycopg.Connection[Any], sql: str) -> Callable[[Load], None]:
    """The naive migration: one transaction, no timeouts."""

    def migrate(_load: Load) -> None:
        connection.execute(sql.encode())

    return migrate


@contextmanager
def loaded(rows: int) -> Iterator[tuple[ScratchDatabase, psycopg.Connection[Any]]]:
    """A database with the base schema and its rows."""
    limits = Limits(seconds=7200, disk=64 << 30, temporary=16 << 30, connections=CONNECTIONS + 6)
    with dedicated(SERVER) as server, server.scratch(limits=limits) as database:
        connection = database.user
        connection.execute(BASE.encode())
        for statement in LOAD.format(rows=rows).split(";"):
            connection.execute(statement.encode())
        yield database, connection


def planned(change: Change) -> MigrationPlan:
    """The plan of a change."""
    before, after = (reader("postgresql").read(text).schema_ for text in (BASE, change.after))
    plan = plan_migration(before, after, PlanSettings(verify=False, **change.settings))
    assert not plan.questions, plan.questions
    assert not plan.manual, plan.manual
    return plan


def run(rows: int, changes: Sequence[Change], *, naive: bool) -> Iterator[tuple[Change, str, Measured]]:
    """Each change, naive and planned, each on a server of its own."""
    for change in changes:
        say(f"{change.name}, {rows:,} rows")
        if naive:
            with loaded(rows) as (database, connection):
                one = measured(database, rows, change.new, at_once(connection, change.naive))
            say(f"  naive: waited {one.waited * 1000:,.0f} ms in {one.total:.1f} s")
            yield change, "naive", one
        plan = planned(change)
        with loaded(rows) as (database, connection):
            one = measured(database, rows, change.new, in_phases(connection, plan, change.new))
        say(f"  planned: waited {one.waited * 1000:,.0f} ms in {one.total:.1f} s")
        yield change, "planned", one


HEAD = """| change | migration | usual p99 | longest | waited beyond | failed | throughput lost | took |
|---|---|--:|--:|--:|--:|--:|--:|"""


def row_of(change: Change, kind: str, one: Measured) -> str:
    """A line of the table."""
    cells = [
        change.name,
        kind,
        f"{one.usual * 1000:.1f} ms",
        f"{one.longest * 1000:,.0f} ms",
        f"{one.waited * 1000:,.0f} ms",
        f"{one.failed:,}",
        f"{one.lost:.0%}",
        f"{one.total:.1f} s",
    ]
    return f"| {' | '.join(cells)} |"


def main(arguments: Sequence[str]) -> int:
    """Print the table; 1 where a planned change made a statement wait too long or fail."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("rows", nargs="?", default=str(SHORT), help="of the table")
    parser.add_argument("names", nargs="*", help="parts of the names of changes; all when left out")
    parser.add_argument("--changes", default="", help="the same, with commas between")
    parser.add_argument("--planned", action="store_true", help="without the naive migrations")
    parser.add_argument("--out", help="a file for the table")
    given = parser.parse_args(arguments)
    names = [*given.names, *(one.strip() for one in given.changes.split(",") if one.strip())]
    if not given.rows.replace("_", "").isdigit():
        names, given.rows = [given.rows, *names], str(SHORT)
    rows = int(given.rows.replace("_", ""))
    chosen = [one for one in CHANGES if not names or any(name in one.name for name in names)]
    lines, good = [f"{rows:,} rows, {CONNECTIONS} connections", "", *HEAD.split("\n")], True
    for change, kind, one in run(rows, chosen, naive=not given.planned):
        lines.append(row_of(change, kind, one))
        good &= kind == "naive" or (one.waited <= LIMIT and one.failed == 0)
        if given.out:  # what is there so far survives an interruption
            Path(given.out).write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    said = "yes" if good else "NO"
    print(
        f"\nplanned: nothing waited {LIMIT * 1000:.0f} ms beyond its usual 99th percentile, and nothing failed: {said}"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
