"""Statements about rows: INSERT, UPDATE, DELETE, MERGE, SELECT … FOR, COPY, LOCK, VACUUM, ANALYZE."""

from __future__ import annotations

from typing import Any

from dbdesign.migrations.predict import implied
from dbdesign.migrations.predict.effects import Effects
from dbdesign.migrations.predict.state import State
from dbdesign.migrations.trace.kinds import option
from dbdesign.model.migration import LockMode
from dbdesign.model.schema import label
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb

AE, RE, SUE = LockMode.ACCESS_EXCLUSIVE, LockMode.ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE
_BY_NUMBER = dict(enumerate(LockMode, start=1))


def insert(node: Any, state: State, effects: Effects) -> None:
    """INSERT."""
    table = state.table(node.relation)
    if table is not None:
        effects.lock(table.label, RE)
    _reads(node, state, effects)


def change(node: Any, state: State, effects: Effects) -> None:
    """UPDATE and DELETE: the whole table is read unless a unique index gives the row."""
    table = state.table(node.relation)
    if table is None:
        return
    for one in state.family(table) if node.relation.inh else [table]:
        effects.lock(one.label, RE)
        if one.partitioning is None and not _by_key(one, node) and not _is_never(one, node):
            effects.scan(one.label)
    _reads(node, state, effects)


def _is_never(table: TableDraft, node: Any) -> bool:
    """Whether the condition asks for a NULL in a column that has none."""
    if not node.HasField("where_clause"):
        return False
    for part in implied.conjuncts(node.where_clause):
        if nodes.kind_of(part) == "null_test" and part.null_test.nulltesttype == pb.IS_NULL:
            asked = [table.columns[name] for name in nodes.columns_in(part) if name in table.columns]
            if asked and all(not column.nullable and column.not_null_valid for column in asked):
                return True
    return False


def _by_key(table: TableDraft, node: Any) -> bool:
    """Whether the condition fixes all columns of a unique key."""
    if not node.HasField("where_clause"):
        return False
    fixed: set[str] = set()
    for part in implied.conjuncts(node.where_clause):
        found = implied.comparison(part)
        if found is not None and found[1] == "=":
            fixed.add(found[0])
        elif (
            nodes.kind_of(part) == "a_expr"
            and part.a_expr.kind == pb.AEXPR_IN
            and nodes.kind_of(part.a_expr.lexpr) == "column_ref"
        ):
            fixed.update(nodes.columns_in(part.a_expr.lexpr))
    keys = [table.primary_key, *table.unique_keys, *(one for one in table.indexes if one.unique and one.where is None)]
    return any(key is not None and key.columns and set(key.columns) <= fixed for key in keys)


def select(node: Any, state: State, effects: Effects) -> None:
    """SELECT: only FOR UPDATE and its kind lock more than ACCESS SHARE."""
    if len(node.locking_clause):
        for relation in _relations(node):
            table = state.table(relation)
            if table is not None:
                effects.lock(table.label, LockMode.ROW_SHARE)
    _query_reads(node, state, effects)


def create_as(node: Any, state: State, effects: Effects) -> None:
    """CREATE TABLE AS, CREATE MATERIALIZED VIEW, SELECT INTO."""
    if nodes.kind_of(node.query) == "select_stmt" and not node.into.skip_data:
        _query_reads(node.query.select_stmt, state, effects)


def _reads(node: Any, state: State, effects: Effects) -> None:
    """Tables that a query inside reads without any condition."""
    if node.DESCRIPTOR.name == "InsertStmt" and node.HasField("select_stmt"):
        _query_reads(node.select_stmt.select_stmt, state, effects)


def _query_reads(query: Any, state: State, effects: Effects) -> None:
    if query.HasField("where_clause") or query.HasField("limit_count"):
        return
    for relation in _relations(query):
        table = state.table(relation)
        for one in state.leaves(table) if table is not None else []:
            effects.scan(one.label)


def _relations(node: Any) -> list[Any]:
    return [one.range_var for one in node.from_clause if nodes.kind_of(one) == "range_var"]


def copy(node: Any, state: State, effects: Effects) -> None:
    """COPY."""
    table = state.table(node.relation) if node.HasField("relation") else None
    if table is not None and node.is_from:
        effects.lock(table.label, RE)


def lock(node: Any, state: State, effects: Effects) -> None:
    """LOCK TABLE."""
    for one in node.relations:
        table = state.table(one.range_var)
        for member in state.family(table) if table is not None else []:
            effects.lock(member.label, _BY_NUMBER[node.mode])


def vacuum(node: Any, state: State, effects: Effects) -> None:
    """VACUUM and ANALYZE; VACUUM FULL writes the table anew."""
    full = node.is_vacuumcmd and option(node.options, "full")
    named = [state.table(one.vacuum_relation.relation) for one in node.rels]
    tables = [one for one in named if one is not None] if len(node.rels) else list(state.drafts.tables.values())
    for table in tables:
        for one in state.family(table) if len(node.rels) else [table]:
            effects.lock(one.label, AE if full else SUE)
            if full and one.partitioning is None:
                effects.rewrite(one.label)
                effects.scan(one.label, 1 + len(state.indexes(one)))
                effects.rebuilds.update(label(one.name[0], index.name) for index in state.indexes(one))


RULES = {
    "insert_stmt": insert,
    "update_stmt": change,
    "delete_stmt": change,
    "select_stmt": select,
    "create_table_as_stmt": create_as,
    "copy_stmt": copy,
    "lock_stmt": lock,
    "vacuum_stmt": vacuum,
}
