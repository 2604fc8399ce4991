"""goose: one file a unit with `-- +goose Up` and `-- +goose Down`; `NO TRANSACTION` holds for the whole file.

goose ends a statement at a line that ends in a semicolon, before a `--` if there is one, unless it stands between StatementBegin and
StatementEnd. Source: goose's documentation on annotations, and its parser (internal/sqlparser/parser.go).
"""

from __future__ import annotations

import re

from dbdesign.errors import InputError
from dbdesign.migrations.writers.assembly import assembled, sql_units
from dbdesign.migrations.writers.base import RELATIONAL, Job, MigrationWriter, WrittenMigration
from dbdesign.migrations.writers.headers import commented, header, undo_header
from dbdesign.migrations.writers.scripts import down_statements, own_down, own_up, up_statements
from dbdesign.migrations.writers.units import Unit, slug_of
from dbdesign.migrations.writers.versions import following

_FILE = re.compile(r"(\d+)_.*\.(?:sql|go)$")
_ANNOTATION = re.compile(r"^\s*--\s*\+goose", re.MULTILINE)


def write(job: Job) -> WrittenMigration:
    """`NNNNN_name.sql` (or with a timestamp, as in the folder) for each unit."""
    units = sql_units(job)
    existing = [match[1] for path in job.folder.top if (match := _FILE.match(path))]
    name = slug_of(job.options.name)
    versions = following(len(units), existing, job.options, first="00001")
    parts = [
        (unit, {f"{version}_{name}_{unit.slug}.sql": _text(unit)})
        for unit, version in zip(units, versions, strict=True)
    ]
    notes = [
        f"{unit.id}: goose reads a file by lines and drops the carriage return at the end of each"
        for unit, files in parts
        if any("\r\n" in text for text in files.values())
    ]
    revert = [f"goose down  # {len(units)} times, one file each"]
    return assembled(job, "goose", parts, apply=["goose up"], revert=revert, notes=notes)


def _text(unit: Unit) -> str:
    outside = unit.runs_outside
    up, down = (own_up(unit), own_down(unit)) if outside else (up_statements(unit), down_statements(unit))
    mark = "-- +goose NO TRANSACTION\n" if unit.runs_outside else ""
    return (
        f"{commented(header(unit))}\n\n{mark}-- +goose Up\n{_statements(up, unit)}"
        f"\n-- +goose Down\n{commented(undo_header(unit))}\n{_statements(down, unit)}"
    )


def _statements(statements: tuple[str, ...], unit: Unit) -> str:
    return "".join(_statement(one, unit) for one in statements)


def _statement(statement: str, unit: Unit) -> str:
    if found := _ANNOTATION.search(statement):
        raise InputError(
            f"the SQL holds a line that goose reads as an annotation: {found[0].strip()!r}",
            where=unit.id,
            remedy="Use another tool for it",
        )
    if ";" in statement or "--" in statement:
        return f"-- +goose StatementBegin\n{statement}\n-- +goose StatementEnd\n"
    return f"{statement};\n"


WRITER = MigrationWriter("goose", "goose", RELATIONAL, write)
