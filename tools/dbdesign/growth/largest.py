"""When the largest machine, with as many replicas as there may be, no longer serves a design: what sharding is due for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dbdesign.growth.limits import BUSY, CHECKPOINT_SET, Situation, meeting
from dbdesign.growth.machine import GB, MB

if TYPE_CHECKING:
    from dbdesign.growth.batching import Batch
    from dbdesign.growth.load import QueryLoad

NODE_SHARE = 0.6
"""Share of a replica's processor that reads may take: what is left carries the load of another that is down, and replay."""
LARGEST = 128.0
"""Cores of the largest machines that are usual (managed PostgreSQL offers 96 to 192)."""
MOST_REPLICAS = 15.0
"""Replicas of one primary that managed services allow (Amazon Aurora and RDS for PostgreSQL: 15)."""
LARGEST_MEMORY = 1024 * GB
LARGEST_DISK = 64 * 1024 * GB
"""64 TB: the largest volume of the usual managed services."""
LARGEST_IOPS = 256_000
REPLAY_RATE = 128 * MB
"""Bytes of log a second that a standby replays, which one process does: eight segments of 16 MB (wal-g/wal-g#456, October 2019: seven to
eight on 24 cores of EC2 with PostgreSQL 11; measured on 18: 160 MB/s of inserts into a table and its key in memory, 240 MB/s
of images of blocks, which are counted alike)."""
RESTORE_RATE = 500 * MB
"""Bytes a second that a restore from object storage reaches with several processes (wal-g/wal-g#892, February 2021: about 500 MB/s)."""
RESTORE_WINDOW = 24 * 3600.0
"""Seconds that a restore may take at most: what no replica mends, a table dropped by mistake, costs a day without the database."""


def cores_of(at: Situation, one: QueryLoad, months: float) -> float:
    """Cores that a query takes in a month."""
    return at.load.rate(one, months) * at.load.cost(one, months).processor / 1000


def stale_intolerant(at: Situation, months: float) -> float:
    """Cores of reads that must see what was just written."""
    strong = {
        one.query
        for one in at.design.access.patterns
        if one.consistency == "strong" and one.operation == "reads" and one.query
    }
    strong |= {
        one.name for one in at.design.access.patterns if one.consistency == "strong" and one.operation == "reads"
    }
    return sum(cores_of(at, one, months) for one in at.load.queries if not one.writes and one.query.name in strong)


def reads(at: Situation, months: float) -> float:
    """Cores of all reads."""
    return sum(cores_of(at, one, months) for one in at.load.queries if not one.writes)


def largest(at: Situation) -> Situation:
    """The same on the largest machine."""
    machine = replace(at.machine, cores=LARGEST, memory=LARGEST_MEMORY, disk=LARGEST_DISK, iops=LARGEST_IOPS)
    return Situation(at.design, at.sizes, at.load, machine, at.months)


def replicas_wanted(at: Situation, months: float) -> float:
    """Replicas of a machine that serve the reads which may be stale: by their processor, and by what they read from storage."""
    free = max(reads(at, months) - stale_intolerant(at, months), 0.0)
    return max(free / (at.machine.cores * NODE_SHARE), at.caching(months).reads / (at.machine.iops * BUSY))


def uses_of(at: Situation, months: float, batched: Sequence[Batch] = ()) -> dict[str, float]:
    """Each limit of the largest machine as a share of it: as the primary writes and strong reads in processor and storage, the disk, the
    log that a standby replays, a restore; with as many replicas as there may be, the reads."""
    commits = at.load.commits(months) - sum(one.spared(at, months) for one in batched)
    stored = at.stored(months) - sum(one.saved(at, months) for one in batched)
    log = at.log_carried(months) - sum(one.unlogged(at, months) for one in batched)
    unmovable = at.load.processor(months) - reads(at, months) + stale_intolerant(at, months)
    return {
        "processor": unmovable / (LARGEST * BUSY),
        "disk": stored / (LARGEST_DISK * 0.8),
        "storage": (at.random_writes(months, CHECKPOINT_SET) + commits) / (LARGEST_IOPS * BUSY),
        "replay of the log": log / (REPLAY_RATE * BUSY),
        "restore": stored / RESTORE_RATE / RESTORE_WINDOW,
        "replicas": replicas_wanted(largest(at), months) / MOST_REPLICAS,
    }


def sharding_due(at: Situation, batched: Sequence[Batch] = ()) -> tuple[float | None, str, str]:
    """When the largest machine no longer serves, the numbers that would change the answer, and the limit that is met first.

    Args:
        batched: rows that are written several in one.
    """
    due = meeting(lambda months: max(uses_of(at, months, batched).values()), 1.0)
    uses = uses_of(at, at.months, batched)
    commits, writes = at.load.commits(at.months), at.load.processor(at.months) - reads(at, at.months)
    commits -= sum(one.spared(at, at.months) for one in batched)
    said = (
        f"month {at.months:g}: {writes:,.2f} cores of writes of {LARGEST * BUSY:,.0f}, "
        f"{uses['disk'] * LARGEST_DISK * 0.8 / GB:,.0f} GB of "
        f"{LARGEST_DISK * 0.8 / GB:,.0f}, {at.random_writes(at.months, CHECKPOINT_SET) + commits:,.0f} write operations a second of "
        f"{LARGEST_IOPS * BUSY:,.0f}, {uses['replay of the log'] * REPLAY_RATE * BUSY / MB:,.1f} MB/s of log of the "
        f"{REPLAY_RATE * BUSY / MB:,.0f} that a standby replays and catches up, "
        f"a restore of {uses['restore'] * RESTORE_WINDOW / 3600:,.1f} hours of {RESTORE_WINDOW / 3600:,.0f} "
        f"on the largest machine ({LARGEST:g} cores, {LARGEST_MEMORY / GB:,.0f} GB, 64 TB, {LARGEST_IOPS:,} IOPS)"
    )
    if (wanted := uses["replicas"] * MOST_REPLICAS) > 1:
        said += f", and reads for {math.ceil(wanted)} replicas of that size, of {MOST_REPLICAS:g} at most"
    first = max(uses, key=lambda name: uses[name])
    if uses[first] > 0:
        said += f"; {1 / uses[first]:,.1f} times that load would change the answer, by {first}"
    return due, said, first
