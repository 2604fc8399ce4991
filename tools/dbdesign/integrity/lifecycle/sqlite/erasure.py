"""Erasure: the statements of one transaction in the order of the foreign keys; SQLite has no procedures."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Part, Statement, Target, audited
from dbdesign.integrity.lifecycle.mysql.erasure import of_person, shredding, unlinked_notes
from dbdesign.integrity.lifecycle.person import Action, Person
from dbdesign.integrity.lifecycle.sqlite.audit import row_key
from dbdesign.model.lifecycle import Erasure
from dbdesign.model.schema import Table
from dbdesign.writers.base import Note

LOG = """\
CREATE TABLE erasure_log (
    id INTEGER PRIMARY KEY,
    subject_table TEXT NOT NULL,
    subject_key TEXT NOT NULL,
    erased_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
    reason TEXT
);"""


def part(target: Target) -> Part:
    """The log of what was erased, and the statements."""
    erasure = target.lifecycle.erasure
    assert erasure is not None  # noqa: S101 - composed only where it is wanted
    if erasure.how == "crypto-shredding":
        return shredding(target, erasure, "BLOB", "TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))")
    person = of_person(target, erasure, prefix=":")
    free = Note(
        object=erasure.subject,
        lost="deleted rows stay in free pages of the file until they are overwritten",
        instead="PRAGMA secure_delete = ON before, or VACUUM after; and a checkpoint of the write-ahead log",
    )
    return Part(
        concern="erasure",
        sql=LOG,
        statements=tuple(transaction(target, erasure, person, list(_steps(target, erasure, person)))),
        notes=(*person.notes, *unlinked_notes(person), free),
    )


def transaction(target: Target, erasure: Erasure, person: Person, lines: list[str]) -> Iterator[Statement]:
    """The whole erasure, and the question that comes before it."""
    if erasure.hold is not None:
        of, _, column = erasure.hold.rpartition(".")
        table = target.at(of)
        own = table.label == person.subject.label
        same = f"t.{target.column(column)} = {next(iter(person.argument.values()))}"
        condition = f"{person.condition(table)} AND t.{target.column(column)}" if own else same
        yield Statement(
            concern="erasure",
            name="whether a legal hold forbids it",
            sql=f"SELECT EXISTS (SELECT 1 FROM {target.table(table)} t WHERE {condition})",
            when="First in the transaction of the erasure. 1: leave it.",
        )
    yield Statement(
        concern="erasure",
        name=f"erase one of {person.subject.name}",
        sql="\n".join(lines).removesuffix(";"),
        when="In one transaction, in this order: children before what they refer to, the log last.",
    )


def step(target: Target, action: Action) -> str:
    """What becomes of the rows of a table."""
    table = target.table(action.table)
    if action.does == "delete":
        return f"DELETE FROM {table} AS t WHERE {action.condition};"
    sets = ", ".join(f"{target.column(name)} = {value}" for name, value in action.sets.items())
    return f"UPDATE {table} AS t SET {sets} WHERE {action.condition};"


def _steps(target: Target, erasure: Erasure, person: Person) -> Iterator[str]:
    del erasure
    tables = _recorded(target, person)
    if tables:
        yield "CREATE TEMP TABLE IF NOT EXISTS erased_rows (table_name TEXT, row_key TEXT);"
        yield "DELETE FROM erased_rows;"
    for table in tables:
        label, key = target.literal(table.label), row_key(target, table, "t")
        yield f"INSERT INTO erased_rows SELECT {label}, {key} FROM {target.table(table)} t WHERE {person.condition(table)};"
        yield from _before(target, person, table)
    yield from (step(target, action) for action in person.actions)
    for table in tables:
        yield _emptied(target, person, table)
    key = " || ',' || ".join(person.argument.values())
    yield f"INSERT INTO erasure_log (subject_table, subject_key, reason) VALUES ({target.literal(person.subject.label)}, {key}, :reason);"


def _recorded(target: Target, person: Person) -> list[Table]:
    recorded = {table.label for table in audited(target.lifecycle, target.schema)}
    return [table for table in person.reached if table.label in recorded and table.primary_key]


def _before(target: Target, person: Person, table: Table) -> Iterator[str]:
    """Rows that were deleted before, by their reference to the person."""
    for relation in person.references(table):
        pairs = zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True)
        named = [(ours, person.argument[theirs]) for ours, theirs in pairs if theirs in person.argument]
        if relation.parent == person.subject.label and named:
            same = " AND ".join(
                f"json_extract(coalesce(l.new_row, l.old_row), {target.literal('$.' + ours)}) = {given}"
                for ours, given in named
            )
            label = target.literal(table.label)
            yield f"INSERT INTO erased_rows SELECT l.table_name, l.row_key FROM audit_log l WHERE l.table_name = {label} AND {same};"


def _emptied(target: Target, person: Person, table: Table) -> str:
    sets = next(
        (one.sets for one in person.actions if one.does == "overwrite" and one.table.label == table.label), None
    )
    paths = ", ".join(target.literal(f"$.{name}") for name in sets or ())
    values = {one: f"json_remove({one}, {paths})" if sets else "NULL" for one in ("old_row", "new_row")}
    changed = ", ".join(f"{one} = {value}" for one, value in values.items())
    found = "SELECT 1 FROM erased_rows e WHERE e.table_name = audit_log.table_name AND e.row_key = audit_log.row_key"
    label = target.literal(table.label)
    return (
        f"UPDATE audit_log SET {changed}, erased_at = strftime('%Y-%m-%d %H:%M:%f', 'now')"
        f" WHERE table_name = {label} AND EXISTS ({found});"
    )
