"""Writing into a database of the user's, where its configuration says `writable = true`: into one new schema, and nowhere else.

The session's search path is that schema alone, so that unqualified names mean nothing of what was there before; who sends statements
over it sees to it that they have no others. The schema is dropped at the end, also after an error; what stays after a crash of this process
has a comment that says where it is from.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbdesign.engines.connections import APPLICATION, CONNECT_SECONDS, ConfiguredDatabase, cleaned, conninfo
from dbdesign.errors import AccessError, InputError
from dbdesign.model.schema import Engine

if TYPE_CHECKING:
    import psycopg

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}\Z")
WRITTEN = (Engine.POSTGRESQL, Engine.COCKROACHDB, Engine.MYSQL, Engine.TIDB)
"""Engines that a benchmark can be written into."""
COMMENT = "Made by dbdesign benchmark; may be dropped"


@dataclass
class NewSchema:
    """A schema that was just made, with sessions that see it alone."""

    database: ConfiguredDatabase
    name: str
    user: psycopg.Connection[Any]
    admin: psycopg.Connection[Any]
    version: str

    @property
    def user_uri(self) -> str:
        """A connection string for more sessions, which begin without the search path. It holds a secret."""
        return conninfo(self.database)

    def size(self) -> int:
        """Bytes of the schema's tables with their indexes."""
        row = self.admin.execute(
            b"SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            b"WHERE n.nspname = %s AND c.relkind IN ('r', 'm')",
            (self.name,),
        ).fetchone()
        return int(row[0]) if row else 0

    def run(self, script: str) -> list[tuple[str, str]]:
        """Execute a script's statements one by one; those that were refused, with the reason."""
        import psycopg

        from dbdesign.engines.postgres import split_script

        refused = []
        for statement in split_script(script).statements:
            try:
                self.user.execute(statement.sql.encode())
            except psycopg.DatabaseError as error:
                refused.append((statement.sql, " ".join(str(error.diag.message_primary or error).split())))
        return refused


@contextlib.contextmanager
def new_schema(database: ConfiguredDatabase, name: str, *, keep: bool = False) -> Iterator[NewSchema]:
    """Make a schema for the length of the block.

    Raises:
        AccessError: where the configuration does not allow writing, or the database's role may not make a schema.
        InputError: where the engine is another one, the name none, or the schema is there.
        EngineError: where the database cannot be reached.
    """
    import psycopg

    check(database, name)
    try:
        with _session(database) as user, _session(database) as admin:
            version = _version(database, user)
            _make(database, name, user)
            try:
                for session in (user, admin):
                    session.execute(f"SET search_path = {name}".encode())
                yield NewSchema(database, name, user, admin, version)
            finally:
                if not keep:
                    _drop(database, name, user)
    except psycopg.OperationalError as error:
        raise cleaned(database, error) from None


def check(database: ConfiguredDatabase, name: str) -> None:
    """Refuse a database that may not be written to, or a name that is none, before anything is sent."""
    if not database.writable:
        raise AccessError(
            f"database {database.name!r} may only be read",
            remedy=f"Its owner writes {database.name} = {{url = …, writable = true}} in the configuration file",
        )
    if database.engine not in WRITTEN:
        raise InputError(
            f"database {database.name!r} is {database.engine.value}; benchmarks are written for "
            f"{', '.join(engine.value for engine in WRITTEN)}",
            remedy="Name one of those, or leave it out: a server of its own is used then",
        )
    if not _NAME.match(name) or name.startswith("pg_"):
        raise InputError(
            f"{name!r} is not a name for the schema",
            remedy="Use small letters, digits and _, such as dbdesign_benchmark",
        )


@contextlib.contextmanager
def _session(database: ConfiguredDatabase) -> Iterator[psycopg.Connection[Any]]:
    import psycopg

    connection = psycopg.connect(
        conninfo(database), connect_timeout=CONNECT_SECONDS, application_name=APPLICATION, autocommit=True
    )
    try:
        yield connection
    finally:
        connection.close()


def _version(database: ConfiguredDatabase, session: psycopg.Connection[Any]) -> str:
    row = session.execute(b"SELECT version(), current_setting('server_version')").fetchone()
    if row is None or not str(row[0]).startswith("PostgreSQL"):
        raise InputError(f"database {database.name!r} is not PostgreSQL itself", remedy="Name a PostgreSQL database")
    return str(row[1]).split()[0]


def _make(database: ConfiguredDatabase, name: str, session: psycopg.Connection[Any]) -> None:
    import psycopg

    try:
        session.execute(f"CREATE SCHEMA {name}".encode())
    except psycopg.errors.DuplicateSchema:
        raise InputError(
            f"schema {name} exists already in database {database.name!r}",
            remedy="Name another with --schema; what is there is never touched",
        ) from None
    except psycopg.errors.InsufficientPrivilege:
        raise AccessError(
            f"the role of database {database.name!r} may not make a schema", remedy="GRANT CREATE ON DATABASE … TO it"
        ) from None
    session.execute(f"COMMENT ON SCHEMA {name} IS '{COMMENT}'".encode())


def _drop(database: ConfiguredDatabase, name: str, session: psycopg.Connection[Any]) -> None:
    """By a new session where the old one was lost, or is inside a transaction."""
    import psycopg

    with contextlib.suppress(psycopg.Error):
        session.close()
    with _session(database) as fresh:
        fresh.execute(f"DROP SCHEMA {name} CASCADE".encode())
