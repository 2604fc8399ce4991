"""Erasure: a procedure that goes through everything that is stored about a person, logs and histories included."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Part, Statement, Target, audited, joined
from dbdesign.integrity.lifecycle.mysql.erasure import of_person, shredding, unlinked_notes
from dbdesign.integrity.lifecycle.person import Action, Person
from dbdesign.integrity.lifecycle.sqlserver.audit import row_key
from dbdesign.integrity.lifecycle.sqlserver.spelling import NOW, batch, type_of
from dbdesign.model.lifecycle import Erasure
from dbdesign.model.schema import Table
from dbdesign.writers.base import Note

LOG = """\
CREATE TABLE dbo.erasure_log (
    id bigint IDENTITY NOT NULL PRIMARY KEY,
    subject_table nvarchar(257) NOT NULL,
    subject_key nvarchar(400) NOT NULL,
    erased_at datetime2 NOT NULL DEFAULT SYSUTCDATETIME(),
    erased_by nvarchar(255) NOT NULL DEFAULT SUSER_SNAME(),
    reason nvarchar(max) NULL
);"""


def part(target: Target) -> Part:
    """The procedure, the log of what was erased, and the statements about them."""
    erasure = target.lifecycle.erasure
    assert erasure is not None  # noqa: S101 - composed only where it is wanted
    if erasure.how == "crypto-shredding":
        return shredding(target, erasure, "varbinary(4096)", f"datetime2 NOT NULL DEFAULT {NOW}")
    person = of_person(target, erasure, prefix="@")
    name = target.full(person.subject.namespace, target.bare_name("erase", person.subject.name))
    notes = [*person.notes, *unlinked_notes(person)]
    if target.lifecycle.audit is not None and target.lifecycle.audit.how == "history":
        notes.append(
            Note(
                object=name,
                lost="a history table cannot be changed while versioning is on",
                instead="it is turned off within the procedure",
            )
        )
    given = ", ".join(f"{argument} = :{key}" for key, argument in person.argument.items())
    sent = Statement(
        concern="erasure",
        name=f"erase one of {person.subject.name}",
        sql=f"EXEC {name} {given}, @why = :reason",
        when="By the jobs' role; it is a transaction of its own. Error 50004: a legal hold.",
    )
    return Part(
        concern="erasure",
        sql=joined(LOG, batch(_procedure(target, erasure, person, name))),
        statements=(sent,),
        notes=tuple(notes),
    )


def _procedure(target: Target, erasure: Erasure, person: Person, name: str) -> str:
    parameters = ", ".join(f"{argument} {type_of(person.subject, key)}" for key, argument in person.argument.items())
    of_key = "CONCAT(" + ", ',', ".join(person.argument.values()) + ", '')"
    lines = [
        *_hold(target, erasure, person),
        "BEGIN TRANSACTION;",
        *_collected(target, person),
        *(_step(target, action) for action in person.actions),
        *_emptied(target, person),
        (
            "INSERT INTO dbo.erasure_log (subject_table, subject_key, reason) VALUES"
            f" ({target.literal(person.subject.label)}, {of_key}, @why);"
        ),
        "COMMIT;",
    ]
    body = "\n  ".join(lines)
    return f"CREATE PROCEDURE {name} {parameters}, @why nvarchar(max) = NULL AS\nBEGIN\n  SET NOCOUNT, XACT_ABORT ON;\n  {body}\nEND;"


def _step(target: Target, action: Action) -> str:
    table = target.table(action.table)
    if action.does == "delete":
        return f"DELETE t FROM {table} AS t WHERE {action.condition};"
    sets = ", ".join(f"{target.column(name)} = {value}" for name, value in action.sets.items())
    return f"UPDATE t SET {sets} FROM {table} AS t WHERE {action.condition};"


def _hold(target: Target, erasure: Erasure, person: Person) -> Iterator[str]:
    if erasure.hold is None:
        return
    of, _, column = erasure.hold.rpartition(".")
    table = target.at(of)
    own = table.label == person.subject.label
    first = next(iter(person.argument.values()))
    condition = (
        f"{person.condition(table)} AND t.{target.column(column)} = 1"
        if own
        else f"t.{target.column(column)} = {first}"
    )
    yield f"IF EXISTS (SELECT 1 FROM {target.table(table)} AS t WHERE {condition}) THROW 50004, 'a legal hold forbids this erasure', 1;"


def _recorded(target: Target, person: Person) -> list[Table]:
    recorded = {table.label for table in audited(target.lifecycle, target.schema)}
    return [table for table in person.reached if table.label in recorded and table.primary_key]


def _collected(target: Target, person: Person) -> Iterator[str]:
    tables = _recorded(target, person)
    if not tables or target.lifecycle.audit is None or target.lifecycle.audit.how == "history":
        return
    yield "DECLARE @rows TABLE (table_name nvarchar(257), row_key nvarchar(400));"
    for table in tables:
        label = target.literal(target.label(table))
        found = f"SELECT {label}, {row_key(target, table, 't')} FROM {target.table(table)} AS t WHERE {person.condition(table)}"
        yield f"INSERT INTO @rows {found};"
        for relation in person.references(table):
            named = [
                (ours, person.argument[theirs])
                for ours, theirs in zip(
                    relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True
                )
                if theirs in person.argument
            ]
            if relation.parent == person.subject.label and named:
                same = " AND ".join(
                    f"JSON_VALUE(COALESCE(l.new_row, l.old_row), {target.literal('$.' + ours)}) = CONCAT({given}, '')"
                    for ours, given in named
                )
                yield f"INSERT INTO @rows SELECT l.table_name, l.row_key FROM dbo.audit_log AS l WHERE l.table_name = {label} AND {same};"


def _emptied(target: Target, person: Person) -> Iterator[str]:
    """Of rows that stay, too, the whole record goes: JSON_MODIFY takes out one path at a time."""
    audit = target.lifecycle.audit
    tables = _recorded(target, person)
    if audit is None or not tables:
        return
    if audit.how == "trigger":
        yield (
            f"UPDATE l SET old_row = NULL, new_row = NULL, erased_at = {NOW} FROM dbo.audit_log AS l"
            " JOIN @rows AS r ON r.table_name = l.table_name AND r.row_key = l.row_key;"
        )
        return
    for table in tables:
        name, history = target.table(table), target.full_beside(table, "history")
        references = [
            (ours, person.argument[theirs])
            for relation in person.references(table)
            for ours, theirs in zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True)
            if theirs in person.argument
        ]
        own = list(person.argument.items()) if table.label == person.subject.label else references
        if own:
            condition = " AND ".join(f"{target.column(column)} = {given}" for column, given in own)
            yield f"ALTER TABLE {name} SET (SYSTEM_VERSIONING = OFF);"
            deletion = f"DELETE FROM {history} WHERE {condition}".replace("'", "''")
            yield f"EXEC sp_executesql N'{deletion}', {_given(person)};"
            yield f"ALTER TABLE {name} SET (SYSTEM_VERSIONING = ON (HISTORY_TABLE = {history}));"


def _given(person: Person) -> str:
    declared = ", ".join(f"{argument} {type_of(person.subject, key)}" for key, argument in person.argument.items())
    values = ", ".join(f"{argument} = {argument}" for argument in person.argument.values())
    return f"N'{declared}', {values}"
