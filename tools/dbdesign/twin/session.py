"""Asks the twin's server in the user's session, and notices when that session does not come back."""

from __future__ import annotations

import select
import time
from typing import TYPE_CHECKING

import psycopg
from psycopg import pq

from dbdesign.errors import EngineError, LimitError, SqlError

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

    from dbdesign.engines.postgres.scratch import ScratchDatabase

PLANNING_SECONDS = 20.0
"""Seconds that the planner may take over one query."""

PATIENCE = 2.0
"""Seconds more after which a session that does not stop by itself is ended."""

GOOD = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK)

_ENDED = frozenset({"57P01", "57P02", "57P03", "57P05", "08000", "08003", "08006"})
"""Of a session that the server ended: shutdown by an administrator, after a crash, while it is coming back, or unused; and of a
connection that failed (PostgreSQL manual, appendix A)."""

_NO_FILE = "58P01"
"""undefined_file."""


def is_lost(error: psycopg.Error) -> bool:
    """Whether an error says that the session is gone rather than that a statement was refused."""
    return isinstance(error, psycopg.OperationalError) and (error.sqlstate is None or error.sqlstate in _ENDED)


def ask(database: ScratchDatabase, statement: bytes) -> PGresult | None:
    """The last result with rows of a text of statements, or the last where none has any, or the first error; None from a session that
    had to be ended.

    The server's own timeout is not enough: what a user wrote may lift it in passing, while the planner calls it.

    Raises:
        psycopg.OperationalError: where the session is gone.
    """
    connection = database.user.pgconn
    connection.send_query(statement)
    connection.flush()
    waiting, deadline = select.poll(), time.monotonic() + PLANNING_SECONDS + PATIENCE
    waiting.register(connection.socket, select.POLLIN)
    last: PGresult | None = None
    while True:
        while connection.is_busy():
            if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
                database.server.control("select pg_terminate_backend(%s)", connection.backend_pid)
                connection.finish()
                return None
            connection.consume_input()
        result = connection.get_result()
        if result is None:
            return last
        with_rows = last is not None and last.status == pq.ExecStatus.TUPLES_OK
        if last is None or (last.status in GOOD and not (with_rows and result.status == pq.ExecStatus.COMMAND_OK)):
            last = result


def refusal(result: PGresult | None) -> SqlError | LimitError | EngineError:
    """What a result without rows says, as an error; None is of a session that had to be ended."""
    if result is None:
        return LimitError(f"the planner took more than {PLANNING_SECONDS:g} seconds", remedy="Simplify the query")
    field_of = result.error_field
    state = (field_of(pq.DiagnosticField.SQLSTATE) or b"").decode()
    message = (field_of(pq.DiagnosticField.MESSAGE_PRIMARY) or b"refused").decode(errors="replace")
    if state == "57014":
        return LimitError(f"the planner took more than {PLANNING_SECONDS:g} seconds", remedy="Simplify the query")
    if state == _NO_FILE:
        return EngineError(message, where="query", remedy="A file of the twin's database is gone: make the twin again")
    hint = field_of(pq.DiagnosticField.MESSAGE_HINT)
    return SqlError(message, sqlstate=state, where="query", remedy=hint.decode(errors="replace") if hint else None)
