"""GRANT and REVOKE by their parse trees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_carried import carry
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Refused
from dbdesign.readers.postgresql.grammar_grants import ALL, Right
from dbdesign.readers.postgresql.grammar_lookup import overload
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.grammar_routines import (
    role_name,
)
from dbdesign.readers.postgresql.libpg_query import pb

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
        return kind, overload(matching, target, drafts)[0]
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
