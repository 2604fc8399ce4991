"""Statements that probe an answer's database: each case in a transaction that is undone, its rows in a form that can be compared."""

from __future__ import annotations

import contextlib
import datetime
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import psycopg

from dbdesign.engines.postgres import split_script
from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign_evals.workbench import Workbench

Connection = psycopg.Connection[Any]
Statements = str | tuple[str, ...]
MOST_ROWS = 2000


@dataclass(frozen=True)
class Refusal:
    """What the server said against a statement."""

    sqlstate: str
    message: str
    statement: str

    def __str__(self) -> str:
        return f"{self.message} ({self.sqlstate})"


@contextlib.contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """A transaction that leaves nothing behind."""
    connection.execute("begin")
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("rollback")


def as_statements(given: Statements) -> list[str]:
    """One text of several statements, or a list of them."""
    texts = [given] if isinstance(given, str) else list(given)
    return [one.sql for text in texts for one in split_script(text).statements]


def refusal(connection: Connection, statements: Sequence[str]) -> Refusal | None:
    """Execute statements in the open transaction, and its deferred constraints; the first refusal."""
    for sql in (*statements, "set constraints all immediate"):
        try:
            connection.execute(sql.encode())
        except psycopg.Error as error:
            if connection.closed:
                raise
            return Refusal(error.sqlstate or "", _first_line(error), sql)
    return None


def _first_line(error: psycopg.Error) -> str:
    said = str(error).splitlines()
    return said[0] if said else type(error).__name__


def shortened(sql: str, most: int = 160) -> str:
    """A statement on one line, for a reason."""
    text = " ".join(sql.split())
    return text if len(text) <= most else f"{text[:most]}…"


def rows_of(connection: Connection, query: str, params: Sequence[Any] = ()) -> list[tuple[str | None, ...]]:
    """The rows of a query in comparable form; `$1` … are bound to the parameters by PREPARE.

    Raises:
        psycopg.Error: what the server said.
    """
    if params:
        literals = ", ".join(literal(value) for value in params)
        connection.execute(f"prepare dbdesign_probe as {query.rstrip().rstrip(';')}".encode())
        cursor = connection.execute(f"execute dbdesign_probe({literals})".encode())
        connection_rows = cursor.fetchmany(MOST_ROWS) if cursor.description else []
        connection.execute("deallocate dbdesign_probe")
    else:
        cursor = connection.execute(query.encode())
        connection_rows = cursor.fetchmany(MOST_ROWS) if cursor.description else []
    return [tuple(plain(value) for value in row) for row in connection_rows]


def literal(value: Any) -> str:
    """A value of a task as an SQL literal of unknown type."""
    if value is None:
        return "null"
    text = value if isinstance(value, str) else json.dumps(value) if isinstance(value, (dict, list)) else str(value)
    return "'" + text.replace("'", "''") + "'"


def plain(value: Any) -> str | None:
    """A value as text that is equal where the values are: numbers without trailing zeros, times in UTC."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        moment = value.astimezone(datetime.UTC).replace(tzinfo=None) if value.tzinfo else value
        return moment.isoformat(sep=" ")
    if isinstance(value, (dict, list)):
        return json.dumps(value, sort_keys=True, default=str)
    return _number(str(value))


def _number(text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return text
    return format(number.normalize(), "f")


def expected(rows: Sequence[Sequence[Any]]) -> list[tuple[str | None, ...]]:
    """Rows of a task in the same form."""
    return [tuple(plain(value) for value in row) for row in rows]


def difference(
    found: Sequence[tuple[str | None, ...]], wanted: Sequence[tuple[str | None, ...]], *, ordered: bool
) -> str | None:
    """How rows differ, in a sentence; None where they are the same."""
    one, other = list(found), list(wanted)
    if not ordered:
        one, other = sorted(one, key=repr), sorted(other, key=repr)
    if one == other:
        return None
    return f"{len(found)} rows {_shown(found)} instead of {len(wanted)} rows {_shown(wanted)}"


def _shown(rows: Sequence[tuple[str | None, ...]]) -> str:
    said = "; ".join(", ".join("null" if value is None else value[:40] for value in row) for row in rows[:4])
    return f"[{said}{'; …' if len(rows) > 4 else ''}]"


def query_text(bench: Workbench, sql: str | None, named: str | None) -> str:
    """A query of the task, or one of the answer's by name: `answer:queries.sql#open orders`.

    Raises:
        InputError: where the answer's file has no query of that name.
    """
    if sql is not None:
        return sql
    file, _, name = (named or "").partition("#")
    text = named_queries(bench.text(file)).get(name)
    if text is None:
        raise InputError(f"{file.removeprefix('answer:')} has no query `-- name: {name}`")
    return text


def named_queries(text: str) -> dict[str, str]:
    """The queries of a file by the comment `-- name: …` before each."""
    found: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("--") and stripped.lstrip("- ").lower().startswith("name:"):
            name = stripped.split(":", 1)[1].strip()
            current = found.setdefault(name, [])
            current.clear()
        elif current is not None:
            current.append(line)
    return {name: "\n".join(lines).strip().rstrip(";") for name, lines in found.items()}
