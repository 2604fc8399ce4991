"""Every concern's part for SQL Server."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbdesign.integrity.lifecycle.ageing import Ageing, ageings, blockers
from dbdesign.integrity.lifecycle.base import Part, Statement, Target, joined
from dbdesign.integrity.lifecycle.mysql.soft_delete import live_view, statements
from dbdesign.integrity.lifecycle.mysql.spelling import seconds
from dbdesign.integrity.lifecycle.postgresql.parts import privileges
from dbdesign.integrity.lifecycle.postgresql.tenant import protected_tables
from dbdesign.integrity.lifecycle.soft import cascades, owners, soft_children
from dbdesign.integrity.lifecycle.sqlserver import audit, erasure
from dbdesign.integrity.lifecycle.sqlserver.spelling import NOW, batch, moved, pairs, type_of
from dbdesign.integrity.lifecycle.templates import filled
from dbdesign.model.lifecycle import Saga, SoftDelete
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Table
from dbdesign.writers.base import Note


def parts(target: Target) -> list[Part]:
    """In the order in which they are run."""
    return [WRITERS[concern](target) for concern in target.lifecycle.wanted]


def shared(target: Target) -> str:
    """The roles and their rights."""
    names = (target.lifecycle.roles.application, target.lifecycle.roles.maintenance)
    made = "\n".join(
        f"IF DATABASE_PRINCIPAL_ID({target.literal(name)}) IS NULL CREATE ROLE {target.dialect.identifier(name)};"
        for name in names
    )
    rights = [line for line in privileges(target).splitlines() if " SCHEMA " not in line]
    return joined(made, batch(""), "\n".join(rights))


def tenant(target: Target) -> Part:
    """A security policy: a filter for what is read, a block for what is written; the jobs' role passes."""
    wanted = target.lifecycle.tenant
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    tables = list(protected_tables(target, wanted))
    native = next((type_of(table, column) for table, column in tables), "bigint")
    jobs = target.literal(target.lifecycle.roles.maintenance)
    key = wanted.setting.rpartition(".")[2]
    function = f"""\
CREATE FUNCTION dbo.tenant_predicate(@tenant {native}) RETURNS TABLE WITH SCHEMABINDING AS
RETURN SELECT 1 AS allowed WHERE @tenant = CAST(SESSION_CONTEXT(N'{key}') AS {native}) OR IS_ROLEMEMBER({jobs}) = 1;"""
    predicates = []
    for table, column in tables:
        name = target.full(table.namespace, table.name)
        call = f"dbo.tenant_predicate({target.column(column)}) ON {name}"
        predicates += [
            f"  ADD FILTER PREDICATE {call}",
            f"  ADD BLOCK PREDICATE {call} AFTER INSERT",
            f"  ADD BLOCK PREDICATE {call} AFTER UPDATE",
        ]
    policy = "CREATE SECURITY POLICY dbo.tenant_isolation\n" + ",\n".join(predicates) + "\nWITH (STATE = ON);"
    statement = Statement(
        concern="tenant",
        name="say for whom a session works",
        sql=f"EXEC sp_set_session_context @key = N'{key}', @value = :tenant, @read_only = 0",
        when="When a connection is taken from the pool; sp_reset_connection, which drivers call when it is reused,"
        " forgets it. Not set: NULL"
        " equals nothing, and no row is seen.",
    )
    note = Note(
        object="tenant_isolation",
        lost="a filter can be probed by errors that a condition raises on hidden rows (a division by zero)",
        instead="the program's role gets rights on procedures or views, and no ad hoc queries",
    )
    return Part(concern="tenant", sql=joined(batch(function), policy), statements=(statement,), notes=(note,))


