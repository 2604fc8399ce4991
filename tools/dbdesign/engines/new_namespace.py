"""A schema (MySQL: a database) of its own on any server that a benchmark writes to: made, used by sessions that see it alone, dropped.

The name must be free; what is there is never touched. It is dropped at the end by a fresh session, also after an error, unless it is to be
kept. Nothing else of the server is written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.engines.server_session import Identity, ServerError, ServerSession, identity, open_session
from dbdesign.engines.writable import COMMENT, check
from dbdesign.errors import AccessError, DesignError, EngineError, InputError

DENIED = {"postgresql": frozenset({"42501"}), "mysql": frozenset({"1044", "1045", "1142", "1227"})}
"""insufficient_privilege; MySQL's ER_DBACCESS_DENIED_ERROR and those like it for accounts, tables and privileges."""
THERE = {"postgresql": frozenset({"42P06"}), "mysql": frozenset({"1007"})}
"""duplicate_schema; ER_DB_CREATE_EXISTS."""

MYSQL_BEGINS = (
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'",
)
"""As the writers' DDL asks for: points in time are UTC, nothing is cut short silently, and a key of 0 stays 0."""
POSTGRES_BEGINS = ("SET TimeZone = 'UTC'",)

MYSQL_DEFAULTS = {
    "mysql": "CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs",
    "mariadb": "CHARACTER SET utf8mb4",
    "tidb": "",
}

DISTRIBUTED_SIZE = (
    "CASE WHEN EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = c.oid) THEN citus_total_relation_size(c.oid) "
    "ELSE pg_total_relation_size(c.oid) END"
)
"""Of a table on all of Citus's nodes; the function refuses a table that is not distributed."""


@dataclass
class Namespace:
    """A schema that was just made.

    Attributes:
        name: of the schema, on MySQL's protocol of the database.
        begins: statements with which each of its sessions begins.
        session: the first of them.
    """

    database: ConfiguredDatabase
    name: str
    server: Identity
    begins: tuple[str, ...]
    session: ServerSession = field(repr=False)

    def another(self) -> ServerSession:
        """One more session that sees the schema alone."""
        return open_session(self.database, self.begins)

    def renew(self) -> None:
        """A new session where the old one was lost."""
        with contextlib.suppress(DesignError):
            self.session.close()
        self.session = self.another()

    def size(self) -> int | None:
        """Bytes of its tables with their indexes, as the server counts them; None where it has no number that follows a load."""
        if self.server.kind in {"tidb", "cockroachdb"}:
            return None
        if self.session.protocol == "mysql":
            sql = f"SELECT SUM(DATA_LENGTH + INDEX_LENGTH) FROM information_schema.TABLES WHERE TABLE_SCHEMA = '{self.name}'"
        else:
            measured = DISTRIBUTED_SIZE if self.server.citus else "pg_total_relation_size(c.oid)"
            sql = (
                f"SELECT coalesce(sum({measured}), 0) FROM pg_class c WHERE c.relnamespace = '{self.name}'::regnamespace "
                "AND c.relkind IN ('r', 'm')"
            )
        return int(self.session.rows(sql)[0][0] or 0)


@contextlib.contextmanager
def new_namespace(database: ConfiguredDatabase, name: str, *, keep: bool = False) -> Iterator[Namespace]:
    """Make a schema for the length of the block.

    Raises:
        AccessError: where the configuration does not allow writing, or the account may not make a schema.
        InputError: where the engine is another one, the name none, or the schema is there.
        EngineError: where the database cannot be reached.
    """
    check(database, name)
    session = open_session(database)
    try:
        server = identity(session)
        _make(session, server, database, name)
    finally:
        session.close()
    begins = _begins(session.protocol, server, name)
    try:
        namespace = Namespace(database, name, server, begins, open_session(database, begins))
        try:
            yield namespace
        finally:
            namespace.session.close()
    finally:
        if not keep:
            _drop(database, name)


def _begins(protocol: str, server: Identity, name: str) -> tuple[str, ...]:
    if protocol == "mysql":
        more: Sequence[str] = ()
        if server.kind == "tidb":
            more = ("SET SESSION allow_auto_random_explicit_insert = ON",)
        if server.kind == "mysql" and server.version >= (8,):
            more = ("SET SESSION information_schema_stats_expiry = 0",)  # sizes as they are, not as they were a day ago
        return (*MYSQL_BEGINS, *more, f"USE `{name}`")
    return (*POSTGRES_BEGINS, f"SET search_path = {name}")


def _make(session: ServerSession, server: Identity, database: ConfiguredDatabase, name: str) -> None:
    mysql = session.protocol == "mysql"
    what = "database" if mysql else "schema"
    sql = f"CREATE DATABASE `{name}` {MYSQL_DEFAULTS[server.kind]}" if mysql else f"CREATE SCHEMA {name}"
    try:
        session.execute(sql.strip())
        if not mysql:
            session.execute(f"COMMENT ON SCHEMA {name} IS '{COMMENT}'")
    except ServerError as error:
        if error.code in THERE[session.protocol]:
            raise InputError(
                f"{what} {name} exists already in database {database.name!r}",
                remedy="Name another with --schema; what is there is never touched",
            ) from None
        if error.code in DENIED[session.protocol]:
            grant = f"GRANT ALL ON `{name}`.* TO it" if mysql else "GRANT CREATE ON DATABASE … TO it"
            raise AccessError(
                f"the account of database {database.name!r} may not make a {what}", remedy=grant
            ) from None
        raise EngineError(f"database {database.name!r}: {error}", remedy=f"See why it makes no {what}") from None


def _drop(database: ConfiguredDatabase, name: str) -> None:
    """By a fresh session: the old one may be lost."""
    session = open_session(database)
    try:
        session.execute(f"DROP DATABASE `{name}`" if session.protocol == "mysql" else f"DROP SCHEMA {name} CASCADE")
    except ServerError as error:
        raise EngineError(
            f"database {database.name!r}: {name} could not be dropped: {error}", remedy=f"Drop {name} by hand"
        ) from None
    finally:
        session.close()
