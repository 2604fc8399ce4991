"""Rows that arrive by themselves and could come several in one: what a group (a device) sends within a minute."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.growth.limits import BLOAT

if TYPE_CHECKING:
    from dbdesign.growth.limits import Situation
    from dbdesign.growth.load import QueryLoad

FAST = 1000.0
"""Inserts a second from which each being a transaction and a row of its own weighs."""
COLLECTED = 60.0
"""Seconds for which rows are collected: what a crash of the collector loses, and how old the newest row is."""
MOST = 100
"""Rows in one: about a kilobyte of values stays within the row, larger arrays are moved out of line."""
HEADER = 28.0
"""Bytes of a tuple's header with its item pointer (manual, 66.6 "Database Page Layout")."""


@dataclass(frozen=True)
class Batch:
    """Rows of a table that one insert could write as one row of arrays.

    Attributes:
        rows: in one.
        left: share of the table's bytes, indexes counted in, that remains.
    """

    table: str
    query: QueryLoad
    rows: int
    left: float

    def saved(self, at: Situation, months: float) -> float:
        """Bytes on the disk that are saved."""
        return at.sizes.of_table(self.table, months) * BLOAT * (1 - self.left)

    def spared(self, at: Situation, months: float) -> float:
        """Transactions a second at peak that are spared."""
        return at.load.rate(self.query, months) * (1 - 1 / self.rows)

    def unlogged(self, at: Situation, months: float) -> float:
        """Bytes of log a second on average that are spared: as large a share as of the table."""
        return at.load.rate(self.query, months, peak=False) * at.load.cost(self.query, months).log * (1 - self.left)


def batches(at: Situation) -> list[Batch]:
    """What could be batched: inserted fast and one by one, in order within groups, never changed, referred to, or read by a whole key."""
    return [batch for one in at.load.queries if (batch := _batch(at, one)) is not None]


def _batch(at: Situation, one: QueryLoad) -> Batch | None:
    if one.use is None or [write.kind for write in one.use.writes] != ["insert"]:
        return None
    table = one.use.writes[0].table.label
    cost, rate = at.load.cost(one, at.months), at.load.rate(one, at.months, peak=False)
    ends, rows = cost.fronts.get(table, 0.0), at.sizes.rows(table, at.months)
    if rate < FAST or not ends or rows < 1 or cost.written.get(table, 0.0) != 1 or any(_singled_out(at, table)):
        return None
    several = min(int(COLLECTED * rate / ends), MOST)
    whole, heap = at.sizes.of_table(table, at.months) / rows, at.sizes.heap(table, at.months) / rows
    left = (heap - HEADER + (HEADER + whole - heap) / max(several, 1)) / whole
    return Batch(table, one, several, left) if several > 1 and 0 < left < 1 else None


def _singled_out(at: Situation, table: str) -> Iterator[bool]:
    """Whether single rows of a table are changed, referred to, or looked up."""
    schema = at.design.schema_
    keys = schema.table_by_label[table].candidate_keys
    for other in schema.tables:
        yield any(key.references == table for key in other.foreign_keys)
    for query in at.load.queries:
        if query.use is not None:
            yield any(write.table.label == table and write.kind != "insert" for write in query.use.writes)
            yield any(use.table.label == table and key <= use.equal for use in query.use.uses for key in keys)
