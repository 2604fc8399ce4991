"""What belongs to a node or a statement of a plan: counters, timings, sizes, warnings, parameters.

`dbdesign.model.plan` says what every reader keeps, and has these names too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from dbdesign.model.base import Model


class Buffers(Model):
    """Pages of 8 KiB that were touched, inclusive of what is below the node, over all loops and processes."""

    shared_hit: int = 0
    shared_read: int = 0
    shared_dirtied: int = 0
    shared_written: int = 0
    local_hit: int = 0
    local_read: int = 0
    local_dirtied: int = 0
    local_written: int = 0
    temp_read: int = 0
    temp_written: int = 0

    @property
    def total(self) -> int:
        """Pages that were looked at: hit or read, shared, local or temporary."""
        return self.shared_hit + self.shared_read + self.local_hit + self.local_read + self.temp_read


class IoTimings(Model):
    """Milliseconds in reads and writes of pages (`track_io_timing`), inclusive, summed over processes."""

    shared_read_ms: float = 0.0
    shared_write_ms: float = 0.0
    local_read_ms: float = 0.0
    local_write_ms: float = 0.0
    temp_read_ms: float = 0.0
    temp_write_ms: float = 0.0

    @property
    def total_ms(self) -> float:
        """All of them."""
        shared = self.shared_read_ms + self.shared_write_ms
        return shared + self.local_read_ms + self.local_write_ms + self.temp_read_ms + self.temp_write_ms


class Wal(Model):
    """Write-ahead log that was written. `fpi`: full-page images; `fpi_bytes` where the version tells them apart."""

    records: int = 0
    fpi: int = 0
    bytes: int = 0
    buffers_full: int = 0
    fpi_bytes: int | None = None


class SortSpace(Model):
    """One sort: `quicksort`, `top-N heapsort`, `external merge` …; `space_type` is `Memory` or `Disk`."""

    method: str
    space_kb: int
    space_type: str

    @property
    def on_disk(self) -> bool:
        """Whether it did not fit into work_mem."""
        return self.space_type == "Disk"


class SortGroups(Model):
    """Groups that an Incremental Sort sorted: `Full-sort` (small prefixes together) or `Pre-sorted` (one prefix)."""

    count: int
    methods: tuple[str, ...] = ()
    average_memory_kb: int | None = None
    peak_memory_kb: int | None = None
    average_disk_kb: int | None = None
    peak_disk_kb: int | None = None


class HashTable(Model):
    """The table of a Hash node. More `batches` than one: it was split to disk."""

    buckets: int
    batches: int
    original_buckets: int | None = None
    original_batches: int | None = None
    memory_kb: int | None = None


class HashAggregate(Model):
    """The table of a hashed Aggregate. `disk_kb` above 0 or `batches` above 1: it was spilled."""

    planned_partitions: int | None = None
    batches: int | None = None
    memory_kb: int | None = None
    disk_kb: int | None = None


class MemoizeCache(Model):
    """What a Memoize node's cache did, over all loops of the process."""

    hits: int
    misses: int
    evictions: int
    overflows: int
    memory_kb: int | None = None

    @property
    def hit_rate(self) -> float | None:
        """Share of look-ups that were answered from the cache."""
        asked = self.hits + self.misses
        return self.hits / asked if asked else None


class BitmapBlocks(Model):
    """Heap pages that a bitmap named: row by row, or, where work_mem did not suffice, page by page (`lossy`)."""

    exact: int = 0
    lossy: int = 0


class Jit(Model):
    """Just-in-time compilation. Times are 0 where the plan has no timing."""

    functions: int = 0
    inlining: bool | None = None
    optimization: bool | None = None
    expressions: bool | None = None
    deforming: bool | None = None
    generation_ms: float = 0.0
    deform_ms: float | None = None
    inlining_ms: float = 0.0
    optimization_ms: float = 0.0
    emission_ms: float = 0.0
    total_ms: float = 0.0


class WorkerRun(Model):
    """What one parallel worker did in a node. Times and rows are per loop of that worker."""

    number: int
    actual_startup_ms: float | None = None
    actual_total_ms: float | None = None
    actual_rows: float | None = None
    loops: int | None = None
    sort: SortSpace | None = None
    full_sort_groups: SortGroups | None = None
    presorted_groups: SortGroups | None = None
    aggregate: HashAggregate | None = None
    memoize: MemoizeCache | None = None
    bitmap: BitmapBlocks | None = None
    buffers: Buffers | None = None
    io: IoTimings | None = None
    wal: Wal | None = None
    jit: Jit | None = None
    extra: Mapping[str, Any] = Field(default_factory=dict)


class TargetTable(Model):
    """A table that a ModifyTable node changes, where it has several or is apart from the node's own."""

    relation: str
    relation_schema: str | None = None
    alias: str | None = None
    extra: Mapping[str, Any] = Field(default_factory=dict)


class PlanWarning(Model):
    """What the engine itself warns of at a node or a statement (SQL Server's Warnings, TiDB's and CockroachDB's warnings)."""

    kind: str
    detail: str | None = None
    attributes: Mapping[str, str] = Field(default_factory=dict)


class Trigger(Model):
    """A trigger that a statement fired. `constraint`: of the foreign key or deferred constraint that it belongs to."""

    name: str
    constraint: str | None = None
    relation: str | None = None
    time_ms: float | None = None
    calls: int = 0


class Serialization(Model):
    """Turning the result into what the client would be sent (EXPLAIN's SERIALIZE, PostgreSQL 17)."""

    format: str
    output_kb: int
    time_ms: float | None = None
    buffers: Buffers | None = None
    io: IoTimings | None = None


class MissingIndex(Model):
    """An index that SQL Server's optimizer missed. `impact`: percent of the statement's cost that it expects to save."""

    table: str
    table_schema: str | None = None
    database: str | None = None
    impact: float
    equality: tuple[str, ...] = ()
    inequality: tuple[str, ...] = ()
    include: tuple[str, ...] = ()


class MemoryGrant(Model):
    """Memory for sorts and hashes that a statement was given (SQL Server), in KiB."""

    requested_kb: int | None = None
    granted_kb: int | None = None
    max_used_kb: int | None = None
    desired_kb: int | None = None
    required_kb: int | None = None
    wait_ms: float | None = None
    extra: Mapping[str, Any] = Field(default_factory=dict)


class Wait(Model):
    """What a statement waited for (SQL Server's WaitStats)."""

    type: str
    ms: float
    count: int


class PlanParameter(Model):
    """A parameter with the value that the plan was compiled for and the one that it ran with."""

    name: str
    type: str | None = None
    compiled: str | None = None
    runtime: str | None = None


class RelationTotal(Model):
    """What a plan does with one table or index, over all nodes that name it.

    Attributes:
        scans: nodes; `loops`, `rows`, `rows_removed`: over all their runs.
        share: sum of the shares of those nodes.
        access: their types, the most frequent first.
    """

    name: str
    relation_schema: str | None = None
    table: str | None = None
    scans: int
    loops: int | None = None
    rows: float | None = None
    rows_removed: float | None = None
    exclusive_ms: float | None = None
    share: float | None = None
    buffers: Buffers | None = None
    access: tuple[str, ...] = ()
