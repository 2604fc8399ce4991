"""ALTER of tables, indexes, views and types by their parse trees, and the table of all statements that change what is there."""

from __future__ import annotations

from typing import Any

from dbdesign.model.schema import (
    Column,
    label,
)
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_alter import TableActions, attach_index
from dbdesign.readers.postgresql.grammar_comments import comment
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Name, Refused
from dbdesign.readers.postgresql.grammar_drops import drop
from dbdesign.readers.postgresql.grammar_lookup import (
    TABLES,
    VIEWS,
    Handler,
    edit_named,
    find_type,
    required,
)
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.grammar_objects import with_domain_constraint
from dbdesign.readers.postgresql.grammar_privileges import grant
from dbdesign.readers.postgresql.grammar_renames import rename, set_schema
from dbdesign.readers.postgresql.libpg_query import pb


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
    elif node.objtype in TABLES:
        found = drafts.find_relation(node.relation, drafts.tables)
        if found is None and node.missing_ok:
            return
        actions = TableActions(drafts, drafts.table(node.relation))
        for command in commands:
            actions.apply(command)
    elif node.objtype in VIEWS:
        _alter_view(node, commands, drafts)
    else:
        raise Refused(f"an ALTER that is not known: {text[:60]}")


def _alter_view(node: Node, commands: list[Node], drafts: Drafts) -> None:
    found = required(node.relation, drafts.views, drafts)
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
    found = required(node.relation, drafts.indexes, drafts)
    for command in commands:
        if command.subtype == pb.AT_AttachPartition:
            attach_index(drafts, found, required(getattr(command, "def").partition_cmd.name, drafts.indexes, drafts))
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

    edit_named(drafts.tables[drafts.indexes[found]], found[1], change)


def _index_statistics(found: Name, command: Node, drafts: Drafts) -> None:
    value = f"{command.num}:{nodes.constant(getattr(command, 'def'))}"

    def change(one: Any) -> Any:
        before = [one.options["statistics"]] if "statistics" in one.options else []
        return one.model_copy(update={"options": {**one.options, "statistics": ",".join([*before, value])}})

    edit_named(drafts.tables[drafts.indexes[found]], found[1], change)


def _alter_composite(node: Node, commands: list[Node], drafts: Drafts) -> None:
    found = required(node.relation, drafts.composites, drafts)
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

    return Column(name=name, type=data_type)


def alter_enum(node: Node, drafts: Drafts, _text: str) -> None:
    """ALTER TYPE … ADD VALUE and RENAME VALUE."""
    found = find_type(nodes.strings(node.type_name), drafts.enums, drafts)
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


def alter_domain(node: Node, drafts: Drafts, _text: str) -> None:
    """ALTER DOMAIN."""
    found = find_type(nodes.strings(node.type_name), drafts.domains, drafts)
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
