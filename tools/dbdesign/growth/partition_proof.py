"""Partition plans carried out on the embedded server: DDL runs, EXPLAIN counts the partitions of each statement, the oldest one goes."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from dbdesign.engines.postgres import Limits, embedded
from dbdesign.growth.partitions import SQL, PartitionPlan, Pruning, partitioned_schema, with_proof
from dbdesign.twin.statements import single_statement
from dbdesign.writers.base import WriteOptions, writer

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase
    from dbdesign.growth.load import Load
    from dbdesign.model.schema import Schema

PROVING_SECONDS = 5.0
MOST_PARTS, LEAST_PARTS = 24, 6
"""Partitions of a table that are made to prove the plan, and of each of many tables."""
ALL_PARTS = 200
"""Partitions that are made in all, where there are so many tables."""
MOST_HASHED = 16
_VALUES = {
    "boolean": "true",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "json": "{}",
    "jsonb": "{}",
    "interval": "1 day",
    "inet": "10.0.0.1",
    "text": "a",
    "character varying": "a",
    "character": "a",
    "bytea": "\\x00",
}


def ddl_of(schema: Schema) -> str:
    """A schema as PostgreSQL's DDL."""
    return writer("postgresql").write(schema, WriteOptions(grants=False, comments=False, prove=False)).text


