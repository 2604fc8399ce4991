"""Retention: old rows deleted or archived in batches, each a transaction, or whole partitions detached."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.ageing import Ageing, ageings, blockers
from dbdesign.integrity.lifecycle.base import Part, Statement, Target, joined
from dbdesign.integrity.lifecycle.postgresql.spelling import DEFINER, PUBLIC, execute_for, interval, maintenance
from dbdesign.model.schema import Table
from dbdesign.model.types import Kind
from dbdesign.writers.base import Note


def part(target: Target) -> Part:
    """A procedure for each table, and when it is called."""
    found = ageings(target)
    return Part(
        concern="retention",
        sql=joined(*(_routine(target, one) for one in found)),
        statements=tuple(_statement(target, one) for one in found),
        notes=tuple(note for one in found for note in _notes(target, one)),
    )


def routine_name(target: Target, table: Table) -> str:
    """Of the procedure that lets a table's old rows go."""
    return target.beside(table, "retention")


def _cutoff(one: Ageing) -> str:
    """The moment before which a row is old, in the column's own type, so that an index on it serves."""
    column = one.table.column(one.by)
    kind = column.type.kind if column is not None else Kind.TIMESTAMPTZ
    moment = f"now() - {interval(one.after)}"
    return {Kind.DATE: f"({moment})::date", Kind.TIMESTAMP: f"({moment})::timestamp"}.get(kind, moment)


def _due(target: Target, one: Ageing, alias: str) -> str:
    """Old, and referred to by no row that would have to stay behind."""
    conditions = [f"{alias}.{target.column(one.by)} < {_cutoff(one)}"]
    for relation in blockers(target, one.table):
        child = target.at(relation.child)
        same = " AND ".join(
            f"c.{target.column(ours)} = {alias}.{target.column(theirs)}"
            for ours, theirs in zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True)
        )
        conditions.append(f"NOT EXISTS (SELECT FROM {target.table(child)} c WHERE {same})")
    return " AND ".join(conditions)


def _routine(target: Target, one: Ageing) -> str:
    return _detaching(target, one) if one.detaches else _batches(target, one)


def _batches(target: Target, one: Ageing) -> str:
    table, archive = one.table, one.how == "archive"
    name, by = target.table(table), target.column(one.by)
    if table.primary_key is not None:
        keys = table.primary_key.columns
        taken, found = (
            target.columns(keys, "t"),
            f"({target.columns(keys, 't')}) IN (SELECT {target.columns(keys)} FROM due)",
        )
    else:
        taken, found = "t.ctid", "t.ctid = ANY (ARRAY(SELECT ctid FROM due))"
    columns = target.columns([column.name for column in table.columns if column.generated is None])
    kept, moved = "", f"DELETE FROM {name} t WHERE {found};"
    if archive:
        store = target.beside(table, "archive")
        kept = (
            f"CREATE TABLE {store} (LIKE {name} INCLUDING DEFAULTS INCLUDING GENERATED);\n"
            f"ALTER TABLE {store} ADD COLUMN archived_at timestamptz NOT NULL DEFAULT now();\n"
            f"GRANT SELECT, INSERT ON {store} TO {maintenance(target)};\n\n"
        )
        returned = target.columns([column.name for column in table.columns if column.generated is None], "t")
        moved = (
            f"gone AS (DELETE FROM {name} t WHERE {found} RETURNING {returned})\n"
            f"    INSERT INTO {store} ({columns}) SELECT {columns} FROM gone;"
        )
    comma = "," if archive else ""
    routine = routine_name(target, table)
    return f"""\
{kept}CREATE PROCEDURE {routine}(INOUT removed bigint DEFAULT 0, batch integer DEFAULT {one.batch})
LANGUAGE plpgsql AS $$
DECLARE taken bigint;
BEGIN
  LOOP
    WITH due AS (
      SELECT {taken} FROM {name} t
      WHERE {_due(target, one, "t")}
      ORDER BY t.{by} LIMIT batch FOR UPDATE SKIP LOCKED
    ){comma}
    {moved}
    GET DIAGNOSTICS taken = ROW_COUNT;
    removed := removed + taken;
    COMMIT;
    EXIT WHEN taken < batch;
  END LOOP;
END $$;
{execute_for(f"{routine}(bigint, integer)", maintenance(target), kind="PROCEDURE")}"""


def _detaching(target: Target, one: Ageing) -> str:
    routine, whole = routine_name(target, one.table), target.literal(target.full(one.table.namespace, one.table.name))
    return f"""\
CREATE FUNCTION {routine}() RETURNS SETOF regclass
LANGUAGE plpgsql {DEFINER} SET lock_timeout = '2s' AS $$
DECLARE part regclass;
BEGIN
  FOR part IN SELECT {PUBLIC}.expired_partitions({whole}, now() - {interval(one.after)}) LOOP
    EXECUTE format('ALTER TABLE %s DETACH PARTITION %s', {whole}, part);
    RETURN NEXT part;
  END LOOP;
END $$;
{execute_for(f"{routine}()", maintenance(target))}"""


def _statement(target: Target, one: Ageing) -> Statement:
    routine, name = routine_name(target, one.table), target.table(one.table)
    if not one.detaches:
        return Statement(
            concern="retention",
            name=f"let old rows of {one.table.name} go",
            sql=f"CALL {routine}()",
            when="Daily at a quiet hour, as the maintenance role, outside a transaction: each batch is committed by"
            " itself,"
            " and a run that"
            " is broken off has lost nothing.",
        )
    concurrently = (
        f" Without its short lock on the whole table: SELECT format('ALTER TABLE {name} DETACH PARTITION %s"
        " CONCURRENTLY', p) FROM"
        f" expired_partitions('{name}', now() - {interval(one.after)}) p \\gexec, where there is no default partition."
        if target.at_least(14)
        else ""
    )
    return Statement(
        concern="retention",
        name=f"detach old partitions of {one.table.name}",
        sql=f"SELECT {routine}()",
        when="Daily, as the maintenance role; try again after SQLSTATE 55P03. Archive what it names (pg_dump -t), then"
        f" drop it.{concurrently}"
        f" With pg_partman 5 (4: the same columns): UPDATE partman.part_config SET retention = '{one.after}',"
        " retention_keep_table = true"
        f" WHERE parent_table = '{target.label(one.table)}', and run_maintenance.",
    )


def _notes(target: Target, one: Ageing) -> Iterator[Note]:
    if one.how == "detach" and not one.detaches:
        yield Note(
            object=one.table.label,
            lost=f"is not partitioned by range of {one.by}: there is nothing to detach",
            instead="rows are deleted in batches; plan_scaling writes the partitions",
        )
    for relation in blockers(target, one.table):
        if not one.detaches:
            yield Note(
                object=one.table.label,
                lost=f"old rows that {relation.child} still refers to are not deleted",
                instead=f"give {relation.child} a retention that is not longer, or ON DELETE CASCADE",
            )
    if one.detaches and (keys := target.relations.references_in(one.table.label)):
        yield Note(
            object=one.table.label,
            lost=f"{keys[0].child} refers to it: a partition with rows that are referred to is not detached",
            instead=f"let the rows of {keys[0].child} go first",
        )
