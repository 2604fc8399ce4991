"""Other servers that a benchmark is sent to in tests: MariaDB, a second database of the embedded PostgreSQL, stand-ins for what Citus has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.engines.postgres import Limits, embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from mariadb_servers import server

HERE = Path(__file__).parent / "benchmark"
CITUS_STUB = (HERE / "citus_stub.sql").read_text()


def on_mariadb(user: str = "root", password: str = "", *, name: str = "trial") -> ConfiguredDatabase:
    """The private MariaDB as a configured database."""
    login = f"{user}:{password}" if password else user
    return ConfiguredDatabase(name, f"mariadb://{login}@localhost/mysql?unix_socket={server().socket}", writable=True)


@contextmanager
def second_postgresql(stub: str = "") -> Iterator[tuple[ScratchDatabase, ConfiguredDatabase]]:
    """Another PostgreSQL database, with functions in pg_catalog that PostgreSQL itself does not have."""
    with embedded().scratch(limits=Limits(seconds=60, connections=20)) as database:
        if stub:
            database.admin.execute(stub.encode())
        yield database, ConfiguredDatabase("trial", database.user_uri, writable=True)


def call_on(database: ConfiguredDatabase, folder: Path | None = None) -> Call:
    """The terms of a call that may write to it."""
    databases = {"trial": database}
    return Call(access=Access.beneath(folder, databases=databases) if folder else Access(databases=databases))


def databases() -> set[str]:
    """Those of the private MariaDB."""
    return set(server().run("SHOW DATABASES").split()[1:])
