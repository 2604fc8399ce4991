"""Which tables' rows go by age, by which column, and what is in their way."""

from __future__ import annotations

from dataclasses import dataclass

from dbdesign.integrity.lifecycle.base import Target
from dbdesign.model.lifecycle import Period, RetentionHow
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Table

PARTITIONED = "range"


@dataclass(frozen=True)
class Ageing:
    """A table whose rows go when they are old."""

    table: Table
    after: Period
    by: str
    how: RetentionHow
    batch: int

    @property
    def detaches(self) -> bool:
        """Whether whole partitions go: that is asked for, and the table has them by that column."""
        parts = self.table.partitioning
        by = parts.keys[0].column if parts is not None and parts.keys else None
        return self.how == "detach" and parts is not None and parts.strategy.lower() == PARTITIONED and by == self.by


def ageings(target: Target) -> list[Ageing]:
    """The tables with a retention, and those of which deleted rows are purged."""
    found = [Ageing(target.at(one.table), one.after, one.by, one.how, one.batch) for one in target.lifecycle.retention]
    soft = target.lifecycle.soft_delete
    taken = {one.table.label for one in found}
    if soft is not None and soft.purge is not None:
        found += [
            Ageing(target.at(label), soft.purge, soft.column, "delete", 5_000)
            for label in soft.tables
            if label not in taken
        ]
    place = {table.label: number for number, table in enumerate(target.relations.load_order())}
    return sorted(found, key=lambda one: -place[one.table.label])


def blockers(target: Target, table: Table) -> list[Relation]:
    """References that forbid a deletion: their rows would be left behind."""
    return [
        one
        for one in target.relations.references_in(table.label)
        if one.foreign_key.on_delete in {"no action", "restrict"} and target.at(one.child).partition_of is None
    ]
