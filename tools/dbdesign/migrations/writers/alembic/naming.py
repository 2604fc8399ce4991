"""Revision identifiers and file names, as the project's `file_template` has them."""

from __future__ import annotations

import configparser
import hashlib
import re
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta

from dbdesign.errors import InputError
from dbdesign.migrations.writers.alembic.history import History
from dbdesign.migrations.writers.base import Job
from dbdesign.migrations.writers.folder import Folder
from dbdesign.migrations.writers.units import Unit, slug_of
from dbdesign.migrations.writers.versions import clock, following

_DEFAULT = "%(rev)s_%(slug)s"
_NAME = re.compile(r"[^\w./-]+")


@dataclass(frozen=True)
class FileNames:
    """What a revision's file is called.

    Attributes:
        template: `file_template` with single percent signs.
        name: the migration's.
        moment: of the first revision.
    """

    template: str
    name: str
    moment: datetime

    @classmethod
    def of(cls, job: Job) -> FileNames:
        """The names that the project's settings ask for."""
        return cls(_template(job.folder), slug_of(job.options.name), clock(job.options))

    def of_revision(self, unit: Unit, revision: str, number: int) -> str:
        """The file name of the revision with this number, from 0."""
        moment = self.moment + timedelta(seconds=number)
        values = {
            "rev": revision,
            "slug": f"{self.name}_{unit.slug}",
            "epoch": int(moment.timestamp()),
            **{part: getattr(moment, part) for part in ("year", "month", "day", "hour", "minute", "second")},
        }
        try:
            stem = self.template % values
        except (KeyError, ValueError, TypeError) as error:
            raise InputError(
                f"file_template cannot be filled in: {error}", where="alembic.ini", remedy="Repair it"
            ) from error
        if revision not in stem and unit.slug not in stem:
            stem = f"{stem}_{revision}"
        return f"{_NAME.sub('_', stem)}.py"


def revision_ids(job: Job, history: History, parents: tuple[str, ...]) -> list[str]:
    """An identifier a unit: the next number where the project counts, else 12 hexadecimal digits made from what is written."""
    known = list(history.parents_of)
    if known and all(one.isdigit() for one in known):
        return following(len(job.units), known, job.options)
    found: list[str] = []
    for unit in job.units:
        seed = "\0".join([job.options.name, unit.id, *unit.up, *parents, *found[-1:]])
        while (
            revision := hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()[:12]
        ) in known or revision.isdigit():
            seed += "\0"
        found.append(revision)
    return found


def _template(folder: Folder) -> str:
    settings = configparser.RawConfigParser()
    try:
        settings.read_string(folder.above("alembic.ini") or "[alembic]")
    except configparser.Error as error:
        raise InputError(f"cannot be read: {error}", where="alembic.ini", remedy="Repair it") from error
    if found := settings.get("alembic", "file_template", fallback=None):
        return found.strip().replace("%%", "%")
    try:
        project = tomllib.loads(folder.above("pyproject.toml"))
    except tomllib.TOMLDecodeError:
        return _DEFAULT
    return str(project.get("tool", {}).get("alembic", {}).get("file_template", _DEFAULT)).replace("%%", "%")
