"""Retention: DELETE … LIMIT, repeated by an event or a job; partitions dropped."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.ageing import Ageing, ageings, blockers
from dbdesign.integrity.lifecycle.base import Part, Statement, Target, joined
from dbdesign.integrity.lifecycle.mysql.spelling import interval
from dbdesign.writers.base import Note


def part(target: Target) -> Part:
    """Archive tables, and the statements of the jobs."""
    found = ageings(target)
    archives = [
        f"CREATE TABLE {target.beside(one.table, 'archive')} LIKE {target.table(one.table)};"
        for one in found
        if one.how == "archive"
    ]
    return Part(
        concern="retention",
        sql=joined(*archives),
        statements=tuple(statement for one in found for statement in _statements(target, one)),
        notes=tuple(note for one in found for note in notes(target, one)),
    )


def due(target: Target, one: Ageing, cutoff: str) -> str:
    """Old, and referred to by no row that would have to stay behind."""
    name = target.table(one.table)
    conditions = [f"{name}.{target.column(one.by)} < {cutoff}"]
    for relation in blockers(target, one.table):
        child, key = target.at(relation.child), relation.foreign_key
        if relation.child == relation.parent:
            continue
        same = " AND ".join(
            f"c.{target.column(ours)} = {name}.{target.column(theirs)}"
            for ours, theirs in zip(key.columns, key.referenced_columns, strict=True)
        )
        conditions.append(f"NOT EXISTS (SELECT 1 FROM {target.table(child)} c WHERE {same})")
    return " AND ".join(conditions)


def _statements(target: Target, one: Ageing) -> Iterator[Statement]:
    name, by = target.table(one.table), target.column(one.by)
    cutoff = f"NOW(6) - {interval(one.after)}"
    rows = f"{due(target, one, cutoff)} ORDER BY {name}.{by} LIMIT {one.batch}"
    if one.how == "archive":
        columns = [column.name for column in one.table.columns if column.generated is None]
        yield Statement(
            concern="retention",
            name=f"archive old rows of {one.table.name}",
            sql=f"SET @cutoff = {cutoff};\nINSERT INTO {target.beside(one.table, 'archive')}"
            f" ({target.columns(columns)})\n"
            f"SELECT {target.columns(columns)} FROM {name} WHERE {due(target, one, '@cutoff')} ORDER BY {name}.{by}"
            f" LIMIT {one.batch} FOR UPDATE;\n"
            f"DELETE FROM {name} WHERE {due(target, one, '@cutoff')} ORDER BY {name}.{by} LIMIT {one.batch}",
            when=(
                "In one transaction a batch, until nothing is deleted: the rows that are locked are those that are"
                " deleted."
            ),
        )
        return
    yield Statement(
        concern="retention",
        name=f"let old rows of {one.table.name} go",
        sql=f"DELETE FROM {name} WHERE {rows}",
        when="Daily at a quiet hour, each batch a transaction, until no row is deleted; or as an event: CREATE EVENT …"
        " ON SCHEDULE EVERY 1 MINUTE"
        " DO this statement (event_scheduler = ON).",
    )
    if one.how == "detach":
        yield Statement(
            concern="retention",
            name=f"drop old partitions of {one.table.name}",
            sql="SELECT partition_name, partition_description FROM information_schema.partitions"
            f" WHERE table_schema = DATABASE() AND table_name = {target.literal(one.table.name)} ORDER BY"
            " partition_ordinal_position",
            when=f"Where {name} is partitioned by RANGE of {one.by}, instead of the batches: ALTER TABLE {name} DROP"
            " PARTITION for those that are"
            " over, after EXCHANGE PARTITION with an empty table where the rows are to be archived.",
        )


def notes(target: Target, one: Ageing) -> Iterator[Note]:
    """What stays behind, and what the engine has instead."""
    for relation in blockers(target, one.table):
        yield Note(
            object=one.table.label,
            lost=f"old rows that {relation.child} still refers to are not deleted"
            if relation.child != relation.parent
            else "old rows that others of the table refer to fail to be deleted",
            instead=f"give {relation.child} a retention that is not longer, or ON DELETE CASCADE",
        )
