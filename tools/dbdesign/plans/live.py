"""EXPLAIN on a database of the user's: planned, not run, in a read-only session with a timeout.

What keeps a statement that somebody else wrote from doing more: it is one statement, by the server's own protocol where that can say so
(PostgreSQL and CockroachDB: the extended protocol; MySQL, MariaDB and TiDB: no multi-statements in the session; SQLite: one statement a
call; SQL Server: SHOWPLAN, under which nothing is executed); it begins as a query does; and the session is read-only.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from dbdesign.engines.connections import ConfiguredDatabase, LiveConnection, connect_read_only
from dbdesign.errors import AccessError, InputError
from dbdesign.model.schema import Engine

_PLANNED = re.compile(r"(?:select|with|values|table|insert|update|delete|replace|merge|upsert)\b|\(", re.IGNORECASE)
_READS = re.compile(r"(?:select|with|values|table)\b|\(", re.IGNORECASE)
_BEGINNING = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*(?![!M]).*?\*/)*", re.DOTALL)
"""Blanks and comments; not MySQL's and MariaDB's comments that are executed."""
_PARAMETER = re.compile(r"\$(\d{1,4})\b")

LONGEST = 1_000_000
"""Characters of a statement."""


def explain(database: ConfiguredDatabase, query: str, *, analyze: bool = False) -> str:
    """The plan of one statement, as the database gives it.

    Args:
        analyze: whether the statement is run; the caller has made sure that the user allows it.

    Raises:
        InputError: for what is not one query; AccessError: for a statement that writes, with `analyze`.
        EngineError: the database could not be reached, or refused the statement; the text holds nothing of the URL.
    """
    statement = single_query(query)
    if analyze and not _READS.match(statement):
        raise AccessError(
            "a statement that writes is not run",
            where="query",
            remedy="Leave analyze out: it is planned without being run",
        )
    with connect_read_only(database, multiple_statements=False) as connection:
        ask = _ASK[connection.engine]
        return ask(connection, statement, analyze)


def single_query(query: str) -> str:
    """The statement without comments before it and a semicolon behind it.

    Raises:
        InputError: where it is empty, too long, or begins as nothing does that is planned.
    """
    if len(query) > LONGEST:
        raise InputError(f"is longer than {LONGEST:,} characters", where="query", remedy="Give one statement")
    beginning = _BEGINNING.match(query)
    text = query[beginning.end() if beginning else 0 :].rstrip().rstrip(";").rstrip()
    if not text:
        raise InputError("is empty", where="query", remedy="Give the statement to be explained")
    if not _PLANNED.match(text):
        raise InputError(
            f"{text.split(None, 1)[0][:20]} is not planned",
            where="query",
            remedy="Give a SELECT, INSERT, UPDATE, DELETE or MERGE, without EXPLAIN before it",
        )
    return text


def _postgresql(connection: LiveConnection, statement: str, analyze: bool) -> str:
    parameters = max((int(number) for number in _PARAMETER.findall(statement)), default=0)
    if parameters and (analyze or _major(connection) < 12):
        raise InputError(
            "a statement with parameters cannot be " + ("run" if analyze else "explained before PostgreSQL 12"),
            where="query",
            remedy="Put values in place of $1 …",
        )
    options = ["FORMAT JSON", "VERBOSE"]
    options += ["ANALYZE", "BUFFERS"] if analyze else []
    options += ["SETTINGS"] if _major(connection) >= 12 else []
    explained = _generic(connection, statement, parameters) if parameters else statement
    [[document]] = _one(connection, f"EXPLAIN ({', '.join(options)}) {explained}")
    return document if isinstance(document, str) else json.dumps(document)


def _generic(connection: LiveConnection, statement: str, parameters: int) -> str:
    """A prepared statement that is explained with its generic plan, which no value of a parameter changes."""
    _one(connection, f"PREPARE dbdesign_explained AS {statement}")
    connection.raw.execute("SELECT set_config('plan_cache_mode', 'force_generic_plan', true)")
    return f"EXECUTE dbdesign_explained({', '.join(['NULL'] * parameters)})"


def _one(connection: LiveConnection, statement: str) -> list[Any]:
    """The rows of a text in which the server's own protocol allows one statement."""
    cursor = connection.raw.execute(statement.encode(), prepare=True)
    return list(cursor.fetchall()) if cursor.description else []


