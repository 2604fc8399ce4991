"""Whether a latency target can be met: an order of magnitude with its reasoning, never a measurement.

The planner's costs are not times. What can be said before there is a machine: how many blocks come from storage (0.1 ms each at
random: a solid state disk at one request at a time; 0.016 ms in order: 500 MB/s), how many are in memory (the share of the
workload's tables and indexes that effective_cache_size holds; inner blocks of indexes always are), and how long the processor
takes (the plan's cost without its reads, at the speed that a loop over generate_series has on the embedded server here). What a write
does beside its plan (`writes.py`: entries of indexes, searches for foreign keys) comes on top, and the flush of the log at its commit.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from dbdesign.model.workload import LatencyTarget
    from dbdesign.simulate.pages import Pages
    from dbdesign.simulate.plans import Plan
    from dbdesign.simulate.relations import Catalog
    from dbdesign.simulate.writes import Written

RANDOM_READ = 0.1
"""Milliseconds of a block at random from a solid state disk."""

SEQUENTIAL_READ = 0.016
"""Milliseconds of a block in order: 8 kB at 500 MB/s."""

CACHED_READ = 0.002
"""Milliseconds of a block that is in the operating system's or the server's cache."""

STATEMENT = 0.05
"""Milliseconds of any statement beside its plan: message, parsing, planning, snapshot (`pgbench -S` reaches about 20,000 transactions a
second and core)."""

COMMIT = 1.0
"""Milliseconds until the log of a transaction is on a solid state disk (synchronous_commit = on): 0.1 on one of its own that keeps its
cache without power, 1 to 2 on a volume of a cloud."""

MARGIN = 2.0
"""Between an average and a p95, and for what is not counted: the network, locks, other sessions."""

_CALIBRATION_ROWS = 100_000
_ROW_COST = 0.0125
"""Processor cost of a row of `count(*)` over generate_series, or of one that a scan compares: cpu_tuple_cost + cpu_operator_cost."""

Plausibility = Literal["plausible", "doubtful", "implausible"]


@dataclass(frozen=True)
class Machine:
    """What the estimates rest on.

    Attributes:
        unit: milliseconds of a unit of processor cost.
        cached: share of the workload's blocks that memory holds.
        cache: bytes of effective_cache_size.
        touched: bytes of the tables and indexes that the workload uses.
    """

    unit: float
    cached: float
    cache: float
    touched: float

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was taken for granted, a sentence each."""
        reads = (
            f"latencies: a block at random from storage takes {RANDOM_READ:g} ms, in order {SEQUENTIAL_READ:g} ms; "
            f"{self.cached:.0%} of the workload's tables and indexes ({size(self.touched)}) are in memory "
            f"(effective_cache_size {size(self.cache)}), inner index blocks always"
        )
        processor = (
            f"latencies: a unit of processor cost takes {rounded(self.unit * 1000):g} µs, measured on this machine's embedded server; "
            f"the commit of a write {COMMIT:g} ms"
        )
        return reads, processor


@dataclass(frozen=True)
class Latency:
    """An order of magnitude in milliseconds, and what it is made of.

    Attributes:
        warm: with everything in memory.
        expected: with the share in memory that the cache holds.
    """

    warm: float
    expected: float
    reasoning: str

    def against(self, target: LatencyTarget) -> tuple[Plausibility, str]:
        """Whether a target is plausible, and why."""
        aim = f"p{target.percentile:g} {duration(target.milliseconds)}"
        if self.expected * MARGIN <= target.milliseconds:
            return "plausible", f"{self.reasoning}; well within {aim}"
        if self.warm > target.milliseconds * MARGIN:
            return "implausible", f"{self.reasoning}; {aim} is out of reach even with everything in memory"
        if self.expected > target.milliseconds * 10:
            return "implausible", f"{self.reasoning}; {aim} is out of reach unless nearly all of it is in memory"
        return "doubtful", f"{self.reasoning}; too near to {aim}, or beyond it when blocks come from storage"


