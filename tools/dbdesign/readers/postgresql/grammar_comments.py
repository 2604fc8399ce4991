"""COMMENT ON by its parse tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.model.schema import (
    Carried,
)
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Name, Refused, TableDraft
from dbdesign.readers.postgresql.grammar_lookup import TABLES, VIEWS, edit_named, find_type, overload
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import make_object_name

_OF_A_TABLE = {pb.OBJECT_COLUMN, pb.OBJECT_TABCONSTRAINT, pb.OBJECT_TRIGGER, pb.OBJECT_POLICY, pb.OBJECT_RULE}


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
    found = find_type(nodes.strings(domain_name.type_name.names), drafts.domains, drafts)
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
        named = edit_named(table, parts[-1], lambda one: one.model_copy(update=change))
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
    matching = overload(matching, target, drafts)
    if not matching:
        raise Refused(f'routine "{".".join(parts)}" is not declared before this statement')
    drafts.routines[matching[0]] = drafts.routines[matching[0]].model_copy(update={"comment": text})


def _comment_named(kind: int, parts: list[str], text: str | None, drafts: Drafts) -> None:
    namespace = parts[-2] if len(parts) > 1 else None
    if kind in TABLES:
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
        (drafts.views,) if kind in VIEWS else (drafts.enums, drafts.domains, drafts.composites)
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
