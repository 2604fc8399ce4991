"""Look-ups that every change to what was read needs: by name, by type, by overload."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import Drafts, Name, Refused, TableDraft
from dbdesign.readers.postgresql.grammar_nodes import Node
from dbdesign.readers.postgresql.libpg_query import pb

Handler = Callable[[Node, Drafts, str], None]


def name_of(parts: list[str], drafts: Drafts) -> Name:
    """The name of an object that is being made, from a list of strings."""
    return (nodes.plain(parts[-2]) if len(parts) > 1 else drafts.here), parts[-1]


TABLES = {pb.OBJECT_TABLE, pb.OBJECT_FOREIGN_TABLE}

VIEWS = {pb.OBJECT_VIEW, pb.OBJECT_MATVIEW}


def required(relation: Node, among: Any, drafts: Drafts) -> Name:
    """The object that a RangeVar means; `Refused` where there is none."""
    found = drafts.find_relation(relation, among)
    if found is None:
        raise Refused(f'"{relation.relname}" is not declared before this statement')
    return found


def find_type(parts: list[str], among: Any, drafts: Drafts) -> Name:
    """The type of that name among those of one kind; `Refused` where there is none."""
    found = drafts.find(parts[-2] if len(parts) > 1 else None, parts[-1], among)
    if found is None:
        raise Refused(f'type "{".".join(parts)}" is not declared before this statement')
    return found


def overload(matching: list[tuple[str | None, str]], target: Node, drafts: Drafts) -> list[tuple[str | None, str]]:
    """Of several routines of one name those with the arguments named; all of them where none is."""
    if len(matching) < 2 or nodes.kind_of(target) != "object_with_args":
        return matching
    wanted = [drafts.data_type(one.type_name).native for one in target.object_with_args.objargs]
    return [key for key in matching if drafts.argument_types.get(key) == wanted] or matching


def edit_named(table: TableDraft, name: str, change: Callable[[Any], Any]) -> bool:
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