def soft_delete(target: Target) -> Part:
    """Views of what is live, and triggers that guard references."""
    wanted = target.lifecycle.soft_delete
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    tables = [target.at(label) for label in wanted.tables]
    made = [live_view(target, table, wanted) for table in tables]
    made += [_guard(target, one, wanted) for table in tables for one in owners(target, table)]
    made += [_marking(target, table, one, wanted) for table in tables for one in soft_children(target, table, wanted)]
    keyed = [table for table in tables if table.primary_key]
    return Part(
        concern="soft_delete",
        sql=batch(*made),
        statements=tuple(one for table in keyed for one in statements(target, table, wanted, NOW)),
    )


def _guard(target: Target, relation: Relation, wanted: SoftDelete) -> str:
    """UPDLOCK waits for whoever is just marking the row, and holds it until the reference is committed."""
    child, parent, key = target.at(relation.child), target.at(relation.parent), relation.foreign_key
    same = pairs(target, relation, "n", "p")
    changed = " OR ".join(f"UPDATE({target.column(one)})" for one in key.columns)
    message = target.literal(f"{child.name} refers to a deleted row of {parent.name}")
    name = target.full_beside(child, "to", "live", parent.name, key.columns[-1])
    return f"""\
CREATE TRIGGER {name} ON {target.table(child)} AFTER INSERT, UPDATE AS
BEGIN
  SET NOCOUNT ON;
  IF ({changed}) AND EXISTS (SELECT 1 FROM inserted AS n JOIN {target.table(parent)} AS p WITH (UPDLOCK) ON {same}
                             WHERE p.{target.column(wanted.column)} IS NOT NULL)
    THROW 50002, {message}, 1;
END;"""


def _marking(target: Target, table: Table, relation: Relation, wanted: SoftDelete) -> str:
    child, column = target.at(relation.child), target.column(wanted.column)
    own = table.primary_key.columns if table.primary_key else ()
    before = " AND ".join(f"o.{target.column(one)} = n.{target.column(one)}" for one in own)
    same = pairs(target, relation, "c", "n")
    name = target.full_beside(table, "soft", "delete", child.name, relation.foreign_key.columns[-1])
    marked = f"FROM inserted AS n JOIN deleted AS o ON {before} JOIN {target.table(child)} AS c ON {same}"
    if cascades(relation, wanted):
        body = (
            f"  UPDATE c SET {column} = n.{column} {marked}\n"
            f"  WHERE o.{column} IS NULL AND n.{column} IS NOT NULL AND c.{column} IS NULL;\n"
            f"  UPDATE c SET {column} = NULL {marked}\n  WHERE o.{column} IS NOT NULL AND n.{column} IS NULL AND"
            f" c.{column} = o.{column};"
        )
    else:
        message = target.literal(f"live rows of {child.name} refer to this row of {table.name}")
        found = f"SELECT 1 {marked} WHERE o.{column} IS NULL AND n.{column} IS NOT NULL AND c.{column} IS NULL"
        body = f"  IF EXISTS ({found})\n    THROW 50003, {message}, 1;"
    return f"CREATE TRIGGER {name} ON {target.table(table)} AFTER UPDATE AS\nBEGIN\n  SET NOCOUNT ON;\n{body}\nEND;"


def retention(target: Target) -> Part:
    """Procedures that delete in batches, each a transaction."""
    found = ageings(target)
    made = [_procedure(target, one) for one in found]
    archives = [
        f"SELECT TOP (0) * INTO {target.beside(one.table, 'archive')} FROM {target.table(one.table)};"
        for one in found
        if one.how == "archive"
    ]
    sent = tuple(
        Statement(
            concern="retention",
            name=f"let old rows of {one.table.name} go",
            sql=f"EXEC {target.full_beside(one.table, 'retention')}",
            when="Daily at a quiet hour (SQL Server Agent), outside a transaction: each batch is committed by itself.",
        )
        for one in found
    )
    return Part(
        concern="retention",
        sql=joined(*archives, batch(*made)),
        statements=sent,
        notes=tuple(note for one in found for note in _retention_notes(target, one)),
    )


