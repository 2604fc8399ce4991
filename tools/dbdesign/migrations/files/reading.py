"""From files to migrations in order: which tool's they are, by their names and contents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dbdesign.errors import DesignError, InputError, UnknownNameError
from dbdesign.migrations.check.migration import Migration, sql_statements
from dbdesign.migrations.files import alembic, django, flyway, knex, liquibase, mikro_orm, rails, typeorm, updown
from dbdesign.migrations.files.source_file import SourceFile, natural

TOOLS = (
    "flyway",
    "liquibase",
    "alembic",
    "django",
    "prisma",
    "typeorm",
    "knex",
    "mikro-orm",
    "rails",
    "golang-migrate",
    "dbmate",
    "goose",
    "sql",
)
SUFFIXES = (
    ".sql",
    ".xml",
    ".yaml",
    ".yml",
    ".json",
    ".py",
    ".conf",
    ".ts",
    ".mts",
    ".cts",
    ".js",
    ".mjs",
    ".cjs",
    ".rb",
)
"""Of files that are looked at in a folder."""
_LEFT_OUT = frozenset({"left out", "beside prisma"})
"""Groups of files that no tool runs upwards."""


_READERS: Mapping[str, Callable[[Sequence[SourceFile]], tuple[list[Migration], list[str]]]] = {
    "typeorm": typeorm.read_typeorm,
    "knex": knex.read_knex,
    "mikro-orm": mikro_orm.read_mikro_orm,
    "rails": rails.read_rails,
}
"""Of the tools whose own files say all."""

_SCRIPTS = {"ts", "mts", "cts", "js", "mjs", "cjs"}


@dataclass(frozen=True)
class Reading:
    """What was read.

    Attributes:
        tools: whose files they are.
        notes: what was not read, and why.
    """

    migrations: tuple[Migration, ...]
    tools: tuple[str, ...]
    notes: tuple[str, ...] = ()


def read_migrations(files: Sequence[SourceFile], *, tool: str | None = None) -> Reading:
    """The migrations of some files, in the order in which they run.

    Args:
        tool: whose they are; found out by names and contents if None. `sql` takes every file for plain SQL, in a transaction a statement.

    Raises:
        InputError: where no file is a migration.
        UnknownNameError: for a tool that is not known.
        SqlError: where a quotation in a file does not end.
    """
    if tool is not None and tool not in TOOLS:
        raise UnknownNameError.among("migration tool", tool, TOOLS)
    groups = _grouped(files, tool)
    migrations: list[Migration] = []
    notes: list[str] = []
    for name, members in groups.items():
        found, more = _read_group(name, members, files)
        migrations += found
        notes += more
    notes += [f"{one.file}: {note}" for one in migrations for note in one.notes]
    if not migrations:
        names = ", ".join(one.name for one in files[:5])
        raise InputError(
            "no migration was found in the files", where=names, remedy=f"Name the tool: {', '.join(TOOLS)}"
        )
    return Reading(tuple(migrations), tuple(name for name in groups if name not in _LEFT_OUT), tuple(notes))


def _read_group(name: str, members: list[SourceFile], files: Sequence[SourceFile]) -> tuple[list[Migration], list[str]]:
    """The migrations of one tool, and notes."""
    if name == "flyway":
        return flyway.read_flyway([*members, *flyway.configurations(files)])
    if name == "liquibase":
        return liquibase.read_liquibase(members, files)
    if name == "alembic":
        return alembic.read_alembic(members, files)
    if name == "django":
        return django.read_django(members, files)
    if name in _READERS:
        return _READERS[name](members)
    if name == "left out":
        return [], [f"{one.name}: goes downwards, left out" for one in members]
    if name == "beside prisma":
        return [], [f"{one.name}: Prisma runs migration.sql alone, left out" for one in members]
    return [_single(one, name) for one in sorted(members, key=lambda one: natural(one.name))], []


def _single(file: SourceFile, tool: str) -> Migration:
    try:
        if tool in {"prisma", "golang-migrate"}:
            return updown.read_whole(file)
        if tool in {"dbmate", "goose"}:
            return updown.read_annotated(file)
        statements, notes = sql_statements(file.text)
        return Migration(file.name, statements, None, "each", notes)
    except DesignError as error:
        raise error.within(file.name) from None


def _grouped(files: Sequence[SourceFile], tool: str | None) -> dict[str, list[SourceFile]]:
    groups: dict[str, list[SourceFile]] = {}
    migrations = {file.directory for file in files if updown.is_prisma(file)}
    for file in files:
        name = tool_of(file) if tool is None else _as(file, tool)
        if (
            file.directory in migrations
            and file.base != "migration.sql"
            and name is not None
            and tool in {None, "prisma"}
        ):
            name = "beside prisma"
        if name is not None:
            groups.setdefault(name, []).append(file)
    return groups


def _as(file: SourceFile, tool: str) -> str | None:
    """The group of a file whose tool was named; None for what that tool does not run."""
    if file.base.endswith((".conf", ".csv")):
        return None
    return "left out" if updown.is_down(file) and tool == "golang-migrate" else tool


def tool_of(file: SourceFile) -> str | None:
    """Whose file it is; None for what is no migration."""
    suffix = file.base.rpartition(".")[2].lower()
    if suffix == "sql":
        return _tool_of_sql(file)
    if suffix in {"xml", "yaml", "yml", "json"}:
        return "liquibase" if liquibase.is_changelog(file) else None
    if suffix == "py":
        return "alembic" if alembic.is_revision(file) else "django" if django.is_migration(file) else None
    if suffix == "rb":
        return "rails" if rails.is_migration(file) else None
    if suffix in _SCRIPTS:
        readers = {
            "mikro-orm": mikro_orm.is_migration,
            "typeorm": typeorm.is_migration,
            "knex": knex.is_migration,
        }
        return next((name for name, is_migration in readers.items() if is_migration(file)), None)
    return None if suffix in {"conf", "csv"} else "sql"


def _tool_of_sql(file: SourceFile) -> str:
    if liquibase.is_formatted(file):
        return "liquibase"
    if flyway.is_flyway(file):
        return "flyway"
    if updown.is_prisma(file):
        return "prisma"
    if updown.is_up(file):
        return "golang-migrate"
    if updown.is_down(file):
        return "left out"
    if updown.is_annotated(file):
        return "goose" if "+goose" in file.text.lower() or "+migrate" in file.text.lower() else "dbmate"
    return "sql"
