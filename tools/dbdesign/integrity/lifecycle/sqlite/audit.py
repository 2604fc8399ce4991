"""Audit trail: row triggers that write JSON into one log; who acts stands in a table with one row."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Part, Statement, Target, audited, joined
from dbdesign.model.lifecycle import AuditTrail
from dbdesign.model.schema import Table
from dbdesign.model.types import BINARIES
from dbdesign.writers.base import Note

NOW = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
ACTOR = "(SELECT actor FROM audit_actor)"
LOG = """\
CREATE TABLE audit_actor (only_one INTEGER PRIMARY KEY CHECK (only_one = 1), actor TEXT NOT NULL);
INSERT INTO audit_actor VALUES (1, 'unknown');
CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    table_name TEXT NOT NULL,
    operation TEXT NOT NULL CHECK (operation IN ('snapshot', 'insert', 'update', 'delete')),
    row_key TEXT,
    old_row TEXT,
    new_row TEXT,
    erased_at TEXT
);
CREATE INDEX audit_log_row_idx ON audit_log (table_name, row_key, id);
CREATE INDEX audit_log_at_idx ON audit_log (at);"""


def part(target: Target) -> Part:
    """The log, its triggers, and how it is read."""
    audit = target.lifecycle.audit
    assert audit is not None  # noqa: S101 - composed only where it is wanted
    tables = audited(target.lifecycle, target.schema)
    note = Note(
        object="audit_log",
        lost="REPLACE deletes a row without firing a trigger, unless PRAGMA recursive_triggers is on",
        instead="INSERT … ON CONFLICT DO UPDATE; an update of a key is recorded as a row that went and one that came",
    )
    return Part(
        concern="audit",
        sql=joined(LOG, *(_triggers(target, audit, table) for table in tables)),
        statements=tuple(_statements(target, audit, tables)),
        notes=(note,),
    )


def row_key(target: Target, table: Table, alias: str) -> str:
    """The key of a row as one text."""
    keys = table.primary_key.columns if table.primary_key else ("rowid",)
    return " || ',' || ".join(f"{alias}.{target.column(one)}" for one in keys)


def _row(target: Target, audit: AuditTrail, table: Table, alias: str) -> str:
    hidden = audit.exclude.get(table.label, ())
    pairs = []
    for column in table.columns:
        name = f"{alias}.{target.column(column.name)}"
        if column.name not in hidden:
            pairs.append(f"{target.literal(column.name)}, {f'hex({name})' if column.type.kind in BINARIES else name}")
    return f"json_object({', '.join(pairs)})"


def _triggers(target: Target, audit: AuditTrail, table: Table) -> str:
    name, label = target.table(table), target.literal(table.label)
    into = "INSERT INTO audit_log (at, actor, table_name, operation, row_key, old_row, new_row)"
    old, new = (_row(target, audit, table, alias) for alias in ("OLD", "NEW"))
    old_key, new_key = (row_key(target, table, alias) for alias in ("OLD", "NEW"))
    start = (
        f"INSERT INTO audit_log (at, actor, table_name, operation, row_key, new_row)\n"
        f"SELECT {NOW}, 'unknown', {label}, 'snapshot', {row_key(target, table, 't')},"
        f" {_row(target, audit, table, 't')} FROM {name} t;"
    )
    made = [start]
    for event, lines in {
        "INSERT": [f"VALUES ({NOW}, {ACTOR}, {label}, 'insert', {new_key}, NULL, {new});"],
        "DELETE": [f"VALUES ({NOW}, {ACTOR}, {label}, 'delete', {old_key}, {old}, NULL);"],
        "UPDATE": [
            f"SELECT {NOW}, {ACTOR}, {label}, 'delete', {old_key}, {old}, NULL WHERE {old_key} IS NOT {new_key};",
            (
                f"SELECT {NOW}, {ACTOR}, {label}, CASE WHEN {old_key} IS {new_key} THEN 'update' ELSE 'insert' END,"
                f" {new_key},"
                f" CASE WHEN {old_key} IS {new_key} THEN {old} END, {new};"
            ),
        ],
    }.items():
        body = "\n".join(f"  {into}\n  {line}" for line in lines)
        made.append(
            f"CREATE TRIGGER {target.name(table.name, 'audit', event.lower())} AFTER {event} ON {name}"
            f" BEGIN\n{body}\nEND;"
        )
    return "\n".join(made)


def as_of(literal: str) -> str:
    """The rows of a table at a moment, as JSON."""
    return (
        "SELECT new_row FROM (SELECT operation, new_row, row_number() OVER (PARTITION BY row_key ORDER BY id DESC) AS n"
        f" FROM audit_log WHERE table_name = {literal} AND at <= :moment) WHERE n = 1 AND operation <> 'delete'"
    )


def _statements(target: Target, audit: AuditTrail, tables: list[Table]) -> Iterator[Statement]:
    yield Statement(
        concern="audit",
        name="say who acts",
        sql="UPDATE audit_actor SET actor = :actor",
        when="First in every transaction that writes: nobody else writes until it ends.",
    )
    for table in tables[:1]:
        yield Statement(
            concern="audit",
            name=f"{table.name} as they were",
            sql=as_of(target.literal(table.label)),
            when="To look back; with another table_name for every recorded table.",
        )
    if audit.keep is not None:
        yield Statement(
            concern="audit",
            name="let old records go",
            sql=f"DELETE FROM audit_log WHERE at < strftime('%Y-%m-%d %H:%M:%f', 'now', '-{audit.keep}')",
            when="Daily.",
        )
