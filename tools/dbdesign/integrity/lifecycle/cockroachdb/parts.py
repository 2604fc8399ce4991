"""Every concern's part for CockroachDB."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from dbdesign.integrity.lifecycle.ageing import ageings, blockers
from dbdesign.integrity.lifecycle.base import Part, Statement, Target, audited, joined
from dbdesign.integrity.lifecycle.mysql.erasure import of_person, shredding, unlinked_notes
from dbdesign.integrity.lifecycle.mysql.soft_delete import live_view, statements
from dbdesign.integrity.lifecycle.person import Person
from dbdesign.integrity.lifecycle.postgresql import parts as postgresql
from dbdesign.integrity.lifecycle.postgresql.spelling import application, interval, maintenance, setting
from dbdesign.integrity.lifecycle.postgresql.tenant import POLICY, protected_tables
from dbdesign.integrity.lifecycle.soft import cascades, owners, soft_children
from dbdesign.integrity.lifecycle.sqlite.erasure import step, transaction
from dbdesign.integrity.lifecycle.templates import filled
from dbdesign.model.lifecycle import AuditTrail, SoftDelete
from dbdesign.model.schema import Table
from dbdesign.model.types import Kind
from dbdesign.writers.base import Note

ROW_SECURITY = (25, 2)
"""Release notes of 25.2."""
TRIGGERS = (24, 3)
"""Row triggers; statement triggers and REFERENCING are not there (known limitations)."""
ERASING = "app.erasing"


def parts(target: Target) -> list[Part]:
    """In the order in which they are run."""
    return [WRITERS[concern](target) for concern in target.lifecycle.wanted]


def shared(target: Target) -> str:
    """The roles and their rights."""
    made = f"CREATE ROLE IF NOT EXISTS {application(target)};\nCREATE ROLE IF NOT EXISTS {maintenance(target)};"
    rights = [line for line in postgresql.privileges(target).splitlines() if "ALL SEQUENCES" not in line]
    return joined(made, "\n".join(rights))


def tenant(target: Target) -> Part:
    """Policies; their expressions may hold no subquery."""
    wanted = target.lifecycle.tenant
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    if not target.at_least(*ROW_SECURITY):
        note = Note(
            object="tenant",
            lost="row security comes with CockroachDB 25.2",
            instead="each query names the tenant; the keys hold",
        )
        return Part(concern="tenant", notes=(note,))
    lines = []
    for table, column in protected_tables(target, wanted):
        found = table.column(column)
        condition = f"{target.column(column)} = {setting(wanted.setting)}::{found.type.native if found else 'STRING'}"
        name = target.table(table)
        lines.append(
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n"
            f"CREATE POLICY {POLICY} ON {name} USING ({condition}) WITH CHECK ({condition});\n"
            f"CREATE POLICY {POLICY}_jobs ON {name} TO {maintenance(target)} USING (true) WITH CHECK (true);"
        )
    statement = Statement(
        concern="tenant",
        name="say for whom a transaction works",
        sql=f"BEGIN;\nSELECT set_config('{wanted.setting}', :tenant, true);",
        when=(
            "First in every transaction; it ends with the transaction, so that a pooled connection carries no tenant"
            " over."
        ),
    )
    note = Note(
        object=POLICY,
        lost="INSERT … ON CONFLICT DO NOTHING checks no policy on a row that is there already (known limitation)",
        instead="DO UPDATE, or look the row up first",
    )
    return Part(concern="tenant", sql=joined(*lines), statements=(statement,), notes=(note,))


def audit(target: Target) -> Part:
    """A function and a trigger a table: there are no transition tables."""
    wanted = target.lifecycle.audit
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    tables = audited(target.lifecycle, target.schema)
    ttl = (
        f"\n) WITH (ttl_expiration_expression = $$((at AT TIME ZONE 'UTC') + {interval(wanted.keep)}) AT TIME ZONE"
        " 'UTC'$$,"
        " ttl_job_cron = '@daily');"
        if wanted.keep
        else "\n);"
    )
    log = f"""\
