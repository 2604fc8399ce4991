"""Audit trail: system-versioned tables, or a log of rows as JSON by triggers that see whole statements."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Part, Statement, Target, audited, joined
from dbdesign.integrity.lifecycle.sqlserver.spelling import NOW, batch, moved
from dbdesign.model.lifecycle import AuditTrail, Period
from dbdesign.model.schema import Table
from dbdesign.writers.base import Note

LOG = """\
CREATE TABLE dbo.audit_log (
    id bigint IDENTITY NOT NULL PRIMARY KEY,
    at datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
    actor nvarchar(255) NOT NULL,
    table_name nvarchar(257) NOT NULL,
    operation varchar(10) NOT NULL CHECK (operation IN ('snapshot', 'insert', 'update', 'delete')),
    row_key nvarchar(400) NULL,
    old_row nvarchar(max) NULL,
    new_row nvarchar(max) NULL,
    erased_at datetime2 NULL,
    INDEX audit_log_row_idx (table_name, row_key, at, id),
    INDEX audit_log_at_idx (at)
);"""


def part(target: Target) -> Part:
    """The log or the histories, and how they are read."""
    audit = target.lifecycle.audit
    assert audit is not None  # noqa: S101 - composed only where it is wanted
    tables = audited(target.lifecycle, target.schema)
    if audit.how == "history":
        return _versioned(target, audit, [table for table in tables if table.primary_key])
    made = [_trigger(target, audit, table) for table in tables]
    return Part(
        concern="audit",
        sql=joined(LOG, *(_start(target, audit, table) for table in tables if table.primary_key), batch(*made)),
        statements=tuple(_statements(target, audit, tables)),
        notes=tuple(
            Note(
                object=table.label,
                lost="has no primary key: old and new row of an update are told apart as a delete and an insert",
                instead=None,
            )
            for table in tables
            if table.primary_key is None
        ),
    )


def row_key(target: Target, table: Table, alias: str) -> str:
    """The key of a row as one text."""
    keys = table.primary_key.columns if table.primary_key else ()
    given = ", ".join(f"{alias}.{target.column(one)}" for one in keys)
    return "NULL" if not keys else f"CONCAT_WS(',', {given})" if len(keys) > 1 else f"CONCAT({given}, '')"


def _row(target: Target, audit: AuditTrail, table: Table, alias: str) -> str:
    hidden = audit.exclude.get(table.label, ())
    names = ", ".join(f"{alias}.{target.column(one.name)}" for one in table.columns if one.name not in hidden)
    return f"(SELECT {names} FOR JSON PATH, WITHOUT_ARRAY_WRAPPER, INCLUDE_NULL_VALUES)"


def _actor(audit: AuditTrail) -> str:
    key = audit.actor.rpartition(".")[2]
    return f"COALESCE(CAST(SESSION_CONTEXT(N'{key}') AS nvarchar(255)), SUSER_SNAME())"


def _trigger(target: Target, audit: AuditTrail, table: Table) -> str:
    keys = table.primary_key.columns if table.primary_key else ()
    same = " AND ".join(f"n.{target.column(one)} = o.{target.column(one)}" for one in keys) or "1 = 0"
    first = target.column(keys[0] if keys else table.columns[0].name)
    old, new = (_row(target, audit, table, alias) for alias in "on")
    old_key, new_key = (row_key(target, table, alias) for alias in "on")
    kind = f"CASE WHEN o.{first} IS NULL THEN 'insert' WHEN n.{first} IS NULL THEN 'delete' ELSE 'update' END"
    return f"""\
CREATE TRIGGER {target.full_beside(table, "audit")} ON {target.table(table)} AFTER INSERT, UPDATE, DELETE AS
BEGIN
  SET NOCOUNT ON;
  INSERT INTO dbo.audit_log (actor, table_name, operation, row_key, old_row, new_row)
  SELECT {_actor(audit)}, {target.literal(target.label(table))}, {kind},
         CASE WHEN n.{first} IS NULL THEN {old_key} ELSE {new_key} END,
         CASE WHEN o.{first} IS NULL THEN NULL ELSE {old} END, CASE WHEN n.{first} IS NULL THEN NULL ELSE {new} END
  FROM inserted AS n FULL JOIN deleted AS o ON {same};
