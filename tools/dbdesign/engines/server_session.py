"""Sessions with a server that a benchmark writes to, over PostgreSQL's protocol (Citus, CockroachDB too) and MySQL's (MariaDB, TiDB too).

Both kinds of session do the same few things, so that who loads and asks need not know the driver. Errors leave as `ServerError`, with the
server's own code and text and nothing of the URL.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dbdesign.engines.connections import APPLICATION, CONNECT_SECONDS, ConfiguredDatabase, conninfo
from dbdesign.errors import DesignError, EngineError, InputError
from dbdesign.model.schema import Engine

Protocol = Literal["postgresql", "mysql"]

MYSQL_LOST = frozenset({"0", "2002", "2003", "2006", "2013", "2014", "2055"})
"""CR_CONNECTION_ERROR, CR_CONN_HOST_ERROR, CR_SERVER_GONE_ERROR, CR_SERVER_LOST, CR_COMMANDS_OUT_OF_SYNC, CR_SERVER_LOST_EXTENDED of
MySQL's client errors; pymysql gives 0 where it finds the socket closed."""

RETRIED = {
    "postgresql": frozenset({"40001", "40P01"}),
    "mysql": frozenset({"1205", "1213", "8002", "8022", "8028", "9007"}),
}
"""Codes after which a transaction may simply be run again. PostgreSQL, appendix A, and CockroachDB, "Transaction retry error reference":
serialization_failure, deadlock_detected. MySQL, "Server error message reference": ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK. TiDB, "Error
codes": 8002 and 8022 (commit failed and was rolled back), 8028 (the schema changed), 9007 (write conflict).
"""


class ServerError(DesignError):
    """What a server said against a statement.

    Attributes:
        code: SQLSTATE, or MySQL's number.
        lost: whether the connection is gone.
    """

    def __init__(self, message: str, *, code: str, lost: bool = False) -> None:
        super().__init__(message)
        self.code, self.lost = code, lost


@dataclass(frozen=True)
class Identity:
    """Who answers at an URL.

    Attributes:
        title: for people: `MariaDB 10.11.6`.
        kind: `postgresql`, `cockroachdb`, `mysql`, `mariadb` or `tidb`.
        version: its numbers.
        citus: the version of the extension; None without it.
    """

    title: str
    kind: str
    version: tuple[int, ...]
    citus: str | None = None


@dataclass(frozen=True)
class Described:
    """A result with the names of its columns."""

    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]


