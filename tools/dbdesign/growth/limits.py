"""Which limit of one machine and of PostgreSQL a design meets, and in which month.

Every limit is a use, computed for any month, against a capacity; the month of the meeting is found by halving.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from dbdesign.growth.cache import CLASSES, Caching, caching, wanted
from dbdesign.growth.keys import exhaustions
from dbdesign.growth.load import ROUND_TRIP
from dbdesign.growth.machine import GB, MB, TB
from dbdesign.growth.sizes import FAR
from dbdesign.model.statistics import BLOCK
from dbdesign.simulate.latency import RANDOM_READ
from dbdesign.twin.sizes import MAX_BLOCKS

if TYPE_CHECKING:
    from dbdesign.growth.load import Load
    from dbdesign.growth.machine import Machine
    from dbdesign.growth.sizes import Sizes
    from dbdesign.model.design import Design
    from dbdesign.model.patterns import AccessPattern

DISK_FULL = 0.8
"""Share of the disk at which to act: a rewrite of the largest table and the log need the rest."""
BLOAT = 1.2
"""Tables and indexes under updates against freshly loaded ones: a fifth of the rows die first (autovacuum_vacuum_scale_factor)."""
BUSY = 0.7
"""Share of the processor and of the storage beyond which queues grow (M/M/c at 16 servers waits a tenth of its service time there)."""
HIT = 0.99
"""Share of block look-ups that memory should serve."""
NOTICED = 0.1
"""Share of the storage's operations below which reads that memory does not serve are no reason for more memory."""
CHECKPOINT = 300.0
"""Seconds between checkpoints (checkpoint_timeout)."""
CHECKPOINT_SET = 900.0
"""Seconds between checkpoints as the first rung of the ladder sets them."""
MAX_WAL = GB
"""max_wal_size by default; a checkpoint begins when half to two thirds of it is written (manual, 28.5 "WAL Configuration")."""
BACKUP_RATE = 200 * MB
"""Bytes a second that pg_basebackup copies over a network of 2 Gbit/s."""
BACKUP_WINDOW = 8 * 3600.0
"""Seconds that a full backup, and a restore, may take."""
COMPRESSED = 0.5
"""What lz4 leaves of images of whole blocks (wal_compression): half, an assumption that text and numbers usually beat."""
FREEZE_AGE = 200e6
"""autovacuum_freeze_max_age: transactions after which a table is vacuumed whatever its changes."""
VACUUM_RATE = 40 * MB
"""Bytes a second that autovacuum may dirty by default: 200 cost units each 2 ms, 20 a dirtied block (manual, 19.10)."""
SCALE_FACTOR = 0.2
"""autovacuum_vacuum_scale_factor."""
PARTITIONS = 500
"""Partitions beyond which planning what does not prune takes more than 3.6 ms a query (measured on 18: 0.7 ms at 100, 21 ms at 1,000)."""


HOT_ROW = "hottest row of "
ONE_ROW = 500.0
"""Transactions a second that can change one row, one after the other: 2 ms each for a round trip with the lock and the flush of the log."""
WIDE = 2.0**40
"""Values that nobody uses up: 34,000 a second for a year."""


@dataclass(frozen=True)
class Limit:
    """A limit and when it is met.

    Attributes:
        limit: `disk`, `memory`, `iops`, `processor`, `connections`, `key of orders.id` …
        unit: of the three numbers.
        when: months from today; None where it is not met within ten years. 0: today.
        message: what happens then, and how it was computed.
    """

    limit: str
    unit: str
    capacity: float
    now: float
    then: float
    when: float | None
    message: str


