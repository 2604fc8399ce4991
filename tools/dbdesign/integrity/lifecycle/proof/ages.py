"""Retention: half of the rows are made old, and afterwards exactly those that are due are gone."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg

from dbdesign.integrity.lifecycle.ageing import Ageing, ageings, blockers
from dbdesign.integrity.lifecycle.base import Step
from dbdesign.integrity.lifecycle.postgresql.retention import routine_name
from dbdesign.integrity.lifecycle.postgresql.spelling import interval
from dbdesign.integrity.lifecycle.proof.stand import Stand, attempt, listed, step
from dbdesign.model.schema import Table
from dbdesign.model.types import Kind

DEPTH = 3
"""References that are followed to make room for a deletion."""
BATCH = 3
"""Rows of a batch: several batches are run."""


def prove_retention(stand: Stand) -> Iterator[Step]:
    """The steps for a design with retention."""
    for one in ageings(stand.target):
        yield _detached(stand, one) if one.detaches else _deleted(stand, one)


def _rows(stand: Stand, table: str, condition: str = "true") -> set[str]:
    return {str(row[0]) for row in stand.rows(f"SELECT t::text FROM {table} t WHERE {condition}")}


def _make_old(stand: Stand, one: Ageing) -> int:
    """Every second row is much older, as far as its constraints let it be; the others are new."""
    table, column = stand.table(one.table), stand.target.column(one.by)
    kind = found.type.kind if (found := one.table.column(one.by)) else Kind.TIMESTAMPTZ
    cast = {Kind.DATE: "::date", Kind.TIMESTAMP: "::timestamp"}.get(kind, "")
    old, aged = f"(now() - {interval(one.after)} - {interval(one.after)}){cast}", 0
    for number, (row,) in enumerate(stand.rows(f"SELECT ctid::text FROM {table} ORDER BY ctid")):
        value = f"now(){cast}" if number % 2 else old
        aged += attempt(stand.jobs, f"UPDATE {table} SET {column} = {value} WHERE ctid = '{row}'").count * (
            1 - number % 2
        )
    return aged


def _let_go(stand: Stand, parent: Table, row: str, depth: int) -> None:
    """Cut the references to a row, or delete the rows that refer to it, so that it can go."""
    for relation in blockers(stand.target, parent):
        child, key = stand.target.at(relation.child), relation.foreign_key
        name = stand.table(child)
        same = " AND ".join(
            f"c.{stand.target.column(ours)} = t.{stand.target.column(theirs)}"
            for ours, theirs in zip(key.columns, key.referenced_columns, strict=True)
        )
        loose = [
            stand.target.column(one)
            for one in key.columns
            if (column := child.column(one)) is not None and column.nullable
        ]
        cut = ", ".join(f"{one} = NULL" for one in loose)
        for (below,) in stand.rows(
            f"SELECT c.ctid::text FROM {name} c, {stand.table(parent)} t WHERE {same} AND t.ctid = '{row}'"
        ):
            if cut and attempt(stand.jobs, f"UPDATE {name} SET {cut} WHERE ctid = '{below}'").count:
                continue
            if depth:
                _let_go(stand, child, str(below), depth - 1)
            attempt(stand.jobs, f"DELETE FROM {name} WHERE ctid = '{below}'")


def _due(stand: Stand, one: Ageing) -> str:
    parts = [f"t.{stand.target.column(one.by)} < now() - {interval(one.after)}"]
    for relation in blockers(stand.target, one.table):
        pairs = zip(relation.foreign_key.columns, relation.foreign_key.referenced_columns, strict=True)
        same = " AND ".join(
            f"c.{stand.target.column(ours)} = t.{stand.target.column(theirs)}" for ours, theirs in pairs
        )
        parts.append(f"NOT EXISTS (SELECT FROM {stand.table(stand.target.at(relation.child))} c WHERE {same})")
    return " AND ".join(parts)


def _deleted(stand: Stand, one: Ageing) -> Step:
    table = stand.table(one.table)
    aged = _make_old(stand, one)
    due = _rows(stand, table, _due(stand, one))
    if not due:
        old = f"{stand.target.column(one.by)} < now() - {interval(one.after)}"
        _let_go(stand, one.table, str(stand.value(f"SELECT min(ctid)::text FROM {table} WHERE {old}")), DEPTH)
        due = _rows(stand, table, _due(stand, one))
    whole = _rows(stand, table)
    routine = routine_name(stand.target, one.table)
    try:
        stand.jobs.execute(f"CALL {routine}(0, {BATCH})".encode())
        outcome_words = "done"
    except psycopg.Error as error:
        outcome_words = str(error).splitlines()[0]
    left = _rows(stand, table)
    moved = ""
    archived = True
    if one.how == "archive":
        count = int(stand.value(f"SELECT count(*) FROM {stand.target.beside(one.table, 'archive')}"))
        archived, moved = count == len(due), f", {count} in the archive"
    holds = left == whole - due and bool(due) and archived and outcome_words == "done"
    return step(
        "retention",
        f"exactly the due rows of {one.table.label} go",
        f"made {aged} rows older than {one.after}; CALL {routine}(batch => {BATCH})",
        f"{len(whole)} rows, {len(due)} due, {len(left)} left{moved}; {outcome_words}",
        holds=holds,
    )


def _detached(stand: Stand, one: Ageing) -> Step:
    """Partitions that are over by their bounds go, all others stay."""
    table, routine = stand.table(one.table), routine_name(stand.target, one.table)
    bounds = (
        "SELECT c.oid::regclass::text, substring(pg_get_expr(c.relpartbound, c.oid) FROM $re$TO"
        " \\('([^']+)'\\)$re$)::timestamptz < now() - "
        f"{interval(one.after)} FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent ="
        f" '{stand.target.full(one.table.namespace, one.table.name)}'::regclass"
    )
    parts = stand.rows(bounds)
    if not any(expired for _, expired in parts):  # a design's own partitions need not be as old as that
        attempt(
            stand.owner,
            f"CREATE TABLE {stand.target.beside(one.table, 'of_1970')} PARTITION OF {table}"
            " FOR VALUES FROM ('1970-01-01') TO ('1970-01-02')",
        )
        parts = stand.rows(bounds)
    over = sorted(str(name) for name, expired in parts if expired)
    late = _rows(
        stand,
        table,
        "t.tableoid::regclass::text <> ALL"
        f" (ARRAY[{', '.join(stand.target.literal(name) for name in over) or 'NULL'}]::text[])",
    )
    outcome = attempt(stand.jobs, f"SELECT p::text FROM {routine}() p")
    went = sorted(str(row[0]) for row in outcome.rows)
    left = _rows(stand, table)
    return step(
        "retention",
        f"exactly the partitions of {one.table.label} that are over are detached",
        f"SELECT {routine}()",
        f"{len(parts)} partitions, over {listed(over) or 'none'}; detached {listed(went) or 'none'}; {len(left)}"
        f" rows left; {outcome.told}",
        holds=bool(over) and went == over and left == late,
    )
