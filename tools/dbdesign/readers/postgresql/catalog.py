"""Reads a PostgreSQL database's catalogues into a `Schema`, exactly: about forty set-based queries in two round trips.

Works on servers from 12 to 18 and needs no privilege but to connect. Used for the scratch databases in which scripts are executed
and for live databases.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dbdesign.model.schema import Engine, Extension, Namespace, Schema, Sequence
from dbdesign.model.types import DataType, Kind
from dbdesign.readers.base import Unread
from dbdesign.readers.postgresql.catalog_columns import Columns, sequence_options
from dbdesign.readers.postgresql.catalog_others import carried, unread
from dbdesign.readers.postgresql.catalog_routines import Needs, routines, views
from dbdesign.readers.postgresql.catalog_rows import Row, Rows, fetch
from dbdesign.readers.postgresql.catalog_tables import tables
from dbdesign.readers.postgresql.catalog_types import DEFAULT, Types, composites, domains, enums, namespace_of

if TYPE_CHECKING:
    import psycopg

_INTEGER_KINDS = {"smallint": Kind.INT16, "integer": Kind.INT32, "bigint": Kind.INT64}


@dataclass(frozen=True)
class CatalogReading:
    """A schema, and what the catalogues hold that it does not."""

    schema: Schema
    unread: tuple[Unread, ...]


def read_catalog(connection: psycopg.Connection[Any], *, version: int | None = None) -> Schema:
    """The schema of a live database: `read_whole_catalog` without what was not modelled."""
    return read_whole_catalog(connection, version=version).schema


def read_whole_catalog(
    connection: psycopg.Connection[Any], *, version: int | None = None, facts: bool = True
) -> CatalogReading:
    """Everything that the catalogues say.

    Args:
        connection: of psycopg, outside a transaction or in one; nothing is changed.
        version: the server's major version; asked of the connection where it is None.
        facts: whether owners, tablespaces and extension versions are the source's own; False for scratch databases.

    Raises:
        EngineError: the server is older than 12.
    """
    rows = fetch(connection, version=version, facts=facts)
    types = Types(rows)
    columns = Columns(rows, types)
    needs = Needs(rows)
    table_values = tables(rows, columns)
    schema = Schema(
        engine=Engine.POSTGRESQL,
        version=str(rows.version),
        namespaces=tuple(_namespaces(rows)),
        extensions=_extensions(rows),
        enums=enums(rows),
        domains=domains(rows, types),
        composites=composites(rows, types),
        tables=table_values,
        sequences=tuple(_sequences(rows, columns.absorbed)),
        views=views(rows, types, needs),
        routines=routines(rows, needs),
        carried=tuple(carried(rows)),
    )
    return CatalogReading(schema=schema, unread=tuple(unread(rows)))


def _namespaces(rows: Rows) -> Iterator[Namespace]:
    for row in rows["namespaces"]:
        if row.name != DEFAULT:
            comment, grants = rows.comment("pg_namespace", row.oid), rows.grants("pg_namespace", row.oid)
            yield Namespace(name=row.name, owner=rows.owner(row), comment=comment, grants=grants)


def _extensions(rows: Rows) -> tuple[Extension, ...]:
    return tuple(
        Extension(
            name=row.name,
            namespace=namespace_of(row.namespace) if row.namespace != "pg_catalog" else None,
            version=row.version if rows.facts else None,
        )
        for row in rows["extensions"]
    )


def _sequences(rows: Rows, absorbed: set[int]) -> Iterator[Sequence]:
    for row in rows["sequences"]:
        if row.oid in absorbed:
            continue
        yield Sequence(
            namespace=namespace_of(row.namespace),
            name=row.name,
            type=None if row.type == "bigint" else DataType(kind=_INTEGER_KINDS[row.type], native=row.type),
            options=sequence_options(row, row.type),
            owned_by=_owning_column(row, rows),
            comment=rows.comment("pg_class", row.oid),
            grants=rows.grants("pg_class", row.oid),
            owner=rows.owner(row),
            unlogged=row.persistence == "u",
        )


def _owning_column(row: Row, rows: Rows) -> str | None:
    table = rows.relation_by_oid.get(row.table)
    if table is None:
        return None
    namespace = namespace_of(table.namespace)
    name = f"{table.name}.{rows.column_names[table.oid][row.column]}"
    return f"{namespace}.{name}" if namespace else name
