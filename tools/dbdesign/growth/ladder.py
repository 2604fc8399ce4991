"""The ladder: measures from the cheapest to the dearest, each with its threshold and the month in which that is reached."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.growth.batching import COLLECTED, FAST
from dbdesign.growth.largest import NODE_SHARE, REPLAY_RATE, RESTORE_WINDOW, cores_of, reads, stale_intolerant
from dbdesign.growth.limits import BUSY, CHECKPOINT_SET, HIT, HOT_ROW, Situation, meeting
from dbdesign.growth.load import ROUND_TRIP
from dbdesign.growth.machine import GB, MB
from dbdesign.growth.missing import BLOCKS
from dbdesign.growth.partitions import SQL, time_key
from dbdesign.model.types import BINARIES

if TYPE_CHECKING:
    from dbdesign.growth.batching import Batch
    from dbdesign.growth.limits import Limit
    from dbdesign.growth.missing import Missing
    from dbdesign.growth.partitions import PartitionPlan
    from dbdesign.model.schema import Table

OUTSIDE, LARGE_VALUES = 0.5, 100 * GB
POOLED = 8.0
"""Connections of a pool for each core at most: two would do for what is in memory, the others wait for storage meanwhile."""


@dataclass(frozen=True)
class Measure:
    """One rung.

    Attributes:
        threshold: the number that makes it due.
        months: from today; 0 for today, None for not within ten years.
        why: what the number is here; `do` how, as statements or settings.
    """

    measure: str
    threshold: str
    months: float | None
    why: str
    do: tuple[str, ...] = ()

    @property
    def when(self) -> str:
        """`now`, `month 14`, `not within 10 years`."""
        return spelled(self.months)


def spelled(months: float | None) -> str:
    """A month for people."""
    if months is None:
        return "not within 10 years"
    return "now" if months <= 0 else f"month {months:g}"


def first(limits: Sequence[Limit], *names: str) -> float | None:
    """The first month in which one of these limits is met."""
    met = [one.when for one in limits if one.when is not None and one.limit.startswith(names)]
    return min(met, default=None)


def ladder_of(
    at: Situation,
    limits: Sequence[Limit],
    partitions: Sequence[PartitionPlan],
    missing: Sequence[Missing],
    shard: float | None,
    shard_why: str,
    larger_rows: Sequence[Batch] = (),
) -> list[Measure]:
    """All rungs in their order."""
    return [
        *_settings(at, limits),
        *_indexes(at, missing),
        *_retention(at, partitions),
        *_partitioning(partitions),
        *_batching(at, larger_rows),
        _larger(at, limits),
        _replicas(at),
        *_caching(at),
        *_hot_rows(limits),
        *_large_values(at),
        *_split(at),
        *_regions(at, limits),
        Measure(
            "sharding",
            "the largest machine's processor, storage or disk is full of what replicas cannot take over, a standby replays less log than "
            f"is written on average ({BUSY:.0%} of {REPLAY_RATE / MB:g} MB/s: the rest catches up after peaks), or a restore takes more "
            f"than {RESTORE_WINDOW / 3600:g} hours",
            shard,
            shard_why,
        ),
    ]


def _settings(at: Situation, limits: Sequence[Limit]) -> Iterator[Measure]:
    memory, busy = at.machine.memory, at.busy(at.months)
    log = at.log_a_day(at.months) / 86_400 * CHECKPOINT_SET
    yield Measure(
        "settings",
        "from the first day; max_wal_size when 5 minutes of log exceed half of it",
        0.0,
        f"{at.log_a_day(at.months) / GB:,.1f} GB of log a day in month {at.months:g}",
        (
            f"ALTER SYSTEM SET shared_buffers = '{memory * 0.25 / GB:.0f}GB';",
            f"ALTER SYSTEM SET effective_cache_size = '{at.machine.cache / GB:.0f}GB';",
            "ALTER SYSTEM SET random_page_cost = 1.1;",
            f"ALTER SYSTEM SET maintenance_work_mem = '{max(64, min(2048, memory / 32 / MB)):.0f}MB';",
            "ALTER SYSTEM SET checkpoint_timeout = '15min';",
            f"ALTER SYSTEM SET max_wal_size = '{max(2, math.ceil(log * 2 / GB))}GB';",
            "ALTER SYSTEM SET wal_compression = 'lz4';",
            *_vacuum_settings(limits),
        ),
    )
    pool = max(4, math.ceil(busy / BUSY))
    most = math.ceil(at.machine.cores * POOLED)
    serves = (
        f"a pool of {pool} serves them"
        if pool <= most
        else f"more than a pool of {most} ({POOLED:g} for each core) carries: they wait for the storage, which more connections do not "
        "make faster"
    )
    pool = min(pool, most)
    yield Measure(
        "connection pooling",
        f"busy connections reach {BUSY:.0%} of max_connections, or clients outnumber twice the cores",
        first(limits, "connections"),
        f"{busy:,.1f} statements run at once at peak in month {at.months:g} (rate × time, {ROUND_TRIP:g} ms of network in it): {serves}",
        (f"pgbouncer: pool_mode = transaction, default_pool_size = {pool}, max_prepared_statements = 200",),
    )


def _vacuum_settings(limits: Sequence[Limit]) -> Iterator[str]:
    if first(limits, "autovacuum", "wraparound") is not None:
        yield "ALTER SYSTEM SET autovacuum_vacuum_cost_limit = 2000;"
    for one in limits:
        if one.limit.startswith("autovacuum of ") and one.when is not None:
            table = one.limit.removeprefix("autovacuum of ")
            yield f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);"


def _indexes(at: Situation, missing: Sequence[Missing]) -> Iterator[Measure]:
    threshold = f"a statement touches more than {BLOCKS:,.0f} blocks, and an index halves its cost"
    if missing:
        gains = "; ".join(
            f"{name}: cost {before:,.0f} → {after:,.0f}" for one in missing for name, before, after in one.queries[:2]
        )
        yield Measure(
            "indexes",
            threshold,
            0.0,
            f"{gains}. Everything else here is computed with them; advise_indexes prices them and finds others",
            tuple(one.statement for one in missing),
        )
        return
    every = max(at.load.processor(at.months), 1e-9)
    dear = [
        one
        for one in at.load.queries
        if at.load.cost(one, at.months).blocks > BLOCKS and cores_of(at, one, at.months) > 0.05 * every
    ]
    if dear:
        named = "; ".join(f"{one.query.name}: {at.load.cost(one, at.months).blocks:,.0f} blocks" for one in dear[:5])
        due = meeting(lambda month: max(at.load.cost(one, month).blocks for one in dear), BLOCKS)
        yield Measure(
            "indexes",
            threshold,
            due,
            f"{named}: no index on what they compare halves their cost; summarise, or read less",
        )
    else:
        yield Measure("indexes", threshold, None, "no statement that weighs does")


def _retention(at: Situation, partitions: Sequence[PartitionPlan]) -> Iterator[Measure]:
    planned = {one.table: one for one in partitions}
    for table, volume in at.design.workload.volumes.items():
        if volume.retention_days is None:
            continue
        plan = planned.get(table)
        parted = (found := at.design.schema_.table_by_label.get(table)) is not None and found.partitioning is not None
        do = (
            plan.retention
            if plan and plan.retention
            else tuple(_by_hand(found, table, volume.retention_days, parted=parted))
        )
        yield Measure(
            f"retention of {table}",
            f"rows older than {volume.retention_days:,.0f} days go",
            0.0,
            f"{at.sizes.of_table(table, at.months) / GB:,.1f} GB are held in month {at.months:g}; "
            + (
                "old partitions are detached, copied to object storage, and dropped: no dead rows"
                if (plan and plan.retention) or parted
                else "DELETE leaves dead rows to vacuum"
            ),
            do,
        )
    growing = [
        (at.sizes.of_table(one.object, at.months), one.object)
        for one in at.sizes.objects
        if one.kind == "table"
        and (volume_of := at.design.workload.volumes.get(one.object)) is not None
        and volume_of.retention_days is None
        and at.sizes.of_table(one.object, at.months) > 2 * max(at.sizes.of_table(one.object, 0.0), 1.0)
        and at.sizes.of_table(one.object, at.months) > 0.1 * at.machine.disk
    ]
    for size, table in sorted(growing, reverse=True)[:3]:
        yield Measure(
            f"archiving of {table}",
            "a table without a retention takes a tenth of the disk and doubles within the horizon",
            meeting(lambda month, table=table: at.sizes.of_table(table, month), 0.1 * at.machine.disk),  # type: ignore[misc]
            f"{size / GB:,.0f} GB in month {at.months:g}: how old may a row be before it moves to object storage (Parquet)?",
        )


def _by_hand(held: Table | None, table: str, days: float, *, parted: bool) -> Iterator[str]:
    if parted:
        yield f"-- older than {days:,.0f} days: ALTER TABLE {table} DETACH PARTITION … CONCURRENTLY; archive it; DROP TABLE …"
        return
    stamp = time_key(held, {}, retained=True) if held is not None else None
    if held is not None and stamp is not None:
        name, column = SQL.qualified(held.namespace, held.name), SQL.identifier(stamp.name)
        if not any(prefix[:1] == (stamp.name,) for prefix in held.index_prefixes()):
            yield f"CREATE INDEX CONCURRENTLY ON {name} USING brin ({column});"
        old = f"{column} < now() - interval '{days:.0f} days'"
        yield f"DELETE FROM {name} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {name} WHERE {old} LIMIT 10000));"
        return
    yield f"-- in batches of 10,000: DELETE FROM {table} WHERE … older than {days:,.0f} days"


def _partitioning(partitions: Sequence[PartitionPlan]) -> Iterator[Measure]:
    for one in partitions:
        yield Measure(f"partitioning of {one.table}", one.threshold, one.due, one.why, tuple(one.statements[:1]))


def _batching(at: Situation, larger_rows: Sequence[Batch]) -> Iterator[Measure]:
    for one in larger_rows:
        rate = at.load.rate(one.query, at.months)
        yield Measure(
            f"batching of {one.table}",
            f"{FAST:,.0f} rows a second are inserted one by one, and nothing changes, refers to or looks up one by its key",
            meeting(lambda month, one=one: at.load.rate(one.query, month, peak=False), FAST),  # type: ignore[misc]
            f"{one.rows} rows of one group, a minute's, as one row of arrays: {rate:,.0f} → {rate / one.rows:,.0f} inserts a second, "
            f"{at.sizes.of_table(one.table, at.months) / GB:,.0f} → {at.sizes.of_table(one.table, at.months) * one.left / GB:,.0f} GB in "
            f"month {at.months:g}; the newest rows are read from the collector, or are up to {COLLECTED:g} s old",
            (
                "collect in a stream or an UNLOGGED table (a crash empties it); write each minute with COPY or INSERT … SELECT … GROUP BY",
                "or keep the table in a column store for time series (TimescaleDB's columnstore, ClickHouse): values of one group compress",
            ),
        )


def _larger(at: Situation, limits: Sequence[Limit]) -> Measure:
    due = first(limits, "disk", "memory", "iops", "processor")
    named = [one.limit for one in limits if one.when == due and one.limit in {"disk", "memory", "iops", "processor"}]
    return Measure(
        "a larger machine",
        f"{HIT:.0%} of look-ups from memory, {BUSY:.0%} of processor and storage, 80 % of the disk",
        due,
        (f"{', '.join(named)} first; " if named else "")
        + f"month {at.months:g} needs {math.ceil(at.load.processor(at.months) / BUSY)} cores, "
        f"{at.caching(at.months).working_set * 8192 / 0.75 / GB:,.0f} GB of memory for the working set, "
        f"{at.stored(at.months) / 0.8 / GB:,.0f} GB of disk",
    )


def _replicas(at: Situation) -> Measure:
    free = reads(at, at.months) - stale_intolerant(at, at.months)
    writes = at.load.processor(at.months) - reads(at, at.months)
    count = (
        math.ceil(free / (at.machine.cores * NODE_SHARE)) + 1
        if at.load.processor(at.months) >= at.machine.cores * BUSY
        else 1
    )
    due = meeting(at.load.processor, at.machine.cores * BUSY)
    routed = [one for one in at.design.access.patterns if one.stale_seconds is not None]
    rules = "; ".join(f"{one.name}: up to {one.stale_seconds:g} s" for one in routed[:6])
    return Measure(
        "read replicas",
        f"the processor is {BUSY:.0%} busy; one for availability from the first day. n = ⌈(reads − those that tolerate no staleness) ÷ "
        f"({at.machine.cores:g} cores × {NODE_SHARE:g})⌉ + 1",
        due,
        f"{count} in month {at.months:g}: reads take {free:,.2f} cores that may be stale; "
        f"writes ({writes:,.2f} cores) stay on the primary, "
        "which replicas never relieve",
        (
            f"route by staleness: {rules}"
            if rules
            else "route by staleness: reads of what the session just wrote, and SELECT … FOR UPDATE, go "
            "to the primary; others to a replica whose replay lag (pg_last_xact_replay_timestamp) is below what the reader tolerates",
        ),
    )


def _caching(at: Situation) -> Iterator[Measure]:
    every = max(at.load.processor(at.months), 1e-9)
    for one in sorted(at.load.queries, key=lambda one: -cores_of(at, one, at.months))[:3]:
        share = cores_of(at, one, at.months) / every
        rate = at.load.rate(one, at.months)
        if not one.writes and share > 0.2 and rate > 100:
            yield Measure(
                f"caching of {one.query.name}",
                "a read takes more than 20 % of the processor at more than 100 executions a second",
                meeting(lambda month, one=one: at.load.rate(one, month), 100.0),  # type: ignore[misc]
                f"{rate:,.0f}/s and {share:.0%} of the processor; whether answers repeat within the staleness that is allowed decides",
            )


def _hot_rows(limits: Sequence[Limit]) -> Iterator[Measure]:
    """Rows that everybody changes; no machine and no shard helps them."""
    for one in limits:
        if one.limit.startswith(HOT_ROW):
            yield Measure(
                f"counters of {one.limit.removeprefix(HOT_ROW)}",
                f"one row is changed {one.capacity:,.0f} times a second",
                one.when,
                f"{one.then:,.0f} a second at the horizon: {one.message}",
            )


def _large_values(at: Situation) -> Iterator[Measure]:
    """Tables that consist of values which a database only stores."""
    for one in at.sizes.objects:
        whole = at.sizes.bytes(one, at.months)
        outside = whole - at.sizes.heap(one.object, at.months) if one.kind == "table" else 0.0
        if outside < OUTSIDE * whole or outside < LARGE_VALUES:
            continue
        table = at.design.schema_.table_by_label.get(one.object)
        wide = [column.name for column in table.columns if column.type.kind in BINARIES] if table else []
        if wide:
            yield Measure(
                f"object storage for {one.object}",
                f"values out of line are {OUTSIDE:.0%} of a table or more, and over {LARGE_VALUES / GB:,.0f} GB",
                meeting(lambda month, one=one, share=outside / whole: at.sizes.bytes(one, month) * share, LARGE_VALUES),  # type: ignore[misc]
                f"{outside / GB:,.0f} of {whole / GB:,.0f} GB in month {at.months:g} are values of {', '.join(wide)}, which no statement "
                "looks into: keep the key of an object in their place; disk, backup and replicas shrink with them",
            )


def _split(at: Situation) -> Iterator[Measure]:
    """Groups of tables that no query joins and no foreign key ties: each can move to a server of its own."""
    groups = independent_groups(at)
    sized = sorted(
        ((sum(at.sizes.of_table(one, at.months) for one in group), sorted(group)) for group in groups), reverse=True
    )
    threshold = "a group of tables that nothing joins to the others takes more than a third of the bytes, and the machine is full"
    due = meeting(
        lambda month: max(
            at.load.processor(month) / (at.machine.cores * BUSY), at.stored(month) / (at.machine.disk * 0.8)
        ),
        1.0,
    )
    total = max(at.sizes.total(at.months), 1.0)
    movable = [(size, group) for size, group in sized[1:] if size > 0.1 * total]
    if not movable:
        yield Measure(
            "functional split", threshold, None, "queries and foreign keys tie the tables that matter together"
        )
        return
    said = "; ".join(
        f"{', '.join(group[:6])}{' …' if len(group) > 6 else ''} ({size / GB:,.0f} GB)" for size, group in movable[:3]
    )
    yield Measure("functional split", threshold, due, f"could move to a server of their own: {said}")


def _regions(at: Situation, limits: Sequence[Limit]) -> Iterator[Measure]:
    """Where the traffic comes from several regions, each can have what belongs to it."""
    shares = sorted(at.design.access.regions.items(), key=lambda one: -one[1])
    if len(shares) < 2:
        return
    yield Measure(
        "a database for each region",
        "the machine is full, or readers far away must not wait for a round trip around the world",
        first(limits, "disk", "memory", "iops", "processor"),
        f"the largest, {shares[0][0]}, has {shares[0][1]:.0%} of the load: what belongs to one region is written and read there; what they "
        "share is written in one and replicated to the others",
    )


def independent_groups(at: Situation) -> list[set[str]]:
    """The tables by what ties them: statements that name both, foreign keys."""
    labels = [table.label for table in at.design.schema_.tables if table.partition_of is None]
    group = {label: {label} for label in labels}

    def tie(one: str, other: str) -> None:
        if one in group and other in group and group[one] is not group[other]:
            merged = group[one] | group[other]
            for member in merged:
                group[member] = merged

    for table in at.design.schema_.tables:
        for key in table.foreign_keys:
            tie(table.label, key.references)
    for query in at.load.queries:
        tables = query.use.tables if query.use else []
        for other in tables[1:]:
            tie(tables[0], other)
    found: list[set[str]] = []
    for label in labels:
        if group[label] not in found:
            found.append(group[label])
    return found
