"""Databases that the benchmark's generator has filled, and what is true of them, found by other means than the generator's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dbdesign.benchmark.generate import Loaded, generate
from dbdesign.benchmark.quoting import name, relation
from dbdesign.benchmark.session import Session
from dbdesign.engines.postgres import Limits, embedded
from dbdesign.model.design import Design
from dbdesign.model.profile import Profile
from dbdesign.model.schema import Schema, Table
from dbdesign.model.workload import Workload
from dbdesign.readers.base import reader
from dbdesign.twin.profiles import resolve
from dbdesign.writers.base import WriteOptions, writer

TODAY = date(2026, 11, 1)
GIGABYTE = 1024**3


@dataclass
class FilledDatabase:
    """A database with generated rows."""

    session: Session
    schema: Schema
    profile: Profile
    loaded: Loaded

    def value(self, sql: str) -> Any:
        """The only value that a query gives."""
        found = self.session.rows(sql)[0][0]
        return float(found) if isinstance(found, Decimal) else found

    def checksums(self) -> dict[str, int | None]:
        """A checksum of each table's rows."""
        return {
            table.label: self.value(f"SELECT sum(hashtextextended(t::text, 0)::numeric)::text FROM {relation(table)} t")
            for table in self.schema.tables
        }


def ddl_of(schema: Schema) -> str:
    """The schema alone, without the rows that its script may insert."""
    return writer("postgresql").write(schema, WriteOptions(prove=False)).text


@contextmanager
def filled(text: str, rows: int, *, seed: int = 1, workload: Workload | None = None) -> Iterator[FilledDatabase]:
    """A scratch database with this schema and about so many rows."""
    schema = reader("postgresql").read(text).schema_
    profile = resolve(Design(schema=schema, workload=workload or Workload()), today=TODAY)
    with embedded().scratch(limits=Limits(seconds=300, disk=GIGABYTE, temporary=GIGABYTE, connections=10)) as database:
        database.run_script(ddl_of(schema))
        session = Session(database, disk=GIGABYTE, seconds=300)
        loaded = generate(session, schema, profile, rows, seed=seed)
        yield FilledDatabase(session, schema, profile, loaded)


def violations(filled: FilledDatabase) -> list[str]:
    """Rows that a constraint of the schema does not allow, asked one constraint at a time."""
    return [said for table in filled.schema.tables for said in _violations(filled, table)]


def _violations(filled: FilledDatabase, table: Table) -> Iterator[str]:
    place = relation(table) if table.partitioning else f"ONLY {relation(table)}"  # keys do not reach heirs
    for check in table.checks:
        if bad := filled.value(f"SELECT count(*) FROM {place} AS {name(table.name)} WHERE NOT ({check.expression})"):
            yield f"{table.label}: {bad} rows against {check.expression}"
    for column in table.columns:
        if not column.nullable and (
            bad := filled.value(f"SELECT count(*) FROM {place} WHERE {name(column.name)} IS NULL")
        ):
            yield f"{table.label}: {bad} NULLs in {column.name}"
    for columns in [key.columns for key in (*([table.primary_key] if table.primary_key else []), *table.unique_keys)]:
        listed = ", ".join(map(name, columns))
        present = " AND ".join(f"{name(column)} IS NOT NULL" for column in columns)
        again = f"SELECT {listed} FROM {place} WHERE {present} GROUP BY {listed} HAVING count(*) > 1"
        if bad := filled.value(f"SELECT count(*) FROM ({again}) x"):
            yield f"{table.label}: {bad} repeats of {listed}"
    for key in table.foreign_keys:
        parent = filled.schema.table_by_label[key.references]
        same = " AND ".join(
            f"p.{name(b)} = c.{name(a)}" for a, b in zip(key.columns, key.referenced_columns, strict=True)
        )
        present = " AND ".join(f"c.{name(column)} IS NOT NULL" for column in key.columns)
        orphans = f"SELECT count(*) FROM {place} c WHERE {present} AND NOT EXISTS (SELECT FROM {relation(parent)} p WHERE {same})"
        if bad := filled.value(orphans):
            yield f"{table.label}: {bad} orphans of {key.references}"


CATALOG = """
SELECT 'constraint ' || conrelid::regclass || ' ' || pg_get_constraintdef(oid) || contype::text FROM pg_constraint WHERE connamespace::regnamespace::text !~ '^(pg_|information)'
UNION ALL SELECT 'index ' || pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE indrelid >= 16384 AND relkind <> 't'
UNION ALL SELECT 'trigger ' || tgname || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'rule ' || rulename || ' ' || ev_enabled::text FROM pg_rewrite WHERE ev_class >= 16384
ORDER BY 1
"""


def catalog(database: Any) -> list[str]:
    """Constraints, indexes, triggers and rules of a database, as the server spells them; its own temporary tables left out."""
    rows = database.admin.execute(CATALOG.encode()).fetchall()
    return [
        row[0].replace(" NOT VALID", "") for row in rows if "pg_temp" not in row[0] and "dbdesign_keys" not in row[0]
    ]