@dataclass(frozen=True)
class Situation:
    """All that limits and measures are computed from."""

    design: Design
    sizes: Sizes
    load: Load
    machine: Machine
    months: float
    _caching: dict[float, Caching] = field(default_factory=dict)

    def caching(self, months: float) -> Caching:
        """What memory does in a month."""
        if months not in self._caching:
            blocks: dict[str, float] = {}
            for one in self.sizes.objects:
                blocks[one.table] = blocks.get(one.table, 0.0) + self.sizes.bytes(one, months) * BLOAT / BLOCK
            touched, blocks = self._by_class(months, blocks)
            self._caching[months] = caching(touched, blocks, self.machine.cache / BLOCK)
        return self._caching[months]

    def _by_class(self, months: float, blocks: Mapping[str, float]) -> tuple[dict[str, float], dict[str, float]]:
        """Blocks touched a second, and blocks, by table; of tables of which patterns say how wanted the most wanted value is, by class."""
        crowded = {one.entity for one in self._crowding.values()}
        touched = {name: rate for name, rate in self.load.touched(months).items() if name not in crowded}
        found = {name: number for name, number in blocks.items() if name not in crowded}
        for one in self.load.queries:
            pattern, rate = self._crowding.get(one.query.name), self.load.rate(one, months)
            for table, number in self.load.cost(one, months).touched.items():
                if table not in crowded:
                    continue
                crowds = pattern is not None and pattern.entity == table
                values = max(round(self._values(pattern, months)), 1) if crowds and pattern is not None else 10**CLASSES
                hottest = (pattern.hottest or 0.0) if crowds and pattern is not None else 0.0
                for step, (_, share) in enumerate(wanted(hottest, values)):
                    name = f"{table} {step}"
                    touched[name] = touched.get(name, 0.0) + rate * number * share
        for table in crowded:
            for step, (part, _) in enumerate(wanted(0.0, 10**CLASSES)):
                found[f"{table} {step}"] = blocks.get(table, 1.0) * part
        return touched, found

    @cached_property
    def _crowding(self) -> dict[str, AccessPattern]:
        """The patterns that say which share of them goes to the most wanted value, by their query."""
        return {
            one.query or one.name: one
            for one in self.design.access.patterns
            if one.hottest and one.operation != "inserts" and one.entity in self.design.schema_.table_by_label
        }

    def _values(self, pattern: AccessPattern, months: float) -> float:
        """Different values of what a pattern compares: rows of its table, or of the one that its columns refer to, or as said."""
        table = self.design.schema_.table_by_label[pattern.entity]
        rows = max(self.sizes.rows(table.label, months), 1.0)
        if table.is_unique(frozenset(pattern.equal)):
            return rows
        volume = self.design.workload.volumes.get(table.label)
        known = 1.0
        for name in pattern.equal:
            said = volume.columns.get(name) if volume else None
            parents = [key.references for key in table.foreign_keys if name in key.columns]
            if parents:
                known = max(known, *(self.sizes.rows(one, months) for one in parents))
            elif said is not None:
                known *= said.distinct or max(len(said.values), 1)
        return min(known, rows)

    def missed(self, months: float) -> float:
        """Share of the look-ups that storage serves; 0 where they are so few that nobody notices."""
        found = self.caching(months)
        return 1 - found.hit if found.reads >= NOTICED * self.machine.iops else 0.0

    def stored(self, months: float) -> float:
        """Bytes on the disk: tables and indexes with what dead rows take, and the log."""
        return self.sizes.total(months) * BLOAT + 2 * MAX_WAL

    def random_writes(self, months: float, between: float = CHECKPOINT) -> float:
        """Blocks a second that checkpoints write: those dirtied between two, so many seconds apart, each once."""
        return sum(blocks * -math.expm1(-rate * between / blocks) / between for blocks, rate in self._scattered(months))

    def _scattered(self, months: float) -> Iterator[tuple[float, float]]:
        """Blocks at random places, and how many of them are written a second: of whole tables, and the last ones of groups in indexes."""
        for table, rate in self.load.dirtied(months).items():
            yield max(self.sizes.of_table(table, months) / BLOCK, 1.0), rate
        for table, (rate, ends) in self.load.advanced(months).items():
            yield min(max(ends, 1.0), max(self.sizes.of_table(table, months) / BLOCK, 1.0)), rate

    def operations(self, months: float) -> float:
        """Reads and writes of the storage a second at peak."""
        commits = self.load.commits(months)
        return self.caching(months).reads + self.random_writes(months) + commits

    def log_a_day(self, months: float) -> float:
        """Bytes of log a day, with an image of each block that is changed first after a checkpoint (full_page_writes)."""
        images = self.random_writes(months) * BLOCK
        return (self.load.log(months) + images * self.average_of_peak(months)) * 86_400

    def log_carried(self, months: float) -> float:
        """Bytes of log a second on average, with the first rung's 15 minutes between checkpoints and its compression of images."""
        images = self.random_writes(months, CHECKPOINT_SET) * BLOCK * COMPRESSED
        return self.load.log(months) + images * self.average_of_peak(months)

    def average_of_peak(self, months: float) -> float:
        """Transactions that write on average against those at peak."""
        peak = self.load.commits(months)
        return self.load.commits(months, peak=False) / peak if peak else 1.0

    def busy(self, months: float) -> float:
        """Connections that work at once at peak, by Little's law: rate × time, the network's round trip and reads from storage in it."""
        miss = 1 - self.caching(months).hit
        found = 0.0
        for one in self.load.queries:
            cost = self.load.cost(one, months)
            took = cost.processor + cost.blocks * miss * RANDOM_READ + ROUND_TRIP
            found += self.load.rate(one, months) * took / 1000
        return found

    @cached_property
    def partition_counts(self) -> dict[str, int]:
        """Partitions by partitioned table."""
        found: dict[str, int] = {}
        for table in self.design.schema_.tables:
            if table.partition_of is not None:
                found[table.partition_of.label] = found.get(table.partition_of.label, 0) + 1
        return found


