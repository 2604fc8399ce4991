"""Makes the workload's queries ready: placeholders numbered, parameters understood, values drawn, one execution explained."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dbdesign.benchmark.numbering import seed_of
from dbdesign.benchmark.parameters import Parameter, infer
from dbdesign.benchmark.placeholders import numbered
from dbdesign.benchmark.results import PlanFacts, title
from dbdesign.benchmark.samples import value_sets
from dbdesign.benchmark.session import Session
from dbdesign.model.schema import Schema
from dbdesign.model.workload import Query

MOST_ROWS = 2_000_000
"""Rows of a result that are fetched; a query that gives more is not run."""

_WRITES = re.compile(
    r"\s*(?:--[^\n]*\n|/\*.*?\*/|\s)*(?:insert|update|delete|merge|truncate|call|do)\b", re.IGNORECASE | re.DOTALL
)
_WRITING_CTE = re.compile(
    r"\s*with\b.*\b(?:insert\s+into|update|delete\s+from|merge\s+into)\b|\bfor\s+(?:update|share|no\s+key)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Ready:
    """A query that can be executed, or the reason why it cannot.

    Attributes:
        sql: with `$n`.
        values: sets of values; taken in turn. Texts, but where another server takes them otherwise.
        kinds: what the server takes each parameter for; `inferred` is what each stands for.
        writes: whether it is run in a transaction that is rolled back.
    """

    query: Query
    sql: str
    values: tuple[tuple[Any, ...], ...] = ((),)
    parameters: tuple[str, ...] = ()
    writes: bool = False
    error: str | None = None
    kinds: tuple[str, ...] = ()
    inferred: tuple[Parameter, ...] = ()


def make_ready(
    session: Session, schema: Schema, queries: Sequence[Query], rows: Mapping[str, int], seed: int
) -> list[Ready]:
    """Every query, with values for its parameters from the loaded tables."""
    return [_ready(session, schema, one, rows, seed_of(seed, one.name)) for one in queries]


def _ready(session: Session, schema: Schema, query: Query, rows: Mapping[str, int], seed: int) -> Ready:
    import psycopg

    parameterised = numbered(query.sql.strip().rstrip(";"))
    sql = parameterised.sql
    try:
        types = _types(session, sql)
        parameters = infer(sql, max(len(parameterised.names), len(types)), schema)[: len(types)]
        values = value_sets(session, schema, parameters, types, rows, seed)
    except psycopg.Error as error:
        return Ready(query, sql, error=" ".join(str(error.diag.message_primary or error).split()))
    said = tuple(_said(one, kind) for one, kind in zip(parameters, types, strict=True))
    writes = writes_something(sql)
    return Ready(query, sql, tuple(values), said, writes, kinds=tuple(types), inferred=tuple(parameters))


def writes_something(sql: str) -> bool:
    """Whether a query changes or locks rows, so that it is run in a transaction that is rolled back."""
    return _WRITES.match(sql) is not None or _WRITING_CTE.search(sql) is not None


def _types(session: Session, sql: str) -> list[str]:
    """What the server takes the parameters for."""
    session.execute(f"PREPARE dbdesign_query AS {sql}")
    try:
        found = session.rows("SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'dbdesign_query'")
        return list(found[0][0]) if found else []
    finally:
        session.execute("DEALLOCATE dbdesign_query")


def _said(one: Parameter, kind: str) -> str:
    if one.role in {"limit", "offset"}:
        return f"${one.number} {one.role}"
    return f"${one.number} {one.table}.{one.column} ({one.role})" if one.table else f"${one.number} any {kind}"


def explained(session: Session, ready: Ready) -> PlanFacts:
    """One execution explained, rolled back.

    Raises:
        psycopg.Error: what the server says.
    """
    import psycopg

    cursor = psycopg.RawCursor(session.connection)
    session.execute("BEGIN READ ONLY" if session.begins and not ready.writes else "BEGIN")
    try:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {ready.sql}".encode(), ready.values[0] or None)
        row = cursor.fetchone()
    finally:
        with contextlib.suppress(psycopg.OperationalError):  # the query may have ended the session
            session.execute("ROLLBACK")
        session.renew()
    document = row[0] if row else []
    return facts_of(json.loads(document) if isinstance(document, str) else document)


def facts_of(document: Any) -> PlanFacts:
    """The facts of an EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)."""
    top = document[0]["Plan"]
    return PlanFacts(
        plan=document,
        hit=int(top.get("Shared Hit Blocks", 0)),
        read=int(top.get("Shared Read Blocks", 0)),
        estimated=float(top.get("Plan Rows", 0)),
        actual=float(top.get("Actual Rows", 0)),
        milliseconds=float(document[0].get("Execution Time", 0.0)),
        nodes=tuple(_nodes(top)),
    )


def _nodes(node: Any) -> list[str]:
    found = [title(node)]
    for child in node.get("Plans", ()):
        found += _nodes(child)
    return found
