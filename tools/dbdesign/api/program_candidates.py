"""What in a folder could be its schema: models of a program, histories of migrations, scripts. The caller chooses where several could."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.api.program_folder import Folder, common_folder
from dbdesign.detect.places import Scope, scope_of
from dbdesign.detect.schemas import SQL_SCHEMA
from dbdesign.detect.walk import ancestors
from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.readers.base import SourceReader

DECLARES = 0.5
"""How sure a reader must be that a file declares a part of a schema, for the file to be a reason to read it."""

MODELS, HISTORY, SCRIPT = 0, 1, 2

ELSEWHERE = frozenset({Scope.TEST, Scope.EXAMPLE, Scope.DOCS})
_TESTS = ELSEWHERE - {Scope.DOCS}
"""Migrations lie in folders called `changelog` too, which is else documentation."""

_OWN_HISTORY = {
    "prisma-migrate": "prisma",
    "alembic": "sqlalchemy",
    "django-migrations": "django",
    "typeorm-migrations": "typeorm",
}
_DJANGO = re.compile(r"(?:^|/)migrations/\d{4}_\w+\.py\Z")
_DATED = re.compile(r"(?:^|/)(?:\d{8,17}|V?\d+)[-_.][\w.-]+\.(?:sql|[cm]?[jt]s)\Z")
_DIESEL = re.compile(r"(?:^|/)\d[\d-]{9,}_[^/]+/up\.sql\Z")
_FLYWAY = re.compile(r"(?:^|/)[VR][\d._]*__[^/]+\.sql\Z")
_PRISMA = re.compile(r"(?:^|/)[^/]+/migration\.sql\Z")
_CHANGELOGS = re.compile(r"master|change-?(?:log|set)|liquibase|migrat|(?:^|/)(?:db|database|sql)/", re.IGNORECASE)
_MARKED = re.compile(r"^--\s*(?:migrate:(up|down)|\+(goose|migrate)\s)", re.MULTILINE | re.IGNORECASE)
_KNEX = re.compile(r"exports\.up\s*=|export\s+(?:async\s+)?(?:function|const)\s+up\b")


@dataclass(frozen=True)
class Candidate:
    """Something that could be read.

    Attributes:
        path: below the folder; `.` for all of it.
        format: of a source reader, of a history, or a text reader's (empty where the text decides).
        rank: models before histories before scripts.
        files: those that are evidence of it.
    """

    path: str
    format: str
    rank: int
    files: tuple[str, ...]


def candidates(folder: Folder) -> list[Candidate]:
    """Everything in a folder that could be read, the most telling first."""
    return [*models(folder), *histories(folder), *scripts(folder)]


def models(folder: Folder, only: str | None = None) -> list[Candidate]:
    """Files that declare models, by reader and component."""
    from dbdesign.readers.base import source_readers

    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    readers = [one for one in source_readers().values() if only in {None, one.name}]
    suffixes = tuple({suffix for one in readers for suffix in one.suffixes})
    for path in _own(folder.paths(suffixes)) if suffixes else ():
        best = _declaring(readers, path, folder.text(path))
        if best is not None:
            found[best, _component(folder, path, best)].append(path)
    return [Candidate(common_folder(paths), name, MODELS, tuple(paths)) for (name, _), paths in sorted(found.items())]


def _declaring(readers: Iterable[SourceReader], path: str, text: str) -> str | None:
    scores = [(one.declares(text), one.name) for one in readers if path.endswith(one.suffixes)]
    score, name = max(scores, default=(0.0, ""))
    return name if score >= DECLARES else None


def _component(folder: Folder, path: str, reader: str) -> str:
    """What belongs together: a package of the repository; for Prisma, the folder with the datasource."""
    if reader != "prisma":
        return folder.component(path)
    if "datasource" in folder.text(path):
        return path
    for place in ancestors(path):
        inside = [
            f"{place}/{one}" if place else one for one in folder.tree.folders.get(place, ()) if one.endswith(".prisma")
        ]
        if (main := next((one for one in inside if "datasource" in folder.text(one)), None)) is not None:
            return main
    return ""


def _own(paths: list[str], leave: frozenset[Scope] = ELSEWHERE) -> list[str]:
    """The files that are neither tests nor examples; all where there are no others."""
    return [path for path in paths if scope_of(path) not in leave] or paths


def histories(folder: Folder, only: str | None = None) -> list[Candidate]:
    """Folders of migrations, by tool."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in _own(
        folder.paths((".sql", ".py", ".ts", ".js", ".mjs", ".cjs", ".xml", ".yaml", ".yml", ".json")), _TESTS
    ):
        format_ = history_of(f"{folder.own}/{path}", lambda path=path: folder.text(path))  # type: ignore[misc]
        if format_ is not None and only in {None, format_}:
            found[format_].append(path)
    return [one for format_, paths in sorted(found.items()) for one in _histories(folder, format_, paths)]


def history_of(path: str, text: Callable[[], str]) -> str | None:
    """The format of the history that a file belongs to, by its name and, where that says nothing, its text."""
    if path.endswith(".sql"):
        return _sql_history(path, text)
    if path.endswith(".py"):
        return _python_history(path, text)
    if path.endswith((".ts", ".js", ".mjs", ".cjs")):
        return _javascript_history(path, text)
    if (path.endswith(".xml") or _CHANGELOGS.search(path)) and "databaseChangeLog" in text()[:20_000]:
        return "liquibase"
    return None