def meeting(use: Callable[[float], float], capacity: float) -> float | None:
    """The first month from which on a use is at least the capacity; None if that is more than ten years away."""
    if use(0.0) >= capacity:
        return 0.0
    if (
        use(FAR) < capacity and use(FAR / 2) < capacity
    ):  # what grows and shrinks by factors is nowhere higher than at its ends
        return None
    step = 6
    for high in range(step, int(FAR) + 1, step):
        if use(float(high)) >= capacity:
            return float(next(month for month in range(high - step + 1, high + 1) if use(float(month)) >= capacity))
    return None


def _limit(name: str, unit: str, capacity: float, use: Callable[[float], float], at: Situation, message: str) -> Limit:
    return Limit(name, unit, capacity, use(0.0), use(at.months), meeting(use, capacity), message)


def limits_of(at: Situation) -> list[Limit]:
    """Every limit, the first to be met first."""
    found = [*_machine_limits(at), *_server_limits(at), *_table_limits(at), *_key_limits(at)]
    return sorted(found, key=lambda one: (one.when is None, one.when or 0.0, -one.then / max(one.capacity, 1e-9)))


def _machine_limits(at: Situation) -> Iterator[Limit]:
    machine = at.machine
    yield _limit(
        "disk", "bytes", machine.disk * DISK_FULL, at.stored, at,
        f"tables and indexes × {BLOAT:g} for dead rows, and the log, reach {DISK_FULL:.0%} of the disk",
    )  # fmt: skip
    yield Limit(
        "memory", "bytes", machine.cache, at.caching(0.0).working_set * BLOCK, at.caching(at.months).working_set * BLOCK,
        meeting(at.missed, 1 - HIT),
        f"the blocks touched within five minutes against three quarters of the memory; from that month on memory serves "
        f"less than {HIT:.0%} of "
        f"the look-ups (Che's approximation), and the others take {NOTICED:.0%} of the storage's operations or more",
    )  # fmt: skip
    yield _limit(
        "iops", "operations a second", machine.iops * BUSY, at.operations, at,
        f"blocks read that are not in memory, blocks that checkpoints write, and commits reach {BUSY:.0%} of the storage's at peak",
    )  # fmt: skip
    yield _limit(
        "processor", "cores", machine.cores * BUSY, at.load.processor, at,
        f"the statements' processor time reaches {BUSY:.0%} of the cores at peak",
    )  # fmt: skip


def _server_limits(at: Situation) -> Iterator[Limit]:
    machine = at.machine
    yield _limit(
        "connections", "busy connections", machine.connections * BUSY, at.busy, at,
        f"rate × time at peak (Little's law) reaches {BUSY:.0%} of max_connections = {machine.connections}; beyond it requests wait",
    )  # fmt: skip
    yield _limit(
        "checkpoints", "bytes of log in 5 minutes", MAX_WAL / 2, lambda month: at.log_a_day(month) / 86_400 * CHECKPOINT, at,
        "checkpoints begin because max_wal_size (1 GB by default) is full and not because time is over: more full-page images, more writes",
    )  # fmt: skip
    yield _limit(
        "log a day", "bytes", TB / 2, at.log_a_day, at,
        "archiving, replicas and point-in-time recovery carry half a terabyte of log a day: the replay of a day takes hours",
    )  # fmt: skip
    yield _limit(
        "backup time", "seconds", BACKUP_WINDOW, lambda month: at.stored(month) / BACKUP_RATE, at,
        f"a full backup, and a restore, at {BACKUP_RATE / MB:g} MB/s takes more than {BACKUP_WINDOW / 3600:g} hours",
    )  # fmt: skip
    yield _limit(
        "wraparound", "share of the time between two", 1.0, lambda month: _freezing(at, month), at,
        "freezing what was written at autovacuum's default speed takes longer than the workload takes to use "
        "autovacuum_freeze_max_age = 200 million transactions: write several rows in a transaction, let vacuum run faster",
    )  # fmt: skip


