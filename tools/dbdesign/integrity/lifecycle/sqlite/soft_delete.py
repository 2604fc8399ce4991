"""Soft delete: live views, partial unique indexes, and triggers that do for marked rows what foreign keys do for deleted ones."""

from __future__ import annotations

from dbdesign.integrity.lifecycle.base import Part, Target, joined
from dbdesign.integrity.lifecycle.mysql.soft_delete import live_view, statements
from dbdesign.integrity.lifecycle.soft import cascades, owners, soft_children
from dbdesign.integrity.lifecycle.sqlite.audit import NOW
from dbdesign.model.lifecycle import SoftDelete
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Table


def part(target: Target) -> Part:
    """Views of what is live, and guards of references."""
    wanted = target.lifecycle.soft_delete
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    tables = [target.at(label) for label in wanted.tables]
    made = [live_view(target, table, wanted) for table in tables]
    made += [text for table in tables for one in owners(target, table) for text in _guards(target, one, wanted)]
    made += [
        text
        for table in tables
        for one in soft_children(target, table, wanted)
        for text in _marking(target, table, one, wanted)
    ]
    keyed = [table for table in tables if table.primary_key]
    return Part(
        concern="soft_delete",
        sql=joined(*made),
        statements=tuple(one for table in keyed for one in statements(target, table, wanted, NOW)),
    )


def _pairs(target: Target, relation: Relation, ours: str, theirs: str) -> str:
    key = relation.foreign_key
    return " AND ".join(
        f"{theirs}.{target.column(there)} = {ours}.{target.column(here)}"
        for here, there in zip(key.columns, key.referenced_columns, strict=True)
    )


def _guards(target: Target, relation: Relation, wanted: SoftDelete) -> list[str]:
    child, parent, key = target.at(relation.child), target.at(relation.parent), relation.foreign_key
    same = _pairs(target, relation, "NEW", "p")
    condition = (
        f"EXISTS (SELECT 1 FROM {target.table(parent)} p WHERE {same} AND p.{target.column(wanted.column)} IS NOT NULL)"
    )
    message = target.literal(f"{child.name} refers to a deleted row of {parent.name}")
    return [
        f"CREATE TRIGGER {target.name(child.name, 'live', parent.name, key.columns[-1], event.split()[0].lower())}"
        f" BEFORE {event} ON"
        f" {target.table(child)}\nWHEN {condition} BEGIN\n  SELECT RAISE(ABORT, {message});\nEND;"
        for event in ("INSERT", f"UPDATE OF {target.columns(key.columns)}")
    ]


def _marking(target: Target, table: Table, relation: Relation, wanted: SoftDelete) -> list[str]:
    child, column = target.at(relation.child), target.column(wanted.column)
    name = target.table(child)
    same = _pairs(target, relation, name, "NEW")
    trigger = target.name(table.name, "soft", "delete", child.name, relation.foreign_key.columns[-1])
    head = f"AFTER UPDATE OF {column} ON {target.table(table)}\nWHEN OLD.{column} IS NULL AND NEW.{column} IS NOT NULL"
    if cascades(relation, wanted):
        back = (
            f"AFTER UPDATE OF {column} ON {target.table(table)}\nWHEN OLD.{column} IS NOT NULL AND NEW.{column} IS NULL"
        )
        return [
            (
                f"CREATE TRIGGER {trigger} {head} BEGIN\n  UPDATE {name} SET {column} = NEW.{column} WHERE {same} AND"
                f" {column} IS NULL;\nEND;"
            ),
            (
                f"CREATE TRIGGER {target.name(trigger, 'back')} {back} BEGIN\n"
                f"  UPDATE {name} SET {column} = NULL WHERE {same} AND {column} = OLD.{column};\nEND;"
            ),
        ]
    message = target.literal(f"live rows of {child.name} refer to this row of {table.name}")
    found = f"SELECT 1 FROM {name} WHERE {same} AND {name}.{column} IS NULL"
    return [f"CREATE TRIGGER {trigger} {head} AND EXISTS ({found}) BEGIN\n  SELECT RAISE(ABORT, {message});\nEND;"]
