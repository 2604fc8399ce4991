"""Audit trail: row triggers that write JSON into one log, also of what a foreign key does; system versioning in MariaDB."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Part, Statement, Target, audited, joined
from dbdesign.integrity.lifecycle.mysql.spelling import interval
from dbdesign.model.lifecycle import AuditTrail
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Column, Table
from dbdesign.model.types import BINARIES, Kind
from dbdesign.writers.base import Note

LOG = "audit_log"
ACTOR = "@app_actor"


def part(target: Target) -> Part:
    """The log, its triggers, and how it is read."""
    audit = target.lifecycle.audit
    assert audit is not None  # noqa: S101 - composed only where it is wanted
    tables = audited(target.lifecycle, target.schema)
    recorded = {table.label for table in tables}
    acted = [one for one in target.relations.all if one.child in recorded and _acts(one)]
    sql = joined(
        _log(),
        *(_triggers(target, audit, table) for table in tables),
        *(_action(target, relation) for relation in acted if relation.child != relation.parent),
        *(_start(target, audit, table) for table in tables if table.primary_key),
    )
    notes = (*_action_notes(acted), *(_note(table) for table in tables if table.primary_key is None))
    return Part(concern="audit", sql=sql, statements=tuple(_statements(target, audit, tables)), notes=notes)


def _acts(relation: Relation) -> bool:
    return relation.foreign_key.on_delete in {"cascade", "set null"}


def _log() -> str:
    return f"""\
CREATE TABLE {LOG} (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at datetime(6) NOT NULL,
    actor varchar(255) NOT NULL,
    table_name varchar(129) NOT NULL,
    operation varchar(10) NOT NULL CHECK (operation IN ('snapshot', 'insert', 'update', 'delete')),
    row_key varchar(500) COLLATE utf8mb4_bin,
    old_row json,
    new_row json,
    erased_at datetime(6),
    KEY {LOG}_row_idx (table_name, row_key, at, id),
    KEY {LOG}_at_idx (at)
) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4;"""


def row_key(target: Target, table: Table, alias: str) -> str:
    """The key of a row as one text."""
    keys = table.primary_key.columns if table.primary_key else ()
    return f"CONCAT_WS(',', {', '.join(f'{alias}.{target.column(one)}' for one in keys)})" if keys else "NULL"


def _value(target: Target, column: Column, alias: str) -> str:
    name = f"{alias}.{target.column(column.name)}"
    return f"HEX({name})" if column.type.kind in BINARIES or column.type.kind in {Kind.BIT, Kind.GEOMETRY} else name


def _row(target: Target, audit: AuditTrail, table: Table, alias: str) -> str:
    hidden = audit.exclude.get(table.label, ())
    pairs = [
        f"{target.literal(one.name)}, {_value(target, one, alias)}" for one in table.columns if one.name not in hidden
    ]
    return f"JSON_OBJECT({', '.join(pairs)})"


def _triggers(target: Target, audit: AuditTrail, table: Table) -> str:
    """One statement each, so that no client needs another delimiter. A row whose key was changed is one that went and one that came."""
    name, label = target.table(table), target.literal(table.label)
    into = f"INSERT INTO {LOG} (at, actor, table_name, operation, row_key, old_row, new_row)"
    who = f"SYSDATE(6), COALESCE({ACTOR}, CURRENT_USER()), {label}"
    old, new = (_row(target, audit, table, alias) for alias in ("OLD", "NEW"))
    old_key, new_key = (row_key(target, table, alias) for alias in ("OLD", "NEW"))
    same = f"{old_key} <=> {new_key}"
    trigger = {event: target.name(table.name, "audit", event) for event in ("insert", "update", "delete")}
    return f"""\
