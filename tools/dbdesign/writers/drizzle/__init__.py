"""Writes schemas of Drizzle ORM 0.45 (`drizzle-orm/pg-core`, `mysql-core`, `sqlite-core`) as `drizzle-kit push` applies them.

PostgreSQL, MySQL and SQLite are written with their own cores, TiDB with MySQL's. Drizzle 0.45 has no core for SQL Server and CockroachDB:
their schemas are translated for PostgreSQL, and a note says so.
"""

from __future__ import annotations

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult

VERSION = "0.45"
"""Of drizzle-orm: the last line with `relations()` of the first API; 1.0 was still a beta."""


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """One module with everything: namespaces, enumerations, sequences, tables, views, relations."""
    from dbdesign.writers.drizzle.generate import generate

    return generate(schema, options or WriteOptions())


WRITER = Writer(
    name="drizzle", title="Drizzle ORM (TypeScript)", kind="orm", suffix=".ts", write=write, versions=(VERSION,)
)
