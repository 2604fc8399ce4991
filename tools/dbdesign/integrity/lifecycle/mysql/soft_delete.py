"""Soft delete: live views, and triggers that do for marked rows what foreign keys do for deleted ones."""

from __future__ import annotations

from dbdesign.integrity.lifecycle.base import Part, Statement, Target, joined
from dbdesign.integrity.lifecycle.mysql.spelling import compound
from dbdesign.integrity.lifecycle.soft import cascades, owners, soft_children
from dbdesign.model.lifecycle import SoftDelete
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Table
from dbdesign.writers.base import Note


def part(target: Target) -> Part:
    """Views of what is live, and guards of references."""
    wanted = target.lifecycle.soft_delete
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    tables = [target.at(label) for label in wanted.tables]
    guards = [text for table in tables for one in owners(target, table) for text in _guards(target, one, wanted)]
    marks = [text for table in tables if (text := _marking(target, table, wanted))]
    return Part(
        concern="soft_delete",
        sql=joined(
            *(live_view(target, table, wanted) for table in tables),
            compound(*guards, *marks) if guards or marks else "",
        ),
        statements=tuple(one for table in tables if table.primary_key for one in statements(target, table, wanted)),
        notes=tuple(note for table in tables for note in _notes(target, table, wanted)),
    )


def live_view(target: Target, table: Table, wanted: SoftDelete) -> str:
    """What is not marked."""
    name = target.dialect.qualified(table.namespace, target.bare_name("live", table.name))
    columns = target.columns([one.name for one in table.columns if one.name not in {wanted.column, "live"}])
    return f"CREATE VIEW {name} AS\nSELECT {columns} FROM {target.table(table)} WHERE {target.column(wanted.column)} IS NULL;"


def _guards(target: Target, relation: Relation, wanted: SoftDelete) -> list[str]:
    """A row may not begin to refer to a deleted one; the lock waits for who is just deleting it. A table's own rows cannot be looked at
    while it is changed.
    """
    if relation.child == relation.parent:
        return []
    child, parent, key = target.at(relation.child), target.at(relation.parent), relation.foreign_key
    pairs = list(zip(key.columns, key.referenced_columns, strict=True))
    same = " AND ".join(f"p.{target.column(theirs)} = NEW.{target.column(ours)}" for ours, theirs in pairs)
    changed = " OR ".join(f"NOT (NEW.{target.column(ours)} <=> OLD.{target.column(ours)})" for ours, _ in pairs)
    message = target.literal(f"{child.name} refers to a deleted row of {parent.name}"[:120])
    made = []
    for event, condition in (("INSERT", ""), ("UPDATE", f"({changed}) AND ")):
        name = target.name(child.name, "live", parent.name, key.columns[-1], event.lower())
        made.append(
            f"CREATE TRIGGER {name} BEFORE {event} ON {target.table(child)} FOR EACH ROW BEGIN\n"
            f"  IF {condition}EXISTS (SELECT 1 FROM {target.table(parent)} p WHERE {same} AND"
            f" p.{target.column(wanted.column)} IS NOT NULL"
            f" LOCK IN SHARE MODE) THEN\n"
            f"    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = {message};\n  END IF;\nEND$$"
        )
    return made


def _marking(target: Target, table: Table, wanted: SoftDelete) -> str:
    column, lines, back = target.column(wanted.column), [], []
    for relation in soft_children(target, table, wanted):
        if relation.child == relation.parent:
            continue
        child = target.table(target.at(relation.child))
        key = relation.foreign_key
        same = " AND ".join(
            f"c.{target.column(ours)} = NEW.{target.column(theirs)}"
            for ours, theirs in zip(key.columns, key.referenced_columns, strict=True)
        )
        if cascades(relation, wanted):
            lines.append(f"    UPDATE {child} c SET c.{column} = NEW.{column} WHERE {same} AND c.{column} IS NULL;")
            back.append(f"    UPDATE {child} c SET c.{column} = NULL WHERE {same} AND c.{column} = OLD.{column};")
        else:
            message = target.literal(f"live rows of {target.at(relation.child).name} refer to this row"[:120])
            lines.append(
                f"    IF EXISTS (SELECT 1 FROM {child} c WHERE {same} AND c.{column} IS NULL) THEN\n"
                f"      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = {message};\n    END IF;"
            )
    if not lines:
        return ""
    restore = f"\n  ELSEIF OLD.{column} IS NOT NULL AND NEW.{column} IS NULL THEN\n" + "\n".join(back) if back else ""
    body = "\n".join(lines)
    return (
        f"CREATE TRIGGER {target.name(table.name, 'soft', 'delete')} AFTER UPDATE ON {target.table(table)} FOR EACH"
        " ROW BEGIN\n"
        f"  IF OLD.{column} IS NULL AND NEW.{column} IS NOT NULL THEN\n{body}{restore}\n  END IF;\nEND$$"
    )


def statements(target: Target, table: Table, wanted: SoftDelete, now: str = "NOW(6)") -> list[Statement]:
    """Marking a row, and taking the mark from it."""
    column, name = target.column(wanted.column), target.table(table)
    keys = table.primary_key.columns if table.primary_key else ()
    key = " AND ".join(f"{target.column(one)} = :{one}" for one in keys)
    return [
        Statement(
            concern="soft_delete",
            name=f"delete one of {table.name}",
            sql=f"UPDATE {name} SET {column} = {now} WHERE {key} AND {column} IS NULL",
            when="Instead of DELETE, which the program's account has no right to. No row: it was deleted before.",
        ),
        Statement(
            concern="soft_delete",
            name=f"restore one of {table.name}",
            sql=f"UPDATE {name} SET {column} = NULL WHERE {key} AND {column} IS NOT NULL",
            when="To undo a deletion. A duplicate key: its unique value has been given to another row meanwhile.",
        ),
    ]


def _notes(target: Target, table: Table, wanted: SoftDelete) -> list[Note]:
    own = [one for one in owners(target, table) if one.child == one.parent]
    return [
        Note(
            object=f"{table.label} ({', '.join(one.foreign_key.columns)})",
            lost="a trigger may not look at its own table's other rows: references within the table are not guarded",
            instead=f"look up {wanted.column} of the row FOR UPDATE in the same transaction",
        )
        for one in own
    ]