END;"""


def _start(target: Target, audit: AuditTrail, table: Table) -> str:
    return (
        f"INSERT INTO dbo.audit_log (actor, table_name, operation, row_key, new_row)\n"
        f"SELECT SUSER_SNAME(), {target.literal(target.label(table))}, 'snapshot', {row_key(target, table, 't')},"
        f" {_row(target, audit, table, 't')} FROM {target.table(table)} AS t;"
    )


def _versioned(target: Target, audit: AuditTrail, tables: list[Table]) -> Part:
    """The engine keeps the versions; who acted stands in a column of the row."""
    keep = f", HISTORY_RETENTION_PERIOD = {_retained(audit.keep)}" if audit.keep else ""
    made, notes = [], []
    for table in tables:
        name, history = target.table(table), target.full_beside(table, "history")
        made.append(
            f"ALTER TABLE {name} ADD\n"
            f"    changed_by nvarchar(255) NOT NULL CONSTRAINT {target.name('DF', table.name, 'changed_by')} DEFAULT"
            f" {_actor(audit)},\n"
            f"    valid_from datetime2 GENERATED ALWAYS AS ROW START HIDDEN NOT NULL"
            f" CONSTRAINT {target.name('DF', table.name, 'valid_from')} DEFAULT {NOW},\n"
            f"    valid_to datetime2 GENERATED ALWAYS AS ROW END HIDDEN NOT NULL"
            f" CONSTRAINT {target.name('DF', table.name, 'valid_to')} DEFAULT CONVERT(datetime2, '9999-12-31"
            " 23:59:59.9999999'),\n"
            f"    PERIOD FOR SYSTEM_TIME (valid_from, valid_to);\n"
            f"ALTER TABLE {name} SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = {history}, DATA_CONSISTENCY_CHECK ="
            f" ON{keep}));"
        )
        if table.label in audit.exclude:
            notes.append(
                Note(
                    object=table.label,
                    lost="a version holds every column",
                    instead="move what is not to be recorded to a table beside it",
                )
            )
    notes.append(
        Note(
            object="changed_by",
            lost="a system-versioned table does not record who acted, nor who deleted",
            instead="the program sets changed_by in every UPDATE, and before a DELETE",
        )
    )
    sent = [
        Statement(
            concern="audit",
            name=f"{table.name} as they were",
            sql=f"SELECT * FROM {target.table(table)} FOR SYSTEM_TIME AS OF :moment",
            when="To look back; moments are in UTC, and those of the transactions' beginnings.",
        )
        for table in tables[:1]
    ]
    return Part(concern="audit", sql=joined(*made), statements=tuple(sent), notes=tuple(notes))


def _retained(keep: Period) -> str:
    unit = keep.unit if keep.unit in {"day", "week", "month", "year"} else "day"
    return f"{keep.count} {unit.upper()}{'S' if keep.count != 1 else ''}"


def _statements(target: Target, audit: AuditTrail, tables: list[Table]) -> Iterator[Statement]:
    key = audit.actor.rpartition(".")[2]
    yield Statement(
        concern="audit",
        name="say who acts",
        sql=f"EXEC sp_set_session_context @key = N'{key}', @value = :actor",
        when="When a connection is taken from the pool. Without it the login is recorded.",
    )
    for table in tables[:1]:
        label = target.literal(target.label(table))
        yield Statement(
            concern="audit",
            name=f"{table.name} as they were",
            sql="SELECT v.new_row FROM (SELECT operation, new_row, ROW_NUMBER() OVER (PARTITION BY row_key ORDER BY at"
            " DESC, id DESC) AS n"
            f" FROM dbo.audit_log WHERE table_name = {label} AND at <= :moment) AS v WHERE v.n = 1 AND v.operation <>"
            " 'delete'",
            when="To look back; OPENJSON … WITH makes columns of it. With another table_name for every recorded table.",
        )
    if audit.keep is not None:
        yield Statement(
            concern="audit",
            name="let old records go",
            sql=f"DELETE TOP (5000) FROM dbo.audit_log WHERE at < {moved(audit.keep, '-')}",
            when="Daily, until no row is deleted.",
        )
