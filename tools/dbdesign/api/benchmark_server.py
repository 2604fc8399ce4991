"""A benchmark on a MySQL, MariaDB, TiDB, CockroachDB, Citus or PostgreSQL database of the user's, beside the embedded server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.errors import InputError
from dbdesign.model.schema import Engine

if TYPE_CHECKING:
    from dbdesign.api.source import Loaded
    from dbdesign.benchmark.servers.base import Server
    from dbdesign.benchmark.servers.elsewhere import Elsewhere
    from dbdesign.engines.connections import ConfiguredDatabase
    from dbdesign.engines.server_session import Identity


def speaks(server: Engine, design: Engine) -> bool:
    """Whether a server takes a design's schema and queries as they are."""
    families = ({Engine.MYSQL, Engine.TIDB}, {Engine.COCKROACHDB}, {Engine.POSTGRESQL})
    return any(server in family and design in family for family in families)


@dataclass(frozen=True)
class Beside:
    """The other server.

    Attributes:
        answers: who answers there.
        schema: the name that is made there.
        keep: whether it stays after the benchmark.
    """

    database: ConfiguredDatabase
    server: Server
    answers: Identity
    schema: str
    keep: bool = False

    def elsewhere(self, original: Loaded, loaded: Loaded, indexes: Sequence[str]) -> Elsewhere:
        """What to do there, the schema and the indexes in its words.

        Args:
            original: the design as it was given; its own queries are asked where the server speaks its dialect.
            loaded: the same for PostgreSQL.

        Raises:
            InputError: where the design or its workload leads out of the schema that is made.
        """
        from dbdesign.api.design_translation import own_queries
        from dbdesign.api.relocation import Relocation
        from dbdesign.api.server_plans import facts_of
        from dbdesign.api.server_scripts import script_of
        from dbdesign.benchmark.placeholders import numbered
        from dbdesign.benchmark.servers.elsewhere import Elsewhere

        spoken = speaks(self.server.engine, original.design.schema_.engine)
        own = own_queries(original) if spoken and original is not loaded else {}
        for query in loaded.design.workload.queries if original is loaded else ():
            Relocation.query(numbered(query.sql.strip().rstrip(";")).sql, query.name)
        script = script_of(original if spoken else loaded, loaded, self.server, self.answers, indexes)
        return Elsewhere(self.database, self.server, self.schema, script, facts_of, self.keep, own=own)


def beside(database: ConfiguredDatabase, schema: str, engine: str | None, *, keep: bool) -> Beside | None:
    """The other server, by what answers there; None for PostgreSQL where nothing else was asked for.

    Args:
        engine: what it is said to be: `citus`, `postgresql` …; None for what it says itself.

    Raises:
        AccessError, InputError: where it may not be written to, or is something else.
        EngineError: where it cannot be reached.
    """
    from dbdesign.benchmark.servers.catalogue import server
    from dbdesign.engines.server_session import identity, open_session
    from dbdesign.engines.writable import check

    wanted = server(engine) if engine is not None else None
    check(database, schema)
    session = open_session(database)
    try:
        answers = identity(session)
    finally:
        session.close()
    if wanted is None:
        return None if answers.kind == "postgresql" else Beside(database, server(answers.kind), answers, schema, keep)
    _fits(database, wanted, answers)
    return Beside(database, wanted, answers, schema, keep)


def _fits(database: ConfiguredDatabase, wanted: Server, answers: Identity) -> None:
    if wanted.name == "citus" and answers.kind == "postgresql":
        if answers.citus is not None:
            return
        raise InputError(
            f"database {database.name!r} is {answers.title} without the extension citus",
            where="--engine citus",
            remedy="Set shared_preload_libraries = 'citus' there and run CREATE EXTENSION citus in the database, or say "
            "--engine postgresql",
        )
    if wanted.name != answers.kind:
        raise InputError(
            f"database {database.name!r} is {answers.title}",
            where=f"--engine {wanted.name}",
            remedy="Leave --engine out, or name the database that is meant",
        )
