"""Where a benchmark runs: on a server of its own, or in a new schema of a database that its owner allows to be written to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from dbdesign.benchmark.quoting import default_namespace, literal
from dbdesign.engines.postgres import Limits, dedicated

if TYPE_CHECKING:
    import psycopg

    from dbdesign.engines.connections import ConfiguredDatabase

SERVER = {
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "work_mem": "16MB",
    "effective_cache_size": "4GB",
    "random_page_cost": "1.1",
    "max_worker_processes": "8",
    "max_parallel_workers": "2",
}
"""Settings of the server that benchmarks run on: those of a small server with a solid-state disk. What else is there stays at the
embedded server's own: no fsync (nothing here outlives the run), no JIT, no autovacuum.
"""


class Database(Protocol):
    """What a benchmark needs of the database that it runs in.

    Attributes:
        user: the connection that works, in autocommit mode.
        admin: one that reads catalogs.
        user_uri: a connection string for more connections. It holds a secret.
        begins: statements with which each of those begins.
    """

    @property
    def user(self) -> psycopg.Connection[Any]: ...  # noqa: D102
    @property
    def admin(self) -> psycopg.Connection[Any]: ...  # noqa: D102
    @property
    def user_uri(self) -> str: ...  # noqa: D102

    def size(self) -> int:
        """Bytes of what is in it. May be called while `user` is busy."""
        ...


@dataclass(frozen=True)
class Opened:
    """A place that is open.

    Attributes:
        title: for people.
        version: of the server.
        scope: a condition on `n.nspname`, the namespaces that are the benchmark's.
        begins: statements with which the connections that run the workload begin.
        refused: statements of the schema's script that the server refused.
    """

    database: Database
    title: str
    version: str
    refused: tuple[str, ...]
    scope: str = "n.nspname !~ '^pg_'"
    begins: tuple[str, ...] = ()


@contextmanager
def own_server(ddl: str, limits: Limits) -> Iterator[Opened]:
    """A server for this benchmark alone, with the schema."""
    with dedicated(SERVER) as server, server.scratch(limits=limits) as database:
        outcome = database.run_script(ddl, limits=replace(limits, seconds=300.0))
        refused = tuple(_said(one.statement, one.message) for one in outcome.failures)
        yield Opened(database, "embedded server", server.version, refused)


def _said(statement: str, message: str) -> str:
    return f"{' '.join(statement.split())[:120]}: {message}"


@dataclass(frozen=True)
class Place:
    """A new schema of a database that its configuration allows to be written to.

    Attributes:
        keep: whether the schema stays after the benchmark.
    """

    database: ConfiguredDatabase
    schema: str
    keep: bool = False

    def check(self) -> None:
        """Refuse at once what would be refused later.

        Raises:
            AccessError, InputError: where the database may not be written to, or the schema's name is none.
        """
        from dbdesign.engines.writable import check

        check(self.database, self.schema)

    @contextmanager
    def open(self, ddl: str) -> Iterator[Opened]:
        """The schema made, filled with what the script makes, and dropped at the end.

        Raises:
            AccessError, InputError: where it may not be made, or is there already.
            EngineError: where the database cannot be reached.
        """
        from dbdesign.engines.writable import new_schema

        with new_schema(self.database, self.schema, keep=self.keep) as made, default_namespace(self.schema):
            refused = tuple(_said(statement, message) for statement, message in made.run(ddl))
            begins = (f"SET search_path = {self.schema}", "SET default_transaction_read_only = on")
            title = f"database {self.database.name}, schema {self.schema}"
            yield Opened(made, title, made.version, refused, f"n.nspname = {literal(self.schema)}", begins)


__all__ = ["Database", "Opened", "Place", "own_server"]
