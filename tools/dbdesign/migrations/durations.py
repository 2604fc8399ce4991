"""How long scans, index builds, rewrites and backfills take at the known volumes, and how long therefore locks are held.

Each is the larger of the processor's time for the rows and the disk's time for the bytes. The rates of rows were measured on PostgreSQL
18.6 with one backend on one core of a cloud machine of 2025, table cached, 2 million rows of 117 bytes; the bytes are those of a volume
that is not cached, at the baseline of AWS gp3. A real server may be several times faster or slower: the figure is for its order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dbdesign.model.migration import Duration
from dbdesign.model.statistics import BLOCK, Statistics
from dbdesign.model.workload import TableVolume, Workload
from dbdesign.twin.widths import width_of

Work = Literal["scan", "index build", "concurrent index build", "foreign key check", "rewrite", "update"]

ROWS_PER_SECOND: Mapping[Work, float] = {
    "scan": 17e6,  # ADD CHECK (n >= 0)
    "index build": 2.0e6,  # CREATE INDEX on md5 text; on bigint in order 3.8e6
    "concurrent index build": 1.0e6,  # two scans and two waits; on int 1.8e6
    "foreign key check": 11e6,  # a hash join with a parent of 200,000 rows
    "rewrite": 3.3e6,  # ALTER COLUMN TYPE without indexes; each index is a build more
    "update": 0.8e6,  # UPDATE of every row without indexes
}
BYTES_PER_SECOND = 125 * 1024**2
"""Throughput of an AWS gp3 volume without more bought (Amazon EBS User Guide, "General Purpose SSD volumes")."""

_PASSES: Mapping[Work, float] = {
    "scan": 1, "index build": 1.3, "concurrent index build": 2.6, "foreign key check": 1, "rewrite": 2, "update": 3,
}  # fmt: skip
"""Times that the table's bytes are read or written; an index is taken for 0.3 of its table."""

_HEADER = 28
"""Line pointer, tuple header and alignment (storage chapter of the manual)."""


@dataclass(frozen=True)
class Size:
    """Rows and bytes of a table; `bytes` is an estimate by the columns' types where only rows are known."""

    rows: float
    bytes: float


class Durations:
    """Durations of work on tables whose sizes are known.

    Args:
        sizes: by label.
    """

    def __init__(self, sizes: Mapping[str, Size] | None = None) -> None:
        self._sizes = dict(sizes or {})

    @classmethod
    def of(cls, workload: Workload | None, statistics: Statistics | None, tables: Iterable[Any]) -> Durations:
        """From a design's volumes and from statistics, which win; the tables (model or draft) give the widths."""
        sizes: dict[str, Size] = {}
        for table in tables:
            volume = workload.volumes.get(table.label) if workload is not None else None
            if volume is not None and volume.rows is not None:
                sizes[table.label] = Size(volume.rows, volume.rows * row_bytes(table, volume))
        for relation in statistics.relations if statistics is not None else ():
            if relation.kind != "index" and relation.tuples is not None:
                known = sizes.get(relation.label)
                width = known.bytes / known.rows if known is not None and known.rows else 100.0
                size = relation.pages * BLOCK if relation.pages is not None else relation.tuples * width
                sizes[relation.label] = Size(relation.tuples, float(size))
        return cls(sizes)

    def rows(self, label: str) -> float | None:
        """The rows of a table, where they are known."""
        size = self._sizes.get(label)
        return size.rows if size is not None else None

    def add(self, label: str, size: Size) -> None:
        """Note a table's size: a partition's, or a renamed table's."""
        self._sizes[label] = size

    def of_work(self, work: Work, label: str, times: int = 1) -> Duration:
        """How long some work on a table takes."""
        size = self._sizes.get(label)
        if size is None:
            return Duration(basis=f"the rows of {label} are not known: give volumes")
        seconds = times * max(size.rows / ROWS_PER_SECOND[work], size.bytes * _PASSES[work] / BYTES_PER_SECOND)
        return Duration(seconds=seconds, basis=f"{work} of {size.rows:,.0f} rows ({bytes_text(size.bytes)})")

    def total(self, parts: Iterable[Duration]) -> Duration:
        """Durations one after another; unknown where one of them is."""
        found = list(parts)
        if not found:
            return Duration(seconds=0.0, basis="the catalog alone is changed")
        basis = ", ".join(dict.fromkeys(one.basis for one in found))
        known = [one.seconds for one in found if one.seconds is not None]
        return Duration(seconds=sum(known) if len(known) == len(found) else None, basis=basis)


def row_bytes(table: Any, volume: TableVolume | None = None) -> float:
    """Bytes of a row with its header, by the widths that the volume says and else by the types."""
    columns = table.columns.values() if isinstance(table.columns, dict) else table.columns
    said = volume.columns if volume is not None else {}
    total = float(_HEADER)
    for column in columns:
        own = said.get(column.name)
        total += own.width if own is not None and own.width is not None else width_of(column.type)
    return total


def bytes_text(count: float) -> str:
    """`1.2 GB`."""
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count / 1e3:.0f} kB"


def seconds_text(seconds: float) -> str:
    """`under 0.1 s`, `3 s`, `4 min`, `2.5 h`."""
    if seconds < 0.1:
        return "under 0.1 s"
    if seconds < 100:
        return f"{seconds:.2g} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
