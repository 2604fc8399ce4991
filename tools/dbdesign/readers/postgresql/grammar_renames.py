"""ALTER … RENAME and SET SCHEMA by their parse trees: the object, and everything that names it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.model.schema import (
    Column,
    CompositeType,
    IndexKey,
    Key,
    Namespace,
    label,
)
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Name, Refused, TableDraft
from dbdesign.readers.postgresql.grammar_lookup import VIEWS, edit_named, required
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.grammar_tables import nextval
from dbdesign.readers.postgresql.libpg_query import parse, pb
from dbdesign.readers.postgresql.names import make_object_name


def rename(node: Node, drafts: Drafts, _text: str) -> None:
    """ALTER … RENAME."""
    kind = node.rename_type
    if kind == pb.OBJECT_TABLE:
        found = drafts.find_relation(node.relation, drafts.tables)
        if found is None:
            _rename_relation(node, drafts)
        else:
            move_table(drafts, found, (found[0], node.newname))
    elif kind in {pb.OBJECT_INDEX, pb.OBJECT_SEQUENCE, *VIEWS}:
        _rename_relation(node, drafts)
    elif kind == pb.OBJECT_COLUMN:
        _rename_column(node, drafts)
    elif kind == pb.OBJECT_TABCONSTRAINT:
        _rename_constraint(node, drafts)
    elif kind in {pb.OBJECT_TRIGGER, pb.OBJECT_POLICY}:
        _rename_of_table(node, drafts)
    elif kind in {pb.OBJECT_TYPE, pb.OBJECT_DOMAIN}:
        _rename_type(node, drafts)
    elif kind == pb.OBJECT_SCHEMA:
        _rename_namespace(node, drafts)
    elif kind == pb.OBJECT_ATTRIBUTE:
        _rename_attribute(node, drafts)
    else:
        raise Refused("a RENAME that cannot be applied without a server")


def _rename_relation(node: Node, drafts: Drafts) -> None:
    for registry in (drafts.views, drafts.sequences, drafts.indexes):
        found = drafts.find_relation(node.relation, registry)
        if found is not None:
            move_relation(drafts, registry, found, (found[0], node.newname))
            return
    raise Refused(f'"{node.relation.relname}" is not declared before this statement')


def move_relation(drafts: Drafts, registry: Any, old: Name, new: Name) -> None:
    """Gives a view, sequence or index another name or namespace."""
    readers = list(_readers_of(drafts, old)) if registry is drafts.sequences else []
    value = registry.pop(old)
    drafts.relations.discard(old)
    drafts.relations.add(new)
    if registry is drafts.views:
        value = value.model_copy(update={"namespace": new[0], "name": new[1]})
        drafts.privileges.move("table", old, new)
    elif registry is drafts.sequences:
        value.name = new
        drafts.privileges.move("sequence", old, new)
        default = nextval(new)
        for table, column in readers:
            table.columns[column] = table.columns[column].model_copy(update={"default": default})
    elif value in drafts.tables:
        edit_named(drafts.tables[value], old[1], lambda one: one.model_copy(update={"name": new[1]}))
    else:
        _rename_index_of_view(drafts, value, old[1], new[1])
    if registry is drafts.views:
        for index, owner in [*drafts.indexes.items()]:
            if owner == old:
                drafts.indexes[index] = new
    registry[new] = value


def _rename_index_of_view(drafts: Drafts, view: Name, old: str, new: str) -> None:
    """An index of a materialized view."""
    found = drafts.views.get(view)
    if found is not None:
        indexes = (one.model_copy(update={"name": new}) if one.name == old else one for one in found.indexes)
        drafts.views[view] = found.model_copy(update={"indexes": tuple(indexes)})


def _readers_of(drafts: Drafts, sequence: Name) -> Iterator[tuple[TableDraft, str]]:
    """The columns whose default reads a sequence."""
    for table in drafts.tables.values():
        for column in table.columns.values():
            if drafts.sequence_of(column.default) == sequence:
                yield table, column.name


def move_table(drafts: Drafts, old: Name, new: Name) -> None:
    """Gives a table another name or namespace, everywhere it is meant."""
    table = drafts.tables.pop(old)
    before = table.label
    for column in table.columns.values():
        _keep_not_null_name(table, column, table.name[1], new[1])
    table.name = new
    drafts.tables[new] = table
    drafts.relations.discard(old)
    drafts.relations.add(new)
    drafts.privileges.move("table", old, new)
    for sequence in drafts.sequences.values():
        if sequence.owner and sequence.owner[0] == old:
            sequence.owner = new, sequence.owner[1]
    for key in [key for key, owner in drafts.indexes.items() if owner == old]:
        owner_moved = drafts.indexes.pop(key)
        drafts.indexes[(new[0], key[1]) if old[0] != new[0] else key] = new if owner_moved == old else owner_moved
    for other in drafts.tables.values():
        _rename_references(other, before, new)


def _keep_not_null_name(
    table: TableDraft, column: Column, table_name: str, new_name: str, new_column: str = ""
) -> None:
    """A NOT NULL constraint keeps its name when its table or column gets another (PostgreSQL 18)."""
    if column.nullable:
        return
    name = column.not_null_name or make_object_name(table_name, column.name, "not_null")
    usual = make_object_name(new_name, new_column or column.name, "not_null")
    table.columns[column.name] = column.model_copy(update={"not_null_name": None if name == usual else name})


def _rename_references(table: TableDraft, before: str, new: Name) -> None:
    changes = {"referenced_namespace": new[0], "referenced_table": new[1]}
    for at, key in enumerate(table.foreign_keys):
        if key.references == before:
            table.foreign_keys[at] = key.model_copy(update=changes)
    table.inherits[:] = [label(*new) if parent == before else parent for parent in table.inherits]
    if table.partition_of and table.partition_of.label == before:
        table.partition_of = table.partition_of.model_copy(update={"namespace": new[0], "table": new[1]})


def _rename_column(node: Node, drafts: Drafts) -> None:
    found = drafts.find_relation(node.relation, drafts.tables)
    if found is None:
        view = required(node.relation, drafts.views, drafts)
        mine = drafts.views[view]
        columns = tuple(node.newname if one == node.subname else one for one in mine.columns)
        drafts.views[view] = mine.model_copy(update={"columns": columns})
        return
    for table in [drafts.tables[found], *_heirs(drafts, drafts.tables[found])]:
        _rename_in_table(table, node.subname, node.newname)
        for sequence in drafts.sequences.values():
            if sequence.owner == (table.name, node.subname):
                sequence.owner = table.name, node.newname
        for other in drafts.tables.values():
            for at, key in enumerate(other.foreign_keys):
                if key.references == table.label:
                    renamed = _renamed(key.referenced_columns, node.subname, node.newname)
                    other.foreign_keys[at] = key.model_copy(update={"referenced_columns": renamed})


def _heirs(drafts: Drafts, table: TableDraft) -> Iterator[TableDraft]:
    for other in drafts.tables.values():
        if table.label in other.inherits or (other.partition_of and other.partition_of.label == table.label):
            yield other
            yield from _heirs(drafts, other)


def _rename_in_table(table: TableDraft, old: str, new: str) -> None:
    if old not in table.columns:
        raise Refused(f'"{table.label}" has no column "{old}"')
    _keep_not_null_name(table, table.columns[old], table.name[1], table.name[1], new)

    def text(expression: str | None) -> str | None:
        return renamed_expression(expression, old, new) if expression else expression

    columns = {}
    for column in table.columns.values():
        generated = column.generated
        if generated:
            generated = generated.model_copy(update={"expression": text(generated.expression)})
        name = new if column.name == old else column.name
        columns[name] = column.model_copy(update={"name": name, "generated": generated})
    table.columns = columns
    table.inherited[:] = _renamed(tuple(table.inherited), old, new)

    def key(one: Key) -> Key:
        return one.model_copy(
            update={"columns": _renamed(one.columns, old, new), "include": _renamed(one.include, old, new)}
        )

    def index_key(one: IndexKey) -> IndexKey:
        return one.model_copy(
            update={"column": new if one.column == old else one.column, "expression": text(one.expression)}
        )

    def index(one: Any) -> Any:
        keys = tuple(index_key(each) for each in one.keys)
        return one.model_copy(
            update={"keys": keys, "include": _renamed(one.include, old, new), "where": text(one.where)}
        )

    table.primary_key = key(table.primary_key) if table.primary_key else None
    table.unique_keys[:] = [key(one) for one in table.unique_keys]
    table.foreign_keys[:] = [
        one.model_copy(
            update={"columns": _renamed(one.columns, old, new), "set_columns": _renamed(one.set_columns, old, new)}
        )
        for one in table.foreign_keys
    ]
    table.checks[:] = [one.model_copy(update={"expression": text(one.expression)}) for one in table.checks]
    table.indexes[:] = [index(one) for one in table.indexes]
    table.exclusions[:] = [index(one) for one in table.exclusions]
    table.policies[:] = [
        one.model_copy(update={"using": text(one.using), "check": text(one.check)}) for one in table.policies
    ]
    if table.partitioning:
        keys = tuple(index_key(one) for one in table.partitioning.keys)
        table.partitioning = table.partitioning.model_copy(update={"keys": keys})


def _renamed(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if one == old else one for one in names)


def renamed_expression(expression: str, old: str, new: str) -> str:
    """An expression with one column under another name."""

    tree = parse(f"SELECT {expression}")
    target = tree.stmts[0].stmt.select_stmt.target_list[0].res_target.val
    stack: list[Node] = [target]
    while stack:
        one = stack.pop()
        if one.DESCRIPTOR.name == "ColumnRef":
            last = one.fields[-1]
            if nodes.kind_of(last) == "string" and last.string.sval == old:
                last.string.sval = new
            continue
        for descriptor, value in one.ListFields():
            if descriptor.message_type is not None:
                stack.extend(value if descriptor.is_repeated else [value])
    return nodes.expression(target)


def _rename_constraint(node: Node, drafts: Drafts) -> None:
    table = drafts.table(node.relation)
    namespace = table.name[0]
    change = {"name": node.newname}
    if not (
        edit_named(table, node.subname, lambda one: one.model_copy(update=change))
        or _rename_not_null(table, node.subname, node.newname)
    ):
        raise Refused(f'"{table.label}" has no constraint "{node.subname}"')
    drafts.constraints.discard((namespace, node.subname))
    drafts.constraints.add((namespace, node.newname))
    if (namespace, node.subname) in drafts.indexes:
        drafts.indexes[namespace, node.newname] = drafts.indexes.pop((namespace, node.subname))
        drafts.relations.discard((namespace, node.subname))
        drafts.relations.add((namespace, node.newname))


def _rename_not_null(table: TableDraft, old: str, new: str) -> bool:
    for column in table.columns.values():
        usual = make_object_name(table.name[1], column.name, "not_null")
        if not column.nullable and (column.not_null_name or usual) == old:
            table.columns[column.name] = column.model_copy(update={"not_null_name": None if new == usual else new})
            return True
    return False


def _rename_of_table(node: Node, drafts: Drafts) -> None:
    table = drafts.table(node.relation)
    group: list[Any] = table.triggers if node.rename_type == pb.OBJECT_TRIGGER else table.policies
    for at, one in enumerate(group):
        if one.name == node.subname:
            group[at] = one.model_copy(update={"name": node.newname})


def _rename_type(node: Node, drafts: Drafts) -> None:
    parts = nodes.names_of(node.object)
    for registry in (drafts.enums, drafts.domains, drafts.composites):
        found = drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], registry)
        if found is not None:
            move_type(drafts, registry, found, (found[0], node.newname))
            return
    raise Refused(f'type "{".".join(parts)}" is not declared before this statement')


def move_type(drafts: Drafts, registry: Any, old: Name, new: Name) -> None:
    """Gives a type another name or namespace, also in the columns that have it."""
    value = registry.pop(old)
    registry[new] = value.model_copy(update={"namespace": new[0], "name": new[1]})
    drafts.privileges.move("type", old, new)
    before, after = nodes.type_name(*old), nodes.type_name(*new)

    def changed(data_type: Any) -> Any:
        if data_type.element is not None:
            element = changed(data_type.element)
            return data_type.model_copy(update={"element": element, "native": f"{element.native}[]"})
        if (
            data_type.name is None
            or (data_type.name.namespace, data_type.name.name) != old
            or data_type.native != before
        ):
            return data_type
        name = data_type.name.model_copy(update={"namespace": new[0], "name": new[1]})
        return data_type.model_copy(update={"name": name, "native": after})

    for table in drafts.tables.values():
        for column in list(table.columns.values()):
            table.columns[column.name] = column.model_copy(update={"type": changed(column.type)})


def _rename_namespace(node: Node, drafts: Drafts) -> None:
    old, new = nodes.plain(node.subname), nodes.plain(node.newname)
    if old is not None:
        drafts.namespaces.pop(old, None)
    if new is not None:
        drafts.namespaces[new] = Namespace(name=new)
    for name in [name for name in drafts.tables if name[0] == old]:
        move_table(drafts, name, (new, name[1]))
    for registry in (drafts.views, drafts.sequences):
        for name in [name for name in registry if name[0] == old]:
            move_relation(drafts, registry, name, (new, name[1]))
    for types in (drafts.enums, drafts.domains, drafts.composites):
        for name in [name for name in types if name[0] == old]:
            move_type(drafts, types, name, (new, name[1]))


def _rename_attribute(node: Node, drafts: Drafts) -> None:
    found = required(node.relation, drafts.composites, drafts)
    composite: CompositeType = drafts.composites[found]
    fields = tuple(
        one.model_copy(update={"name": node.newname}) if one.name == node.subname else one for one in composite.fields
    )
    drafts.composites[found] = composite.model_copy(update={"fields": fields})


def set_schema(node: Node, drafts: Drafts, _text: str) -> None:
    """ALTER … SET SCHEMA."""
    new = nodes.plain(node.newschema)
    if node.object_type in {pb.OBJECT_TABLE, pb.OBJECT_SEQUENCE, *VIEWS}:
        found = drafts.find_relation(node.relation, drafts.tables)
        if found is not None:
            for key in [key for key, one in drafts.sequences.items() if one.owner and one.owner[0] == found]:
                move_relation(drafts, drafts.sequences, key, (new, key[1]))
            move_table(drafts, found, (new, found[1]))
            return
        for registry in (drafts.views, drafts.sequences):
            found = drafts.find_relation(node.relation, registry)
            if found is not None:
                move_relation(drafts, registry, found, (new, found[1]))
                return
    elif node.object_type in {pb.OBJECT_TYPE, pb.OBJECT_DOMAIN}:
        parts = nodes.names_of(node.object)
        for types in (drafts.enums, drafts.domains, drafts.composites):
            found = drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], types)
            if found is not None:
                move_type(drafts, types, found, (new, found[1]))
                return
    raise Refused("a SET SCHEMA that cannot be applied without a server")