CREATE TABLE audit_log (
    id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
    actor STRING NOT NULL,
    table_name STRING NOT NULL,
    operation STRING NOT NULL CHECK (operation IN ('insert', 'update', 'delete')),
    row_key STRING,
    old_row JSONB,
    new_row JSONB,
    erased_at TIMESTAMPTZ,
    INDEX audit_log_row_idx (table_name, row_key, at){ttl}"""
    if not target.at_least(*TRIGGERS):
        note = Note(
            object="audit",
            lost="triggers come with CockroachDB 24.3",
            instead="CREATE CHANGEFEED … WITH diff, which has the row before and after",
        )
        return Part(concern="audit", notes=(note,))
    rights = (
        f"GRANT INSERT ON TABLE audit_log TO {application(target)};\n"
        f"GRANT SELECT, INSERT, UPDATE ON TABLE audit_log TO {maintenance(target)};"
    )
    sql = joined(log, rights, *(_recording(target, wanted, table) for table in tables))
    statements_ = [
        Statement(
            concern="audit",
            name="say who acts",
            sql=f"SELECT set_config('{wanted.actor}', :actor, true)",
            when="At the beginning of every transaction. Without it the session's user is recorded.",
        )
    ]
    statements_ += [
        Statement(
            concern="audit",
            name=f"{table.name} as they were",
            sql=f"SELECT * FROM {target.table(table)} AS OF SYSTEM TIME :moment",
            when="Within gc.ttlseconds (4 hours by default), without the log.",
        )
        for table in tables[:1]
    ]
    return Part(concern="audit", sql=sql, statements=tuple(statements_))


def _key(target: Target, table: Table, record: str) -> str:
    keys = table.primary_key.columns if table.primary_key else ()
    return " || ',' || ".join(f"({record}).{target.column(one)}::STRING" for one in keys) or "NULL"


def _recording(target: Target, wanted: AuditTrail, table: Table) -> str:
    hidden = wanted.exclude.get(table.label, ())
    function, who = target.beside(table, "audited"), f"coalesce({setting(wanted.actor)}, session_user)"

    def row(record: str) -> str:
        pairs = ", ".join(
            f"{target.literal(one.name)}, ({record}).{target.column(one.name)}"
            for one in table.columns
            if one.name not in hidden
        )
        seen = f"{setting(ERASING)} IS NULL OR current_user <> {target.literal(target.lifecycle.roles.maintenance)}"
        return f"CASE WHEN {seen} THEN json_build_object({pairs})::JSONB END"

    into = "INSERT INTO audit_log (actor, table_name, operation, row_key, old_row, new_row)"
    label = target.literal(target.label(table))
    return f"""\
CREATE FUNCTION {function}() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    {into} VALUES ({who}, {label}, 'insert', {_key(target, table, "NEW")}, NULL, {row("NEW")});
  ELSIF TG_OP = 'DELETE' THEN
    {into} VALUES ({who}, {label}, 'delete', {_key(target, table, "OLD")}, {row("OLD")}, NULL);
  ELSE
    {into} VALUES ({who}, {label}, 'update', {_key(target, table, "NEW")}, {row("OLD")}, {row("NEW")});
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON {target.table(table)} FOR EACH ROW EXECUTE FUNCTION {function}();"""


def soft_delete(target: Target) -> Part:
    """Views of what is live, and row triggers that guard references."""
    wanted = target.lifecycle.soft_delete
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    tables = [target.at(label) for label in wanted.tables]
    made = [live_view(target, table, wanted) for table in tables]
    notes: tuple[Note, ...] = ()
    if target.at_least(*TRIGGERS):
        made += [text for table in tables for text in _guards(target, table, wanted)]
    else:
        notes = (
            Note(
                object="soft_delete",
                lost="triggers come with CockroachDB 24.3",
                instead="the program looks the row up FOR UPDATE",
            ),
        )
    return Part(
        concern="soft_delete",
        sql=joined(*made),
        statements=tuple(
            one for table in tables if table.primary_key for one in statements(target, table, wanted, "now()")
        ),
        notes=notes,
    )


def _guards(target: Target, table: Table, wanted: SoftDelete) -> Iterator[str]:
    column = target.column(wanted.column)
    for relation in owners(target, table):
        child, key = target.at(relation.child), relation.foreign_key
        same = " AND ".join(
            f"p.{target.column(theirs)} = (NEW).{target.column(ours)}"
            for ours, theirs in zip(key.columns, key.referenced_columns, strict=True)
        )
        function = target.beside(child, "to", "live", table.name, key.columns[-1])
        message = target.literal(f"{child.name} refers to a deleted row of {table.name}")
        yield (
            f"CREATE FUNCTION {function}() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$\nDECLARE gone TIMESTAMPTZ;\nBEGIN\n"
            f"  SELECT p.{column} INTO gone FROM {target.table(table)} p WHERE {same} FOR SHARE;\n"
            f"  IF gone IS NOT NULL THEN RAISE EXCEPTION USING MESSAGE = {message}, ERRCODE = '23503'; END IF;\n "
            " RETURN NULL;\nEND $$;\n"
            f"CREATE TRIGGER {target.name('refer_to_live', table.name, key.columns[-1])} AFTER INSERT OR UPDATE ON"
            f" {target.table(child)}"
            f" FOR EACH ROW EXECUTE FUNCTION {function}();"
        )
    for relation in soft_children(target, table, wanted):
        yield _marking(target, table, wanted, relation.child, cascade=cascades(relation, wanted), key=relation.foreign_key.columns,
                       referenced=relation.foreign_key.referenced_columns)  # fmt: skip


def _marking(
    target: Target, table: Table, wanted: SoftDelete, child: str, *, cascade: bool, key: tuple[str, ...], referenced: tuple[str, ...]
) -> str:  # fmt: skip
    column, below = target.column(wanted.column), target.at(child)
    same = " AND ".join(
        f"c.{target.column(a)} = (NEW).{target.column(b)}" for a, b in zip(key, referenced, strict=True)
    )
    function = target.beside(table, "marked", below.name, key[-1])
    message = target.literal(f"live rows of {below.name} refer to this row of {table.name}")
    live = f"{target.table(below)} AS c"
    body = (
        f"UPDATE {live} SET {column} = (NEW).{column} WHERE {same} AND c.{column} IS NULL;"
        if cascade
        else f"IF EXISTS (SELECT 1 FROM {live} WHERE {same} AND c.{column} IS NULL) THEN\n"
        f"      RAISE EXCEPTION USING MESSAGE = {message}, ERRCODE = '23503';\n    END IF;"
    )
    return (
        f"CREATE FUNCTION {function}() RETURNS TRIGGER LANGUAGE PLpgSQL AS $$\nBEGIN\n"
        f"  IF (OLD).{column} IS NULL AND (NEW).{column} IS NOT NULL THEN\n    {body}\n  END IF;\n  RETURN"
        " NULL;\nEND $$;\n"
        f"CREATE TRIGGER {target.name('marked', below.name, key[-1])} AFTER UPDATE ON {target.table(table)} FOR"
        " EACH ROW"
        f" EXECUTE FUNCTION {function}();"
    )


def retention(target: Target) -> Part:
    """Row-level TTL, which the cluster itself enforces."""
    lines, notes, sent = [], [], []
    for one in ageings(target):
        column = one.table.column(one.by)
        zoned = column is not None and column.type.kind is Kind.TIMESTAMPTZ
        by = target.column(one.by)
        moment = (
            f"(({by} AT TIME ZONE 'UTC') + {interval(one.after)}) AT TIME ZONE 'UTC'"
            if zoned
            else f"({by}::TIMESTAMP + {interval(one.after)})::TIMESTAMPTZ"
        )
        if blockers(target, one.table) or one.how == "archive":
            name = target.table(one.table)
            sent.append(
                Statement(
                    concern="retention",
                    name=f"let old rows of {one.table.name} go",
                    sql=(
                        f"DELETE FROM {name} WHERE {by} < now() - {interval(one.after)} ORDER BY {by} LIMIT {one.batch}"
                        " RETURNING *"
                    ),
                    when=(
                        "Daily, until no row is deleted; archive what it returns first. Rows that are referred to must go"
                        " before."
                    ),
                )
            )
            notes.append(
                Note(
                    object=one.table.label,
                    lost="TTL would fail on rows that others refer to, and archives nothing",
                    instead="batches",
                )
            )
            continue
        lines.append(
            f"ALTER TABLE {target.table(one.table)} SET (ttl_expiration_expression = $${moment}$$, ttl_job_cron ="
            " '@daily',"
            f" ttl_delete_batch_size = {min(one.batch, 10_000)});"
        )
        if one.how == "detach":
            notes.append(
                Note(object=one.table.label, lost="partitions are for placement here", instead="row-level TTL")
            )
    return Part(concern="retention", sql="\n".join(lines), statements=tuple(sent), notes=tuple(notes))


def erasure(target: Target) -> Part:
    """The statements of one transaction."""
    wanted = target.lifecycle.erasure
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    if wanted.how == "crypto-shredding":
        return shredding(target, wanted, "BYTES", "TIMESTAMPTZ NOT NULL DEFAULT now()")
    person = of_person(target, wanted, prefix=":")
    log = (
        "CREATE TABLE erasure_log (\n    id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,\n   "
        " subject_table STRING NOT NULL,\n"
        "    subject_key STRING NOT NULL,\n    erased_at TIMESTAMPTZ NOT NULL DEFAULT now(),\n    reason STRING\n);"
    )
    found = tuple(transaction(target, wanted, person, list(_erased(target, person))))
    return Part(concern="erasure", sql=log, statements=found, notes=(*person.notes, *unlinked_notes(person)))


def _erased(target: Target, person: Person) -> Iterator[str]:
    recorded = {table.label for table in audited(target.lifecycle, target.schema)}
    if recorded:
        yield f"SELECT set_config('{ERASING}', 'on', true);"
    for table in person.reached:
        if table.label in recorded and table.primary_key:
            key = " || ',' || ".join(f"t.{target.column(one)}::STRING" for one in table.primary_key.columns)
            found = f"SELECT {key} FROM {target.table(table)} t WHERE {person.condition(table)}"
            yield (
                "UPDATE audit_log SET old_row = NULL, new_row = NULL, erased_at = now() WHERE table_name ="
                f" {target.literal(target.label(table))} AND row_key IN ({found});"
            )
    yield from (step(target, action) for action in person.actions)
    key = " || ',' || ".join(f"{one}::STRING" for one in person.argument.values())
    label = target.literal(target.label(person.subject))
    yield f"INSERT INTO erasure_log (subject_table, subject_key, reason) VALUES ({label}, {key}, :reason);"


def idempotency(target: Target) -> Part:
    """The table of the keys."""
    wanted = target.lifecycle.idempotency
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    values = {
        "operations": target.words(wanted.operations),
        "keep": interval(wanted.keep),
        "application": application(target),
    }
    return filled("cockroachdb", "idempotency", values)


def outbox(target: Target) -> Part:
    """Outbox and inbox."""
    wanted = target.lifecycle.outbox
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    check = f" CHECK (event_type IN ({target.words(wanted.events)}))" if wanted.events else ""
    values = {
        "event_check": check,
        "keep": interval(wanted.keep),
        "batch": str(wanted.batch),
        **postgresql.role_names(target),
    }
    return filled("cockroachdb", "outbox", values)


def sagas(target: Target) -> Part:
    """The state of sagas; the statements themselves allow the legal transitions alone."""
    note = Note(
        object="saga",
        lost="no trigger refuses other transitions: PL/pgSQL of that size was not tried on this engine",
        instead="each statement asks for the state that it leaves, and turning back for may_turn_back",
    )
    return postgresql.sagas(target).model_copy(update={"notes": (note,)})


WRITERS: Mapping[str, Callable[[Target], Part]] = {
    "soft_delete": soft_delete,
    "audit": audit,
    "retention": retention,
    "erasure": erasure,
    "tenant": tenant,
    "idempotency": idempotency,
    "outbox": outbox,
    "sagas": sagas,
}
"""By concern."""