def _freezing(at: Situation, months: float) -> float:
    """Time to freeze what was written between two, against the time between; pages that are frozen already are skipped (since 9.6)."""
    between = FREEZE_AGE / max(at.load.commits(months, peak=False), 1e-9)
    average = at.average_of_peak(months)
    inserted, dirtied = at.load.written(months), at.load.dirtied(months)
    written = 0.0
    for table in dict.fromkeys([*inserted, *dirtied]):
        whole = max(at.sizes.of_table(table, months), 1.0)
        appended = inserted.get(table, 0.0) * whole / max(at.sizes.rows(table, months), 1.0)
        rate = dirtied.get(table, 0.0) * average * BLOCK + appended
        written += whole * -math.expm1(-rate * between / whole)
    return written / VACUUM_RATE / between


def _table_limits(at: Situation) -> Iterator[Limit]:
    for one in at.sizes.objects:
        parts = max(at.partition_counts.get(one.table, 1), 1)
        limit = _limit(
            f"size of {one.object}", "bytes", float(MAX_BLOCKS) * BLOCK * parts, lambda month, one=one: at.sizes.bytes(one, month), at,  # type: ignore[misc]
            "a relation ends at 2³² − 2 blocks, 32 TB: inserts fail",
        )  # fmt: skip
        if limit.when is not None:
            yield limit
    for table, rate in at.load.written(at.months).items():
        if limit_of := _vacuum(at, table, rate):
            yield limit_of
    yield from _hot_rows(at)
    for table, count in at.partition_counts.items():
        yield Limit(
            f"partitions of {table}", "partitions", PARTITIONS, count, count, 0.0 if count >= PARTITIONS else None,
            "statements that do not prune are planned for every partition",
        )  # fmt: skip


def _hot_rows(at: Situation) -> Iterator[Limit]:
    """Rows that so many transactions a second change that they wait for each other: each holds its lock until it is on the disk."""
    by_name = {one.query.name: one for one in at.load.queries}
    for pattern in at.design.access.patterns:
        query = by_name.get(pattern.query or pattern.name)
        table = at.design.schema_.table_by_label.get(pattern.entity)
        if pattern.operation != "updates" or not pattern.hottest or query is None or table is None:
            continue
        if not any(key <= set(pattern.equal) for key in table.candidate_keys):
            continue
        limit = _limit(
            f"{HOT_ROW}{table.label}", "changes a second", ONE_ROW,
            lambda month, query=query, share=pattern.hottest: at.load.rate(query, month) * share, at,  # type: ignore[misc]
            f"{pattern.name!r} goes to one row with {pattern.hottest:.0%}: who changes it holds its lock until the commit is on the disk, "
            f"{1000 / ONE_ROW:g} ms with a round trip; count in several rows that readers add up, or collect changes and write their sum",
        )  # fmt: skip
        if limit.when is not None:
            yield limit


def _vacuum(at: Situation, table: str, _rate: float) -> Limit | None:
    """Whether one autovacuum worker is done with a table before the next fifth of its rows is dead."""

    def use(months: float) -> float:
        changed = sum(
            at.load.rate(one, months, peak=False) * at.load.cost(one, months).written.get(table, 0.0)
            for one in at.load.queries
            if one.use and any(write.kind != "insert" and write.table.label == table for write in one.use.writes)
        )
        between = SCALE_FACTOR * max(at.sizes.rows(table, months), 1000.0) / max(changed, 1e-12)
        return at.sizes.of_table(table, months) / VACUUM_RATE / between

    limit = _limit(
        f"autovacuum of {table}", "share of the time between two", 1.0, use, at,
        "autovacuum at its default speed is not done before the next fifth of the rows is dead: the table bloats",
    )  # fmt: skip
    return limit if limit.when is not None else None


def _key_limits(at: Situation) -> Iterator[Limit]:
    for one in exhaustions(at.design):
        if one.capacity > WIDE:
            continue
        limit = Limit(
            f"key {one.column}", "values", one.capacity, one.used(at.sizes, 0.0), one.used(at.sizes, at.months),
            meeting(lambda month, one=one: one.used(at.sizes, month), one.capacity),  # type: ignore[misc]
            f"{one.type} ends at {one.capacity:,.0f}: inserts fail. Counted are the rows that retention has deleted too"
            + (f"; it holds keys of {one.source}" if one.source else ""),
        )  # fmt: skip
        yield limit
