"""Partitions of a table that is made anew: those of both tables change places with it, by names that they share."""

from __future__ import annotations

from dbdesign.dialects.postgresql import chosen_name, joined_columns
from dbdesign.migrations.postgresql.not_null import NAMED_SINCE
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.rebuilt_tables import Rebuilt, index_names, interim_table
from dbdesign.migrations.postgresql.statements import (
    not_null_name,
)
from dbdesign.model.schema import Table
from dbdesign.writers.postgresql.spelling import qualified


def new_partition(planning: Planning, one: Rebuilt, table: Table) -> Table:
    """A partition of the new table; one whose name is taken by a partition of the old table has an interim name."""
    of = table.partition_of
    assert of is not None  # noqa: S101 - a partition
    standing = planning.before.table_by_label
    parent = of.model_copy(update={"table": one.interim.name}) if of.label == one.label else of
    if of.label != one.label and of.label in standing:
        parent = of.model_copy(update={"table": temporary(of.table, "new")})
    shown = interim_table(planning, table) if table.label in standing else table
    if planning.major >= NAMED_SINCE:
        above = planning.after.table_by_label[of.label]
        named = {column.name: not_null_name(above, column) for column in above.columns if not column.nullable}
        columns = tuple(
            one_.model_copy(update={"not_null_name": named.get(one_.name, one_.not_null_name)})
            for one_ in shown.columns
        )
        shown = shown.model_copy(update={"columns": columns})
    return shown.model_copy(update={"partition_of": parent, "foreign_keys": (), "triggers": (), "policies": ()})


def _made_with(parent: Table, member: Table, name: str) -> list[str]:
    """Names of the indexes that a partition gets with those of its parent, when it is called `name`."""
    own = {one.partition_of for one in member.indexes}
    found = [chosen_name(name, "", "pkey")] if parent.primary_key and member.primary_key is None else []
    listed = {one.columns for one in member.unique_keys}
    found += [
        chosen_name(name, joined_columns(one.columns), "key") for one in parent.unique_keys if one.columns not in listed
    ]
    for index in parent.indexes:
        label_of = f"{parent.namespace}.{index.name}" if parent.namespace else index.name
        if label_of not in own:
            found.append(chosen_name(name, joined_columns([key.column or "expr" for key in index.keys]), "idx"))
    return found


def partition_names(planning: Planning, one: Rebuilt) -> list[tuple[str, str, str]]:
    """Partitions of both tables that have the same name change places too, with their indexes."""
    found: list[tuple[str, str, str]] = []
    for table in one.members:
        old = planning.renamed.table_by_label.get(table.label)
        if old is None or table.partition_of is None:
            continue
        space, parked, interim = table.namespace, temporary(table.name, "old"), temporary(table.name, "new")
        was = planning.renamed.table_by_label.get(old.partition_of.label) if old.partition_of else None
        before = _made_with(was, old, old.name) if was else []
        found += [("INDEX", qualified(space, name), temporary(name, "old")) for name in (*before, *index_names(old))]
        found += [("TABLE", qualified(space, table.name), parked), ("TABLE", qualified(space, interim), table.name)]
        parent = planning.after.table_by_label[table.partition_of.label]
        pairs = zip(_made_with(parent, table, interim), _made_with(parent, table, table.name), strict=True)
        found += [("INDEX", qualified(space, new), final) for new, final in pairs]
        found += [("INDEX", qualified(space, temporary(name, "new")), name) for name in index_names(table)]
    return found
