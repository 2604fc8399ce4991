"""Where a tool's text goes when it is to be written to files rather than answered with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePath

from dbdesign.api.access import Access
from dbdesign.api.source import DATABASE
from dbdesign.errors import AccessError, InputError

_NOT_IN_A_NAME = re.compile(r"[^\w.-]+")


def stem_of(source_name: str) -> str:
    """What files made from a source are called: `shop` for `db/shop.sql`, `main` for `database:main`, `schema` for text."""
    if source_name.startswith(DATABASE):
        return _safe(source_name.removeprefix(DATABASE))
    path = PurePath(source_name)
    return _safe(path.name.split(".")[0]) if path.suffix else "schema"


def write_texts(
    access: Access,
    write_to: str,
    texts: Mapping[str, str],
    *,
    stem: str,
    suffix: str,
    overwrite: bool,
) -> list[str]:
    """Write one or several texts; gives the paths, as the caller would name them.

    Args:
        write_to: a file; or a folder (existing, or ending in `/`), in which names are made from `stem` and `suffix`.
        texts: by the name of the part; the first, whose name is empty, gets the plain name.

    Raises:
        InputError: `write_to` is empty or cannot be a path.
        AccessError: outside the allowed folders, or where any of the files exists and `overwrite` is not said; then none is written.
    """
    if not write_to.strip():
        raise InputError(
            "is empty", where="write_to", remedy="Name a file or a folder, or leave it out to get the text"
        )
    paths = _paths(access, write_to, list(texts), stem, suffix)
    there = [path for path in paths if not overwrite and access.exists(path)]
    if there:
        raise AccessError(
            "the file exists already",
            where=", ".join(there[:5]),
            remedy="Choose another path, or say overwrite=true (--overwrite)",
        )
    return [
        access.write_text(path, text, overwrite=overwrite) for path, text in zip(paths, texts.values(), strict=True)
    ]


def write_folder(access: Access, write_to: str, parts: Mapping[str, str], *, overwrite: bool) -> list[str]:
    """Write the files of a program below a folder; gives the paths, as the caller would name them.

    Args:
        parts: path below the folder → text.

    Raises:
        InputError: `write_to` is empty, or names a file.
        AccessError: outside the allowed folders, or where any of the files exists and `overwrite` is not said; then none is written.
    """
    folder = write_to.rstrip("/") or write_to
    if not folder.strip():
        raise InputError("is empty", where="write_to", remedy="Name a folder, or leave it out to get the text")
    if access.exists(folder) and not access.is_folder(folder):
        raise InputError(f"is a file, and there are {len(parts)} to be written", where=folder, remedy="Name a folder")
    paths = {str(PurePath(folder) / name): text for name, text in parts.items() if _inner(name)}
    there = [path for path in paths if not overwrite and access.exists(path)]
    if there:
        raise AccessError(
            "the file exists already",
            where=", ".join(there[:5]),
            remedy="Choose another folder, or say overwrite=true (--overwrite)",
        )
    return [access.write_text(path, text, overwrite=overwrite) for path, text in paths.items()]


def _inner(name: str) -> bool:
    path = PurePath(name)
    if path.is_absolute() or ".." in path.parts:
        raise AccessError(
            "is no path below a folder", where=name, remedy="Name tables so that files can be called after them"
        )
    return True


def _paths(access: Access, write_to: str, parts: list[str], stem: str, suffix: str) -> list[str]:
    if write_to.endswith("/") or access.is_folder(write_to):
        folder, first = PurePath(write_to), f"{stem}{suffix}"
    else:
        folder, first = PurePath(write_to).parent, PurePath(write_to).name
    base, extension = first.removesuffix(PurePath(first).suffix), PurePath(first).suffix
    names = [f"{base}.{_safe(part)}{extension}" if part else first for part in parts]
    return [str(folder / name) for name in names]


def _safe(name: str) -> str:
    """A file name of letters, digits, `_`, `-` and inner dots."""
    return _NOT_IN_A_NAME.sub("_", name).strip("._")[:100] or "schema"
