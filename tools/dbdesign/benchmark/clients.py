"""The drivers that a benchmark's connections use: psycopg with prepared statements, pymysql with values that it writes into the text.

pymysql has no prepared statements; most programs that speak to MySQL send texts too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

CHUNK = 2000
"""Rows that are fetched at a time."""


class Client(Protocol):
    """A connection that runs queries.

    Attributes:
        errors: what the driver raises where the server refuses a statement.
    """

    errors: tuple[type[BaseException], ...]

    def values(self, told: Sequence[Any]) -> list[Any]:
        """Values as the driver takes them, from JSON."""
        ...

    def run(self, sql: str, values: Sequence[Any] | None) -> int:
        """Run a query and fetch what it gives; the number of rows."""
        ...

    def begin(self) -> None:
        """Begin a transaction that writes."""
        ...

    def roll_back(self) -> None:
        """End it without a trace."""
        ...

    def asks_to_repeat(self, error: BaseException) -> bool:
        """Whether the transaction may simply be run again."""
        ...

    def said(self, error: BaseException) -> str:
        """The server's words, on one line."""
        ...


class PsycopgClient:
    """PostgreSQL's protocol: `$n`, texts for values, every query prepared."""

    def __init__(self, told: Mapping[str, Any], begins: Sequence[str]) -> None:
        import psycopg

        self.errors: tuple[type[BaseException], ...] = (psycopg.errors.DatabaseError,)
        self._connection = psycopg.connect(told["uri"], autocommit=True)
        self._connection.cursor_factory = psycopg.RawCursor
        self._connection.prepared_max = None
        for statement in begins:
            self._connection.execute(statement.encode())

    def values(self, told: Sequence[Any]) -> list[Any]:
        """They are texts."""
        return list(told)

    def run(self, sql: str, values: Sequence[Any] | None) -> int:
        """Run a query and fetch what it gives; the number of rows."""
        cursor = self._connection.execute(sql.encode(), values, prepare=True)
        if cursor.description:
            while cursor.fetchmany(CHUNK):
                pass
        return max(cursor.rowcount, 0)

    def begin(self) -> None:
        """Begin a transaction that writes."""
        self._connection.execute(b"BEGIN READ WRITE")

    def roll_back(self) -> None:
        """End it without a trace."""
        self._connection.execute(b"ROLLBACK")

    def asks_to_repeat(self, error: BaseException) -> bool:
        """serialization_failure, deadlock_detected."""
        from dbdesign.engines.server_session import RETRIED

        return getattr(error, "sqlstate", None) in RETRIED["postgresql"]

    def said(self, error: BaseException) -> str:
        """The server's words, on one line."""
        diagnosed = getattr(error, "diag", None)
        return " ".join(str((diagnosed and diagnosed.message_primary) or error).split())


class PymysqlClient:
    """MySQL's protocol: `%s`, values as Python's."""

    def __init__(self, told: Mapping[str, Any], begins: Sequence[str]) -> None:
        import pymysql

        from dbdesign.engines.server_session import mysql_connection

        self.errors: tuple[type[BaseException], ...] = (pymysql.Error,)
        self._connection = mysql_connection(told["arguments"])
        for statement in begins:
            self._execute(statement)

    def _execute(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    def values(self, told: Sequence[Any]) -> list[Any]:
        """Bytes, decimals and lists from what stands for them in JSON."""
        from dbdesign.benchmark.servers.values import unpacked

        return [unpacked(one) for one in told]

    def run(self, sql: str, values: Sequence[Any] | None) -> int:
        """Run a query and fetch what it gives; the number of rows."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values)
            return max(int(cursor.rowcount), 0)

    def begin(self) -> None:
        """Begin a transaction that writes."""
        self._execute("START TRANSACTION READ WRITE")

    def roll_back(self) -> None:
        """End it without a trace."""
        self._execute("ROLLBACK")

    def asks_to_repeat(self, error: BaseException) -> bool:
        """Deadlocks, lock waits that timed out, TiDB's write conflicts."""
        from dbdesign.engines.server_session import RETRIED

        return bool(error.args) and str(error.args[0]) in RETRIED["mysql"]

    def said(self, error: BaseException) -> str:
        """The server's words, on one line."""
        return " ".join(str(error.args[-1] if error.args else error).split())


def client(told: Mapping[str, Any], begins: Sequence[str]) -> Client:
    """A connection by what another process tells of it."""
    kinds: dict[str, type[PsycopgClient] | type[PymysqlClient]] = {
        "postgresql": PsycopgClient,
        "mysql": PymysqlClient,
    }
    return kinds[told["protocol"]](told, begins)
