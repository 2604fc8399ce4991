"""CREATE, DROP, ALTER and REINDEX of indexes; CLUSTER."""

from __future__ import annotations

from typing import Any

from dbdesign.migrations.predict.effects import Effects, RefusedError
from dbdesign.migrations.predict.state import State
from dbdesign.migrations.trace.kinds import option
from dbdesign.model.migration import LockMode
from dbdesign.model.schema import label
from dbdesign.readers.postgresql.grammar_drafts import Name, TableDraft
from dbdesign.readers.postgresql.libpg_query import pb

AE, SHARE, SUE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE, LockMode.SHARE_UPDATE_EXCLUSIVE


def create_index(node: Any, state: State, effects: Effects) -> None:
    """CREATE INDEX: SHARE and a scan; CONCURRENTLY two scans under SHARE UPDATE EXCLUSIVE."""
    table = state.table(node.relation)
    if table is None:
        view = state.view(node.relation)
        if view is not None:
            effects.lock(view.label, SUE if node.concurrent else SHARE)
            effects.scan(view.label)
        return
    if node.if_not_exists and node.idxname and (table.name[0], node.idxname) in state.drafts.relations:
        effects.lock(table.label, SUE if node.concurrent else SHARE)
        return
    if node.idxname and (table.name[0], node.idxname) in state.drafts.relations:
        raise RefusedError(f'42P07: relation "{node.idxname}" already exists')
    if node.nulls_not_distinct:
        effects.require(15, "NULLS NOT DISTINCT")
    if node.concurrent:
        if table.partitioning is not None:
            raise RefusedError(f'0A000: cannot create index on partitioned table "{table.name[1]}" concurrently')
        effects.lock(table.label, SUE)
        effects.scan(table.label, 2)
        effects.waits = "open transactions"
        return
    for one in state.family(table) if table.partitioning is not None and node.relation.inh else [table]:
        effects.lock(one.label, SHARE)
        if one.partitioning is None:
            effects.scan(one.label)
            if one is table and node.idxname:
                effects.new_indexes.add(label(table.name[0], node.idxname))


def drop_index(names: list[Name], state: State, effects: Effects, *, concurrent: bool) -> None:
    """DROP INDEX: the table is locked as strongly as the index."""
    for name in names:
        owner = state.index_owner(name)
        if owner is None:
            continue
        family = state.family(owner) if isinstance(owner, TableDraft) and owner.partitioning is not None else [owner]
        for one in family:
            effects.lock(one.label, SUE if concurrent else AE)
        effects.lock_index(label(*name), SUE if concurrent else AE)
        effects.dropped.add(label(*name))
        if concurrent:
            effects.waits = "open transactions"


def reindex(node: Any, state: State, effects: Effects) -> None:
    """REINDEX: SHARE on the table and ACCESS EXCLUSIVE on the index; CONCURRENTLY (12) without either."""
    concurrent = option(node.params, "concurrently")
    if node.kind == pb.REINDEX_OBJECT_INDEX:
        name = state.find_index(node.relation)
        owner = state.index_owner(name) if name is not None else None
        wanted = [name[1]] if name is not None else []
        owners = [owner] if owner is not None else []
    elif node.kind == pb.REINDEX_OBJECT_TABLE:
        table = state.table(node.relation)
        owners = list(state.family(table)) if table is not None else []
        wanted = []
    else:
        owners, wanted = list(state.drafts.tables.values()), []
        if node.kind == pb.REINDEX_OBJECT_SCHEMA:
            owners = [one for one in owners if (one.name[0] or "public") == node.name]
    for one in owners:
        effects.lock(one.label, SUE if concurrent else SHARE)
        names = wanted or [index.name for index in state.indexes(one)]
        effects.scan(one.label, len(names) * (2 if concurrent else 1))
        for index in names:
            namespace = one.name[0] if isinstance(one, TableDraft) else one.namespace
            effects.lock_index(label(namespace, index), SUE if concurrent else AE)
            effects.rebuilds.add(label(namespace, index))
    if concurrent:
        effects.waits = "open transactions"


def cluster(node: Any, state: State, effects: Effects) -> None:
    """CLUSTER: the table is written anew in the index's order, and its indexes are built anew."""
    table = state.table(node.relation) if node.HasField("relation") else None
    for one in [table] if table is not None else state.drafts.tables.values():
        if table is None and "cluster_on" not in one.options:
            continue
        for member in state.family(one):
            effects.lock(member.label, AE)
            if member.partitioning is None:
                names = [label(member.name[0], index.name) for index in state.indexes(member)]
                effects.rewrite(member.label)
                effects.scan(member.label, len(names))
                effects.rebuilds.update(names)
                for index in names:
                    effects.lock_index(index, AE)


def alter_index(node: Any, state: State, effects: Effects) -> None:
    """ALTER INDEX with actions: the index alone is locked."""
    name = state.find_index(node.relation)
    for command in (one.alter_table_cmd for one in node.cmds):
        if name is not None:
            weak = {pb.AT_SetRelOptions, pb.AT_ResetRelOptions, pb.AT_SetStatistics, pb.AT_AttachPartition}
            effects.lock_index(label(*name), SUE if command.subtype in weak else AE)
        if command.subtype == pb.AT_AttachPartition:
            child = state.find_index(getattr(command, "def").partition_cmd.name)
            if child is not None:
                effects.lock_index(label(*child), AE)


RULES = {"index_stmt": create_index, "reindex_stmt": reindex, "cluster_stmt": cluster}
__all__ = ["RULES", "alter_index", "drop_index"]
