"""Workloads that are not in a design file: SQL files, exports of pg_stat_statements, PostgreSQL's logs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from dbdesign.engines.postgres import split_script
from dbdesign.errors import InputError
from dbdesign.model import quantity
from dbdesign.model.workload import Query
from dbdesign.queries.placeholders import numbered

_REMARK = re.compile(r"^--\s*(name|rate|target)\s*:\s*(.+?)\s*$", re.IGNORECASE | re.MULTILINE)
_PLANNED = re.compile(r"\s*(?:select|with|insert|update|delete|merge|values|table|\()", re.IGNORECASE)
_LOGGED = re.compile(
    r"(?:duration: [\d.]+ ms  )?(?:statement|execute [^:]*|parse [^:]*|bind [^:]*): (?P<sql>.+?)"
    r"(?=\n\d{4}-\d\d-\d\d |\n[^\n]*?\b(?:LOG|DETAIL|ERROR|STATEMENT|HINT|CONTEXT):|\Z)",
    re.DOTALL,
)
_LITERAL = re.compile(r"'(?:[^']|'')*'|(?<![\w$.])\d+(?:\.\d+)?\b")
_DAY = 86_400.0

MOST_QUERIES = 20_000


def read_queries(text: str, *, name: str) -> tuple[Query, ...]:
    """The queries of a file, recognised by what it holds.

    - SQL: statements; a comment line before one may say `-- name: …`, `-- rate: 300/s`, `-- target: p95 20ms`.
    - CSV or JSON of pg_stat_statements: columns `query` and `calls` (with `$1` … as it writes them); the rates are the calls a day.
    - a log of PostgreSQL with statements (log_min_duration_statement, log_statement): equal ones, constants apart, are one query.

    Raises:
        InputError: where nothing can be taken for a query.
    """
    start = text.lstrip("\ufeff \t\r\n")
    if start[:1] in "[{":
        found = list(_from_json(text, name))
    elif re.match(r"[\"\w, ]*\bquery\b[\"\w, ]*\n", start) and "," in start.split("\n", 1)[0]:
        found = list(_from_csv(start))
    elif re.search(r"\bLOG:\s+(?:duration|statement|execute)\b", text):
        found = list(_from_log(text))
    else:
        found = list(_from_sql(text))
    if not found:
        raise InputError("holds no query", where=name, remedy="Give SELECT, INSERT, UPDATE, DELETE or MERGE statements")
    if len(found) > MOST_QUERIES:
        raise InputError(
            f"holds {len(found):,} queries, more than {MOST_QUERIES:,}",
            where=name,
            remedy="Give the most frequent ones",
        )
    return tuple(_distinct(found))


def _from_sql(text: str) -> Iterator[Query]:
    lines = text.splitlines()
    for number, statement in enumerate(split_script(text).statements, 1):
        said = {match[1].lower(): match[2] for match in _REMARK.finditer(statement.sql)}
        said |= {key: value for key, value in _above(lines, statement.line).items() if key not in said}
        sql = re.sub(r"\A(?:\s+|--[^\n]*(?:\n|\Z)|/\*.*?\*/)+", "", statement.sql, flags=re.DOTALL)
        if not _PLANNED.match(sql):
            continue
        yield Query(
            name=said.get("name", f"query {number}"),
            sql=numbered(sql),
            rate=quantity.rate(said["rate"]) if "rate" in said else None,
            target=quantity.latency(said["target"]) if "target" in said else None,
            line=statement.line,
        )


def _above(lines: list[str], line: int) -> Mapping[str, str]:
    """What comment lines right above a statement say."""
    said: dict[str, str] = {}
    place = line - 2
    while place >= 0 and lines[place].lstrip().startswith("--"):
        match = _REMARK.match(lines[place].strip())
        if match:
            said[match[1].lower()] = match[2]
        place -= 1
    return said


def _from_json(text: str, name: str) -> Iterator[Query]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InputError(f"is not JSON: {error}", where=name) from None
    rows = document if isinstance(document, list) else document.get("queries", [])
    yield from _from_rows(row for row in rows if isinstance(row, dict))


def _from_csv(text: str) -> Iterator[Query]:
    csv.field_size_limit(10_000_000)
    yield from _from_rows(csv.DictReader(io.StringIO(text)))


def _from_rows(rows: Iterable[Mapping[str, object]]) -> Iterator[Query]:
    for number, row in enumerate(rows, 1):
        sql, calls = str(row.get("query") or row.get("sql") or "").strip().rstrip(";"), row.get("calls")
        if _PLANNED.match(sql):
            rate = float(str(calls)) / _DAY if calls not in (None, "") else None
            yield Query(
                name=str(row.get("name") or row.get("queryid") or f"query {number}"), sql=numbered(sql), rate=rate
            )


def _from_log(text: str) -> Iterator[Query]:
    counted: dict[str, tuple[str, int]] = {}
    for match in _LOGGED.finditer(text):
        sql = match["sql"].strip().rstrip(";")
        if _PLANNED.match(sql):
            shape = " ".join(_LITERAL.sub("?", sql).split())
            first, count = counted.get(shape, (sql, 0))
            counted[shape] = (first, count + 1)
    for number, (sql, count) in enumerate(counted.values(), 1):
        yield Query(name=f"query {number}", sql=numbered(sql), rate=count / _DAY)


def _distinct(queries: Iterable[Query]) -> Iterator[Query]:
    names: dict[str, int] = {}
    for query in queries:
        names[query.name] = names.get(query.name, 0) + 1
        count = names[query.name]
        yield query if count == 1 else query.model_copy(update={"name": f"{query.name} ({count})"})
