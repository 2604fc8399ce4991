"""Every concern's part for TiDB, which has no triggers and no stored routines (TiDB manual, "MySQL Compatibility")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from dbdesign.integrity.lifecycle.ageing import ageings
from dbdesign.integrity.lifecycle.base import Part, Statement, Target, audited, joined
from dbdesign.integrity.lifecycle.mysql import parts as of_mysql
from dbdesign.integrity.lifecycle.mysql.erasure import of_person, shredding, unlinked_notes
from dbdesign.integrity.lifecycle.mysql.erasure import step as erased
from dbdesign.integrity.lifecycle.mysql.retention import part as batches
from dbdesign.integrity.lifecycle.mysql.soft_delete import live_view, statements
from dbdesign.integrity.lifecycle.mysql.spelling import interval
from dbdesign.integrity.lifecycle.person import Person
from dbdesign.integrity.lifecycle.sqlite.erasure import transaction
from dbdesign.writers.base import Note

FOR_UPDATE = " FOR UPDATE NOWAIT"
"""SKIP LOCKED is parsed and not done: a second publisher is refused at once, and comes again."""
NO_TRIGGERS = "TiDB has no triggers"


def parts(target: Target) -> list[Part]:
    """In the order in which they are run."""
    return [WRITERS[concern](target) for concern in target.lifecycle.wanted]


def soft_delete(target: Target) -> Part:
    """Views of what is live; the program guards references."""
    wanted = target.lifecycle.soft_delete
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    tables = [target.at(label) for label in wanted.tables]
    guard = [
        Statement(
            concern="soft_delete",
            name=f"whether one of {table.name} is live",
            sql=f"SELECT 1 FROM {target.table(table)} WHERE "
            + " AND ".join(f"{target.column(one)} = :{one}" for one in table.primary_key.columns)
            + f" AND {target.column(wanted.column)} IS NULL FOR UPDATE",
            when="In the transaction that lets a row refer to it, before: no row, no reference.",
        )
        for table in tables
        if table.primary_key
    ]
    note = Note(
        object="soft_delete",
        lost=f"{NO_TRIGGERS}: nothing keeps a row from referring to a marked one",
        instead="the program looks it up",
    )
    return Part(
        concern="soft_delete",
        sql=joined(*(live_view(target, table, wanted) for table in tables)),
        statements=(
            *(one for table in tables if table.primary_key for one in statements(target, table, wanted)),
            *guard,
        ),
        notes=(note,),
    )


def audit(target: Target) -> Part:
    """What the cluster records by itself."""
    wanted = target.lifecycle.audit
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    tables = audited(target.lifecycle, target.schema)
    names = ", ".join(target.table(table) for table in tables)
    note = Note(
        object="audit",
        lost=NO_TRIGGERS,
        instead=(
            f"a TiCDC changefeed of {names} with old values to Kafka or object storage; who acted, the program writes"
            " into the row"
        ),
    )
    back = Statement(
        concern="audit",
        name="a table as it was, while garbage collection has not passed",
        sql=f"SELECT * FROM {target.table(tables[0])} AS OF TIMESTAMP :moment" if tables else "SELECT 1",
        when="Stale read, within tidb_gc_life_time (10 minutes by default).",
    )
    return Part(concern="audit", statements=(back,), notes=(note,))


def retention(target: Target) -> Part:
    """TTL, which the cluster itself enforces; batches where a foreign key refers to the table."""
    free = [
        one for one in ageings(target) if not target.relations.references_in(one.table.label) and one.how != "archive"
    ]
    sql = joined(
        *(
            f"ALTER TABLE {target.table(one.table)} TTL = {target.column(one.by)} + {interval(one.after)} TTL_ENABLE ="
            " 'ON' TTL_JOB_INTERVAL = '24h';"
            for one in free
        )
    )
    rest = batches(target)
    done = {f"let old rows of {one.table.name} go" for one in free}
    notes = [
        Note(
            object=one.table.label,
            lost="a table that a foreign key refers to may have no TTL",
            instead="rows are deleted in batches",
        )
        for one in ageings(target)
        if one not in free
    ]
    kept = tuple(one for one in rest.statements if one.name not in done)
    return Part(concern="retention", sql=joined(sql, rest.sql), statements=kept, notes=(*notes, *rest.notes))


def erasure(target: Target) -> Part:
    """The statements of one transaction."""
    wanted = target.lifecycle.erasure
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    if wanted.how == "crypto-shredding":
        return shredding(target, wanted, "varbinary(4096)", "datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)")
    person = of_person(target, wanted, prefix=":")
    log = (
        "CREATE TABLE erasure_log (\n    id bigint NOT NULL AUTO_RANDOM PRIMARY KEY,\n    subject_table"
        " varchar(129) NOT NULL,\n"
        "    subject_key varchar(500) NOT NULL,\n    erased_at datetime(6) NOT NULL DEFAULT"
        " CURRENT_TIMESTAMP(6),\n    reason text\n);"
    )
    note = Note(
        object=wanted.subject,
        lost="TiDB has no stored procedures",
        instead="the statements are sent in one transaction",
    )
    found = tuple(transaction(target, wanted, person, list(_erased(target, person))))
    return Part(concern="erasure", sql=log, statements=found, notes=(*person.notes, *unlinked_notes(person), note))


def _erased(target: Target, person: Person) -> Iterator[str]:
    yield from (erased(target, action) for action in person.actions)
    key = f"CONCAT_WS(',', {', '.join(person.argument.values())})"
    yield f"INSERT INTO erasure_log (subject_table, subject_key, reason) VALUES ({target.literal(person.subject.label)}, {key}, :reason);"


def tenant(target: Target) -> Part:
    """The keys hold; a database a tenant, or the program, does the rest."""
    wanted = target.lifecycle.tenant
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    note = Note(
        object="tenant",
        lost="TiDB has neither row security nor functions that a view could ask for the session's tenant",
        instead=(
            "a database and an account a tenant; in shared tables the keys keep a row from referring to another"
            " tenant's"
        ),
    )
    statement = Statement(
        concern="tenant",
        name="an account that sees one tenant's database",
        sql="GRANT SELECT, INSERT, UPDATE, DELETE ON :database.* TO :account",
        when="Once a tenant, where tenants have databases of their own.",
    )
    return Part(concern="tenant", statements=(statement,), notes=(note,))


def outbox(target: Target) -> Part:
    """Outbox and inbox; publishers do not skip each other's rows."""
    found = of_mysql.outbox(target, FOR_UPDATE)
    note = Note(
        object="outbox",
        lost="TiDB does not do SKIP LOCKED: a second publisher gets error 3572 while the first holds the events",
        instead="one publisher at a time; the second tries again",
    )
    return found.model_copy(update={"notes": (*found.notes, note)})


def sagas(target: Target) -> Part:
    """The state of sagas; the statements themselves allow the legal transitions alone."""
    found = of_mysql.sagas(target, FOR_UPDATE, guarded=False)
    note = Note(
        object="saga",
        lost=f"{NO_TRIGGERS}: another transition is refused to no statement but these",
        instead="grant the program the statements through one module; each asks for the state that it leaves",
    )
    return found.model_copy(update={"notes": (note,)})


WRITERS: Mapping[str, Callable[[Target], Part]] = {
    "soft_delete": soft_delete,
    "audit": audit,
    "retention": retention,
    "erasure": erasure,
    "tenant": tenant,
    "idempotency": of_mysql.idempotency,
    "outbox": outbox,
    "sagas": sagas,
}
"""By concern."""
