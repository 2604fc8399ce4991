"""DROP by its parse tree: the object, and what goes with it."""

from __future__ import annotations

from typing import Any

from dbdesign.model.schema import (
    Index,
)
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_alter import drop_constraint
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Name, Refused
from dbdesign.readers.postgresql.grammar_lookup import VIEWS, overload
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.libpg_query import pb


def drop(node: Node, drafts: Drafts, _text: str) -> None:
    """DROP of one or more objects."""
    for target in node.objects:
        if not _drop_one(node.remove_type, target, drafts) and not node.missing_ok:
            raise Refused(f'DROP: "{".".join(nodes.names_of(target))}" is not declared before this statement')


def _drop_one(kind: int, target: Node, drafts: Drafts) -> bool:
    parts = nodes.names_of(target)
    namespace = parts[-2] if len(parts) > 1 else None
    if kind == pb.OBJECT_TABLE:
        found = drafts.find(namespace, parts[-1], drafts.tables)
        if found:
            drop_table(drafts, found)
        return found is not None
    if kind in {pb.OBJECT_TRIGGER, pb.OBJECT_POLICY, pb.OBJECT_RULE}:
        return _drop_of_table(kind, parts, drafts)
    if kind == pb.OBJECT_INDEX:
        return _drop_index(drafts.find(namespace, parts[-1], drafts.indexes), drafts)
    if kind == pb.OBJECT_SCHEMA:
        return _drop_namespace(parts[-1], drafts)
    if kind in {pb.OBJECT_FUNCTION, pb.OBJECT_PROCEDURE, pb.OBJECT_ROUTINE, pb.OBJECT_AGGREGATE}:
        return _drop_routine(target, namespace, parts[-1], drafts)
    if kind == pb.OBJECT_EXTENSION:
        return drafts.extensions.pop(parts[-1], None) is not None
    for registry in _registries(kind, drafts):
        found = drafts.find(namespace, parts[-1], registry)
        if found is not None:
            del registry[found]
            drafts.relations.discard(found)
            return True
    before = len(drafts.carried)
    drafts.carried[:] = [one for one in drafts.carried if one.name != parts[-1]]
    return len(drafts.carried) < before


def _registries(kind: int, drafts: Drafts) -> tuple[Any, ...]:
    if kind in VIEWS:
        return (drafts.views,)
    if kind == pb.OBJECT_SEQUENCE:
        return (drafts.sequences,)
    if kind in {pb.OBJECT_TYPE, pb.OBJECT_DOMAIN}:
        return drafts.enums, drafts.domains, drafts.composites
    return ()


def drop_table(drafts: Drafts, found: Name) -> None:
    """Takes a table away with its indexes, sequences, partitions, and the foreign keys to it."""
    table = drafts.tables.pop(found)
    drafts.relations.discard(found)
    drafts.privileges.drop("table", found)
    for name in [name for name, owner in drafts.indexes.items() if owner == found]:
        del drafts.indexes[name]
        drafts.relations.discard(name)
    for one in (*table.checks, *table.foreign_keys, *table.unique_keys, *table.exclusions, table.primary_key):
        if one is not None:
            drafts.constraints.discard((found[0], one.name or ""))
    for name in [name for name, one in drafts.sequences.items() if one.owner and one.owner[0] == found]:
        del drafts.sequences[name]
        drafts.relations.discard(name)
    gone = table.label
    for other in list(drafts.tables.values()):
        other.foreign_keys[:] = [key for key in other.foreign_keys if key.references != gone]
        if gone in other.inherits or (other.partition_of and other.partition_of.label == gone):
            drop_table(drafts, other.name)


def _drop_of_table(kind: int, parts: list[str], drafts: Drafts) -> bool:
    namespace = parts[-3] if len(parts) > 2 else None
    found = drafts.find(namespace, parts[-2], drafts.tables)
    if kind == pb.OBJECT_RULE:
        before = len(drafts.carried)
        drafts.carried[:] = [one for one in drafts.carried if one.kind != "rule" or one.name != parts[-1]]
        return len(drafts.carried) < before
    if found is None:
        view = drafts.find(namespace, parts[-2], drafts.views)
        if view is not None:
            mine = drafts.views[view]
            kept = tuple(one for one in mine.triggers if one.name != parts[-1])
            drafts.views[view] = mine.model_copy(update={"triggers": kept})
        return view is not None
    group: list[Any] = drafts.tables[found].triggers if kind == pb.OBJECT_TRIGGER else drafts.tables[found].policies
    before = len(group)
    group[:] = [one for one in group if one.name != parts[-1]]
    return len(group) < before


def _drop_index(found: Name | None, drafts: Drafts) -> bool:
    if found is None:
        return False
    owner = drafts.indexes.pop(found)
    drafts.relations.discard(found)
    if owner in drafts.tables:
        table = drafts.tables[owner]
        table.indexes[:] = [index for index in table.indexes if index.name != found[1]]
        if drop_constraint(table, found[1]):
            drafts.constraints.discard(found)
    elif owner in drafts.views:
        view = drafts.views[owner]
        kept: tuple[Index, ...] = tuple(index for index in view.indexes if index.name != found[1])
        drafts.views[owner] = view.model_copy(update={"indexes": kept})
    return True


def _drop_namespace(name: str, drafts: Drafts) -> bool:
    plain = nodes.plain(name)
    for key in [key for key in drafts.tables if key[0] == plain]:
        if key in drafts.tables:
            drop_table(drafts, key)
    registries: tuple[Any, ...] = (
        drafts.views, drafts.sequences, drafts.enums, drafts.domains, drafts.composites, drafts.routines,
    )  # fmt: skip
    for registry in registries:
        for key in [key for key in registry if key[0] == plain]:
            del registry[key]
            drafts.relations.discard(key)
    return drafts.namespaces.pop(name, None) is not None or plain is None


def _drop_routine(target: Node, namespace: str | None, name: str, drafts: Drafts) -> bool:
    matching = [
        key
        for key, one in drafts.routines.items()
        if one.name == name and (namespace is None or one.namespace == nodes.plain(namespace))
    ]
    for key in overload(matching, target, drafts)[:1]:
        del drafts.routines[key]
    return bool(matching)