def calibrate(catalog: Catalog) -> float:
    """Milliseconds of a unit of processor cost on the embedded server: the best of five runs of a small loop.

    By the processor time of the server's session where the system counts it, so that what else the machine does says nothing.
    """
    user = catalog.twin.database.user
    query = b"select count(*) from pg_catalog.generate_series(1, 100000)"
    best = math.inf
    for _ in range(5):
        began, used = time.perf_counter(), _session_time(user.pgconn.backend_pid)
        user.execute(query).fetchone()
        taken, more = time.perf_counter() - began, _session_time(user.pgconn.backend_pid) - used
        best = min(best, more if 0 < more < taken else taken)
    return best * 1000 / (_CALIBRATION_ROWS * _ROW_COST)


def _session_time(process: int) -> float:
    """Seconds on a processor of one of this machine's processes (Linux: the first number of /proc/…/schedstat); else 0."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def latency(
    plan: Plan,
    pages: Pages,
    catalog: Catalog,
    machine: Machine,
    writes: Iterable[Written] = (),
    *,
    beside: float = 0.0,
) -> Latency:
    """How long one execution takes, in orders of magnitude.

    Args:
        writes: what the statement does beside its plan.
        beside: milliseconds of the processor for what is no part of the plan.
    """
    settings, writes = catalog.settings, tuple(writes)
    reads = pages.sequential * settings.number("seq_page_cost") + pages.random * settings.number("random_page_cost")
    processes = max(1.0, plan.workers + 1.0)
    total = plan.root.cost
    units = max(total - reads, total * 0.05) + sum(one.searched for one in writes) * _ROW_COST
    touched = sum((one.touched for one in writes), start=pages)
    processor = units * machine.unit + beside
    missing = 1.0 - machine.cached
    memory = touched.total * CACHED_READ / processes
    storage = missing * (touched.random * RANDOM_READ + touched.sequential * SEQUENTIAL_READ)
    commit = COMMIT if writes else 0.0
    warm = processor + memory + commit
    said = (
        f"{count(touched.total)} blocks, {count(missing * (touched.random + touched.sequential))} of them from storage"
    )
    parts = f"processor {duration(processor)}, storage {duration(storage)}{f', commit {duration(commit)}' if commit else ''}"
    return Latency(warm, warm + storage, f"{said}, {parts}: in all {_about(warm + storage)}")


def rounded(number: float) -> float:
    """To one significant digit: what an order of magnitude is worth."""
    if number <= 0:
        return 0.0
    digits = -math.floor(math.log10(number))
    return round(number, digits)


def duration(milliseconds: float) -> str:
    """`0.4 ms`, `20 ms`, `3 s`, `2 h`, to one significant digit."""
    value = rounded(milliseconds)
    if value < 0.01:
        return "less than 0.01 ms"
    for limit, factor, unit in ((1000, 1, "ms"), (120_000, 1000, "s"), (7_200_000, 60_000, "min")):
        if milliseconds < limit:
            return f"{rounded(milliseconds / factor):g} {unit}"
    return f"{rounded(milliseconds / 3_600_000):,g} h"


def _about(milliseconds: float) -> str:
    said = duration(milliseconds)
    return said if said.startswith("less") else f"about {said}"


def count(number: float) -> str:
    """`4`, `1,200`, `3.4 million`, `2.1 billion`."""
    for limit, unit in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million")):
        if number >= limit:
            return f"{number / limit:,.3g} {unit}"
    return f"{number:,.0f}"


def size(number: float) -> str:
    """Bytes for people: `12.7 GB`."""
    for limit, unit in ((1024**4, "TB"), (1024**3, "GB"), (1024**2, "MB")):
        if number >= limit:
            return f"{number / limit:,.1f} {unit}"
    return f"{number / 1024:,.0f} kB"
