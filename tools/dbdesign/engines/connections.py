"""Connections to the user's own databases: by configured name, read-only by the database session itself, without a secret in any error.

What each database enforces, honestly:

- PostgreSQL, CockroachDB: a REPEATABLE READ READ ONLY transaction in a session whose default is read-only; writes and DDL are refused.
- MySQL, MariaDB, TiDB: a READ ONLY transaction in a session whose default is read-only; writes and DDL are refused, temporary tables not.
- SQLite: the file is opened with `mode=ro`, `query_only` is on and nothing can be attached; nothing can be written.
- SQL Server: has no read-only session. The login's own rights decide; the transaction is always rolled back, and ApplicationIntent
  says ReadOnly.

Only dbdesign's own catalog queries are ever sent over them, and one query of the caller's behind an EXPLAIN, then in a session that takes
one statement at a time; a session that we wanted to break out of could, a text of the model cannot.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from dbdesign.errors import EngineError, InputError
from dbdesign.model.schema import Engine

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

CONNECT_SECONDS = 10
STATEMENT_SECONDS = 60
LOCK_SECONDS = 5
APPLICATION = "dbdesign"
HIDDEN = "…"

SCHEMES = {
    "postgresql": Engine.POSTGRESQL,
    "postgres": Engine.POSTGRESQL,
    "cockroachdb": Engine.COCKROACHDB,
    "cockroach": Engine.COCKROACHDB,
    "mysql": Engine.MYSQL,
    "mariadb": Engine.MYSQL,
    "tidb": Engine.TIDB,
    "sqlite": Engine.SQLITE,
    "mssql": Engine.SQLSERVER,
    "sqlserver": Engine.SQLSERVER,
}
"""The part of an URL before `+` or `:`, and the engine that it means."""

PLAIN = re.compile(r"[A-Za-z]{1,3}|\d{1,5}")
"""What is too short or common to be hidden in a message without making it unreadable (`a`, `5432`)."""


@dataclass(frozen=True)
class ConfiguredDatabase:
    """A database of the user's by the name that the server's configuration gives it. The URL, which holds secrets, is never shown.

    Attributes:
        writable: whether the configuration allows a benchmark to make a schema of its own there; everything else only reads.
    """

    name: str
    url: str = field(repr=False)
    writable: bool = False

    @property
    def engine(self) -> Engine:
        """What the URL's scheme says. Raises `InputError`, which names the scheme alone, if it is not known."""
        scheme = re.split(r"[+:]", self.url, maxsplit=1)[0].lower()
        try:
            return SCHEMES[scheme]
        except KeyError:
            shown = repr(scheme) if re.match(r"[a-z]{1,20}(\+\w+)?://", self.url) else "that of its URL"
            known = ", ".join(dict.fromkeys(engine.value for engine in SCHEMES.values()))
            raise InputError(
                f"database {self.name!r} is configured with a scheme, {shown}, that is not known",
                remedy=f"Known: {known}",
            ) from None

    def parsed(self) -> URL:
        """The URL's parts. Raises `InputError` without any of them if it cannot be parsed."""
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError

        driver = {
            Engine.POSTGRESQL: "postgresql+psycopg",
            Engine.COCKROACHDB: "postgresql+psycopg",
            Engine.MYSQL: "mysql+pymysql",
            Engine.TIDB: "mysql+pymysql",
            Engine.SQLITE: "sqlite",
            Engine.SQLSERVER: self.url.partition(":")[0].replace("sqlserver", "mssql"),
        }[self.engine]
        try:
            return make_url(f"{driver}:{self.url.partition(':')[2]}")
        except (ArgumentError, ValueError):
            raise InputError(f"the URL configured for database {self.name!r} cannot be parsed") from None

    def redacted(self, text: str) -> str:
        """A text, a driver's message say, without anything of the URL: password, user, host, parameters."""
        hidden = text.replace(self.url, HIDDEN)
        for secret in sorted(self._secrets(), key=len, reverse=True):
            hidden = hidden.replace(secret, HIDDEN)
        return " ".join(hidden.split())

    def _secrets(self) -> set[str]:
        found = {self.url}
        authority = re.match(r"[^:]+://([^/?#]*)([^?#]*)\??(.*)", self.url, re.DOTALL)
        if authority:
            login, _, host = authority[1].rpartition("@")
            user, _, password = login.partition(":")
            values = [part.partition("=")[2] for part in authority[3].split("&")]
            raw = {
                authority[1],
                login,
                user,
                password,
                host,
                host.rpartition(":")[0],
                authority[2],
                authority[2].lstrip("/"),
                *values,
            }
            found |= raw | {unquote(one) for one in raw} | {quote(one, safe="") for one in raw}
        return {one for one in found if one and not PLAIN.fullmatch(one)}


