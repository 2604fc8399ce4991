"""What a writer of migrations takes and gives, and `write`, which finds the writer of a tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Literal

import dbdesign.migrations.writers
from dbdesign.errors import AccessError, InputError, UnknownNameError
from dbdesign.migrations.writers.folder import Folder
from dbdesign.migrations.writers.units import Unit, units_of
from dbdesign.model.base import Model
from dbdesign.model.migration import MigrationPlan, PhaseName


class MigrationOptions(Model):
    """How to write a migration.

    Attributes:
        name: what the migration is called in file names: a few words.
        phases: the phases to write; empty for all of the plan's.
        now: the time that timestamps begin with, each file a second later; None for the clock's. A zone is turned into UTC.
        numbering: of the first version where the folder has none yet: `sequence` or `timestamp`.
        format: Liquibase: of the changelog; None for that of the project's newest changelog, XML if there is none.
        author: Liquibase: of the changesets.
        head: Alembic: the revision to go on from, where there are several heads.
        merge_heads: Alembic: whether to go on from all the heads, which merges them.
        app: Django: the app's label; None for the name of the folder above `migrations`.
        root: the outermost folder in which the tool's settings (`alembic.ini`) are looked for, from the folder of migrations upwards;
            None for the folder of migrations alone.
    """

    name: str = "migration"
    phases: tuple[PhaseName, ...] = ()
    now: datetime | None = None
    numbering: Literal["sequence", "timestamp"] = "sequence"
    format: Literal["xml", "yaml", "sql"] | None = None
    author: str = "dbdesign"
    head: str | None = None
    merge_heads: bool = False
    app: str | None = None
    root: Path | None = None


class Release(Model):
    """Files that may run together; the next release's may not run before its deploy condition holds.

    Attributes:
        phases: of the plan, in order.
        deploy_condition: which versions of the application may be running, and what has to be deployed before it.
        files: paths, as in `WrittenMigration.files`, in the order in which they run.
        point_of_no_return: whether data can be lost by going back behind it.
    """

    phases: tuple[PhaseName, ...]
    deploy_condition: str
    files: tuple[str, ...]
    point_of_no_return: bool = False


class WrittenMigration(Model):
    """A plan as a tool's files. Nothing is on disk yet, and no path of `files` exists in the folder.

    Attributes:
        tool: the writer's name.
        files: text by path, relative to the folder, with `/` between its parts.
        releases: which of them belong to which release, in order.
        apply: command lines that run the migration: one for each release, where the tool can stop behind it.
        revert: command lines that take all of it back.
        notes: what the tool cannot say and how to do it, and what has to be set up for it.
    """

    tool: str
    files: Mapping[str, str]
    releases: tuple[Release, ...]
    apply: tuple[str, ...] = ()
    revert: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Job:
    """What a writer gets: the plan, its units of work in order, the project's folder, and the options."""

    plan: MigrationPlan
    units: tuple[Unit, ...]
    folder: Folder
    options: MigrationOptions


@dataclass(frozen=True)
class MigrationWriter:
    """A writer for one migration tool.

    Attributes:
        name: the `tool` argument: `flyway`, `golang-migrate`, …
        engines: that the tool can migrate.
        write: raises `InputError` where the tool cannot say the plan, or the folder cannot be gone on from.
    """

    name: str
    title: str
    engines: frozenset[str]
    write: Callable[[Job], WrittenMigration]


RELATIONAL = frozenset({"postgresql", "mysql", "sqlserver", "sqlite", "cockroachdb", "tidb"})
"""The engines whose plans are SQL."""


def write(
    plan: MigrationPlan, tool: str, folder: Path | None = None, options: MigrationOptions | None = None
) -> WrittenMigration:
    """The plan as files of a migration tool.

    Args:
        folder: where the project keeps its migrations; versions go on from what is there. None, or one that does not exist: an empty one.

    Raises:
        UnknownNameError: no such tool.
        InputError: the plan has open questions or no steps, or the tool cannot say it, or the folder cannot be gone on from.
        AccessError: a file that would be written exists already.
    """
    chosen, found = options or MigrationOptions(), migration_writer(tool)
    if plan.questions:
        raise InputError(
            f"the plan has open questions: {'; '.join(one.text for one in plan.questions)}",
            where="plan",
            remedy="Answer them and plan again",
        )
    if plan.engine not in found.engines:
        raise InputError(
            f"{found.title} does not migrate {plan.engine}",
            where="tool",
            remedy=f"Use one of {', '.join(tools_for(plan.engine))}",
        )
    units = units_of(plan, chosen.phases)
    if not units:
        raise InputError(
            "the plan has no steps to write", where="plan", remedy="The two schemas are equal, or choose other phases"
        )
    job = Job(plan, units, Folder.read(folder, chosen.root), chosen)
    written = found.write(job)
    _refuse_existing(written, job.folder)
    return written


def tools_for(engine: str) -> list[str]:
    """The tools that can migrate an engine."""
    return sorted(name for name, one in migration_writers().items() if engine in one.engines)


def _refuse_existing(written: WrittenMigration, folder: Folder) -> None:
    there = [path for path in written.files if folder.has(path)]
    if there:
        raise AccessError(
            "the file exists already",
            where=", ".join(there[:5]),
            remedy="Give the migration another name, or remove the file",
        )


@cache
def migration_writers() -> Mapping[str, MigrationWriter]:
    """Every writer by the name of its tool."""
    found: dict[str, MigrationWriter] = {}
    for module in iter_modules(dbdesign.migrations.writers.__path__):
        writer = getattr(import_module(f"dbdesign.migrations.writers.{module.name}"), "WRITER", None)
        if isinstance(writer, MigrationWriter):
            found[writer.name] = writer
    return found


def migration_writer(tool: str) -> MigrationWriter:
    """The writer for that tool, or an `UnknownNameError` with the nearest."""
    try:
        return migration_writers()[tool]
    except KeyError:
        raise UnknownNameError.among("migration tool", tool, migration_writers(), where="tool") from None
