"""A folder of migrations as a schema: its statements are executed in order on the embedded server, and the catalogue is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.api.call import Call
from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.migrations.files.reading import Reading
    from dbdesign.model.schema import Schema

MOST_DIFFERENCES = 5
"""Differences between a history and a schema that are named."""


@dataclass(frozen=True)
class History:
    """What a folder's migrations make: the schema, what of them the server refused (file, line and reason), and notes of the readers."""

    schema: Schema
    refused: tuple[str, ...]
    notes: tuple[str, ...]


def is_history(source: str, call: Call) -> bool:
    """Whether a source is a folder, which is taken for one of migrations."""
    from dbdesign.api.source import DATABASE, is_inline

    named = source.strip()
    if not named or named == "-" or named.startswith(DATABASE) or is_inline(source):
        return False
    return call.access.is_folder(named)


def replayed(folder: str, call: Call) -> History:
    """Execute the migrations of a folder, in their order.

    Raises:
        InputError: where no file is a migration.
        SqlError: where a quotation in a file does not end.
    """
    from dbdesign.api.migration_source import files_of
    from dbdesign.migrations.files import read_migrations

    call.step(0.0, f"replaying the migrations of {folder}")
    return _executed(read_migrations(files_of([folder], call)))


def _executed(reading: Reading) -> History:
    from dbdesign.engines.postgres import embedded
    from dbdesign.readers.postgresql.catalog import read_whole_catalog

    refused: list[str] = []
    with embedded().scratch() as database:
        for migration in reading.migrations:
            outcome = database.run_script([(one.line, one.sql) for one in migration.statements])
            refused += [
                f"{migration.file}, line {one.line}: {one.message} ({one.sqlstate})" for one in outcome.failures
            ]
        schema = read_whole_catalog(database.admin, facts=False).schema
    return History(schema, tuple(refused), reading.notes)


def schema_of(folder: str, call: Call) -> History:
    """The schema that a folder's migrations lead to.

    Raises:
        InputError: where the server refuses one of their statements.
    """
    found = replayed(folder, call)
    if found.refused:
        raise InputError(
            f"the migrations do not apply: {found.refused[0]}",
            where=folder,
            remedy="Mend the migration, or give a dump of the schema instead",
        )
    return found


def check_history(folder: str, before: Schema, call: Call) -> list[str]:
    """Whether the migrations that are in a folder lead to where a plan starts; notes where that cannot be said.

    Raises:
        InputError: they lead elsewhere; the first differences are named.
    """
    from dbdesign.migrations.compare import compare

    try:
        found = replayed(folder, call)
    except InputError:  # nothing there that is read: a new folder, or a tool whose files are code
        return []
    if found.refused:
        return [f"{folder} could not be replayed, so that it was not compared with the start: {found.refused[0]}"]
    operations = compare(found.schema, before, execute=False).operations
    if operations:
        named = "; ".join(
            f"{one.action} {one.kind} {one.name}" + (f" of {one.table}" if one.table else "")
            for one in operations[:MOST_DIFFERENCES]
        )
        more = f" and {len(operations) - MOST_DIFFERENCES} more" if len(operations) > MOST_DIFFERENCES else ""
        raise InputError(
            f"the migrations there do not lead to the schema that the plan starts from, which differs by: {named}{more}",
            where=folder,
            remedy="Give the folder as FROM, bring the two together first, or write to another folder",
        )
    return []
