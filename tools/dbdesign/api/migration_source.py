"""The files of a `source` that names migrations: paths, folders with all that is in them, or one text of SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dbdesign.api.call import Call
from dbdesign.errors import InputError, LimitError

if TYPE_CHECKING:
    from dbdesign.api.program_candidates import Candidate
    from dbdesign.api.program_folder import Folder
    from dbdesign.migrations.files.source_file import SourceFile
    from dbdesign.model.schema import Engine
    from dbdesign.readers.base import ReadResult

MOST_FILES = 20_000


def files_of(source: Sequence[str], call: Call) -> list[SourceFile]:
    """The files.

    Raises:
        AccessError: outside the allowed folders.
        InputError: where there is nothing, or a path does not exist.
        LimitError: for a file or a folder that is too large.
    """
    from dbdesign.api.source import decoded_file, is_inline
    from dbdesign.migrations.files.source_file import SourceFile

    if not source:
        raise InputError("no migration was given", where="source", remedy="Give paths to files or folders, or SQL")
    found: list[SourceFile] = []
    for name in source:
        if name != "-" and is_inline(name):
            found.append(SourceFile("the text given", decoded_file(name, call)))
        elif name != "-" and call.access.is_folder(name):
            found += [
                SourceFile(path, decoded_file(path, call)) for path in _inside(name, call) if _has_text(path, call)
            ]
        else:
            found.append(SourceFile("standard input" if name == "-" else name, decoded_file(name, call)))
    return found


def _has_text(path: str, call: Call) -> bool:
    """Whether a file is more than the empty one that makes a folder a package of Python."""
    return not path.endswith("__init__.py") or bool(call.access.read_bytes(path).strip())


def _inside(folder: str, call: Call) -> Iterator[str]:
    from dbdesign.migrations.files.reading import SUFFIXES

    count = 0
    for path in call.access.files_beneath(folder):
        if path.lower().endswith(SUFFIXES):
            count += 1
            if count > MOST_FILES:
                raise LimitError(f"holds more than {MOST_FILES:,} files", where=folder, remedy="Name a smaller folder")
            yield path


def history_files(folder: Folder, candidate: Candidate, call: Call, engine: Engine | None) -> tuple[ReadResult, str]:
    """The schema that a folder's history leads to, and its key."""
    from dbdesign.api.migration_history import read_history
    from dbdesign.migrations.files.source_file import SourceFile

    paths = dict.fromkeys(candidate.files)
    paths |= dict.fromkeys(_beside(folder, candidate))
    files = [SourceFile(folder.named(path), folder.text(path)) for path in paths]
    result, key = read_history(files, candidate.format, call, engine=engine)
    return result.model_copy(update={"notes": (*folder.notes(), *result.notes)}), key


_BESIDE = {
    "flyway": (".conf",),
    "liquibase": (".sql", ".xml", ".yaml", ".yml", ".json", ".csv"),
    "prisma-migrate": ("migration_lock.toml",),
    "django-migrations": (".py",),
    "golang-migrate": (".sql",),
    "sql": (".sql",),
    "alembic": (".py",),
}
"""Files that a history's reader needs beside the migrations: configuration, what changelogs include, what Django's migrations import."""


def _beside(folder: Folder, candidate: Candidate) -> Iterator[str]:
    place = "" if candidate.path == "." else f"{candidate.path}/"
    own = set(candidate.files)
    for path in folder.paths(_BESIDE.get(candidate.format, ())) if candidate.format in _BESIDE else ():
        if candidate.format == "sql" and (
            path.endswith(("down.sql", "_down.sql"))
            or path.rpartition("/")[0] not in {one.rpartition("/")[0] for one in own}
        ):
            continue
        if path.startswith(place) or candidate.format in {"liquibase", "django-migrations"}:
            yield path


def beside(name: str, call: Call) -> list[SourceFile]:
    """The files that a changelog may include: those in its folder and below."""
    from dbdesign.api.program_folder import Folder
    from dbdesign.migrations.files.source_file import SourceFile

    place = name.rpartition("/")[0] or "."
    folder = Folder(place, call)
    return [SourceFile(folder.named(path), folder.text(path)) for path in folder.paths(_BESIDE["liquibase"])]
