"""The table that an ALTER TABLE is about, and what its actions do to it: locks, rows written or read, indexes built or dropped."""

from __future__ import annotations

from collections import Counter
from typing import Any

from dbdesign.migrations.predict import implied
from dbdesign.migrations.predict.effects import Effects, RefusedError
from dbdesign.migrations.predict.state import State
from dbdesign.model.migration import LockMode
from dbdesign.model.schema import Column, label
from dbdesign.readers.postgresql.grammar_drafts import TableDraft

AE, SRE, SUE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE


class AlteredTable:
    """One table and those below it, and what is read and written in them once all actions are known."""

    def __init__(self, node: Any, table: TableDraft, state: State, effects: Effects) -> None:
        self.node, self.table, self.state, self.effects = node, table, state, effects
        self.below = state.family(table) if node.relation.inh else [table]
        self.rewritten: set[str] = set()
        self.verified: set[str] = set()
        self.builds: Counter[str] = Counter()
        self.partition_builds: Counter[str] = Counter()
        """Of them, on partitions, where an index is built before a rewrite and once more by it."""
        self.again: dict[str, tuple[str, int]] = {}
        """Indexes that are dropped and made again, or dropped: the table, and the scans that making them takes where it keeps its rows."""

    def _lock_below(self, mode: LockMode) -> None:
        for one in self.below:
            self.effects.lock(one.label, mode)

    def _each(self) -> list[TableDraft]:
        return [one for one in self.below if one.partitioning is None]

    def _rewrite(self) -> None:
        self.rewritten.update(one.label for one in self._each())

    def _verify(self) -> None:
        self.verified.update(one.label for one in self._each())

    def _build(self, times: int = 1) -> None:
        for one in self._each():
            self.builds[one.label] += times

    def _lock_referenced(self, key: Any) -> None:
        referenced = self.state.named(key.references)
        if referenced is None:
            self.effects.lock(key.references, AE)
            return
        for one in self.state.family(referenced):
            self.effects.lock(one.label, AE)

    def _drop_index(self, table: TableDraft, name: str, scans: int = -1) -> None:
        """Note an index that is dropped, and the scans that making it again takes; -1 where it is not."""
        if self.again.get(name, ("", 0))[1] >= 0:  # what is dropped stays so: that is done first
            self.again[name] = (table.label, scans)
        self.effects.lock_index(label(table.name[0], name), AE)
        self.effects.dropped.add(label(table.name[0], name))

    def _column(self, name: str) -> Column:
        try:
            return self.table.columns[name]
        except KeyError:
            raise RefusedError(f'42703: column "{name}" of relation "{self.table.name[1]}" does not exist') from None

    def _check_reads(self, table: TableDraft, referenced: str, columns: list[str] | None = None) -> None:
        """What RI_Initial_Check reads: before 16, the referenced table once for each partition.

        Args:
            columns: of a new key; partitions that have a valid one like it are not read (tryAttachPartitionForeignKey).
        """
        leaves = [one for one in self.state.whole(table) if one.partitioning is None]
        if columns is not None:
            leaves = [one for one in leaves if not has_key(one, columns, referenced)]
        if not leaves:
            return
        for one in leaves:
            self.effects.scan(one.label)
        target = self.state.named(referenced)
        for one in self.state.whole(target) if target is not None else []:
            if one.partitioning is not None:
                continue
            self.effects.scan(one.label, 1 if self.effects.version >= 16 else len(leaves))

    def _not_null(self, name: str) -> None:
        self._column(name)
        for one in self._each():
            column = one.columns.get(name)
            settled = column is not None and not column.nullable and column.not_null_valid
            proven = any(implied.not_null_is_proven(each, name) for each in self.state.above(one))
            if not settled and not (self.effects.version >= 12 and proven):
                self.verified.add(one.label)


def has_key(table: TableDraft, columns: list[str], referenced: str) -> bool:
    """Whether a table has a valid foreign key of those columns to a table."""
    return any(
        list(key.columns) == columns and key.references == referenced and key.valid for key in table.foreign_keys
    )
