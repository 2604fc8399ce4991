"""When the largest machine, with as many replicas as there may be, no longer serves a design: what sharding is due for."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from dbdesign.growth.limits import BUSY, CHECKPOINT_SET, Situation, meeting
from dbdesign.growth.machine import GB

if TYPE_CHECKING:
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


def sharding_due(at: Situation) -> tuple[float | None, str]:
    """When the largest machine no longer serves: as the primary writes and strong reads in processor and storage, the disk; with as many
    replicas as there may be, the reads; and the number that would change the answer."""
    large = largest(at)

    def use(months: float) -> float:
        unmovable = at.load.processor(months) - reads(at, months) + stale_intolerant(at, months)
        return max(
            unmovable / (LARGEST * BUSY),
            at.stored(months) / (LARGEST_DISK * 0.8),
            (at.random_writes(months, CHECKPOINT_SET) + at.load.commits(months)) / (LARGEST_IOPS * BUSY),
            replicas_wanted(large, months) / MOST_REPLICAS,
        )

    due = meeting(use, 1.0)
    then = use(at.months)
    commits, writes = at.load.commits(at.months), at.load.processor(at.months) - reads(at, at.months)
    said = (
        f"month {at.months:g}: {writes:,.2f} cores of writes of {LARGEST * BUSY:,.0f}, {at.stored(at.months) / GB:,.0f} GB of "
        f"{LARGEST_DISK * 0.8 / GB:,.0f}, {at.random_writes(at.months, CHECKPOINT_SET) + commits:,.0f} write operations a second of "
        f"{LARGEST_IOPS * BUSY:,.0f} on the largest machine ({LARGEST:g} cores, "
        f"{LARGEST_MEMORY / GB:,.0f} GB, 64 TB, {LARGEST_IOPS:,} IOPS)"
    )
    if (wanted := replicas_wanted(large, at.months)) > 1:
        said += f", and reads for {math.ceil(wanted)} replicas of that size, of {MOST_REPLICAS:g} at most"
    if then > 0:
        said += f"; {1 / then:,.1f} times that load would change the answer"
    return due, said