CREATE TRIGGER {trigger["insert"]} AFTER INSERT ON {name} FOR EACH ROW
{into}
VALUES ({who}, 'insert', {new_key}, NULL, {new});
CREATE TRIGGER {trigger["update"]} AFTER UPDATE ON {name} FOR EACH ROW
{into}
SELECT {who}, 'delete', {old_key}, {old}, NULL FROM DUAL WHERE NOT ({same})
UNION ALL SELECT {who}, IF({same}, 'update', 'insert'), {new_key}, IF({same}, {old}, NULL), {new};
CREATE TRIGGER {trigger["delete"]} AFTER DELETE ON {name} FOR EACH ROW
{into}
VALUES ({who}, 'delete', {old_key}, {old}, NULL);"""


def _action(target: Target, relation: Relation) -> str:
    """What the foreign key would do without a trigger's knowing, done before by a statement that fires triggers."""
    parent, child = target.at(relation.parent), target.at(relation.child)
    key = relation.foreign_key
    same = " AND ".join(
        f"{target.column(ours)} = OLD.{target.column(theirs)}"
        for ours, theirs in zip(key.columns, key.referenced_columns, strict=True)
    )
    name = target.name(parent.name, key.on_delete.split()[0], child.name, key.columns[-1])
    if key.on_delete == "cascade":
        does = f"DELETE FROM {target.table(child)} WHERE {same}"
    else:
        loose = [one for one in key.columns if (column := child.column(one)) is not None and column.nullable]
        sets = ", ".join(f"{target.column(one)} = NULL" for one in loose)
        does = f"UPDATE {target.table(child)} SET {sets} WHERE {same}"
    return f"CREATE TRIGGER {name} BEFORE DELETE ON {target.table(parent)} FOR EACH ROW\n{does};"


def _start(target: Target, audit: AuditTrail, table: Table) -> str:
    return (
        f"INSERT INTO {LOG} (at, actor, table_name, operation, row_key, new_row)\n"
        f"SELECT SYSDATE(6), CURRENT_USER(), {target.literal(table.label)}, 'snapshot', {row_key(target, table, 't')},"
        f" {_row(target, audit, table, 't')} FROM {target.table(table)} t;"
    )


def as_of(literal: str) -> str:
    """The rows of a table at a moment, as JSON."""
    return (
        "SELECT v.new_row FROM (SELECT l.operation, l.new_row, ROW_NUMBER() OVER (PARTITION BY l.row_key ORDER BY"
        " l.at DESC, l.id DESC) AS n"
        f" FROM {LOG} l WHERE l.table_name = {literal} AND l.at <= :moment) v WHERE v.n = 1 AND v.operation <> 'delete'"
    )


def _statements(target: Target, audit: AuditTrail, tables: list[Table]) -> Iterator[Statement]:
    yield Statement(
        concern="audit",
        name="say who acts",
        sql=f"SET {ACTOR} = :actor",
        when="At the beginning of every transaction; a pooled connection keeps it, so that it must be set anew each"
        " time. Without it the"
        " account of the connection is recorded.",
    )
    for table in tables[:1]:
        yield Statement(
            concern="audit",
            name=f"{table.name} as they were",
            sql=as_of(target.literal(table.label)),
            when=(
                "To look back; with another table_name for every recorded table. JSON_TABLE (MySQL 8, MariaDB 10.6)"
                " makes"
                " columns of it."
            ),
        )
        yield Statement(
            concern="audit",
            name="MariaDB: the engine's own versions instead of triggers",
            sql=f"ALTER TABLE {target.table(table)} ADD SYSTEM VERSIONING",
            when="MariaDB 10.3 and later, once a table, instead of the triggers: SELECT … FOR SYSTEM_TIME AS OF"
            " TIMESTAMP"
            " :moment shows it as it"
            " was. It does not say who acted, and DELETE HISTORY FROM … BEFORE SYSTEM_TIME lets old versions go. MySQL"
            " has none.",
        )
    if audit.keep is not None:
        yield Statement(
            concern="audit",
            name="let old records go",
            sql=f"DELETE FROM {LOG} WHERE at < NOW(6) - {interval(audit.keep)} ORDER BY at LIMIT 5000",
            when="Daily, until no row is deleted.",
        )


def _action_notes(acted: list[Relation]) -> Iterator[Note]:
    for one in acted:
        columns = ", ".join(one.foreign_key.columns)
        if one.child == one.parent:
            yield Note(
                object=f"{one.child} ({columns})",
                lost=(
                    f"ON DELETE {one.foreign_key.on_delete.upper()} fires no trigger, and a trigger may not change"
                    " its own"
                    " table"
                ),
                instead="cut or delete those rows first; what the foreign key does leaves no record",
            )
        else:
            yield Note(
                object=f"{one.child} ({columns})",
                lost=f"ON DELETE {one.foreign_key.on_delete.upper()} fires no trigger of {one.child}",
                instead=f"a trigger of {one.parent} does the same before, by a statement, which is recorded",
            )


def _note(table: Table) -> Note:
    return Note(
        object=table.label, lost="has no primary key: its versions cannot be told apart", instead="changes are logged"
    )
