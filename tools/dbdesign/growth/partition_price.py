"""What partitions by time cost the statements that do not give it, against deleting the rows that are to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.growth.load import ROW_WRITTEN, SECONDS_PER_MONTH, arrivals

if TYPE_CHECKING:
    from dbdesign.growth.limits import Situation
    from dbdesign.model.schema import Table

PLANNED = 0.01
"""Milliseconds that planning takes for each partition that does not prune (0.7 ms at 100, 3.6 at 365: measured on 18)."""
OPENED = 0.01
"""Milliseconds that looking into one of them takes: a descent of its B-tree from memory."""
TOASTED = 2000.0
"""Bytes of a value that are one more row, out of line."""


@dataclass(frozen=True)
class Price:
    """What partitions by time cost and save at peak, at the horizon.

    Attributes:
        rate: statements a second that do not compare the key.
        cores: that they take in addition, looking into every partition.
        arriving: rows a second that arrive, and must go again.
        deleting: cores that deleting them takes, with what vacuum has to do after it.
    """

    rate: float
    cores: float
    arriving: float
    deleting: float

    def said(self, key: str, count: int, retention: float | None) -> str:
        """Why it is not worth it."""
        return (
            f"rows go after {retention or 0:,.0f} days, but {self.rate:,.0f} statements a second do not give {key}: each would look into "
            f"{count} partitions, {self.cores:,.2f} cores in all. Deleting {self.arriving:,.0f} rows a second in batches takes "
            f"{self.deleting:,.2f}"
        )


def price_of(at: Situation, table: Table, key: str, count: int) -> Price:
    """What so many partitions by a key cost, against deleting."""
    rate = cores = 0.0
    for one in at.load.queries:
        uses = [use for use in (one.use.uses if one.use else ()) if use.table.label == table.label]
        if not uses or all(key in use.equal | use.ranges for use in uses):
            continue
        executed = at.load.rate(one, at.months)
        early = all(use.limited and use.ordered[:1] and use.ordered[0].column == key for use in uses)
        rate += executed
        cores += executed * count * (PLANNED if early else PLANNED + OPENED) / 1000
    rows = max(at.sizes.rows(table.label, at.months), 1.0)
    arriving = max(arrivals(at.design, table, rows) / SECONDS_PER_MONTH, _inserted(at, table))
    wide = (
        at.sizes.bytes(at.sizes.by_name[table.label], at.months) / rows / TOASTED
        if table.label in at.sizes.by_name
        else 0.0
    )
    keys = (table.primary_key is not None) + len(table.unique_keys) + len(table.indexes)
    return Price(rate, cores, arriving, arriving * (1 + keys + wide) * ROW_WRITTEN * 2 / 1000)


def _inserted(at: Situation, table: Table) -> float:
    """Rows a second that statements insert on average."""
    return sum(
        at.load.rate(one, at.months, peak=False) * at.load.cost(one, at.months).written.get(table.label, 0.0)
        for one in at.load.queries
        if one.use and any(write.kind == "insert" and write.table.label == table.label for write in one.use.writes)
    )
