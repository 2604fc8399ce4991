"""Erasure: a procedure that goes through everything that is stored about a person, the log included; or a key that is destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.errors import InputError
from dbdesign.integrity.lifecycle.base import Part, Statement, Target, audited, joined
from dbdesign.integrity.lifecycle.mysql.audit import LOG, row_key
from dbdesign.integrity.lifecycle.mysql.spelling import compound
from dbdesign.integrity.lifecycle.person import Action, Person
from dbdesign.model.lifecycle import Erasure
from dbdesign.model.schema import Table
from dbdesign.writers.base import Note


def part(target: Target) -> Part:
    """The procedure, the log of what was erased, and the statements about them."""
    erasure = target.lifecycle.erasure
    assert erasure is not None  # noqa: S101 - composed only where it is wanted
    if erasure.how == "crypto-shredding":
        return shredding(target, erasure, "varbinary(4096)", "datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)")
    person = of_person(target, erasure)
    return Part(
        concern="erasure",
        sql=joined(_log(), compound(_procedure(target, erasure, person))),
        statements=tuple(_statements(target, person)),
        notes=(*person.notes, *unlinked_notes(person)),
    )


def of_person(target: Target, erasure: Erasure, prefix: str = "") -> Person:
    """The graph below the subject, with the procedure's parameters; raises `InputError` where a reference cannot be cut."""
    subject = target.at(erasure.subject)
    keys = subject.primary_key.columns if subject.primary_key else ()
    person = Person(target, erasure, {name: f"{prefix}{target.name('subject', name)}" for name in keys})
    if person.blocked:
        raise InputError("; ".join(person.blocked), where="lifecycle.erasure", remedy="Let the column be NULL")
    return person


def unlinked_notes(person: Person) -> Iterator[Note]:
    """Rows of others that lose their reference."""
    for relation in person.unlinked:
        columns = ", ".join(person.cuttable(relation))
        yield Note(
            object=relation.child, lost=f"its {columns} is emptied, the row stays: it is somebody else's", instead=None
        )


def _log() -> str:
    return """\
CREATE TABLE erasure_log (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    subject_table varchar(129) NOT NULL,
    subject_key varchar(500) NOT NULL,
    erased_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    erased_by varchar(255) NOT NULL,
    reason text
) ENGINE = InnoDB;"""


def step(target: Target, action: Action) -> str:
    """What becomes of the rows of a table."""
    table = target.table(action.table)
    if action.does == "delete":
        return f"DELETE t FROM {table} t WHERE {action.condition};"
    sets = ", ".join(f"t.{target.column(name)} = {value}" for name, value in action.sets.items())
    return f"UPDATE {table} t SET {sets} WHERE {action.condition};"


def _procedure(target: Target, erasure: Erasure, person: Person) -> str:
    parameters = ", ".join(f"IN {argument} {_type(person.subject, name)}" for name, argument in person.argument.items())
    key = f"CONCAT_WS(',', {', '.join(person.argument.values())})"
    lines = [
        *_hold(target, erasure, person),
        "START TRANSACTION;",
        *_collected(target, person),
        *(step(target, action) for action in person.actions),
        *_emptied(target, person),
        "INSERT INTO erasure_log (subject_table, subject_key, erased_by, reason)",
        f"VALUES ({target.literal(person.subject.label)}, {key}, CURRENT_USER(), why);",
        "COMMIT;",
    ]
    body = "\n  ".join(lines)
    name = target.dialect.qualified(person.subject.namespace, target.bare_name("erase", person.subject.name))
    return (
        f"CREATE PROCEDURE {name}({parameters}, IN why text) MODIFIES SQL DATA SQL SECURITY INVOKER\nBEGIN\n"
        f"  DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; RESIGNAL; END;\n  {body}\nEND$$"
    )


def _type(table: Table, name: str) -> str:
    column = table.column(name)
    return column.type.native if column is not None else "text"


def _hold(target: Target, erasure: Erasure, person: Person) -> Iterator[str]:
    if erasure.hold is None:
        return
    of, _, column = erasure.hold.rpartition(".")
    table = target.at(of)
    own = table.label == person.subject.label
    condition = (
        f"{person.condition(table)} AND t.{target.column(column)}"
        if own
        else f"t.{target.column(column)} = {next(iter(person.argument.values()))}"
    )
    yield f"IF EXISTS (SELECT 1 FROM {target.table(table)} t WHERE {condition}) THEN"
    yield "  SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'a legal hold forbids this erasure';"
    yield "END IF;"


def _recorded(target: Target, person: Person) -> list[Table]:
    recorded = {table.label for table in audited(target.lifecycle, target.schema)}
    return [table for table in person.reached if table.label in recorded and table.primary_key]


