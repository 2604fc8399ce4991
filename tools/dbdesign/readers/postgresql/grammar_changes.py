"""Changes to what is there by its parse tree: ALTER of everything but a table's columns, RENAME, SET SCHEMA, DROP, COMMENT, GRANT."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.model.schema import (
    Carried,
    Column,
    CompositeType,
    EnumType,
    Index,
    IndexKey,
    Key,
    Namespace,
    Table,
    label,
)
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_alter import TableActions, attach_index, drop_constraint
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Name, Refused, TableDraft
from dbdesign.readers.postgresql.grammar_grants import ALL, Right
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.grammar_objects import Handler, carry, role_name, with_domain_constraint
from dbdesign.readers.postgresql.grammar_tables import nextval
from dbdesign.readers.postgresql.libpg_query import parse, pb
from dbdesign.readers.postgresql.names import make_object_name

_TABLES = {pb.OBJECT_TABLE, pb.OBJECT_FOREIGN_TABLE}
_OF_A_TABLE = {pb.OBJECT_COLUMN, pb.OBJECT_TABCONSTRAINT, pb.OBJECT_TRIGGER, pb.OBJECT_POLICY, pb.OBJECT_RULE}
_VIEWS = {pb.OBJECT_VIEW, pb.OBJECT_MATVIEW}


def alter_table(node: Node, drafts: Drafts, text: str) -> None:
    """ALTER TABLE, INDEX, VIEW, SEQUENCE, TYPE with actions. An owner alone is not part of a design."""
    commands = [one.alter_table_cmd for one in node.cmds]
    commands = [one for one in commands if one.subtype != pb.AT_ChangeOwner]
    if not commands:
        return
    if node.objtype == pb.OBJECT_INDEX:
        _alter_index(node, commands, drafts)
    elif node.objtype == pb.OBJECT_TYPE:
        _alter_composite(node, commands, drafts)
    elif node.objtype in _TABLES:
        found = drafts.find_relation(node.relation, drafts.tables)
        if found is None and node.missing_ok:
            return
        actions = TableActions(drafts, drafts.table(node.relation))
        for command in commands:
            actions.apply(command)
    elif node.objtype in _VIEWS:
        _alter_view(node, commands, drafts)
    else:
        raise Refused(f"an ALTER that is not known: {text[:60]}")


def _alter_view(node: Node, commands: list[Node], drafts: Drafts) -> None:
    found = _required(node.relation, drafts.views, drafts)
    for command in commands:
        view = drafts.views[found]
        options = dict(view.options)
        given = nodes.options_of(getattr(command, "def").list.items) if command.HasField("def") else {}
        if command.subtype == pb.AT_SetRelOptions:
            options |= given
        elif command.subtype == pb.AT_ResetRelOptions:
            options = {name: value for name, value in options.items() if name not in given}
        elif command.subtype == pb.AT_ColumnDefault:
            options.pop(f"default {command.name}", None)
            if command.HasField("def"):
                options[f"default {command.name}"] = nodes.expression(getattr(command, "def"))
        else:
            raise Refused("an ALTER VIEW that cannot be applied without a server")
        drafts.views[found] = view.model_copy(update={"options": options})


def _alter_index(node: Node, commands: list[Node], drafts: Drafts) -> None:
    found = _required(node.relation, drafts.indexes, drafts)
    for command in commands:
        if command.subtype == pb.AT_AttachPartition:
            attach_index(drafts, found, _required(getattr(command, "def").partition_cmd.name, drafts.indexes, drafts))
        elif command.subtype in {pb.AT_SetRelOptions, pb.AT_ResetRelOptions}:
            _index_options(found, command, drafts)
        elif command.subtype == pb.AT_SetStatistics:
            _index_statistics(found, command, drafts)
        elif command.subtype != pb.AT_SetTableSpace:
            raise Refused("an ALTER INDEX that cannot be applied without a server")


def _index_options(found: Name, command: Node, drafts: Drafts) -> None:
    given = nodes.options_of(getattr(command, "def").list.items)

    def change(one: Any) -> Any:
        kept = {name: value for name, value in one.options.items() if name not in given}
        added = given if command.subtype == pb.AT_SetRelOptions else {}
        return one.model_copy(update={"options": kept | added})

    _edit_named(drafts.tables[drafts.indexes[found]], found[1], change)


def _index_statistics(found: Name, command: Node, drafts: Drafts) -> None:
    value = f"{command.num}:{nodes.constant(getattr(command, 'def'))}"

    def change(one: Any) -> Any:
        before = [one.options["statistics"]] if "statistics" in one.options else []
        return one.model_copy(update={"options": {**one.options, "statistics": ",".join([*before, value])}})

    _edit_named(drafts.tables[drafts.indexes[found]], found[1], change)


def _edit_named(table: TableDraft, name: str, change: Callable[[Any], Any]) -> bool:
    """Changes the constraint or index of that name."""
    if table.primary_key and table.primary_key.name == name:
        table.primary_key = change(table.primary_key)
        return True
    groups: tuple[list[Any], ...] = (
        table.unique_keys, table.foreign_keys, table.checks, table.exclusions, table.indexes,
    )  # fmt: skip
    for group in groups:
        for at, one in enumerate(group):
            if one.name == name:
                group[at] = change(one)
                return True
    return False


def _required(relation: Node, among: Any, drafts: Drafts) -> Name:
    found = drafts.find_relation(relation, among)
    if found is None:
        raise Refused(f'"{relation.relname}" is not declared before this statement')
    return found


def _alter_composite(node: Node, commands: list[Node], drafts: Drafts) -> None:
    found = _required(node.relation, drafts.composites, drafts)
    for command in commands:
        composite = drafts.composites[found]
        fields = {field.name: field for field in composite.fields}
        if command.subtype == pb.AT_DropColumn:
            fields.pop(command.name, None)
        else:
            column = getattr(command, "def").column_def
            name = column.colname or command.name
            data_type = drafts.data_type(column.type_name)
            before = fields.get(name)
            fields[name] = before.model_copy(update={"type": data_type}) if before else _field(name, data_type)
        drafts.composites[found] = composite.model_copy(update={"fields": tuple(fields.values())})


def _field(name: str, data_type: Any) -> Any:
    from dbdesign.model.schema import Column

    return Column(name=name, type=data_type)


def alter_enum(node: Node, drafts: Drafts, _text: str) -> None:
    """ALTER TYPE … ADD VALUE and RENAME VALUE."""
    found = _type(nodes.strings(node.type_name), drafts.enums, drafts)
    values = list(drafts.enums[found].values)
    for wanted in (node.old_val, node.new_val_neighbor):
        if wanted and wanted not in values:
            raise Refused(f'type "{label(*found)}" has no value "{wanted}"')
    if node.old_val:
        values[values.index(node.old_val)] = node.new_val
    elif node.new_val not in values:
        at = len(values)
        if node.new_val_neighbor:
            at = values.index(node.new_val_neighbor) + (1 if node.new_val_is_after else 0)
        values.insert(at, node.new_val)
    drafts.enums[found] = drafts.enums[found].model_copy(update={"values": tuple(values)})


def _type(parts: list[str], among: Any, drafts: Drafts) -> Name:
    found = drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], among)
    if found is None:
        raise Refused(f'type "{".".join(parts)}" is not declared before this statement')
    return found


def alter_domain(node: Node, drafts: Drafts, _text: str) -> None:
    """ALTER DOMAIN."""
    found = _type(nodes.strings(node.type_name), drafts.domains, drafts)
    domain = drafts.domains[found]
    if node.subtype == "T":
        text = nodes.expression(getattr(node, "def")) if node.HasField("def") else None
        domain = domain.model_copy(update={"default": text})
    elif node.subtype in {"N", "O"}:
        domain = domain.model_copy(update={"nullable": node.subtype == "N"})
    elif node.subtype == "C":
        domain = with_domain_constraint(domain, getattr(node, "def").constraint, drafts)
    elif node.subtype == "X":
        domain = domain.model_copy(update={"checks": tuple(one for one in domain.checks if one.name != node.name)})
    elif node.subtype == "V":
        checks = tuple(
            one.model_copy(update={"valid": True}) if one.name == node.name else one for one in domain.checks
        )
        domain = domain.model_copy(update={"checks": checks})
    drafts.domains[found] = domain


def rename(node: Node, drafts: Drafts, _text: str) -> None:
    """ALTER … RENAME."""
    kind = node.rename_type
    if kind == pb.OBJECT_TABLE:
        found = drafts.find_relation(node.relation, drafts.tables)
        if found is None:
            _rename_relation(node, drafts)
        else:
            move_table(drafts, found, (found[0], node.newname))
    elif kind in {pb.OBJECT_INDEX, pb.OBJECT_SEQUENCE, *_VIEWS}:
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
    else:
        _edit_named(drafts.tables[value], old[1], lambda one: one.model_copy(update={"name": new[1]}))
    registry[new] = value


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
        view = _required(node.relation, drafts.views, drafts)
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
        _edit_named(table, node.subname, lambda one: one.model_copy(update=change))
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
    before, after = DIALECT.qualified(*old), DIALECT.qualified(*new)

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
    found = _required(node.relation, drafts.composites, drafts)
    composite: CompositeType = drafts.composites[found]
    fields = tuple(
        one.model_copy(update={"name": node.newname}) if one.name == node.subname else one for one in composite.fields
    )
    drafts.composites[found] = composite.model_copy(update={"fields": fields})


def set_schema(node: Node, drafts: Drafts, _text: str) -> None:
    """ALTER … SET SCHEMA."""
    new = nodes.plain(node.newschema)
    if node.object_type in {pb.OBJECT_TABLE, pb.OBJECT_SEQUENCE, *_VIEWS}:
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
    if kind in _VIEWS:
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
    for key in _overload(matching, target, drafts)[:1]:
        del drafts.routines[key]
    return bool(matching)


def _overload(matching: list[tuple[str | None, str]], target: Node, drafts: Drafts) -> list[tuple[str | None, str]]:
    """Of several routines of one name those with the arguments named; all of them where none is."""
    if len(matching) < 2 or nodes.kind_of(target) != "object_with_args":
        return matching
    wanted = [drafts.data_type(one.type_name).native for one in target.object_with_args.objargs]
    return [key for key in matching if drafts.argument_types.get(key) == wanted] or matching


def comment(node: Node, drafts: Drafts, _text: str) -> None:
    """COMMENT ON."""
    text = node.comment or None
    kind = node.objtype
    if kind == pb.OBJECT_DOMCONSTRAINT:
        _comment_domain_constraint(node.object, text, drafts)
        return
    parts = nodes.names_of(node.object)
    if kind in _OF_A_TABLE and len(parts) < 2:
        raise Refused(f'"{parts[-1]}" names no table')
    if kind == pb.OBJECT_COLUMN:
        _comment_column(parts, text, drafts)
    elif kind in {pb.OBJECT_TABCONSTRAINT, pb.OBJECT_TRIGGER, pb.OBJECT_POLICY}:
        _comment_of_table(kind, parts, text, drafts)
    elif kind == pb.OBJECT_INDEX:
        found = drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], drafts.indexes)
        if found is None:
            raise Refused(f'index "{".".join(parts)}" is not declared before this statement')
        if drafts.indexes[found] in drafts.tables:
            change = {"comment": text}
            _edit_index(drafts.tables[drafts.indexes[found]], found[1], lambda one: one.model_copy(update=change))
        elif drafts.indexes[found] in drafts.views:
            _comment_view_index(found, text, drafts)
    elif kind == pb.OBJECT_SCHEMA and nodes.plain(parts[-1]) is None:
        _comment_default_namespace(text, drafts)
    elif kind == pb.OBJECT_SCHEMA and parts[-1] in drafts.namespaces:
        drafts.namespaces[parts[-1]] = drafts.namespaces[parts[-1]].model_copy(update={"comment": text})
    elif kind in {pb.OBJECT_FUNCTION, pb.OBJECT_PROCEDURE, pb.OBJECT_AGGREGATE, pb.OBJECT_ROUTINE}:
        _comment_routine(node.object, parts, text, drafts)
    else:
        _comment_named(kind, parts, text, drafts)


def _comment_view_index(found: Name, text: str | None, drafts: Drafts) -> None:
    view = drafts.views[drafts.indexes[found]]
    changed = (one.model_copy(update={"comment": text}) if one.name == found[1] else one for one in view.indexes)
    drafts.views[drafts.indexes[found]] = view.model_copy(update={"indexes": tuple(changed)})


def _comment_domain_constraint(target: Node, text: str | None, drafts: Drafts) -> None:
    domain_name, constraint = target.list.items
    found = _type(nodes.strings(domain_name.type_name.names), drafts.domains, drafts)
    domain = drafts.domains[found]
    changed = (
        one.model_copy(update={"comment": text}) if one.name == constraint.string.sval else one for one in domain.checks
    )
    drafts.domains[found] = domain.model_copy(update={"checks": tuple(changed)})


def _comment_default_namespace(text: str | None, drafts: Drafts) -> None:
    drafts.carried[:] = [one for one in drafts.carried if (one.kind, one.name) != ("comment", "public")]
    if text is not None and text != "standard public schema":
        sql = f"COMMENT ON SCHEMA public IS {DIALECT.literal(text)}"
        drafts.carried.append(Carried(kind="comment", name="public", sql=sql))


def _edit_index(table: TableDraft, name: str, change: Callable[[Any], Any]) -> None:
    """Changes the index of that name; the index of a constraint has no comment of its own in the model."""
    table.indexes[:] = [change(one) if one.name == name else one for one in table.indexes]


def _comment_column(parts: list[str], text: str | None, drafts: Drafts) -> None:
    namespace = parts[-3] if len(parts) > 2 else None
    found = drafts.find(namespace, parts[-2], drafts.tables)
    composite = drafts.find(namespace, parts[-2], drafts.composites)
    if found is not None and parts[-1] in drafts.tables[found].columns:
        columns = drafts.tables[found].columns
        columns[parts[-1]] = columns[parts[-1]].model_copy(update={"comment": text})
    elif composite is not None:
        value = drafts.composites[composite]
        fields = tuple(
            one.model_copy(update={"comment": text}) if one.name == parts[-1] else one for one in value.fields
        )
        drafts.composites[composite] = value.model_copy(update={"fields": fields})
    elif (view := drafts.find(namespace, parts[-2], drafts.views)) is not None:
        comments = {name: old for name, old in drafts.views[view].column_comments.items() if name != parts[-1]}
        if text is not None:
            comments[parts[-1]] = text
        drafts.views[view] = drafts.views[view].model_copy(update={"column_comments": comments})
    else:
        raise Refused(f'column "{".".join(parts)}" is not declared before this statement')


def _comment_of_table(kind: int, parts: list[str], text: str | None, drafts: Drafts) -> None:
    found = drafts.find(parts[-3] if len(parts) > 2 else None, parts[-2], drafts.tables)
    if found is None:
        raise Refused(f'table "{".".join(parts[:-1])}" is not declared before this statement')
    table = drafts.tables[found]
    change = {"comment": text}
    if kind == pb.OBJECT_TABCONSTRAINT:
        named = _edit_named(table, parts[-1], lambda one: one.model_copy(update=change))
        if not named and not _comment_not_null(table, parts[-1], text):
            raise Refused(f'"{table.label}" has no constraint "{parts[-1]}"')
        return
    group: list[Any] = table.triggers if kind == pb.OBJECT_TRIGGER else table.policies
    group[:] = [one.model_copy(update=change) if one.name == parts[-1] else one for one in group]


def _comment_not_null(table: TableDraft, name: str, text: str | None) -> bool:
    for column in table.columns.values():
        usual = make_object_name(table.name[1], column.name, "not_null")
        if not column.nullable and (column.not_null_name or usual) == name:
            table.columns[column.name] = column.model_copy(update={"not_null_comment": text})
            return True
    return False


def _comment_routine(target: Node, parts: list[str], text: str | None, drafts: Drafts) -> None:
    namespace = parts[-2] if len(parts) > 1 else None
    matching = [
        key
        for key, one in drafts.routines.items()
        if one.name == parts[-1] and (namespace is None or one.namespace == nodes.plain(namespace))
    ]
    matching = _overload(matching, target, drafts)
    if not matching:
        raise Refused(f'routine "{".".join(parts)}" is not declared before this statement')
    drafts.routines[matching[0]] = drafts.routines[matching[0]].model_copy(update={"comment": text})


def _comment_named(kind: int, parts: list[str], text: str | None, drafts: Drafts) -> None:
    namespace = parts[-2] if len(parts) > 1 else None
    if kind in _TABLES:
        found = drafts.find(namespace, parts[-1], drafts.tables)
        if found is not None:
            drafts.tables[found].comment = text
            return
    if kind == pb.OBJECT_RULE:
        _comment_rule(parts, text, drafts)
        return
    if kind == pb.OBJECT_SEQUENCE and (found := drafts.find(namespace, parts[-1], drafts.sequences)):
        drafts.sequences[found].comment = text
        return
    registries: tuple[Any, ...] = (
        (drafts.views,) if kind in _VIEWS else (drafts.enums, drafts.domains, drafts.composites)
    )
    for registry in registries:
        found = drafts.find(namespace, parts[-1], registry)
        if found is not None:
            registry[found] = registry[found].model_copy(update={"comment": text})
            return
    if kind not in {pb.OBJECT_EXTENSION, pb.OBJECT_DATABASE, pb.OBJECT_SCHEMA}:
        sql = _text_of(kind, parts, text)
        drafts.carried.append(Carried(kind="comment", namespace=nodes.plain(namespace), name=parts[-1], sql=sql))


def _comment_rule(parts: list[str], text: str | None, drafts: Drafts) -> None:
    relation = parts[:-1]
    found = drafts.find(relation[-2] if len(relation) > 1 else None, relation[-1], drafts.tables)
    on = ".".join(DIALECT.identifier(part) for part in relation)
    value = "NULL" if text is None else DIALECT.literal(text)
    sql = f"COMMENT ON RULE {DIALECT.identifier(parts[-1])} ON {on} IS {value}"
    drafts.carried.append(Carried(kind="comment", namespace=found[0] if found else None, name=parts[-1], sql=sql))


def _text_of(kind: int, parts: list[str], text: str | None) -> str:
    what = pb.ObjectType.Name(kind).removeprefix("OBJECT_")
    value = "NULL" if text is None else DIALECT.literal(text)
    return f"COMMENT ON {what} {'.'.join(DIALECT.identifier(part) for part in parts)} IS {value}"


_GRANT_KINDS = {
    pb.OBJECT_TABLE: "table",
    pb.OBJECT_SEQUENCE: "sequence",
    pb.OBJECT_FUNCTION: "routine",
    pb.OBJECT_PROCEDURE: "routine",
    pb.OBJECT_ROUTINE: "routine",
    pb.OBJECT_TYPE: "type",
    pb.OBJECT_DOMAIN: "type",
    pb.OBJECT_SCHEMA: "schema",
}


def grant(node: Node, drafts: Drafts, text: str) -> None:
    """GRANT and REVOKE on objects; on databases, languages and the like it is carried."""
    kind = _GRANT_KINDS.get(node.objtype)
    if kind is None or node.targtype == pb.ACL_TARGET_DEFAULTS:
        carry("grant", "")(node, drafts, text)
        return
    for where, key in _grant_targets(kind, node, drafts):
        rights = list(_rights(where, node))
        if node.is_grant:
            drafts.privileges.grant(where, key, rights)
        else:
            drafts.privileges.revoke(where, key, rights, option_only=node.grant_option)


def _grant_targets(kind: str, node: Node, drafts: Drafts) -> Iterator[tuple[str, object]]:
    if node.targtype == pb.ACL_TARGET_ALL_IN_SCHEMA:
        wanted = {nodes.plain(one.string.sval) for one in node.objects}
        registry: Any = {
            "table": [*drafts.tables, *drafts.views],
            "sequence": drafts.sequences,
            "routine": drafts.routines,
        }[kind]
        yield from ((kind, name) for name in registry if name[0] in wanted)
        return
    for target in node.objects:
        yield _grant_target(kind, target, drafts)


def _grant_target(kind: str, target: Node, drafts: Drafts) -> tuple[str, object]:
    if nodes.kind_of(target) == "range_var":
        for where, registry in (("table", drafts.tables), ("table", drafts.views), ("sequence", drafts.sequences)):
            found = drafts.find_relation(target.range_var, registry)
            if found is not None:
                return where, found
        raise Refused(f'"{target.range_var.relname}" is not declared before this statement')
    parts = nodes.names_of(target)
    namespace = parts[-2] if len(parts) > 1 else None
    if kind == "schema":
        return ("default schema" if nodes.plain(parts[-1]) is None else kind), parts[-1]
    if kind == "routine":
        matching = [
            key
            for key, one in drafts.routines.items()
            if one.name == parts[-1] and (namespace is None or one.namespace == nodes.plain(namespace))
        ]
        if not matching:
            raise Refused(f'routine "{".".join(parts)}" is not declared before this statement')
        return kind, _overload(matching, target, drafts)[0]
    for types in (drafts.enums, drafts.domains, drafts.composites):
        found = drafts.find(namespace, parts[-1], types)
        if found is not None:
            return kind, found
    raise Refused(f'type "{".".join(parts)}" is not declared before this statement')


def _rights(kind: str, node: Node) -> Iterator[Right]:
    grantees = [role_name(one.role_spec) for one in node.grantees]
    listed = [one.access_priv for one in node.privileges]
    for grantee in grantees:
        if not listed:
            yield from (Right("", grantee, name, node.grant_option and node.is_grant) for name in ALL[kind])
        for one in listed:
            columns = nodes.strings(one.cols) or [""]
            names = [one.priv_name.upper()] if one.priv_name else list(ALL["column"])
            for name in names:
                for column in columns:
                    yield Right(column, grantee, name, node.grant_option and node.is_grant)


CHANGE: dict[str, Handler] = {
    "alter_table_stmt": alter_table,
    "alter_enum_stmt": alter_enum,
    "alter_domain_stmt": alter_domain,
    "rename_stmt": rename,
    "alter_object_schema_stmt": set_schema,
    "drop_stmt": drop,
    "comment_stmt": comment,
    "grant_stmt": grant,
}

__all__ = ["CHANGE", "EnumType", "Table", "drop_table", "move_table", "renamed_expression"]