@dataclass(frozen=True)
class LiveConnection:
    """An open read-only session.

    Attributes:
        raw: the driver's connection (psycopg, pymysql, sqlite3), or SQLAlchemy's for SQL Server.
        version: the server's own: `18.6`, `10.11.6-MariaDB`.
        title: for people: `PostgreSQL 18.6`.
        guarantee: what keeps the session from writing.
    """

    database: ConfiguredDatabase
    engine: Engine
    raw: Any
    version: str
    title: str
    guarantee: str


@contextlib.contextmanager
def connect_read_only(database: ConfiguredDatabase, *, multiple_statements: bool = True) -> Iterator[LiveConnection]:
    """A read-only session for the length of a `with` block; rolled back and closed after it.

    Args:
        multiple_statements: whether MySQL's protocol takes several in one text; False where the text is not our own.

    Raises:
        InputError: the configured URL cannot be used, or the driver is not installed.
        EngineError: the database could not be reached, or refused a query; the text holds nothing of the URL.
    """
    opener = {
        Engine.POSTGRESQL: _postgresql,
        Engine.COCKROACHDB: _postgresql,
        Engine.MYSQL: _mysql if multiple_statements else _mysql_single,
        Engine.TIDB: _mysql if multiple_statements else _mysql_single,
        Engine.SQLITE: _sqlite,
        Engine.SQLSERVER: _sqlserver,
    }[database.engine]
    try:
        with opener(database) as connection:
            yield connection
    except ModuleNotFoundError as error:
        extra = {Engine.SQLSERVER: "sqlserver"}.get(database.engine, "mysql")
        raise InputError(
            f"the driver for {database.engine.value} is not installed ({error.name})",
            remedy=f"Install dbdesign[{extra}]",
        ) from None
    except _driver_errors(database.engine) as error:
        raise cleaned(database, error) from None


def _driver_errors(engine: Engine) -> tuple[type[BaseException], ...]:
    """What the engine's driver raises; the modules are loaded if the driver could be."""
    found: list[type[BaseException]] = [OSError]
    if engine in {Engine.POSTGRESQL, Engine.COCKROACHDB}:
        import psycopg

        found.append(psycopg.Error)
    elif engine in {Engine.MYSQL, Engine.TIDB}:
        with contextlib.suppress(ModuleNotFoundError):
            import pymysql

            found += [pymysql.Error, RuntimeError]
    elif engine is Engine.SQLITE:
        found.append(sqlite3.Error)
    else:
        from sqlalchemy.exc import SQLAlchemyError

        found.append(SQLAlchemyError)
    return tuple(found)


def conninfo(database: ConfiguredDatabase) -> str:
    """libpq's connection string of a PostgreSQL database. It holds a secret.

    Raises:
        InputError: where the URL has a parameter that libpq does not know.
    """
    import psycopg
    from psycopg.conninfo import make_conninfo

    url = database.parsed()
    given = url.translate_connect_args(username="user", database="dbname") | {
        name: value if isinstance(value, str) else ",".join(value) for name, value in url.query.items()
    }
    try:
        return make_conninfo(**given)
    except psycopg.ProgrammingError:
        raise InputError(
            f"the URL configured for database {database.name!r} has a parameter that libpq does not know",
            remedy="Use those of PostgreSQL's manual, section 32.1.2: sslmode, options …",
        ) from None


def cleaned(database: ConfiguredDatabase, error: BaseException) -> EngineError:
    """A driver's error without anything of the URL."""
    said = database.redacted(str(error))[:300]
    return EngineError(
        f"database {database.name!r}: {type(error).__name__}: {said}",
        remedy="Check the URL in the server's configuration, and that the database can be reached",
    )


@contextlib.contextmanager
def _postgresql(database: ConfiguredDatabase) -> Iterator[LiveConnection]:
    import psycopg
    from psycopg import IsolationLevel

    settings = {
        "default_transaction_read_only": "on",
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "lock_timeout": f"{LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{2 * STATEMENT_SECONDS}s",
    }
    raw = psycopg.connect(
        conninfo(database), connect_timeout=CONNECT_SECONDS, application_name=APPLICATION, autocommit=True
    )
    try:
        for name, value in settings.items():
            with contextlib.suppress(psycopg.errors.UndefinedObject, psycopg.errors.FeatureNotSupported):
                raw.execute("SELECT set_config(%s, %s, false)", (name, value))
        raw.autocommit = False
        raw.isolation_level = IsolationLevel.REPEATABLE_READ
        raw.read_only = True
        said = str(_first(raw.execute("SELECT version()")))
        cockroach = re.search(r"CockroachDB \S+ v(\S+)", said)
        engine = Engine.COCKROACHDB if cockroach else Engine.POSTGRESQL
        version = cockroach[1] if cockroach else str(_first(raw.execute("SHOW server_version"))).split()[0]
        title = f"{'CockroachDB' if cockroach else 'PostgreSQL'} {version}"
        yield LiveConnection(database, engine, raw, version, title, "a READ ONLY transaction in a read-only session")
        raw.rollback()
    finally:
        raw.close()