def _collected(target: Target, person: Person) -> Iterator[str]:
    """Keys of the person's rows, also of those that were deleted before and are in the log by their reference to him."""
    tables = _recorded(target, person)
    if not tables:
        return
    yield "CREATE TEMPORARY TABLE IF NOT EXISTS erased_rows (table_name varchar(129), row_key varchar(500) COLLATE utf8mb4_bin);"
    yield "DELETE FROM erased_rows;"
    for table in tables:
        label = target.literal(table.label)
        found = f"SELECT {label}, {row_key(target, table, 't')} FROM {target.table(table)} t WHERE {person.condition(table)}"
        yield f"INSERT INTO erased_rows {found};"
        for relation in person.references(table):
            pairs = zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True)
            named = [(ours, person.argument[theirs]) for ours, theirs in pairs if theirs in person.argument]
            if relation.parent == person.subject.label and named:
                same = " AND ".join(
                    f"JSON_UNQUOTE(JSON_EXTRACT(COALESCE(l.new_row, l.old_row), {target.literal('$.' + ours)})) ="
                    f" {argument}"
                    for ours, argument in named
                )
                yield f"INSERT INTO erased_rows SELECT l.table_name, l.row_key FROM {LOG} l WHERE l.table_name = {label} AND {same};"


def _emptied(target: Target, person: Person) -> Iterator[str]:
    for table in _recorded(target, person):
        sets = next(
            (one.sets for one in person.actions if one.does == "overwrite" and one.table.label == table.label), None
        )
        paths = ", ".join(target.literal(f"$.{name}") for name in sets or ())
        values = {one: f"JSON_REMOVE({one}, {paths})" if sets else "NULL" for one in ("old_row", "new_row")}
        changed = ", ".join(f"l.{one} = {value.replace(one, f'l.{one}')}" for one, value in values.items())
        yield (
            f"UPDATE {LOG} l JOIN erased_rows e ON e.table_name = l.table_name AND e.row_key = l.row_key SET {changed},"
            " l.erased_at = NOW(6)"
            f" WHERE l.table_name = {target.literal(table.label)};"
        )


def shredding(target: Target, erasure: Erasure, binary: str, moment: str) -> Part:
    """A table of the persons' keys, without which nobody can read what was encrypted."""
    subject = target.at(erasure.subject)
    keys = subject.primary_key.columns if subject.primary_key else ()
    store = target.beside(subject, "encryption_key")
    columns = ",\n    ".join(f"{target.column(one)} {_type(subject, one)} NOT NULL" for one in keys)
    same = " AND ".join(f"{target.column(one)} = :{one}" for one in keys)
    sql = (
        f"-- no foreign key: the key can be destroyed while the person's encrypted rows stay\nCREATE TABLE {store}"
        f" (\n    {columns},\n"
        f"    wrapped_key {binary} NOT NULL,\n    master_key_id varchar(100) NOT NULL,\n    created_at {moment},\n"
        f"    PRIMARY KEY ({target.columns(keys)})\n);"
    )
    return Part(
        concern="erasure",
        sql=sql,
        statements=(
            Statement(
                concern="erasure",
                name=f"the key of one of {subject.name}",
                sql=f"SELECT wrapped_key, master_key_id FROM {store} WHERE {same}",
                when="Before a personal value is written or read: the program unwraps the key with the master key,"
                " which is"
                " kept outside the"
                " database, and encrypts with AES-256-GCM. No row: the person was erased; show nothing.",
            ),
            Statement(
                concern="erasure",
                name=f"erase one of {subject.name}",
                sql=f"DELETE FROM {store} WHERE {same}",
                when=(
                    "By the account of the jobs alone. Every copy of the encrypted values, in backups too, can no"
                    " longer be"
                    " read."
                ),
            ),
        ),
    )


def _statements(target: Target, person: Person) -> Iterator[Statement]:
    name = target.dialect.qualified(person.subject.namespace, target.bare_name("erase", person.subject.name))
    given = ", ".join(f":{one}" for one in person.argument)
    yield Statement(
        concern="erasure",
        name=f"erase one of {person.subject.name}",
        sql=f"CALL {name}({given}, :reason)",
        when="By the account of the jobs; it is a transaction of its own. SQLSTATE 45000: a legal hold.",
    )
    yield Statement(
        concern="erasure",
        name="erase again after a backup was restored",
        sql="SELECT subject_table, subject_key FROM erasure_log ORDER BY id",
        when="Read it from the newest copy before the restore, and erase everybody in it again.",
    )