def _sql_history(path: str, text: Callable[[], str]) -> str | None:
    if _FLYWAY.search(path):
        return "flyway"
    if _PRISMA.search(path):
        return "prisma-migrate"
    if path.endswith(".up.sql"):
        return "golang-migrate"
    if path.endswith((".down.sql", "/down.sql", "_down.sql")):
        return None
    if _DIESEL.search(path):
        return "sql"
    head = text()[:20_000]
    if re.match(r"\s*--\s*liquibase\s+formatted", head, re.IGNORECASE):
        return "liquibase"
    mark = _MARKED.search(head)
    if mark is not None:
        return "dbmate" if mark[1] else "goose"
    return "sql" if _DATED.search(path) else None


def _python_history(path: str, text: Callable[[], str]) -> str | None:
    if _DJANGO.search(path) and "Migration" in text():
        return "django-migrations"
    if "/" in path or path.endswith(".py"):
        head = text()
        return "alembic" if "down_revision" in head and "def upgrade" in head else None
    return None


def _javascript_history(path: str, text: Callable[[], str]) -> str | None:
    if not ("migrat" in path.lower() or _DATED.search(path)):
        return None
    body = text()
    if "MigrationInterface" in body:
        return "typeorm-migrations"
    return "knex-migrations" if "knex" in body and _KNEX.search(body) else None


def _histories(folder: Folder, format_: str, paths: list[str]) -> Iterator[Candidate]:
    """One candidate a component; several where folders of one component repeat each other's versions, as those for two engines do."""
    components: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        components[folder.component(path)].append(path)
    for held in components.values():
        by_folder: dict[str, list[str]] = defaultdict(list)
        for path in held:
            place = path.rpartition("/")[0]
            by_folder[place.rpartition("/")[0] if format_ == "prisma-migrate" else place].append(path)
        versions = [_versions(one) for one in by_folder.values()]
        apart = format_ in {"flyway", "golang-migrate", "goose", "dbmate", "sql", "prisma-migrate"} and (
            len(set().union(*versions)) < sum(len(one) for one in versions)
        )
        for group in by_folder.values() if apart else [held]:
            place = common_folder(group)
            place = place if len(group) > 1 else place.rpartition("/")[0] or "."
            if format_ == "prisma-migrate" and len(group) == 1:
                place = place.rpartition("/")[0] or "."
            yield Candidate(place, format_, HISTORY, tuple(group))


def _versions(paths: list[str]) -> set[str]:
    found = (re.match(r"[A-Z]?[\d._]+", path.rpartition("/")[2]) for path in paths)
    return {match[0].strip("._") for match in found if match}


def scripts(folder: Folder) -> list[Candidate]:
    """Scripts whose names say that they make a schema, and DBML."""
    paths = folder.paths((".dbml",))
    paths += [path for path in folder.paths((".sql",)) if SQL_SCHEMA.search(path) and "migrat" not in path.lower()]
    return [Candidate(path, "dbml" if path.endswith(".dbml") else "", SCRIPT, (path,)) for path in _own(paths)]


def chosen(folder: Folder, format_: str | None) -> tuple[Candidate, tuple[str, ...]]:
    """What a folder is read as, and notes on what else could be.

    Raises:
        InputError: nothing in it is known, or several things could be meant.
    """
    from dbdesign.readers.base import source_readers

    if format_ is None:
        found = candidates(folder)
    elif format_ in source_readers():
        found = models(folder, format_)
    else:
        found = histories(folder, format_)
    if not found:
        raise _nothing(folder, format_)
    best = min(one.rank for one in found)
    first = sorted((one for one in found if one.rank == best), key=lambda one: (one.path, one.format))
    if len(first) > 1:
        raise _ambiguous(folder, first)
    others = [one for one in found if one.rank != best]
    return first[0], tuple(_others(folder, first[0], others))


def _others(folder: Folder, taken: Candidate, others: list[Candidate]) -> Iterator[str]:
    if others:
        shown = ", ".join(f"{folder.named(one.path)} ({one.format or 'SQL'})" for one in others[:6])
        more = f" and {len(others) - 6} more" if len(others) > 6 else ""
        own = any(_OWN_HISTORY.get(one.format) == taken.format for one in others)
        why = "; compare_schemas shows whether they agree" if own else ""
        yield f"not read here, but could be by its path: {shown}{more}{why}"


def _nothing(folder: Folder, format_: str | None) -> InputError:
    what = f"nothing in it is {format_}" if format_ else "nothing in it declares a schema that can be read"
    sql = folder.paths((".sql",))
    remedy = "Name a file in it" + (f", such as {folder.named(sql[0])}" if sql else "")
    return InputError(
        what, where=folder.name, remedy=f"{remedy}; detect_stack (dbdesign detect) says where a schema lies"
    )


def _ambiguous(folder: Folder, found: list[Candidate]) -> InputError:
    listed = "; ".join(
        f"source={folder.named(one.path)}" + (f" format={one.format}" if one.format else "") for one in found[:12]
    )
    more = f" and {len(found) - 12} more" if len(found) > 12 else ""
    return InputError(f"{len(found)} schemas could be meant", where=folder.name, remedy=f"Choose one: {listed}{more}")
