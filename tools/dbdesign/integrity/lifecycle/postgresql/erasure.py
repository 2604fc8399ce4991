"""Erasure: a function that goes through everything that is stored about a person, logs included; or a key that is destroyed."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.errors import InputError
from dbdesign.integrity.lifecycle.base import Part, Statement, Target, audited, joined
from dbdesign.integrity.lifecycle.person import Action, Person
from dbdesign.integrity.lifecycle.postgresql.audit import LOG
from dbdesign.integrity.lifecycle.postgresql.spelling import application, execute_for, maintenance
from dbdesign.model.lifecycle import Erasure
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Table
from dbdesign.writers.base import Note


def part(target: Target) -> Part:
    """The function, the log of what was erased, and the statements about them."""
    erasure = target.lifecycle.erasure
    assert erasure is not None  # noqa: S101 - composed only where it is wanted
    if erasure.how == "crypto-shredding":
        return _shredding(target, erasure)
    person = Person(target, erasure, arguments(target, erasure))
    if person.blocked:
        raise InputError(
            "; ".join(person.blocked),
            where="lifecycle.erasure",
            remedy="Let the column be NULL, or own the row: leave it out of unlink",
        )
    sql = joined(_log(target), _function(target, erasure, person))
    return Part(
        concern="erasure",
        sql=sql,
        statements=tuple(_statements(target, erasure)),
        notes=(*person.notes, *_notes(target, person)),
    )


def arguments(target: Target, erasure: Erasure) -> dict[str, str]:
    """The function's arguments by the key column that they are compared with."""
    key = target.at(erasure.subject).primary_key
    names = key.columns if key is not None else ()
    return {name: target.column(f"subject_{name}") for name in names}


def function_name(target: Target, erasure: Erasure) -> str:
    """`erase_users`."""
    subject = target.at(erasure.subject)
    return target.dialect.qualified(subject.namespace, target.bare_name("erase", subject.name))


def _log(target: Target) -> str:
    return f"""\
CREATE TABLE erasure_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_table text NOT NULL,
    subject_key text NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now(),
    erased_by text NOT NULL DEFAULT session_user,
    reason text,
    affected jsonb NOT NULL
);
COMMENT ON TABLE erasure_log IS 'who was erased, by key alone: after a backup was restored, erase them again';
REVOKE ALL ON erasure_log FROM PUBLIC, {application(target)};
GRANT SELECT, INSERT ON erasure_log TO {maintenance(target)};"""


def _function(target: Target, erasure: Erasure, person: Person) -> str:
    name = function_name(target, erasure)
    given = [(argument, _type(person.subject, column)) for column, argument in person.argument.items()]
    parameters = ", ".join(f"{argument} {native}" for argument, native in given)
    of_key = " || ',' || ".join(f"{argument}::text" for argument, _ in given)
    logs = list(_redactions(target, person))
    declared = "".join(f"\n  {keys} jsonb[];" for keys, _, _ in logs)
    collected = "\n".join(f"  {keys} := ARRAY({found});" for keys, found, _ in logs)
    redacted = "\n".join(text for _, _, text in logs)
    done = "\n".join(_step(target, action) for action in person.actions)
    outbox = _outbox(target, person, of_key)
    body = "\n".join(
        filter(
            None, [_hold(target, erasure, person), "  SET CONSTRAINTS ALL DEFERRED;", collected, done, redacted, outbox]
        )
    )
    return f"""\
CREATE FUNCTION {name}({parameters}, why text DEFAULT NULL)
RETURNS TABLE (relation text, what text, row_count bigint) LANGUAGE plpgsql AS $$
#variable_conflict use_variable
DECLARE
  n bigint;
  affected jsonb := '[]';{declared}
BEGIN
{body}
  INSERT INTO erasure_log (subject_table, subject_key, reason, affected)
  VALUES ({target.literal(target.label(person.subject))}, {of_key}, why, affected);
  RETURN QUERY SELECT a ->> 0, a ->> 1, (a ->> 2)::bigint FROM jsonb_array_elements(affected) a;
END $$;
{execute_for(f"{name}({', '.join(native for _, native in given)}, text)", maintenance(target))}"""


def _type(table: Table, name: str) -> str:
    column = table.column(name)
    return column.type.native if column is not None else "text"


