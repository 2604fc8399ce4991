"""Everything that a lifecycle promises, tried on the embedded server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from psycopg import sql

from dbdesign.benchmark.generate import generate
from dbdesign.benchmark.session import Session
from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.sandbox import Limits
from dbdesign.errors import InputError
from dbdesign.integrity.lifecycle.base import Step, Target
from dbdesign.integrity.lifecycle.compose import compose
from dbdesign.integrity.lifecycle.proof.ages import prove_retention
from dbdesign.integrity.lifecycle.proof.audits import prove_audit
from dbdesign.integrity.lifecycle.proof.erasures import prove_erasure
from dbdesign.integrity.lifecycle.proof.events import prove_outbox
from dbdesign.integrity.lifecycle.proof.requests import prove_idempotency
from dbdesign.integrity.lifecycle.proof.sagas import prove_sagas
from dbdesign.integrity.lifecycle.proof.softly import prove_soft_delete
from dbdesign.integrity.lifecycle.proof.stand import Stand
from dbdesign.integrity.lifecycle.proof.tenants import prove_tenants
from dbdesign.integrity.lifecycle.tenants import registry
from dbdesign.model.design import Design
from dbdesign.model.lifecycle import Lifecycle
from dbdesign.model.schema import Engine, Schema
from dbdesign.model.types import NUMBERS, Kind
from dbdesign.model.workload import ColumnVolume, TableVolume, Workload
from dbdesign.twin.profiles import resolve
from dbdesign.writers.base import WriteOptions, writer

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase

TENANTS = 3
ROWS = 14
"""Rows of a table, about: some for each of several tenants and persons."""
DISK = 256 * 1024**2
SECONDS = 120.0
CONNECTIONS = 20
PROOFS: tuple[Callable[[Stand], Iterator[Step]], ...] = (
    prove_tenants,
    prove_audit,
    prove_soft_delete,
    prove_erasure,
    prove_idempotency,
    prove_outbox,
    prove_sagas,
    prove_retention,
)
"""Those that leave the rows as they were come first."""


def prove(schema: Schema, lifecycle: Lifecycle) -> tuple[tuple[Step, ...], str]:
    """What was tried, and on which server.

    Args:
        schema: of PostgreSQL, with what `shape.shaped` adds.

    Raises:
        InputError: the schema or the scripts cannot be run.
        LimitError: a statement does not end.
    """
    with embedded().scratch(limits=Limits(connections=CONNECTIONS)) as database:
        version = database.server.version
        numbers = (database.server.major,)
        scripts = compose(schema, lifecycle, Engine.POSTGRESQL, numbers)
        _run(database, writer("postgresql").write(schema, WriteOptions(prove=False)).text, "the schema")
        generate(
            Session(database, disk=DISK, seconds=SECONDS),
            schema,
            resolve(Design(schema=schema, workload=volumes(schema, lifecycle))),
            ROWS * len(schema.tables),
        )
        _run(database, scripts.text, "the lifecycle")
        _act_alone(database, lifecycle)
        stand = Stand(database, Target(Engine.POSTGRESQL, numbers, schema, lifecycle), scripts)
        try:
            return tuple(one for proof in PROOFS for one in proof(stand)), f"PostgreSQL {version}"
        finally:
            stand.close()


def volumes(schema: Schema, lifecycle: Lifecycle) -> Workload:
    """As many rows everywhere, of few tenants, so that each has several, and none that is marked as deleted."""
    of_tenants = registry(schema, lifecycle.tenant) if lifecycle.tenant else None
    said = _columns(schema, lifecycle, named=of_tenants is None)
    found = {}
    for table in schema.tables:
        rows = None if table.partitioning or table.partition_of else TENANTS if table.label == of_tenants else ROWS
        columns = {name: one for name, one in said.items() if table.column(name)}
        if rows is not None:
            found[table.label] = TableVolume(rows=rows, columns=columns)
    return Workload(volumes=found)


def _columns(schema: Schema, lifecycle: Lifecycle, *, named: bool) -> dict[str, ColumnVolume]:
    found = {}
    if lifecycle.tenant is not None and named:
        name = lifecycle.tenant.column
        kind = next((column.type.kind for table in schema.tables if (column := table.column(name))), Kind.INT64)
        digits = "{}" if kind in NUMBERS else "00000000-0000-4000-8000-00000000000{}" if kind is Kind.UUID else "t{}"
        found[name] = ColumnVolume(values={digits.format(one + 1): 1 / TENANTS for one in range(TENANTS)})
    if lifecycle.soft_delete is not None:
        found[lifecycle.soft_delete.column] = ColumnVolume(nulls=1.0)
    return found


def _run(database: ScratchDatabase, script: str, what: str) -> None:
    outcome = database.run_script(script)
    if outcome.failures:
        first = outcome.failures[0]
        line = script.splitlines()[first.line - 1].strip() if first.line else ""
        raise InputError(f"{what} does not run: {first.message}", where=line[:100])


def _act_alone(database: ScratchDatabase, lifecycle: Lifecycle) -> None:
    """The owner has no rights of the roles that it may act as, as in production."""
    names = (lifecycle.roles.application, lifecycle.roles.maintenance)
    database.ensure_roles(names)
    for name in names:
        grant = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(
            sql.Identifier(name), sql.Identifier(database.user_role)
        )
        database.server.control(grant.as_string())
