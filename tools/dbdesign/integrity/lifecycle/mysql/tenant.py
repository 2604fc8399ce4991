"""Tenants without row-level security: views that show the session's tenant alone and let nothing else in, and no rights on the tables."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Part, Statement, Target, joined
from dbdesign.integrity.lifecycle.tenants import registry, tenant_tables
from dbdesign.model.lifecycle import TenantIsolation
from dbdesign.model.schema import Table
from dbdesign.writers.base import Note

VARIABLE = "@tenant_id"
FUNCTION = "current_tenant"


def part(target: Target) -> Part:
    """A function that says for whom the session works, and a view for each table."""
    tenant = target.lifecycle.tenant
    assert tenant is not None  # noqa: S101 - composed only where it is wanted
    tables = list(protected(target, tenant))
    native = next((column.type.native for table, name in tables if (column := table.column(name))), "bigint")
    function = (
        f"-- DETERMINISTIC, so that the optimiser looks it up once a statement and uses the index\n"
        f"CREATE FUNCTION {FUNCTION}() RETURNS {native} DETERMINISTIC NO SQL SQL SECURITY INVOKER RETURN {VARIABLE};"
    )
    views = [_view(target, table, name) for table, name in tables]
    note = Note(
        object="tenant",
        lost="has no row-level security",
        instead=(
            "views WITH CASCADED CHECK OPTION over the rows of the session's tenant; grant the program rights on them,"
            " not on the tables"
        ),
    )
    unset = Note(
        object=VARIABLE,
        lost="there is no SET LOCAL: a pooled connection keeps the tenant of the request before",
        instead=f"set {VARIABLE} at each check-out, and to NULL at each return",
    )
    statements = tuple(_statements(target, tables))
    return Part(concern="tenant", sql=joined(function, *views), statements=statements, notes=(note, unset))


def protected(target: Target, tenant: TenantIsolation) -> Iterator[tuple[Table, str]]:
    """Each table with the column that names its tenant; the table of the tenants has its key."""
    labels, of_tenants = set(tenant_tables(target.schema, tenant)), registry(target.schema, tenant)
    for table in target.schema.tables:
        if table.label in labels:
            yield table, tenant.column
        elif table.label == of_tenants and table.primary_key and of_tenants not in tenant.shared:
            yield table, table.primary_key.columns[0]


def _view(target: Target, table: Table, column: str) -> str:
    columns = target.columns([one.name for one in table.columns])
    return (
        f"CREATE ALGORITHM = MERGE SQL SECURITY DEFINER VIEW {target.beside(table, 'of', 'tenant')} AS\n"
        f"SELECT {columns} FROM {target.table(table)} WHERE {target.column(column)} = {FUNCTION}()\nWITH CASCADED"
        " CHECK OPTION;"
    )


def _statements(target: Target, tables: list[tuple[Table, str]]) -> Iterator[Statement]:
    yield Statement(
        concern="tenant",
        name="say for whom a session works",
        sql=f"SET {VARIABLE} = :tenant",
        when="When a connection is taken from the pool, before anything else; not set, or NULL, nothing is seen.",
    )
    yield Statement(
        concern="tenant",
        name="forget for whom a session worked",
        sql=f"SET {VARIABLE} = NULL",
        when="Before a connection goes back to the pool (or COM_RESET_CONNECTION, which forgets all variables).",
    )
    for table, _ in tables:
        yield Statement(
            concern="tenant",
            name=f"rights on {table.name}",
            sql=f"GRANT SELECT, INSERT, UPDATE, DELETE ON {target.beside(table, 'of', 'tenant')} TO :account",
            when=(
                "Once, for the program's account, which has no rights on the table itself, and EXECUTE on the function."
            ),
        )