def prove(
    schema: Schema, plans: Sequence[PartitionPlan], load: Load, texts: Mapping[str, str], today: date
) -> list[PartitionPlan]:
    """The plans with what the server said of them.

    Args:
        texts: statements by the name of their query, in PostgreSQL's dialect with `$1` ….
    """
    if not plans:
        return []
    changed = partitioned_schema(schema, plans)
    with embedded().scratch(limits=Limits(seconds=PROVING_SECONDS * 12)) as database:
        outcome = database.run_script(ddl_of(changed))
        version = f"executed on PostgreSQL {database.server.version}"
        refused = " ".join(one.message for one in outcome.failures)
        most = max(LEAST_PARTS, min(MOST_PARTS, ALL_PARTS // len(plans)))
        return [_proven(database, plan, load, texts, today, version, refused, most) for plan in plans]


def _proven(
    database: ScratchDatabase,
    plan: PartitionPlan,
    load: Load,
    texts: Mapping[str, str],
    today: date,
    version: str,
    refused: str,
    most: int,
) -> PartitionPlan:
    user = database.user
    made = plan.bounds[-most:] if plan.strategy == "range" else _fewer(plan, most)
    parent = SQL.qualified(plan.changed.namespace, plan.changed.name)
    try:
        user.execute("; ".join(f"CREATE TABLE {part} PARTITION OF {parent} {bound}" for part, bound in made).encode())
    except psycopg.Error as error:
        said = f"{str(error).splitlines()[0]} {refused}".strip()
        return with_proof(plan, (), f"not proven: {said}")
    every = sum(load.rate(one, load.months) for one in load.queries if _reads(one.use, plan.table)) or 1.0
    pruning = []
    for one in load.queries:
        if one.query.name in texts and _reads(one.use, plan.table):
            scanned, early = _scanned(database, texts[one.query.name], plan, today)
            early = early and _newest_first(one.use, plan)
            pruning.append(Pruning(one.query.name, load.rate(one, load.months) / every, scanned, len(made), early))
    gone = _drop_oldest(user, plan, made[0][0]) if plan.retention else ""
    return with_proof(plan, pruning, f"{version}: {len(made)} partitions made, statements explained{gone}")


def _fewer(plan: PartitionPlan, most: int) -> tuple[tuple[str, str], ...]:
    """So many hash partitions that they are soon made, all of which together hold every value."""
    modulus = min(MOST_HASHED, most, len(plan.bounds))
    return tuple(
        (part, f"FOR VALUES WITH (MODULUS {modulus}, REMAINDER {number})")
        for number, (part, _) in enumerate(plan.bounds[:modulus])
    )


def _reads(use: Any, table: str) -> bool:
    return use is not None and any(one.table.label == table for one in use.uses)


def _newest_first(use: Any, plan: PartitionPlan) -> bool:
    """Whether it is ordered by the key of the partitions."""
    return any(one.table.label == plan.table and one.ordered and one.ordered[0].column == plan.key for one in use.uses)


def _scanned(database: ScratchDatabase, text: str, plan: PartitionPlan, today: date) -> tuple[int | None, bool]:
    """Partitions in the plan for typical values (None where it could not be planned, or nothing of the table is read for these), and
    whether a limit stands over all of them without a sort or merge between.
    """
    user = database.user
    name = f"dbdesign_{secrets.token_hex(4)}"
    try:
        user.execute(b"set plan_cache_mode = force_custom_plan")
        user.execute(f"PREPARE {name} AS {single_statement(text)}".encode())
        types = user.execute(
            b"select parameter_types::text[] from pg_catalog.pg_prepared_statements where name = %s", (name,)
        ).fetchone()
        values = list(_typical(user, types[0] if types else [], today))
        literals = ", ".join(sql.Literal(value).as_string() for value in values)
        row = user.execute(
            f"EXPLAIN (FORMAT JSON) EXECUTE {name}{f' ({literals})' if values else ''}".encode()
        ).fetchone()
        user.execute(f"DEALLOCATE {name}".encode())
    except psycopg.Error:
        return None, False
    parts = {part.rsplit(".", 1)[-1].strip('"').replace('""', '"') for part, _ in plan.bounds}
    explained = _parsed(row)
    found = {node["Relation Name"] for node in _nodes(explained) if node.get("Relation Name") in parts}
    kinds = {node["Node Type"] for node in _nodes(explained)}
    return len(found) or None, {"Limit", "Append"} <= kinds and not kinds & {"Sort", "Incremental Sort", "Merge Append"}


def _parsed(row: tuple[Any, ...] | None) -> Any:
    value = row[0] if row else []
    return json.loads(value) if isinstance(value, str | bytes) else value


def _nodes(explained: Any) -> Iterator[Mapping[str, Any]]:
    stack = [one["Plan"] for one in explained]
    while stack:
        node = stack.pop()
        yield node
        stack += node.get("Plans", ())


def _typical(user: psycopg.Connection[Any], types: Sequence[str], today: date) -> Iterator[str]:
    """A value for each parameter; of several points in time each half a day after the one before, so that ranges are not empty."""
    moment = datetime.combine(today - timedelta(days=2), time(6))
    for type_of in types:
        plain = type_of.split("(")[0].strip()
        if plain.startswith(("timestamp", "date")):
            yield moment.isoformat(sep=" ") if plain != "date" else moment.date().isoformat()
            moment += timedelta(hours=12)
        elif plain.endswith("[]"):
            yield "{" + (_VALUES.get(plain[:-2], "1")) + "}"
        elif plain in _VALUES:
            yield _VALUES[plain]
        elif (label := _label(user, type_of)) is not None:
            yield label
        else:
            yield "1"


def _label(user: psycopg.Connection[Any], type_of: str) -> str | None:
    """The first label of an enumeration."""
    row = user.execute(
        b"select enumlabel from pg_catalog.pg_enum where enumtypid = pg_catalog.to_regtype(%s) order by enumsortorder limit 1",
        (type_of,),
    ).fetchone()
    return row[0] if row else None


def _drop_oldest(user: psycopg.Connection[Any], plan: PartitionPlan, oldest: str) -> str:
    """Run the retention on the oldest partition."""
    parent = SQL.qualified(plan.changed.namespace, plan.changed.name)
    user.execute(f"ALTER TABLE {parent} DETACH PARTITION {oldest} CONCURRENTLY".encode())
    user.execute(f"DROP TABLE {oldest}".encode())
    return ", the oldest one detached concurrently and dropped"