@dataclass
class PostgresSession:
    """A session over PostgreSQL's protocol, in autocommit mode."""

    database: ConfiguredDatabase
    begins: Sequence[str] = ()
    protocol: Protocol = "postgresql"
    connection: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        import psycopg

        with self._errors():
            self.connection = psycopg.connect(
                conninfo(self.database), connect_timeout=CONNECT_SECONDS, application_name=APPLICATION, autocommit=True
            )
            self.connection.cursor_factory = psycopg.RawCursor
            for statement in self.begins:
                self.connection.execute(statement.encode())

    def execute(self, sql: str, values: Sequence[Any] | None = None) -> int:
        """Run a statement; the rows that it touched."""
        with self._errors():
            return int(self.connection.execute(sql.encode(), values or None).rowcount)

    def described(self, sql: str, values: Sequence[Any] | None = None, *, most: int | None = None) -> Described:
        """Run a query; `most` rows of its result with their names."""
        with self._errors():
            cursor = self.connection.execute(sql.encode(), values or None)
            if cursor.description is None:
                return Described((), [])
            rows = cursor.fetchall() if most is None else cursor.fetchmany(most)
            return Described(tuple(column.name for column in cursor.description), rows)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query; its rows."""
        return self.described(sql).rows

    def copy(self, statement: str, chunks: Iterable[bytes]) -> None:
        """COPY … FROM STDIN."""
        with self._errors(), self.connection.cursor().copy(statement.encode()) as copy:
            for chunk in chunks:
                copy.write(chunk)

    def worker(self) -> dict[str, Any]:
        """How another process makes a session like this. It holds a secret."""
        return {"protocol": "postgresql", "uri": conninfo(self.database)}

    def close(self) -> None:
        """End the session."""
        self.connection.close()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        import psycopg

        try:
            yield
        except psycopg.Error as error:
            said = self.database.redacted(error.diag.message_primary or str(error))
            lost = isinstance(error, psycopg.OperationalError) and (
                error.sqlstate is None or (error.sqlstate[:2] in {"08", "57"} and error.sqlstate != "57014")
            )
            raise ServerError(said[:300], code=error.sqlstate or "", lost=lost) from None


@dataclass
class MySqlSession:
    """A session over MySQL's protocol, in autocommit mode, one statement a text."""

    database: ConfiguredDatabase
    begins: Sequence[str] = ()
    protocol: Protocol = "mysql"
    connection: Any = field(default=None, repr=False)

    def __post_init__(self) -> None:
        with self._errors():
            self.connection = mysql_connection(mysql_arguments(self.database))
            for statement in self.begins:
                self._run(statement, None)

    def _run(self, sql: str, values: Sequence[Any] | None) -> int:
        with self.connection.cursor() as cursor:
            return int(cursor.execute(sql, values or None))

    def execute(self, sql: str, values: Sequence[Any] | None = None) -> int:
        """Run a statement, `%s` for each value; the rows that it touched."""
        with self._errors():
            return self._run(sql, values)

    def described(self, sql: str, values: Sequence[Any] | None = None, *, most: int | None = None) -> Described:
        """Run a query; `most` rows of its result with their names."""
        with self._errors(), self.connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            if cursor.description is None:
                return Described((), [])
            rows = cursor.fetchall() if most is None else cursor.fetchmany(most)
            return Described(tuple(column[0] for column in cursor.description), list(rows))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a query; its rows."""
        return self.described(sql).rows

    def worker(self) -> dict[str, Any]:
        """How another process makes a session like this. It holds a secret."""
        return {"protocol": "mysql", "arguments": mysql_arguments(self.database)}

    def close(self) -> None:
        """End the session."""
        import pymysql

        with contextlib.suppress(pymysql.Error, OSError):
            self.connection.close()

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            import pymysql
        except ModuleNotFoundError as error:
            raise InputError(
                f"the driver for {self.database.engine.value} is not installed ({error.name})",
                remedy="Install dbdesign[mysql]",
            ) from None
        try:
            yield
        except (pymysql.Error, OSError, RuntimeError) as error:
            code = str(error.args[0]) if error.args and isinstance(error.args[0], int) else "0"
            said = self.database.redacted(str(error.args[-1] if error.args else error))
            raise ServerError(said[:300], code=code, lost=code in MYSQL_LOST) from None


ServerSession = PostgresSession | MySqlSession


def mysql_arguments(database: ConfiguredDatabase) -> dict[str, Any]:
    """What pymysql connects with, without what a benchmark sets itself. It holds a secret."""
    url = database.parsed()
    found: dict[str, Any] = dict(url.get_dialect()().create_connect_args(url)[1])
    found.pop("client_flag", None)
    return {**found, "charset": "utf8mb4", "connect_timeout": CONNECT_SECONDS, "autocommit": True}


def mysql_connection(arguments: Mapping[str, Any]) -> Any:
    """A connection of pymysql; one statement a text.

    Raises:
        InputError: where the URL has a parameter that the driver does not know.
    """
    import pymysql

    try:
        return pymysql.connect(**arguments, local_infile=False, client_flag=0)
    except TypeError:
        raise InputError(
            "the URL configured for the database has a parameter that the driver does not know",
            remedy="Use those of pymysql.connect: ssl_ca, unix_socket …",
        ) from None


def open_session(database: ConfiguredDatabase, begins: Sequence[str] = ()) -> ServerSession:
    """A session with a configured database, by the protocol that its URL names.

    Raises:
        EngineError: where it cannot be reached; the text holds nothing of the URL.
        InputError: where the URL cannot be used, or the driver is not installed.
        KeyError: for an engine of neither protocol, which the caller has refused.
    """
    kinds: dict[Engine, type[PostgresSession] | type[MySqlSession]] = {
        Engine.POSTGRESQL: PostgresSession,
        Engine.COCKROACHDB: PostgresSession,
        Engine.MYSQL: MySqlSession,
        Engine.TIDB: MySqlSession,
    }
    try:
        return kinds[database.engine](database, begins)
    except ServerError as error:
        raise EngineError(
            f"database {database.name!r}: {error}",
            remedy="Check the URL in the server's configuration, and that the database can be reached",
        ) from None


def identity(session: ServerSession) -> Identity:
    """Who answers, by what the server itself says."""
    said = str(session.rows("SELECT version()")[0][0])
    if session.protocol == "mysql":
        kind = "tidb" if "TiDB" in said else "mariadb" if "MariaDB" in said else "mysql"
        number = (re.search(r"TiDB-v?([\d.]+)", said) if kind == "tidb" else re.match(r"([\d.]+)", said)) or None
        name = {"tidb": "TiDB", "mariadb": "MariaDB", "mysql": "MySQL"}[kind]
        text = number[1] if number else ""
        return Identity(f"{name} {text}".strip(), kind, numbers(text))
    if cockroach := re.search(r"CockroachDB \S+ v(\d[\d.]*)", said):
        return Identity(f"CockroachDB {cockroach[1]}", "cockroachdb", numbers(cockroach[1]))
    version = str(session.rows("SHOW server_version")[0][0]).split()[0]
    citus = None
    if session.rows("SELECT to_regproc('pg_catalog.citus_version') IS NOT NULL")[0][0]:
        found = re.search(r"\d[\d.]*", str(session.rows("SELECT pg_catalog.citus_version()")[0][0]))
        citus = found[0] if found else "of an unknown version"
    return Identity(f"PostgreSQL {version}", "postgresql", numbers(version), citus)


def numbers(text: str) -> tuple[int, ...]:
    """`10.11.6` as (10, 11, 6)."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())
