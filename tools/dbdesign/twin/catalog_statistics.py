"""Reads all that the planner of a live PostgreSQL 13 to 18 knows, by the database's configured name and without reading a row.

The queries are those of `snapshot.sql`: what an owner exports and what is read live cannot differ.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from dbdesign.errors import InputError
from dbdesign.model.schema import Engine
from dbdesign.twin.statistics_document import interpret, parse_document

if TYPE_CHECKING:
    from dbdesign.engines.connections import ConfiguredDatabase
    from dbdesign.model.statistics import Statistics

OLDEST = 13
"""The oldest major version whose catalogs the queries know."""

_PART = re.compile(r"^-- dbdesign: (?P<name>\w+)\n(?P<sql>.*?)^-- dbdesign: end$", re.MULTILINE | re.DOTALL)


@cache
def snapshot_script() -> str:
    """The text of `snapshot.sql`."""
    return files("dbdesign.twin").joinpath("snapshot.sql").read_text(encoding="utf-8")


@cache
def _parts() -> dict[str, str]:
    return {match["name"]: match["sql"] for match in _PART.finditer(snapshot_script())}


def read_statistics(database: ConfiguredDatabase, *, values: bool = True) -> Statistics:
    """What the planner of a live PostgreSQL knows of the database.

    Args:
        database: by its configured name; the session is read-only.
        values: whether commonest values and histogram bounds are read; otherwise stand-ins made by the server, as in a snapshot.

    Raises:
        InputError: the configured URL cannot be used, or it is no PostgreSQL of version 13 or later.
        EngineError: the database could not be reached or read; nothing of the URL is in the text.
    """
    from dbdesign.engines.connections import connect_read_only

    with connect_read_only(database) as connection:
        if connection.engine is not Engine.POSTGRESQL or int(re.split(r"\D", connection.version)[0] or 0) < OLDEST:
            raise InputError(
                f"database {database.name!r} is {connection.title}: statistics are read from PostgreSQL {OLDEST} or later",
                remedy="Describe the volumes in a design file instead",
            )
        text = read_document(connection.raw, values=values)
        source = f"database:{database.name} ({connection.title})"
    return interpret(parse_document(text, where=f"database {database.name!r}"), source=source)


def read_document(connection: Any, *, values: bool) -> str:
    """The document of statistics as the server makes it, over an open psycopg connection inside a transaction."""
    parts = _parts()
    connection.execute("SET client_encoding = 'UTF8'")
    connection.execute(parts["settings"].encode())
    query = parts["statistics"].replace(":dbdesign_values", "true" if values else "false")
    for name in ("text_ranks", "heights", "gins", "expressions"):
        query = query.replace(f":dbdesign_{name}", _one(connection, parts[name]))
    return _one(connection, query)


def _one(connection: Any, query: str) -> str:
    return str(connection.execute(query.encode()).fetchone()[0])


__all__ = ["read_statistics"]
