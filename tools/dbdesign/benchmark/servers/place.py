"""The place on another server where a workload is run: a schema of its own with the design's tables."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.benchmark.results import PlanFacts
from dbdesign.benchmark.servers.base import Script, Server
from dbdesign.engines.new_namespace import DENIED, Namespace, new_namespace
from dbdesign.engines.server_session import Described, ServerError
from dbdesign.errors import AccessError

if TYPE_CHECKING:
    from dbdesign.engines.connections import ConfiguredDatabase

LOAD_SECONDS = 3_600.0
"""That sending all rows may take."""

QUERY_SECONDS = 30.0
"""Of one execution of a query."""


@dataclass(frozen=True)
class Elsewhere:
    """What to do on another server.

    Attributes:
        schema: the name that is made there.
        script: the design's schema in its words.
        reads: what a plan says, from the rows that EXPLAIN gave.
        disk: bytes that may be filled there.
        query_seconds: that one execution may take.
        own: queries by name, parameters as `$n`, that are in the server's dialect already.
    """

    database: ConfiguredDatabase
    server: Server
    schema: str
    script: Script
    reads: Callable[[Described], PlanFacts]
    keep: bool = False
    disk: int = 64 * 1024**3
    load_seconds: float = LOAD_SECONDS
    own: Mapping[str, str] = field(default_factory=dict)
    query_seconds: float = QUERY_SECONDS


@dataclass
class Opened:
    """A schema there with its tables, and what was refused of it."""

    wanted: Elsewhere
    namespace: Namespace
    refused: list[str] = field(default_factory=list)

    def run(self, statements: Sequence[str]) -> None:
        """Execute statements; those that are refused are kept with the reason.

        Raises:
            AccessError: where the account lacks the right to make what the schema is made of.
        """
        for statement in statements:
            try:
                self.namespace.session.execute(statement)
            except ServerError as error:
                if error.code in DENIED[self.namespace.session.protocol]:
                    raise AccessError(
                        f"the account of database {self.wanted.database.name!r} may not do what the schema needs: {error}",
                        remedy="Grant it all rights on the schema that the benchmark makes",
                    ) from None
                self.refused.append(f"{' '.join(statement.split())[:120]}: {error}")

    def recover(self, error: ServerError) -> None:
        """A new session where an error has ended the old one."""
        if error.lost:
            self.namespace.renew()
            self.namespace.session.execute(self.limit(self.wanted.query_seconds))

    def limit(self, seconds: float) -> str:
        """The statement that lets later ones take so long."""
        return self.wanted.server.limit.format(ms=int(seconds * 1000), s=seconds)


@contextlib.contextmanager
def opened(wanted: Elsewhere) -> Iterator[Opened]:
    """The schema there, made and dropped at the end.

    Raises:
        AccessError, InputError, EngineError: where it cannot be made.
    """
    with new_namespace(wanted.database, wanted.schema, keep=wanted.keep) as namespace:
        place = Opened(wanted, namespace)
        place.run(wanted.script.tables)
        yield place
