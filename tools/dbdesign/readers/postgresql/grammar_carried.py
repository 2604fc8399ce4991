"""Statements that dbdesign does not look into by their parse trees: carried as they are written, under the name that they give."""

from __future__ import annotations

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.model.schema import (
    Carried,
    Routine,
)
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Name
from dbdesign.readers.postgresql.grammar_lookup import Handler, name_of
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.grammar_routines import arguments
from dbdesign.readers.postgresql.libpg_query import pb


def define(node: Node, drafts: Drafts, text: str) -> None:
    """CREATE AGGREGATE, OPERATOR, TYPE (base or shell), COLLATION, TEXT SEARCH …, carried."""
    name = name_of(nodes.strings(node.defnames), drafts)
    if node.kind == pb.OBJECT_AGGREGATE:
        signature = f"{DIALECT.identifier(name[1])}({_aggregate_arguments(node, drafts)})"
        drafts.routines[name[0], signature] = Routine(
            namespace=name[0],
            name=name[1],
            kind="aggregate",
            signature=signature,
            definition=text,
            returns=_aggregate_result(node, drafts),
        )
        return
    if node.kind == pb.OBJECT_TYPE:
        drafts.other_types.add(name)
    kind = _DEFINED.get(node.kind) or str(pb.ObjectType.Name(node.kind)).removeprefix("OBJECT_").lower()
    drafts.carried.append(Carried(kind=kind, namespace=name[0], name=name[1], sql=text, before_tables=True))


def _aggregate_arguments(node: Node, drafts: Drafts) -> str:
    """`*`, the arguments, or `direct ORDER BY aggregated` of an ordered-set aggregate."""
    parameters = [item for part in node.args if nodes.kind_of(part) == "list" for item in part.list.items]
    direct = next((part.integer.ival for part in node.args if nodes.kind_of(part) == "integer"), -1)
    if direct < 0:
        return arguments(parameters, drafts) or "*"
    return f"{arguments(parameters[:direct], drafts)} ORDER BY {arguments(parameters[direct:], drafts)}".strip()


def _aggregate_result(node: Node, drafts: Drafts) -> str | None:
    """What the final function returns; without one, the state's type."""
    options = {item.def_elem.defname: item.def_elem.arg for item in node.definition}
    if "finalfunc" in options:
        final = nodes.constant(options["finalfunc"]).split(".")[-1]
        return next((one.returns for one in drafts.routines.values() if one.name == final), None)
    state = options.get("stype", options.get("stype1"))
    return (
        drafts.data_type(state.type_name).native if state is not None and nodes.kind_of(state) == "type_name" else None
    )


_DEFINED = {
    pb.OBJECT_OPERATOR: "operator",
    pb.OBJECT_TYPE: "base type",
    pb.OBJECT_COLLATION: "collation",
    pb.OBJECT_TSCONFIGURATION: "text search configuration",
    pb.OBJECT_TSDICTIONARY: "text search dictionary",
    pb.OBJECT_TSPARSER: "text search parser",
    pb.OBJECT_TSTEMPLATE: "text search template",
}


def carry(kind: str, field: str, *, before_tables: bool = False) -> Handler:
    """A handler that carries a statement verbatim under the name in one of the node's fields."""

    def handler(node: Node, drafts: Drafts, text: str) -> None:
        value = getattr(node, field, "")
        if isinstance(value, str):
            name: Name = (None, value)
        elif hasattr(value, "relname"):
            name = drafts.new_name(value)
        else:
            parts = nodes.strings(value)
            name = name_of(parts, drafts) if parts else (None, "")
        drafts.carried.append(
            Carried(kind=kind, namespace=name[0], name=name[1], sql=text, before_tables=before_tables)
        )

    return handler


def create_rule(node: Node, drafts: Drafts, text: str) -> None:
    """CREATE RULE, carried; a rule on SELECT would make a view, which only a server can do."""
    found = drafts.find_relation(node.relation, drafts.tables) or drafts.find_relation(node.relation, drafts.views)
    namespace = found[0] if found else drafts.here
    drafts.carried.append(Carried(kind="rule", namespace=namespace, name=node.rulename, sql=text))


def create_cast(node: Node, drafts: Drafts, text: str) -> None:
    """CREATE CAST, carried under `source AS target`."""
    name = f"{drafts.data_type(node.sourcetype).native} AS {drafts.data_type(node.targettype).native}"
    drafts.carried.append(Carried(kind="cast", name=name, sql=text, before_tables=True))


def create_default_privileges(node: Node, drafts: Drafts, text: str) -> None:
    """ALTER DEFAULT PRIVILEGES, carried under the namespace that it is for."""
    schemas = [one.def_elem.arg for one in node.options if one.def_elem.defname == "schemas"]
    name = schemas[0].list.items[0].string.sval if schemas else "all"
    drafts.carried.append(Carried(kind="default privileges", name=name, sql=text))


def create_foreign_table(node: Node, drafts: Drafts, text: str) -> None:
    """CREATE FOREIGN TABLE, carried: its rows are elsewhere."""
    name = drafts.new_name(node.base_stmt.relation)
    drafts.relations.add(name)
    drafts.carried.append(Carried(kind="foreign table", namespace=name[0], name=name[1], sql=text))