def _first(cursor: Any) -> Any:
    row = cursor.fetchone()
    return row[0] if row else ""


@contextlib.contextmanager
def _mysql_single(database: ConfiguredDatabase) -> Iterator[LiveConnection]:
    with _mysql(database, multiple_statements=False) as connection:
        yield connection


@contextlib.contextmanager
def _mysql(database: ConfiguredDatabase, *, multiple_statements: bool = True) -> Iterator[LiveConnection]:
    import pymysql
    from pymysql.constants import CLIENT

    url = database.parsed()
    arguments = url.get_dialect()().create_connect_args(url)[1]
    raw = _mysql_session(
        database,
        {
            **arguments,
            "charset": "utf8mb4",
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": 2 * STATEMENT_SECONDS,
            "autocommit": False,
            "local_infile": False,
            # several of our own queries in one round trip; pymysql itself adds nothing of the kind
            "client_flag": CLIENT.MULTI_STATEMENTS if multiple_statements else 0,
        },
    )
    try:
        with raw.cursor() as cursor:
            cursor.execute("SET SESSION TRANSACTION READ ONLY")
            for setting in (
                f"SET SESSION max_statement_time = {STATEMENT_SECONDS}",
                f"SET SESSION max_execution_time = {STATEMENT_SECONDS * 1000}",
                f"SET SESSION lock_wait_timeout = {LOCK_SECONDS}",
                "SET SESSION sql_mode = ''",
                "SET SESSION sql_quote_show_create = 1",
            ):
                with contextlib.suppress(pymysql.MySQLError):  # each server knows one of the two timeouts
                    cursor.execute(setting)
            cursor.execute("START TRANSACTION READ ONLY")
            cursor.execute("SELECT VERSION()")
            version = str(_first(cursor))
        title, engine = _family(version)
        yield LiveConnection(database, engine, raw, version, title, "a READ ONLY transaction in a read-only session")
        raw.rollback()
    finally:
        with contextlib.suppress(pymysql.Error, OSError):
            raw.close()


def _mysql_session(database: ConfiguredDatabase, arguments: dict[str, Any]) -> Any:
    import pymysql

    try:
        return pymysql.connect(**arguments)
    except TypeError:
        raise InputError(
            f"the URL configured for database {database.name!r} has a parameter that the driver does not know",
            remedy="Use those of pymysql.connect: ssl_ca, unix_socket …",
        ) from None


def _family(version: str) -> tuple[str, Engine]:
    number = re.split(r"[^\d.]", version)[0]
    if "TiDB" in version:
        match = re.search(r"TiDB-v?([\d.]+)", version)
        return f"TiDB {match[1] if match else number}", Engine.TIDB
    return f"{'MariaDB' if 'MariaDB' in version else 'MySQL'} {number}", Engine.MYSQL


@contextlib.contextmanager
def _sqlite(database: ConfiguredDatabase) -> Iterator[LiveConnection]:
    path = database.parsed().database
    if not path or path == ":memory:" or not Path(path).is_file():
        raise InputError(f"the file configured for database {database.name!r} does not exist")
    raw = sqlite3.connect(f"file:{quote(str(Path(path).absolute()))}?mode=ro", uri=True, timeout=LOCK_SECONDS)
    try:
        raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)  # ATTACH would make the file that it names
        raw.execute("PRAGMA query_only = ON")
        raw.execute("PRAGMA trusted_schema = OFF")
        version = sqlite3.sqlite_version
        yield LiveConnection(
            database,
            Engine.SQLITE,
            raw,
            version,
            f"SQLite {version}",
            "the file is open with mode=ro, and query_only is on",
        )
    finally:
        raw.close()


@contextlib.contextmanager
def _sqlserver(database: ConfiguredDatabase) -> Iterator[LiveConnection]:
    from sqlalchemy import create_engine, text
    from sqlalchemy.pool import NullPool

    url = database.parsed()
    if "pyodbc" in url.drivername or url.drivername == "mssql":
        url = url.update_query_dict({"ApplicationIntent": "ReadOnly", "APP": APPLICATION})
    engine = create_engine(url, poolclass=NullPool, hide_parameters=True)
    with engine.connect() as raw, raw.begin() as transaction:
        raw.execute(text(f"SET LOCK_TIMEOUT {LOCK_SECONDS * 1000}"))
        version = str(raw.execute(text("SELECT CAST(SERVERPROPERTY('ProductVersion') AS nvarchar(64))")).scalar())
        guarantee = "rolled back at the end; SQL Server has no read-only session: give it a login that can read only"
        yield LiveConnection(database, Engine.SQLSERVER, raw, version, f"SQL Server {version}", guarantee)
        transaction.rollback()


__all__ = ["ConfiguredDatabase", "LiveConnection", "connect_read_only"]