def _major(connection: LiveConnection) -> int:
    match = re.match(r"\d+", connection.version)
    return int(match[0]) if match else 0


def _cockroachdb(connection: LiveConnection, statement: str, analyze: bool) -> str:
    command = "EXPLAIN ANALYZE" if analyze else "EXPLAIN"
    return "\n".join(str(row[0]) for row in _one(connection, f"{command} {statement}"))


def _mysql(connection: LiveConnection, statement: str, analyze: bool) -> str:
    mariadb = "MariaDB" in connection.title
    run = "ANALYZE FORMAT=JSON" if mariadb else "EXPLAIN ANALYZE"
    command = run if analyze else "EXPLAIN FORMAT=JSON"
    with connection.raw.cursor() as cursor:
        _execute(cursor, f"{command} {statement}")
        rows = cursor.fetchall()
    return "\n".join(str(row[0]) for row in rows)


READ_ONLY_REFUSED = 1792
"""ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION of MySQL and MariaDB, which refuse to plan a write there too."""


def _execute(cursor: Any, statement: str) -> None:
    import pymysql

    try:
        cursor.execute(statement)
    except pymysql.MySQLError as error:
        if error.args[:1] != (READ_ONLY_REFUSED,):
            raise
        raise InputError(
            "a statement that writes is not even planned in a read-only session there",
            where="query",
            remedy="Give the SELECT with the same WHERE",
        ) from None


def _tidb(connection: LiveConnection, statement: str, analyze: bool) -> str:
    with connection.raw.cursor() as cursor:
        _execute(cursor, f"{'EXPLAIN ANALYZE' if analyze else 'EXPLAIN'} {statement}")
        return framed([column[0] for column in cursor.description], cursor.fetchall())


def framed(names: list[str], rows: Any) -> str:
    """Rows as the mysql client frames them."""
    lines = [names, *([("NULL" if one is None else str(one)) for one in row] for row in rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(names))]
    bar = "+" + "+".join("-" * (width + 2) for width in widths) + "+"
    said = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    return "\n".join([bar, said[0], bar, *said[1:], bar]) + "\n"


def _sqlite(connection: LiveConnection, statement: str, analyze: bool) -> str:
    if analyze:
        raise InputError("SQLite has no EXPLAIN that runs a query", where="analyze", remedy="Leave analyze out")
    rows = connection.raw.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
    if not rows:
        raise InputError(
            "SQLite has no plan for it: nothing is looked up",
            where="query",
            remedy="Give a statement that reads a table",
        )
    depths = {0: -1}
    lines = ["QUERY PLAN"]
    for number, parent, _, detail in rows:
        depths[number] = depths.get(parent, -1) + 1
        lines.append(f"{'   ' * depths[number]}|--{detail}")
    return "\n".join(lines) + "\n"


def _sqlserver(connection: LiveConnection, statement: str, analyze: bool) -> str:
    from sqlalchemy import text

    if analyze:
        raise AccessError(
            "SQL Server has no read-only session in which a query could be run safely",
            where="analyze",
            remedy="Leave analyze out, or run it with SET STATISTICS XML ON yourself and give the plan",
        )
    connection.raw.execute(text("SET SHOWPLAN_XML ON"))
    try:
        return "\n".join(str(row[0]) for row in connection.raw.exec_driver_sql(statement).fetchall())
    finally:
        connection.raw.execute(text("SET SHOWPLAN_XML OFF"))


_ASK: dict[Engine, Callable[[LiveConnection, str, bool], str]] = {
    Engine.POSTGRESQL: _postgresql,
    Engine.COCKROACHDB: _cockroachdb,
    Engine.MYSQL: _mysql,
    Engine.TIDB: _tidb,
    Engine.SQLITE: _sqlite,
    Engine.SQLSERVER: _sqlserver,
}
