"""dbmate: one file a unit with `-- migrate:up` and `-- migrate:down`, each with `transaction:false` where it is needed.

A section is sent as one query. Source: dbmate's README and the expressions by which it finds its directives (pkg/dbmate/migration.go).
"""

from __future__ import annotations

import re

from dbdesign.errors import InputError
from dbdesign.migrations.writers.assembly import assembled, sql_units
from dbdesign.migrations.writers.base import RELATIONAL, Job, MigrationWriter, WrittenMigration
from dbdesign.migrations.writers.headers import commented, undo_header
from dbdesign.migrations.writers.scripts import script_of
from dbdesign.migrations.writers.single_queries import lost_guards, query_down, query_header, query_up, single_queries
from dbdesign.migrations.writers.units import Unit, slug_of
from dbdesign.migrations.writers.versions import timestamps

_FILE = re.compile(r"(\d+).*\.sql$")
_DIRECTIVE = re.compile(r"^--\s*migrate:(?:up|down)", re.MULTILINE)


def write(job: Job) -> WrittenMigration:
    """`YYYYMMDDHHMMSS_name.sql` for each unit."""
    units = single_queries(sql_units(job))
    existing = [match[1] for path in job.folder.top if (match := _FILE.match(path))]
    name = slug_of(job.options.name)
    parts = [
        (unit, {f"{stamp}_{name}_{unit.slug}.sql": _text(unit)})
        for unit, stamp in zip(units, timestamps(len(units), existing, job.options), strict=True)
    ]
    revert = [f"dbmate rollback  # {len(units)} times, one file each"]
    return assembled(job, "dbmate", parts, apply=["dbmate migrate"], revert=revert, notes=lost_guards(units))


def _text(unit: Unit) -> str:
    up = _section("up", unit.transactional, query_up(unit), unit)
    down = _section("down", unit.down_transactional, query_down(unit), unit)
    return f"{commented(query_header(unit))}\n\n{up}\n{_undo(unit)}{down}"


def _undo(unit: Unit) -> str:
    return f"{commented(undo_header(unit)[1:])}\n" if len(undo_header(unit)) > 1 else ""


def _section(direction: str, transactional: bool, statements: tuple[str, ...], unit: Unit) -> str:
    body = script_of(statements, "")
    if found := _DIRECTIVE.search(body):
        raise InputError(
            f"the SQL holds a line that dbmate reads as a directive: {found[0]!r}",
            where=unit.id,
            remedy="Use another tool for it",
        )
    return f"-- migrate:{direction}{'' if transactional else ' transaction:false'}\n{body}"


WRITER = MigrationWriter("dbmate", "dbmate", RELATIONAL - {"sqlserver"}, write)
