"""golang-migrate: an up file and a down file a unit, each sent to the server as one query.

Source: golang-migrate's MIGRATIONS.md, and the README of its drivers for `x-multi-statement` and `multiStatements`.
"""

from __future__ import annotations

import re

from dbdesign.migrations.writers.assembly import assembled, by_release, sql_units
from dbdesign.migrations.writers.base import RELATIONAL, Job, MigrationWriter, WrittenMigration
from dbdesign.migrations.writers.headers import commented, undo_header
from dbdesign.migrations.writers.scripts import script_of
from dbdesign.migrations.writers.single_queries import lost_guards, query_down, query_header, query_up, single_queries
from dbdesign.migrations.writers.units import Unit, slug_of
from dbdesign.migrations.writers.versions import following

_FILE = re.compile(r"(\d+)_.*\.(?:up|down)\.\w+$")
_NO_SPLITTING = (
    "Do not set x-multi-statement: it cuts a file at every semicolon, also inside of strings and function bodies; these files are made to "
    "be sent whole"
)
_MYSQL = "Set multiStatements=true in the database's URL: without it MySQL refuses a file of several statements"
_DIRTY = "After a failure the version is dirty: do what the failed file's header says, then migrate force with the version before it"


def write(job: Job) -> WrittenMigration:
    """`NNNNNN_name.up.sql` and `.down.sql` for each unit."""
    units = single_queries(sql_units(job))
    existing = [match[1] for path in job.folder.top if (match := _FILE.match(path))]
    name = slug_of(job.options.name)
    versions = following(len(units), existing, job.options, first="000001")
    parts = [
        (unit, _files(unit, f"{version}_{name}_{unit.slug}")) for unit, version in zip(units, versions, strict=True)
    ]
    notes = [*lost_guards(units), _DIRTY]
    if job.plan.engine in {"postgresql", "cockroachdb"}:
        notes.append(_NO_SPLITTING)
    if job.plan.engine in {"mysql", "tidb"}:
        notes.append(_MYSQL)
    if job.plan.engine == "sqlite" and any(unit.runs_outside for unit in units):
        notes.append("Set x-no-tx-wrap=true in the database's URL: the driver wraps each file in a transaction")
    return assembled(
        job,
        "golang-migrate",
        parts,
        apply=[f"migrate up {len(members)}" for members in by_release(parts)],
        revert=[f"migrate down {len(units)}"],
        notes=notes,
    )


def _files(unit: Unit, stem: str) -> dict[str, str]:
    return {
        f"{stem}.up.sql": query_text(query_header(unit), query_up(unit), unit.engine),
        f"{stem}.down.sql": query_text(undo_header(unit), query_down(unit), unit.engine),
    }


def query_text(above: list[str], statements: tuple[str, ...], engine: str) -> str:
    """A file of one query: comments, then the statements. A batch of SQL Server stands alone, without GO."""
    body = f"{statements[0]}\n" if engine == "sqlserver" and len(statements) == 1 else script_of(statements, "")
    return f"{commented(above)}\n\n{body}"


WRITER = MigrationWriter("golang-migrate", "golang-migrate", RELATIONAL, write)
