"""CREATE FUNCTION, PROCEDURE, TRIGGER and POLICY by their parse trees."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.model.schema import (
    Policy,
    Routine,
    Trigger,
    label,
)
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Name
from dbdesign.readers.postgresql.grammar_lookup import name_of
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.libpg_query import pb

_BUILT_IN_TRIGGERS = {"tsvector_update_trigger", "tsvector_update_trigger_column", "suppress_redundant_updates_trigger"}

# Bits of CreateTrigStmt.timing and .events (src/include/catalog/pg_trigger.h).
_BEFORE, _INSTEAD = 2, 64
_EVENTS = ((4, "insert"), (16, "update"), (8, "delete"), (32, "truncate"))


def create_routine(node: Node, drafts: Drafts, text: str) -> None:
    """CREATE FUNCTION and PROCEDURE, carried as written."""
    name = name_of(nodes.strings(node.funcname), drafts)
    options = nodes.options_of(item for item in node.options if item.def_elem.defname == "language")
    signature = f"{DIALECT.identifier(name[1])}({arguments(node.parameters, drafts)})"
    drafts.argument_types[name[0], signature] = [
        drafts.data_type(one.function_parameter.arg_type).native
        for one in node.parameters
        if one.function_parameter.mode not in {pb.FUNC_PARAM_OUT, pb.FUNC_PARAM_TABLE}
    ]
    drafts.routines[name[0], signature] = Routine(
        namespace=name[0],
        name=name[1],
        kind="procedure" if node.is_procedure else "function",
        signature=signature,
        definition=text,
        language=options.get("language", "sql"),
        returns=None if node.is_procedure else _returns(node, drafts),
    )


_MODES = {pb.FUNC_PARAM_OUT: "OUT ", pb.FUNC_PARAM_INOUT: "INOUT ", pb.FUNC_PARAM_VARIADIC: "VARIADIC "}


def arguments(parameters: Iterable[Node], drafts: Drafts) -> str:
    """The arguments as `pg_get_function_identity_arguments` lists them."""
    listed = []
    for one in parameters:
        parameter = one.function_parameter
        if parameter.mode != pb.FUNC_PARAM_TABLE:
            named = f"{DIALECT.identifier(parameter.name)} " if parameter.name else ""
            listed.append(f"{_MODES.get(parameter.mode, '')}{named}{drafts.data_type(parameter.arg_type).native}")
    return ", ".join(listed)


def _returns(node: Node, drafts: Drafts) -> str | None:
    parameters = [one.function_parameter for one in node.parameters]
    columns = [one for one in parameters if one.mode == pb.FUNC_PARAM_TABLE]
    if columns:
        listed = ", ".join(f"{DIALECT.identifier(one.name)} {drafts.data_type(one.arg_type).native}" for one in columns)
        return f"TABLE({listed})"
    if node.HasField("return_type"):
        prefix = "SETOF " if node.return_type.setof else ""
        return prefix + drafts.data_type(node.return_type).native
    out = [one for one in parameters if one.mode in {pb.FUNC_PARAM_OUT, pb.FUNC_PARAM_INOUT}]
    if not out:
        return "void"
    return drafts.data_type(out[0].arg_type).native if len(out) == 1 else "record"


def create_trigger(node: Node, drafts: Drafts, text: str) -> None:
    """CREATE TRIGGER on a table or a view."""
    function = nodes.strings(node.funcname)
    known = {(one.namespace, one.name) for one in drafts.routines.values()}
    found = drafts.find(function[-2] if len(function) > 1 else None, function[-1], known)
    trigger = Trigger(
        name=node.trigname,
        definition=text,
        timing="instead of" if node.timing & _INSTEAD else "before" if node.timing & _BEFORE else "after",
        events=tuple(name for bit, name in _EVENTS if node.events & bit),
        function=label(*(found or _unknown_function(function))),
    )
    view = drafts.find_relation(node.relation, drafts.views)
    if view is not None and drafts.find_relation(node.relation, drafts.tables) is None:
        mine = drafts.views[view]
        drafts.views[view] = mine.model_copy(update={"triggers": (*mine.triggers, trigger)})
        return
    table = drafts.table(node.relation)
    table.triggers[:] = [one for one in table.triggers if one.name != trigger.name or not node.replace]
    table.triggers.append(trigger)


def _unknown_function(parts: list[str]) -> Name:
    if parts[-1] in _BUILT_IN_TRIGGERS:
        return "pg_catalog", parts[-1]
    return nodes.plain(parts[-2]) if len(parts) > 1 else None, parts[-1]


def create_policy(node: Node, drafts: Drafts, _text: str) -> None:
    """CREATE POLICY."""
    drafts.table(node.table).policies.append(
        Policy(
            name=node.policy_name,
            command=node.cmd_name or "all",
            permissive=node.permissive,
            roles=tuple(role_name(one.role_spec) for one in node.roles) or ("public",),
            using=nodes.optional(node, "qual"),
            check=nodes.optional(node, "with_check"),
        )
    )


def alter_policy(node: Node, drafts: Drafts, _text: str) -> None:
    """ALTER POLICY."""
    table = drafts.table(node.table)
    for at, policy in enumerate(table.policies):
        if policy.name == node.policy_name:
            changes: dict[str, object] = {}
            if node.roles:
                changes["roles"] = tuple(role_name(one.role_spec) for one in node.roles)
            if node.HasField("qual"):
                changes["using"] = nodes.expression(node.qual)
            if node.HasField("with_check"):
                changes["check"] = nodes.expression(node.with_check)
            table.policies[at] = policy.model_copy(update=changes)


def role_name(role: Node) -> str:
    """A role as grants and policies name it."""
    special = {
        pb.ROLESPEC_PUBLIC: "public",
        pb.ROLESPEC_CURRENT_USER: "current_user",
        pb.ROLESPEC_CURRENT_ROLE: "current_user",
        pb.ROLESPEC_SESSION_USER: "session_user",
    }
    return str(special.get(role.roletype) or role.rolename)
