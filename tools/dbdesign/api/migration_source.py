"""The files of a `source` that names migrations: paths, folders with all that is in them, or one text of SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dbdesign.api.call import Call
from dbdesign.errors import InputError, LimitError

if TYPE_CHECKING:
    from dbdesign.migrations.files.source_file import SourceFile

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
            found += [SourceFile(path, decoded_file(path, call)) for path in _inside(name, call)]
        else:
            found.append(SourceFile("standard input" if name == "-" else name, decoded_file(name, call)))
    return found


def _inside(folder: str, call: Call) -> Iterator[str]:
    from dbdesign.migrations.files.reading import SUFFIXES

    count = 0
    for path in call.access.files_beneath(folder):
        if path.lower().endswith(SUFFIXES):
            count += 1
            if count > MOST_FILES:
                raise LimitError(f"holds more than {MOST_FILES:,} files", where=folder, remedy="Name a smaller folder")
            yield path