def _step(target: Target, action: Action) -> str:
    table = target.table(action.table)
    if action.does == "delete":
        statement = f"DELETE FROM {table} t WHERE {action.condition};"
    else:
        sets = ", ".join(f"{target.column(name)} = {value}" for name, value in action.sets.items())
        statement = f"UPDATE {table} t SET {sets} WHERE {action.condition};"
    label = target.literal(target.label(action.table))
    return (
        f"  {statement}\n  GET DIAGNOSTICS n = ROW_COUNT;\n"
        f"  affected := affected || jsonb_build_array(jsonb_build_array({label}, '{action.does}', n));"
    )


def _hold(target: Target, erasure: Erasure, person: Person) -> str:
    """A legal hold goes before the person's wish."""
    if erasure.hold is None:
        return ""
    of, _, column = erasure.hold.rpartition(".")
    table = target.at(of)
    if table.label == person.subject.label:
        condition = f"{person.condition(table)} AND t.{target.column(column)}"
    else:
        condition = f"t.{target.column(column)} = {next(iter(person.argument.values()))}"
    return (
        f"  IF EXISTS (SELECT FROM {target.table(table)} t WHERE {condition}) THEN\n"
        f"    RAISE object_not_in_prerequisite_state USING MESSAGE = 'a legal hold forbids this erasure';\n  END IF;"
    )


def _redactions(target: Target, person: Person) -> Iterator[tuple[str, str, str]]:
    """For each recorded table of the person's: a variable for the keys of rows, what finds them, and what empties the records of them.

    Rows that were deleted before are found in the records by their references.
    """
    audit = target.lifecycle.audit
    recorded = {table.label for table in audited(target.lifecycle, target.schema)}
    if audit is None:
        return
    for table in person.reached:
        if table.label not in recorded or table.primary_key is None:
            continue
        variable = target.name(table.name, "keys")
        keys = ", ".join(f"{target.literal(one)}, t.{target.column(one)}" for one in table.primary_key.columns)
        now = f"SELECT jsonb_build_object({keys}) FROM {target.table(table)} t WHERE {person.condition(table)}"
        before = [
            one
            for one in (_before(target, person, table, relation, recorded) for relation in person.references(table))
            if one
        ]
        if audit.how == "trigger":
            found = "".join(f"\n    UNION SELECT l.row_key FROM {LOG} l WHERE {one}" for one in before)
            cleared = _emptied(target, person, table, variable)
        else:
            found = ""
            same = " AND ".join(
                f"to_jsonb(h.{target.column(one)}) = k -> {target.literal(one)}" for one in table.primary_key.columns
            )
            cleared = f"  DELETE FROM {target.beside(table, 'history')} h USING unnest({variable}) k WHERE {same};"
        yield variable, now + found, cleared


def _emptied(target: Target, person: Person, table: Table, variable: str) -> str:
    """Records of deleted rows are emptied; of rows that stay, what was overwritten is taken out."""
    of_table = f"table_name = {target.literal(target.label(table))} AND row_key = ANY ({variable})"
    overwritten = [
        action for action in person.actions if action.does == "overwrite" and action.table.label == table.label
    ]
    if not overwritten:
        return f"  UPDATE {LOG} SET old_row = NULL, new_row = NULL, erased_at = now() WHERE {of_table};"
    names = "ARRAY[" + target.words(list(overwritten[0].sets)) + "]"
    return f"  UPDATE {LOG} SET old_row = old_row - {names}, new_row = new_row - {names}, erased_at = now() WHERE {of_table};"


def _before(target: Target, person: Person, table: Table, relation: Relation, recorded: set[str]) -> str | None:
    """Records of rows that referred to the person, or to rows of his, and are gone."""
    parent = target.at(relation.parent)
    pairs = list(zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True))
    own = parent.primary_key.columns if parent.primary_key else ()
    keyed = [(ours, theirs) for ours, theirs in pairs if theirs in own]
    if len(keyed) < len(own):
        return None
    whole = "coalesce(l.new_row, l.old_row)"
    of_table = f"l.table_name = {target.literal(target.label(table))}"
    if parent.label == person.subject.label:
        same = " AND ".join(
            f"{whole} -> {target.literal(ours)} = to_jsonb({person.argument[theirs]})" for ours, theirs in keyed
        )
        return f"{of_table} AND {same}"
    if parent.label not in recorded:
        return None
    same = " AND ".join(f"{whole} -> {target.literal(ours)} = k -> {target.literal(theirs)}" for ours, theirs in keyed)
    return f"{of_table} AND EXISTS (SELECT FROM unnest({target.name(parent.name, 'keys')}) k WHERE {same})"


