"""Prisma Migrate: a folder with `migration.sql` a unit, and `down.sql` beside it for a person to run.

The schema engine sends `migration.sql` as one query, so a statement that refuses a transaction stands alone in its file. Source: Prisma's
documentation on migration histories and down migrations.
"""

from __future__ import annotations

import re

from dbdesign.migrations.writers.assembly import assembled, sql_units
from dbdesign.migrations.writers.base import RELATIONAL, Job, MigrationWriter, WrittenMigration
from dbdesign.migrations.writers.golang_migrate import query_text
from dbdesign.migrations.writers.guards import POSTGRESQL_LIKE
from dbdesign.migrations.writers.headers import undo_header
from dbdesign.migrations.writers.single_queries import lost_guards, query_down, query_header, query_up, single_queries
from dbdesign.migrations.writers.units import Unit, slug_of
from dbdesign.migrations.writers.versions import timestamps

_FOLDER = re.compile(r"(\d{14})_")
_LOCK = "migration_lock.toml"
_PROVIDERS = {"tidb": "mysql"}
_ADAPTER = (
    "Deploy with Prisma's own schema engine: with a driver adapter, @prisma/adapter-pg (seen in 7.10) cuts a script at every semicolon, "
    "also inside of strings and function bodies"
)
_SCHEMA = (
    "Bring schema.prisma to the schema after; whether anything is missing says "
    "prisma migrate diff --from-migrations … --to-schema … --exit-code"
)


def write(job: Job) -> WrittenMigration:
    """`YYYYMMDDHHMMSS_name/migration.sql` for each unit, in the folder `prisma/migrations`."""
    units = single_queries(sql_units(job))
    existing = [match[1] for one in job.folder.folders if (match := _FOLDER.match(one))]
    name = slug_of(job.options.name)
    stamps = timestamps(len(units), existing, job.options)
    parts = [(unit, _files(unit, f"{stamp}_{name}_{unit.slug}")) for unit, stamp in zip(units, stamps, strict=True)]
    if not existing and not job.folder.has(_LOCK):
        provider = _PROVIDERS.get(job.plan.engine, job.plan.engine)
        parts[0][1][_LOCK] = f'provider = "{provider}"\n'
    revert = [
        f"prisma db execute --file {next(iter(files)).rsplit('/', 1)[0]}/down.sql  # then delete its row from _prisma_migrations"
        for _, files in reversed(parts)
    ]
    notes = [
        *lost_guards(units),
        _SCHEMA,
        *([_ADAPTER] if job.plan.engine in POSTGRESQL_LIKE else []),
        "After a failure: prisma migrate resolve --rolled-back with the folder's name, then deploy again",
    ]
    return assembled(job, "prisma", parts, apply=["prisma migrate deploy"], revert=revert, notes=notes)


def _files(unit: Unit, folder: str) -> dict[str, str]:
    return {
        f"{folder}/migration.sql": query_text(query_header(unit), query_up(unit), unit.engine),
        f"{folder}/down.sql": query_text(undo_header(unit), query_down(unit), unit.engine),
    }


WRITER = MigrationWriter("prisma", "Prisma Migrate", RELATIONAL, write)
