"""Flyway: versioned SQL with its undo, and a script's `.conf` where it may not run in a transaction.

Sources: Flyway's documentation on script configuration files, undo migrations, placeholders and `flyway.postgresql.transactional.lock`.
"""

from __future__ import annotations

import re

from dbdesign.migrations.writers.assembly import UnitFiles, assembled, sql_units
from dbdesign.migrations.writers.base import RELATIONAL, Job, MigrationWriter, WrittenMigration
from dbdesign.migrations.writers.client_scripts import client_script
from dbdesign.migrations.writers.headers import commented, header, undo_header
from dbdesign.migrations.writers.scripts import down_statements, up_statements
from dbdesign.migrations.writers.units import Unit, slug_of
from dbdesign.migrations.writers.versions import following

_VERSIONED = re.compile(r"[VUB](\d+(?:[._]\d+)*)__[^/]+\.(?:sql|java|kt|groovy|cs|py|ps1|sh|bat|cmd)$")
_LOCK = (
    "Set flyway.postgresql.transactional.lock=false: Flyway holds its lock in a transaction by default, and CREATE INDEX CONCURRENTLY "
    "waits for that transaction for ever"
)
_UNDO = "Undo migrations (U…) are run by Flyway's paid editions (flyway undo); elsewhere run their SQL by hand, latest first"


def write(job: Job) -> WrittenMigration:
    """A versioned migration and its undo for each unit."""
    units = sql_units(job)
    existing = [match[1] for path in job.folder.files if (match := _VERSIONED.match(path.rsplit("/", 1)[-1]))]
    name = slug_of(job.options.name)
    versions = following(len(units), existing, job.options)
    parts = [
        (unit, _files(unit, version, f"{name}_{unit.slug}")) for unit, version in zip(units, versions, strict=True)
    ]
    last = {unit.release: version for unit, version in zip(units, versions, strict=True)}
    apply = [f"flyway -target={version.replace('_', '.')} migrate" for version in last.values()]
    undo = [f"flyway -target={versions[0].replace('_', '.')} undo"]
    return assembled(job, "flyway", parts, apply=apply, revert=undo, notes=_notes(job, parts))


def _files(unit: Unit, version: str, name: str) -> dict[str, str]:
    files = _script(f"V{version}__{name}.sql", header(unit), unit.engine, up_statements(unit), unit.transactional)
    if unit.down:
        files |= _script(
            f"U{version}__{name}.sql", undo_header(unit), unit.engine, down_statements(unit), unit.down_transactional
        )
    return files


def _script(
    path: str, above: list[str], engine: str, statements: tuple[str, ...], transactional: bool
) -> dict[str, str]:
    text = f"{commented(above)}\n\n{client_script(statements, engine)}"
    settings = ["executeInTransaction=false"] if not transactional else []
    if "${" in text:  # a placeholder that has no value stops Flyway
        settings.append("placeholderReplacement=false")
    return {path: text} | ({f"{path}.conf": "\n".join(settings) + "\n"} if settings else {})


def _notes(job: Job, parts: list[UnitFiles]) -> list[str]:
    notes = []
    if job.plan.engine == "postgresql" and any(unit.runs_outside for unit, _ in parts):
        notes.append(_LOCK)
    if any(unit.down for unit, _ in parts):
        notes.append(_UNDO)
    return notes


WRITER = MigrationWriter("flyway", "Flyway", RELATIONAL, write)