def _outbox(target: Target, person: Person, of_key: str) -> str:
    """Events of the person that are still there."""
    if target.lifecycle.outbox is None:
        return ""
    return f"  DELETE FROM outbox WHERE aggregate_type = {target.literal(person.subject.name)} AND aggregate_id = {of_key};"


def _shredding(target: Target, erasure: Erasure) -> Part:
    subject = target.at(erasure.subject)
    keys = subject.primary_key.columns if subject.primary_key else ()
    store = target.beside(subject, "encryption_key")
    columns = ",\n    ".join(f"{target.column(one)} {_type(subject, one)} NOT NULL" for one in keys)
    listed = target.columns(keys)
    same = " AND ".join(f"{target.column(one)} = :{one}" for one in keys)
    sql = f"""\
-- no foreign key: the key can be destroyed while the person's encrypted rows stay
CREATE TABLE {store} (
    {columns},
    wrapped_key bytea NOT NULL CHECK (octet_length(wrapped_key) BETWEEN 16 AND 4096),
    master_key_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY ({listed})
);
REVOKE ALL ON {store} FROM PUBLIC;
GRANT SELECT, INSERT ON {store} TO {application(target)};
GRANT SELECT, DELETE ON {store} TO {maintenance(target)};"""
    statements = (
        Statement(
            concern="erasure",
            name=f"the key of one of {subject.name}",
            sql=f"SELECT wrapped_key, master_key_id FROM {store} WHERE {same}",
            when="Before a personal value is written or read: the program unwraps the key with the master key, which is"
            " kept outside the"
            " database, and encrypts with AES-256-GCM. No row: the person was erased; show nothing.",
        ),
        Statement(
            concern="erasure",
            name=f"erase one of {subject.name}",
            sql=f"DELETE FROM {store} WHERE {same}",
            when="As the maintenance role. Every copy of the encrypted values, in backups, logs and replicas too,"
            " can no"
            " longer be read;"
            " backups of this table alone must be short-lived (30 days at most), or kept with the master key's"
            " provider.",
        ),
    )
    note = Note(
        object=subject.label,
        lost="columns that are searched, sorted or unique cannot be encrypted with a key a person",
        instead=(
            "a keyed hash (HMAC with a key that is not the person's) in a column beside it, which the erasure must"
            " overwrite"
        ),
    )
    return Part(concern="erasure", sql=sql, statements=statements, notes=(note,))


def _statements(target: Target, erasure: Erasure) -> Iterator[Statement]:
    name = function_name(target, erasure)
    given = ", ".join(f":{name}" for name in arguments(target, erasure))
    yield Statement(
        concern="erasure",
        name=f"erase one of {target.at(erasure.subject).name}",
        sql=f"SELECT * FROM {name}({given}, :reason)",
        when="As the maintenance role, in one transaction. It returns how many rows of which table were deleted,"
        " overwritten or unlinked."
        " SQLSTATE 55000: a legal hold.",
    )
    yield Statement(
        concern="erasure",
        name="erase again after a backup was restored",
        sql="SELECT subject_table, subject_key FROM erasure_log ORDER BY id",
        when="Read it from the newest copy before the restore, and erase everybody in it again.",
    )


def _notes(target: Target, person: Person) -> Iterator[Note]:
    if target.lifecycle.idempotency is not None:
        yield Note(
            object="idempotency_key",
            lost="stored responses may hold personal values",
            instead=f"they go after {target.lifecycle.idempotency.keep}",
        )
    if target.lifecycle.outbox is not None:
        yield Note(
            object="outbox",
            lost=f"events of other aggregates than {person.subject.name} may hold personal values",
            instead=(
                f"they go after {target.lifecycle.outbox.keep}; what consumers keep is theirs to erase: publish an"
                " event of"
                " the erasure"
            ),
        )
    for relation in person.unlinked:
        yield Note(
            object=relation.child,
            lost=f"its {', '.join(relation.foreign_key.columns)} is emptied, the row stays: it is somebody else's",
            instead=None,
        )
