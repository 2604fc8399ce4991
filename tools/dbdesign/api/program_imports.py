"""The files that a source file imports, as far as they lie under the allowed folders: Python packages, relative TypeScript imports."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbdesign.api.program_folder import MOST_TEXT
from dbdesign.errors import AccessError, DesignError

if TYPE_CHECKING:
    from dbdesign.api.call import Call

MOST_FILES = 2000
MOST_UP = 6
"""Folders above a file in which an absolute import is looked for."""

_PYTHON = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>\.*[\w.]*)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#;]+)|import[ \t]+(?P<plain>[\w.]+))",
    re.MULTILINE,
)
_SCRIPT = re.compile(r"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"](?P<path>[^'"\n]+)['"]""")
_ALIAS = re.compile(r"(?:@|~|@app|@src|#)/")
_ENDINGS = ("", ".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs", "/index.ts", "/index.js")


def imported(first: dict[str, str], call: Call) -> dict[str, str]:
    """The files given, and all that they import, directly or not.

    Args:
        first: path as the caller names it → text.
    """
    found = dict(first)
    waiting = list(first)
    tried = {os.path.abspath(path) for path in first}  # noqa: PTH100
    while waiting and len(found) < MOST_FILES:
        path = waiting.pop(0)
        for candidate in _candidates(path, found[path]):
            place = os.path.abspath(candidate)  # noqa: PTH100 - `..` by name alone: a file has one name, however it is reached
            if place in tried:
                continue
            tried.add(place)
            text = _read(candidate, call)
            if text is not None:
                found[candidate] = text
                waiting.append(candidate)
    return found


def _candidates(path: str, text: str) -> Iterator[str]:
    if path.endswith(".py"):
        yield from _of_python(path, text)
    elif path.endswith((".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs")):
        yield from _of_script(path, text)


def _of_python(path: str, text: str) -> Iterator[str]:
    folder = posixpath.dirname(path)
    above = list(_ancestors(folder))
    for match in _PYTHON.finditer(text):
        module = match["module"] if match["module"] is not None else match["plain"]
        names = re.findall(r"\w+", re.sub(r"\s+as\s+\w+", "", match["names"] or ""))
        dots = len(module) - len(module.lstrip("."))
        inside = module.lstrip(".").replace(".", "/")
        places = [_up(folder, dots - 1)] if dots else above
        for place in places:
            target = posixpath.join(place, inside) if inside else place
            if inside:
                yield f"{target}.py"
            yield posixpath.join(target, "__init__.py")
            for name in names:
                yield posixpath.join(target, f"{name}.py")
                yield posixpath.join(target, name, "__init__.py")


def _of_script(path: str, text: str) -> Iterator[str]:
    folder = posixpath.dirname(path)
    for match in _SCRIPT.finditer(text):
        target = match["path"]
        if target.startswith("."):
            joined = posixpath.normpath(posixpath.join(folder, target))
            if not joined.startswith(".."):
                yield from _spelt(joined)
        elif target.startswith("src/"):
            for place in _ancestors(folder):
                yield from _spelt(posixpath.join(place, target))
        elif alias := _ALIAS.match(target):
            for place in _ancestors(folder):
                yield from _spelt(posixpath.join(place, target[alias.end() :]))
                yield from _spelt(posixpath.join(place, "src", target[alias.end() :]))


def _spelt(target: str) -> Iterator[str]:
    stem, ending = posixpath.splitext(target)
    if ending in {".js", ".mjs", ".cjs"}:  # TypeScript's modules are imported by the names of what they become
        yield f"{stem}.ts"
    if ending in {".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs"}:
        yield target
    yield from (f"{target}{one}" for one in _ENDINGS[1:])


def _up(folder: str, levels: int) -> str:
    for _ in range(levels):
        folder = _above(folder)
    return folder


def _above(folder: str) -> str:
    """The folder above one; above the working folder, `..`, which only a caller without roots may look into."""
    if not folder or posixpath.basename(folder) in {".", ".."}:
        return posixpath.normpath(posixpath.join(folder, ".."))
    return posixpath.dirname(folder)


def _ancestors(folder: str) -> Iterator[str]:
    """The folder and those above it, `MOST_UP` of them at most."""
    for _ in range(MOST_UP + 1):
        yield folder
        above = _above(folder)
        if above == folder:
            return
        folder = above


def _read(path: str, call: Call) -> str | None:
    from dbdesign.detect.walk import decoded

    try:
        if not call.access.exists(path) or call.access.is_folder(path):
            return None
        content = call.access.read_bytes(path)
    except (
        AccessError,
        DesignError,
    ):  # outside the allowed folders, or no regular file: what it declares stays unknown
        return None
    return decoded(content) if len(content) <= MOST_TEXT else None
