"""Every kind of server by its name."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.benchmark.servers import mysql, postgresql
from dbdesign.benchmark.servers.base import Server
from dbdesign.errors import UnknownNameError

SERVERS: Mapping[str, Server] = {one.name: one for one in (*postgresql.SERVERS, *mysql.SERVERS)}


def server(name: str) -> Server:
    """The kind of that name, or an `UnknownNameError` with the nearest."""
    if name not in SERVERS:
        raise UnknownNameError.among("server", name, SERVERS)
    return SERVERS[name]
