"""Every concern's part for SQLite."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbdesign.integrity.lifecycle.ageing import Ageing, ageings, blockers
from dbdesign.integrity.lifecycle.base import Part, Statement, Target, joined
from dbdesign.integrity.lifecycle.mysql.spelling import seconds
from dbdesign.integrity.lifecycle.sqlite import audit, erasure, soft_delete
from dbdesign.integrity.lifecycle.templates import filled
from dbdesign.model.lifecycle import Saga
from dbdesign.model.types import Kind
from dbdesign.writers.base import Note


def parts(target: Target) -> list[Part]:
    """In the order in which they are run."""
    return [WRITERS[concern](target) for concern in target.lifecycle.wanted]


def shared(_target: Target) -> str:
    """What every connection must set."""
    return "PRAGMA foreign_keys = ON;"


def tenant(target: Target) -> Part:
    """The keys hold; who sees what is for the program, or for the file system, to say."""
    wanted = target.lifecycle.tenant
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    note = Note(
        object="tenant",
        lost="SQLite has no roles and no row security: whoever opens the file sees every row",
        instead=(
            "a file a tenant; in one file the keys keep a row from referring to another tenant's, and each query names"
            " the tenant"
        ),
    )
    statement = Statement(
        concern="tenant",
        name="a file a tenant",
        sql="ATTACH DATABASE :file AS tenant",
        when="When a request begins, with the path that belongs to its tenant; DETACH DATABASE tenant when it ends.",
    )
    return Part(concern="tenant", statements=(statement,), notes=(note,))


def retention(target: Target) -> Part:
    """DELETE in batches by rowid, or by key."""
    found = ageings(target)
    archives = [
        f"CREATE TABLE {target.beside(one.table, 'archive')} AS SELECT * FROM {target.table(one.table)} WHERE 0;"
        for one in found
        if one.how == "archive"
    ]
    return Part(
        concern="retention",
        sql=joined(*archives),
        statements=tuple(_retained(target, one) for one in found),
        notes=tuple(note for one in found for note in _retention_notes(target, one)),
    )


def _retained(target: Target, one: Ageing) -> Statement:
    name = target.table(one.table)
    column = one.table.column(one.by)
    moment = f"strftime('%Y-%m-%d %H:%M:%f', 'now', '-{one.after}')"
    if column is not None and column.type.kind is Kind.DATE:
        moment = f"date('now', '-{one.after}')"
    conditions = [f"{target.column(one.by)} < {moment}"]
    for relation in blockers(target, one.table):
        pairs = zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True)
        same = " AND ".join(f"c.{target.column(ours)} = {name}.{target.column(theirs)}" for ours, theirs in pairs)
        conditions.append(f"NOT EXISTS (SELECT 1 FROM {target.table(target.at(relation.child))} c WHERE {same})")
    condition = " AND ".join(conditions)
    due = f"SELECT rowid FROM {name} WHERE {condition} ORDER BY {target.column(one.by)} LIMIT {one.batch}"
    if "without_rowid" in one.table.options:
        sql = f"DELETE FROM {name} WHERE {condition}"
    elif one.how == "archive":
        store = target.beside(one.table, "archive")
        sql = f"INSERT INTO {store} SELECT * FROM {name} WHERE rowid IN ({due});\nDELETE FROM {name} WHERE rowid IN ({due})"
    else:
        sql = f"DELETE FROM {name} WHERE rowid IN ({due})"
    when = "Daily, after BEGIN IMMEDIATE, until no row is deleted; PRAGMA incremental_vacuum gives the pages back."
    return Statement(concern="retention", name=f"let old rows of {one.table.name} go", sql=sql, when=when)


def _retention_notes(target: Target, one: Ageing) -> list[Note]:
    notes = [
        Note(
            object=f"{one.table.label}.{one.by}",
            lost="moments are compared as texts",
            instead="they must be written as YYYY-MM-DD HH:MM:SS in UTC",
        )
    ]
    if one.how == "detach":
        notes.append(
            Note(object=one.table.label, lost="SQLite has no partitions", instead="rows are deleted in batches")
        )
    notes += [
        Note(
            object=one.table.label, lost=f"old rows that {relation.child} still refers to are not deleted", instead=None
        )
        for relation in blockers(target, one.table)
    ]
    return notes


def idempotency(target: Target) -> Part:
    """The table of the keys."""
    wanted = target.lifecycle.idempotency
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    return filled("sqlite", "idempotency", {"operations": target.words(wanted.operations), "keep": str(wanted.keep)})


def outbox(target: Target) -> Part:
    """Outbox and inbox, for one publisher."""
    wanted = target.lifecycle.outbox
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    check = f" CHECK (event_type IN ({target.words(wanted.events)}))" if wanted.events else ""
    note = Note(
        object="outbox",
        lost="SQLite has no locks of rows: two publishers would publish the same events",
        instead="one publisher; the inbox makes what comes twice happen once",
    )
    part = filled("sqlite", "outbox", {"event_check": check, "keep": str(wanted.keep), "batch": str(wanted.batch)})
    return part.model_copy(update={"notes": (note,)})


def sagas(target: Target) -> Part:
    """The state of sagas, with triggers that refuse any other transition than the legal ones."""
    wanted = target.lifecycle.sagas
    timeouts = " ".join(f"WHEN {target.literal(one.name)} THEN '+{one.timeout}'" for one in wanted)
    values = {
        "names": target.words([one.name for one in wanted]),
        "steps": ",\n".join(row for saga in wanted for row in _steps(target, saga)),
        "timeout": f"CASE :name {timeouts} END",
    }
    return filled("sqlite", "sagas", values)


def _steps(target: Target, saga: Saga) -> list[str]:
    return [
        f"    ({target.literal(saga.name)}, {number}, {target.literal(step.name)}, "
        f"{target.literal(step.compensation) if step.compensation else 'NULL'},"
        f" {seconds(step.timeout or saga.timeout)})"
        for number, step in enumerate(saga.steps, start=1)
    ]


WRITERS: Mapping[str, Callable[[Target], Part]] = {
    "soft_delete": soft_delete.part,
    "audit": audit.part,
    "retention": retention,
    "erasure": erasure.part,
    "tenant": tenant,
    "idempotency": idempotency,
    "outbox": outbox,
    "sagas": sagas,
}
"""By concern."""
