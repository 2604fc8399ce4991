"""Liquibase: a changelog for each release, in XML, YAML or formatted SQL, a changeset a unit with its rollback.

Sources: Liquibase's documentation of changesets (`runInTransaction`, `labels`), of the sql change and of formatted SQL, its XSD, and what
Liquibase 4.28 does with what is written.
"""

from __future__ import annotations

import re
from itertools import groupby

from dbdesign.migrations.writers.assembly import UnitFiles, assembled, sql_units
from dbdesign.migrations.writers.base import RELATIONAL, Job, MigrationWriter, WrittenMigration
from dbdesign.migrations.writers.folder import Folder
from dbdesign.migrations.writers.liquibase.changesets import Changeset, changesets_of
from dbdesign.migrations.writers.liquibase.formatted_sql import sql_changelog, sql_changesets
from dbdesign.migrations.writers.liquibase.structured import xml_changelog, yaml_changelog
from dbdesign.migrations.writers.single_queries import lost_guards, single_queries
from dbdesign.migrations.writers.units import Unit, slug_of
from dbdesign.migrations.writers.versions import following

_NUMBERED = re.compile(r"(\d+)(?:[-_.].*)?\.(?:xml|ya?ml|sql|json)$")
_MASTER = re.compile(r"<include(?:All)?\s|^\s*-\s*include(?:All)?\s*:", re.MULTILINE)
_FORMATTED = "--liquibase formatted sql"


def write(job: Job) -> WrittenMigration:
    """`NNN_name_expand.xml` (or without a number, as in the folder) for each release."""
    form = job.options.format or _form_of(job.folder)
    units = single_queries(sql_units(job))
    master = _master(job.folder)
    parts: list[UnitFiles] = []
    counts: dict[str, int] = {}
    for release, path in zip(_by_release(units), _paths(job, units, form), strict=True):
        found = [one for unit in release for one in _changesets(unit, job, form)]
        counts[path] = len(found)
        text = _CHANGELOGS[form](found)
        parts += [(unit, {path: text}) for unit in release]
    notes = [
        *(lost_guards(units) if form == "sql" else ()),
        *_inclusion(master, parts, job.folder),
        *_carriage_returns(parts),
    ]
    apply, revert = _commands(master, counts)
    return assembled(job, "liquibase", parts, apply=apply, revert=revert, notes=notes)


def _commands(master: str | None, counts: dict[str, int]) -> tuple[list[str], list[str]]:
    """Command lines for the master, which takes a release at a time as its lines are added; or for each changelog."""
    command = "liquibase --changelog-file={} {}"
    if master:
        back = f"rollback-count --count={sum(counts.values())}"
        return [command.format(master, "update")] * len(counts), [command.format(master, back)]
    revert = [command.format(path, f"rollback-count --count={count}") for path, count in counts.items()]
    return [command.format(path, "update") for path in counts], revert[::-1]


def _changesets(unit: Unit, job: Job, form: str) -> tuple[Changeset, ...]:
    name = slug_of(job.options.name)
    return (
        sql_changesets(unit, job.options.author, name)
        if form == "sql"
        else changesets_of(unit, job.options.author, name)
    )


def _by_release(units: tuple[Unit, ...]) -> list[list[Unit]]:
    return [list(group) for _, group in groupby(units, key=lambda unit: unit.release)]


def _paths(job: Job, units: tuple[Unit, ...], form: str) -> list[str]:
    releases = _by_release(units)
    existing = [match[1] for path in job.folder.top if (match := _NUMBERED.match(path))]
    numbers = following(len(releases), existing, job.options) if existing else [""] * len(releases)
    separator = "-" if any(re.match(r"\d+-", path) for path in job.folder.top) else "_"
    found = []
    for number, release in zip(numbers, releases, strict=True):
        phases = "_".join(dict.fromkeys(unit.phase.name for unit in release))
        words = [number] if number else []
        mark = f"_{release[0].release}" if len(releases) > 1 else ""
        found.append(separator.join([*words, f"{slug_of(job.options.name)}{mark}_{phases}.{form}"]))
    return found


def _form_of(folder: Folder) -> str:
    """The format of the project's newest changelog, by name; XML where there is none."""
    for path in reversed(folder.files):
        suffix = path.rsplit(".", 1)[-1].lower()
        if suffix == "xml" and "<databaseChangeLog" in folder.text(path) and not _is_master(folder, path):
            return "xml"
        if suffix in {"yaml", "yml"} and "databaseChangeLog" in folder.text(path) and not _is_master(folder, path):
            return "yaml"
        if suffix == "sql" and folder.text(path).lstrip().lower().startswith(_FORMATTED):
            return "sql"
    return "xml"


def _is_master(folder: Folder, path: str) -> bool:
    return _MASTER.search(folder.text(path)) is not None


def _master(folder: Folder) -> str | None:
    """The changelog that includes the others: the one with the shortest path."""
    found = [one for one in folder.files if re.search(r"\.(?:xml|ya?ml)$", one) and _is_master(folder, one)]
    return min(found, key=lambda one: (one.count("/"), len(one), one), default=None)


def _inclusion(master: str | None, parts: list[UnitFiles], folder: Folder) -> list[str]:
    paths = list(dict.fromkeys(path for _, files in parts for path in files))
    if master is None:
        return [f"There is no changelog that includes others: run the files in this order: {', '.join(paths)}"]
    if re.search(r"includeAll", folder.text(master)):
        return [f"{master} includes whole folders (includeAll): see that it reaches {', '.join(paths)}"]
    lines = [
        f'<include file="{path}" relativeToChangelogFile="true"/>'
        if master.endswith(".xml")
        else f"- include: {{file: {path}, relativeToChangelogFile: true}}"
        for path in paths
    ]
    return [f"Add to {master}, each with its release: {'  '.join(lines)}"]


def _carriage_returns(parts: list[UnitFiles]) -> list[str]:
    if not any("\r" in one for unit, _ in parts for one in [*unit.up, *(unit.down or ())]):
        return []
    return ["Liquibase removes carriage returns from SQL, inside of strings too"]


_CHANGELOGS = {"xml": xml_changelog, "yaml": yaml_changelog, "sql": sql_changelog}

WRITER = MigrationWriter("liquibase", "Liquibase", RELATIONAL, write)