def _procedure(target: Target, one: Ageing) -> str:
    name = target.table(one.table)
    conditions = [f"t.{target.column(one.by)} < @cutoff"]
    for relation in blockers(target, one.table):
        same = pairs(target, relation, "c", "t")
        conditions.append(f"NOT EXISTS (SELECT 1 FROM {target.table(target.at(relation.child))} AS c WHERE {same})")
    columns = [column.name for column in one.table.columns if column.generated is None]
    kept = ", ".join(f"deleted.{target.column(column)}" for column in columns)
    into = (
        f"\n    OUTPUT {kept} INTO {target.beside(one.table, 'archive')} ({target.columns(columns)})"
        if one.how == "archive"
        else ""
    )
    return f"""\
CREATE PROCEDURE {target.full_beside(one.table, "retention")} @batch int = {one.batch} AS
BEGIN
  SET NOCOUNT ON;
  DECLARE @cutoff datetime2 = {moved(one.after, "-")}, @taken int = 1;
  WHILE @taken > 0
  BEGIN
    DELETE TOP (@batch) t{into}
    FROM {name} AS t WITH (READPAST) WHERE {" AND ".join(conditions)};
    SET @taken = @@ROWCOUNT;
  END;
END;"""


def _retention_notes(target: Target, one: Ageing) -> list[Note]:
    found = [
        Note(
            object=one.table.label, lost=f"old rows that {relation.child} still refers to are not deleted", instead=None
        )
        for relation in blockers(target, one.table)
    ]
    if one.how == "detach":
        found.append(
            Note(
                object=one.table.label,
                lost="partitions are not detached by a statement that fits every partition function",
                instead=(
                    "batches; ALTER TABLE … SWITCH PARTITION to an empty table with the same structure, then"
                    " TRUNCATE it"
                ),
            )
        )
    if one.how == "archive" and any(column.identity for column in one.table.columns):
        found.append(
            Note(
                object=one.table.label,
                lost="SELECT INTO takes IDENTITY along",
                instead="drop it from the archive table",
            )
        )
    return found


def idempotency(target: Target) -> Part:
    """The table of the keys."""
    wanted = target.lifecycle.idempotency
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    return filled(
        "sqlserver", "idempotency", {"operations": target.words(wanted.operations), "later": moved(wanted.keep, "")}
    )


def outbox(target: Target) -> Part:
    """Outbox and inbox."""
    wanted = target.lifecycle.outbox
    assert wanted is not None  # noqa: S101 - composed only where it is wanted
    check = f" CHECK (event_type IN ({target.words(wanted.events)}))" if wanted.events else ""
    return filled(
        "sqlserver", "outbox", {"event_check": check, "earlier": moved(wanted.keep, "-"), "batch": str(wanted.batch)}
    )


def sagas(target: Target) -> Part:
    """The state of sagas, with a trigger that refuses any other transition than the legal ones."""
    wanted = target.lifecycle.sagas
    timeouts = " ".join(f"WHEN {target.literal(one.name)} THEN {seconds(one.timeout)}" for one in wanted)
    values = {
        "names": target.words([one.name for one in wanted]),
        "steps": ",\n".join(row for saga in wanted for row in _steps(target, saga)),
        "deadline": f"DATEADD(second, CASE :name {timeouts} END, {NOW})",
    }
    return filled("sqlserver", "sagas", values)


def _steps(target: Target, saga: Saga) -> list[str]:
    return [
        f"    ({target.literal(saga.name)}, {number}, {target.literal(step.name)}, "
        f"{target.literal(step.compensation) if step.compensation else 'NULL'},"
        f" {seconds(step.timeout or saga.timeout)})"
        for number, step in enumerate(saga.steps, start=1)
    ]


WRITERS: Mapping[str, Callable[[Target], Part]] = {
    "soft_delete": soft_delete,
    "audit": audit.part,
    "retention": retention,
    "erasure": erasure.part,
    "tenant": tenant,
    "idempotency": idempotency,
    "outbox": outbox,
    "sagas": sagas,
}
"""By concern."""
