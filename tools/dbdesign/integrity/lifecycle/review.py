"""The gaps of a design, with what was seen of them on the embedded server."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.benchmark.generate import generate
from dbdesign.benchmark.session import Session
from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.sandbox import Limits
from dbdesign.integrity.lifecycle.base import Target
from dbdesign.integrity.lifecycle.compose import Scripts
from dbdesign.integrity.lifecycle.gaps import Gap, find_gaps
from dbdesign.integrity.lifecycle.proof.prove import CONNECTIONS, DISK, ROWS, SECONDS, volumes
from dbdesign.integrity.lifecycle.proof.stand import Stand
from dbdesign.model.design import Design
from dbdesign.model.schema import Engine
from dbdesign.twin.profiles import resolve
from dbdesign.writers.base import WriteOptions, writer

MOST_WITNESSES = 60


def reviewed_lifecycle(design: Design) -> tuple[list[tuple[Gap, str | None]], str | None]:
    """Every gap with what was seen of it (None where nothing was run, or nothing could be shown), and on which server."""
    if design.lifecycle is None:
        return [], None
    target = Target(design.schema.engine, (18,), design.schema, design.lifecycle)
    gaps = list(find_gaps(target))
    if design.schema.engine is not Engine.POSTGRESQL or not any(one.witness for one in gaps):
        return [(one, None) for one in gaps], None
    return _witnessed(target, gaps)


def _witnessed(target: Target, gaps: list[Gap]) -> tuple[list[tuple[Gap, str | None]], str | None]:
    schema, roles = target.schema, target.lifecycle.roles
    names = [target.dialect.identifier(one) for one in (roles.application, roles.maintenance)]
    with embedded().scratch(limits=Limits(connections=CONNECTIONS)) as database:
        database.run_script(writer("postgresql").write(schema, WriteOptions(prove=False)).text)
        generate(
            Session(database, disk=DISK, seconds=SECONDS),
            schema,
            resolve(Design(schema=schema, workload=volumes(schema, target.lifecycle))),
            ROWS * len(schema.tables),
        )
        database.ensure_roles((roles.application, roles.maintenance))
        database.run_script("\n".join(_granted(target, names)))
        stand = Stand(database, target, Scripts(shared="", parts=()))
        try:
            shown = [
                one.witness(stand) if one.witness and number < MOST_WITNESSES else None
                for number, one in enumerate(gaps)
            ]
        finally:
            stand.close()
        return list(zip(gaps, shown, strict=True)), f"PostgreSQL {database.server.version}"


def _granted(target: Target, roles: list[str]) -> Iterator[str]:
    for namespace in sorted({table.namespace or "public" for table in target.schema.tables}):
        of = target.dialect.identifier(namespace)
        yield f"GRANT USAGE ON SCHEMA {of} TO {', '.join(roles)};"
        yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {of} TO {', '.join(roles)};"
