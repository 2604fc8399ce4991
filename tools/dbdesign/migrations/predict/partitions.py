"""ATTACH and DETACH PARTITION, and what every new partition does to those beside it."""

from __future__ import annotations

from typing import Any

from dbdesign.migrations.predict import implied
from dbdesign.migrations.predict.effects import Effects, RefusedError
from dbdesign.migrations.predict.state import State
from dbdesign.model.migration import LockMode
from dbdesign.readers.postgresql.grammar_drafts import TableDraft

AE, SRE, SUE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE


def attach(table: TableDraft, command: Any, state: State, effects: Effects) -> None:
    """ATTACH PARTITION: the child and the default partition are locked and read, unless constraints prove that none need be."""
    node = getattr(command, "def").partition_cmd
    child = state.table(node.name)
    if child is None:
        raise RefusedError(f'42P01: relation "{node.name.relname}" does not exist')
    for one in state.family(child):
        effects.lock(one.label, AE)
    if _must_look_at(table, child, node.bound, state):
        for one in state.leaves(child):
            effects.scan(one.label)
    lock_default(table, node.bound, state, effects)
    for index in state.indexes(table):
        if not any(mine.columns == index.columns and mine.unique >= index.unique for mine in state.indexes(child)):
            for one in state.leaves(child):
                effects.scan(one.label)
    inherited_keys(table, child, state, effects)


def _must_look_at(table: TableDraft, child: TableDraft, bound: Any, state: State) -> bool:
    """Whether the rows of a new partition are read for its bound."""
    if bound.is_default:
        return bool(state.children(table))
    return not implied.bound_is_proven(child, table, bound)


def detach(table: TableDraft, command: Any, state: State, effects: Effects) -> None:
    """DETACH PARTITION; CONCURRENTLY waits without locks, between two short transactions."""
    node = getattr(command, "def").partition_cmd
    child = state.table(node.name)
    name = child.label if child is not None else node.name.relname
    default = state.default_partition(table)
    if node.concurrent:
        effects.require(14, "DETACH PARTITION CONCURRENTLY")
        if default is not None:
            raise RefusedError("55000: cannot detach partitions concurrently when a default partition exists")
        effects.locks.clear()
        effects.momentary = {table.label: SUE, name: AE}
        effects.waits = "open transactions"
        return
    for one in state.family(child) if child is not None else []:
        effects.lock(one.label, SUE if one is child and effects.version < 14 else AE)
    if default is not None:
        effects.lock(default.label, AE)
    for key in table.foreign_keys:
        effects.lock(key.references, SRE)


def lock_default(parent: TableDraft, bound: Any, state: State, effects: Effects) -> None:
    """A new partition narrows what the default one may hold: it is locked, and read unless a check excludes the new values."""
    default = state.default_partition(parent)
    if default is None or bound.is_default:
        return
    for one in state.family(default):
        effects.lock(one.label, AE)
    if not implied.default_is_proven(default, parent, bound):
        for one in state.leaves(default):
            effects.scan(one.label)


def inherited_keys(parent: TableDraft, child: TableDraft | None, state: State, effects: Effects) -> None:
    """A partition has its parent's foreign keys, which lock the referenced tables and are checked where the partition has rows."""
    for key in parent.foreign_keys:
        own = child.foreign_keys if child is not None else []
        present = any(one.columns == key.columns and one.references == key.references for one in own)
        referenced = state.named(key.references)
        for one in state.family(referenced) if referenced is not None else []:
            effects.lock(one.label, SRE)
        if child is not None and not present and key.valid:
            effects.scan(child.label)
            for one in state.leaves(referenced) if referenced is not None else []:
                effects.scan(one.label)
