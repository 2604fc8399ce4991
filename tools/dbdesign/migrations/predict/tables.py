"""CREATE, ALTER, RENAME, DROP, TRUNCATE of tables and views; what is made on them: triggers, policies, rules, statistics."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dbdesign.migrations.predict.alter_table import AlterTable
from dbdesign.migrations.predict.effects import Effects, RefusedError
from dbdesign.migrations.predict.indexes import alter_index, drop_index
from dbdesign.migrations.predict.partitions import inherited_keys, lock_default
from dbdesign.migrations.predict.state import State
from dbdesign.model.migration import LockMode
from dbdesign.model.schema import label
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import parse, pb

AE, SRE, SUE = LockMode.ACCESS_EXCLUSIVE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.SHARE_UPDATE_EXCLUSIVE


def create_table(node: Any, state: State, effects: Effects) -> None:
    """CREATE TABLE: what it refers to, inherits from or becomes a partition of."""
    if node.if_not_exists and state.table(node.relation) is not None:
        return
    for parent_node in node.inh_relations:
        parent = state.table(parent_node.range_var)
        if parent is None:
            continue
        if node.HasField("partbound"):
            effects.lock(parent.label, AE)
            lock_default(parent, node.partbound, state, effects)
            inherited_keys(parent, None, state, effects)
        else:
            effects.lock(parent.label, SUE)
    for constraint in _constraints(node):
        if constraint.contype == pb.CONSTR_FOREIGN:
            referenced = state.table(constraint.pktable)
            if referenced is not None and constraint.pktable.relname != node.relation.relname:
                for one in state.family(referenced):
                    effects.lock(one.label, SRE)
        if constraint.contype == pb.CONSTR_GENERATED and constraint.generated_kind == "v":
            effects.require(18, "a virtual generated column")


def _constraints(node: Any) -> Iterable[Any]:
    for element in node.table_elts:
        which = nodes.kind_of(element)
        if which == "constraint":
            yield element.constraint
        elif which == "column_def":
            yield from (one.constraint for one in element.column_def.constraints)


def alter_table(node: Any, state: State, effects: Effects) -> None:
    """ALTER TABLE, ALTER INDEX, ALTER VIEW with actions."""
    if node.objtype == pb.OBJECT_INDEX:
        alter_index(node, state, effects)
        return
    table = state.table(node.relation)
    if table is not None:
        AlterTable(node, table, state, effects).run()
        return
    view = state.view(node.relation)
    if view is not None:
        effects.lock(view.label, AE)
    elif node.objtype == pb.OBJECT_TABLE and not node.missing_ok and not _is_other(node, state):
        raise RefusedError(f'42P01: relation "{node.relation.relname}" does not exist')


def _is_other(node: Any, state: State) -> bool:
    return state.drafts.find_relation(node.relation, state.drafts.relations) is not None


def rename(node: Any, state: State, effects: Effects) -> None:
    """RENAME: ACCESS EXCLUSIVE for a moment; of an index SHARE UPDATE EXCLUSIVE on it alone."""
    if not node.HasField("relation"):
        return
    table, view = state.table(node.relation), state.view(node.relation)
    index = state.find_index(node.relation)
    if table is not None:
        family = state.family(table) if node.rename_type == pb.OBJECT_COLUMN and node.relation.inh else [table]
        for one in family:
            effects.lock(one.label, AE)
        if node.rename_type == pb.OBJECT_TABCONSTRAINT and (table.name[0], node.subname) in state.drafts.indexes:
            effects.lock_index(label(table.name[0], node.subname), SUE)
    elif view is not None:
        effects.lock(view.label, AE)
    elif index is not None:
        effects.lock_index(label(*index), SUE)


def set_schema(node: Any, state: State, effects: Effects) -> None:
    """SET SCHEMA."""
    if node.HasField("relation"):
        found = state.table(node.relation) or state.view(node.relation)
        if found is not None:
            effects.lock(found.label, AE)


def create_trigger(node: Any, state: State, effects: Effects) -> None:
    """CREATE TRIGGER: writers wait; on partitions too for a trigger of rows."""
    table = state.table(node.relation)
    if table is not None:
        for one in state.family(table) if node.row and table.partitioning is not None else [table]:
            effects.lock(one.label, SRE)
    elif (view := state.view(node.relation)) is not None:
        effects.lock(view.label, SRE)
    if node.HasField("constrrel") and (referenced := state.table(node.constrrel)) is not None:
        effects.lock(referenced.label, LockMode.ACCESS_SHARE)


def _on_table(field: str, mode: LockMode) -> Any:
    def rule(node: Any, state: State, effects: Effects) -> None:
        relation = getattr(node, field)
        found = state.table(relation) or state.view(relation)
        if found is not None:
            effects.lock(found.label, mode)

    return rule


def create_rule(node: Any, state: State, effects: Effects) -> None:
    """CREATE RULE: the tables that its actions write to are locked as if they did."""
    _on_table("relation", AE)(node, state, effects)
    for action in node.actions:
        inner = nodes.unwrap(action)
        if inner.DESCRIPTOR.name in {"InsertStmt", "UpdateStmt", "DeleteStmt"}:
            table = state.table(inner.relation)
            if table is not None:
                effects.lock(table.label, LockMode.ROW_EXCLUSIVE)


def create_statistics(node: Any, state: State, effects: Effects) -> None:
    """CREATE STATISTICS."""
    for relation in node.relations:
        table = state.table(relation.range_var)
        if table is not None:
            effects.lock(table.label, SUE)


def create_view(node: Any, state: State, effects: Effects) -> None:
    """CREATE OR REPLACE VIEW of one that is there."""
    view = state.view(node.view) if node.replace else None
    if view is not None:
        effects.lock(view.label, AE)


def refresh(node: Any, state: State, effects: Effects) -> None:
    """REFRESH MATERIALIZED VIEW: its query is executed; readers wait for it, unless CONCURRENTLY."""
    view = state.view(node.relation)
    if view is None:
        return
    effects.lock(view.label, LockMode.EXCLUSIVE if node.concurrent else AE)
    for name in view.depends_on:
        table = state.named(name)
        for one in state.leaves(table) if table is not None and not node.skip_data else []:
            effects.scan(one.label)
    indexes = state.indexes(view)
    if node.concurrent:
        effects.scan(view.label)
        return
    effects.rewrite(view.label)
    effects.scan(view.label, len(indexes))
    for index in indexes:
        effects.rebuilds.add(label(view.namespace, index.name))
        effects.lock_index(label(view.namespace, index.name), AE)


def drop(node: Any, state: State, effects: Effects) -> None:
    """DROP of whatever is or stands on a relation."""
    kind = node.remove_type
    parts = [nodes.names_of(one) for one in node.objects]
    if kind == pb.OBJECT_INDEX:
        found = [state.drafts.find(one[-2] if len(one) > 1 else None, one[-1], state.drafts.indexes) for one in parts]
        drop_index([one for one in found if one is not None], state, effects, concurrent=node.concurrent)
        return
    cascade = node.behavior == pb.DROP_CASCADE
    for one in parts:
        dropper = _DROPS.get(kind) or (_DROPS_BY_CASCADE.get(kind) if cascade else None)
        if dropper is not None:
            dropper(one, state, effects, cascade)
        elif kind in {pb.OBJECT_TRIGGER, pb.OBJECT_POLICY, pb.OBJECT_RULE}:
            _drop_on_table(kind, one, state, effects)


def _drop_named_table(parts: list[str], state: State, effects: Effects, cascade: bool) -> None:
    name = state.drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], state.drafts.tables)
    if name is not None:
        drop_table(state.drafts.tables[name], state, effects, cascade=cascade)


def _drop_view(parts: list[str], state: State, effects: Effects, cascade: bool) -> None:
    name = state.drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], state.drafts.views)
    if name is not None:
        for view in [state.drafts.views[name], *(state.views_on(label(*name)) if cascade else [])]:
            effects.lock(view.label, AE)
            effects.dropped.add(view.label)


def _drop_schema(parts: list[str], state: State, effects: Effects, _cascade: bool) -> None:
    for table in [table for table in state.drafts.tables.values() if table.name[0] == parts[-1]]:
        drop_table(table, state, effects, cascade=True)


def _drop_function(parts: list[str], state: State, effects: Effects, _cascade: bool) -> None:
    """The triggers that call it go with it."""
    for table in state.drafts.tables.values():
        functions = [(one.function or "").partition("(")[0].rpartition(".")[2] for one in table.triggers]
        if parts[-1] in functions:
            effects.lock(table.label, AE)


def _drop_on_table(kind: int, parts: list[str], state: State, effects: Effects) -> None:
    name = state.drafts.find(parts[-3] if len(parts) > 2 else None, parts[-2], state.drafts.tables)
    if name is None:
        view = state.drafts.find(parts[-3] if len(parts) > 2 else None, parts[-2], state.drafts.views)
        if view is not None:
            effects.lock(label(*view), AE)
        return
    table = state.drafts.tables[name]
    for one in state.family(table) if kind == pb.OBJECT_TRIGGER and table.partitioning is not None else [table]:
        effects.lock(one.label, AE)


def _drop_statistics(parts: list[str], state: State, effects: Effects, _cascade: bool) -> None:
    for carried in state.drafts.carried:
        if carried.kind == "statistics" and carried.name == parts[-1]:
            create_statistics(parse(carried.sql).stmts[0].stmt.create_stats_stmt, state, effects)


def _drop_type(parts: list[str], state: State, effects: Effects, _cascade: bool) -> None:
    """The columns of the type go with it."""
    for table in state.drafts.tables.values():
        for column in table.columns.values():
            named = column.type.name
            if (
                named is not None
                and named.name == parts[-1]
                and (len(parts) < 2 or (named.namespace or "public") == parts[-2])
            ):
                effects.lock(table.label, AE)


def drop_table(table: TableDraft, state: State, effects: Effects, *, cascade: bool) -> None:
    """A table with its partitions, what it refers to, the partitioned table and the default partition beside it."""
    for one in state.family(table):
        effects.lock(one.label, AE)
        effects.dropped.add(one.label)
        for index in state.indexes(one):
            effects.lock_index(label(one.name[0], index.name), AE)
            effects.dropped.add(label(one.name[0], index.name))
        for key in one.foreign_keys:
            effects.lock(key.references, AE)
    parent = state.parent(table)
    if parent is not None:
        effects.lock(parent.label, AE)
        default = state.default_partition(parent)
        if default is not None:
            effects.lock(default.label, AE)
    if cascade:
        for child, _ in state.referencing(table):
            effects.lock(child.label, AE)
        for view in state.views_on(table.label):
            effects.lock(view.label, AE)
            effects.dropped.add(view.label)


def truncate(node: Any, state: State, effects: Effects) -> None:
    """TRUNCATE: new empty files; by CASCADE of the tables that refer to it too."""
    found: list[TableDraft] = []
    for relation in node.relations:
        named = state.table(relation.range_var)
        family = [] if named is None else state.family(named) if relation.range_var.inh else [named]
        found += [one for one in family if one not in found]
    for table in found:
        if node.behavior == pb.DROP_CASCADE:
            for child, _ in state.referencing(table):
                found += [one for one in state.family(child) if one not in found]
    for table in found:
        effects.lock(table.label, AE)
        if table.partitioning is None:
            effects.rewrite(table.label)
            names = [label(table.name[0], one.name) for one in state.indexes(table)]
            effects.scan(table.label, len(names))
            effects.rebuilds.update(names)
            for name in names:
                effects.lock_index(name, AE)


def comment(node: Any, state: State, effects: Effects) -> None:
    """COMMENT ON: a table, a view, a column."""
    kind = node.objtype
    if kind not in {
        pb.OBJECT_TABLE,
        pb.OBJECT_COLUMN,
        pb.OBJECT_VIEW,
        pb.OBJECT_MATVIEW,
        pb.OBJECT_INDEX,
        pb.OBJECT_FOREIGN_TABLE,
    }:
        return
    parts = nodes.names_of(node.object)
    parts = parts[:-1] if kind == pb.OBJECT_COLUMN else parts
    for among in (state.drafts.tables, state.drafts.views):
        name = state.drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], among)
        if name is not None and kind != pb.OBJECT_INDEX:
            effects.lock(label(*name), SUE)
            return
    index = state.drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], state.drafts.indexes)
    if index is not None:
        effects.lock_index(label(*index), SUE)


_Dropper = Callable[[list[str], State, Effects, bool], None]
_DROPS: dict[int, _Dropper] = {
    pb.OBJECT_TABLE: _drop_named_table,
    pb.OBJECT_FOREIGN_TABLE: _drop_named_table,
    pb.OBJECT_VIEW: _drop_view,
    pb.OBJECT_MATVIEW: _drop_view,
    pb.OBJECT_STATISTIC_EXT: _drop_statistics,
}
_DROPS_BY_CASCADE: dict[int, _Dropper] = {
    pb.OBJECT_SCHEMA: _drop_schema,
    pb.OBJECT_TYPE: _drop_type,
    pb.OBJECT_DOMAIN: _drop_type,
    pb.OBJECT_FUNCTION: _drop_function,
}
RULES = {
    "create_stmt": create_table,
    "alter_table_stmt": alter_table,
    "rename_stmt": rename,
    "alter_object_schema_stmt": set_schema,
    "create_trig_stmt": create_trigger,
    "create_policy_stmt": _on_table("table", AE),
    "alter_policy_stmt": _on_table("table", AE),
    "rule_stmt": create_rule,
    "create_stats_stmt": create_statistics,
    "view_stmt": create_view,
    "refresh_mat_view_stmt": refresh,
    "drop_stmt": drop,
    "truncate_stmt": truncate,
    "comment_stmt": comment,
}
