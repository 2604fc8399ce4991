"""A folder that is a source: its files as detection sees them, named as the caller would name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.detect.walk import Tree

MOST_TEXT = 1024 * 1024
"""Bytes of a source file that is looked at; what people write by hand is smaller."""

MANIFESTS = frozenset(
    ("package.json", "pyproject.toml", "setup.py", "setup.cfg", "manage.py", "requirements.txt", "pom.xml", "build.gradle", "go.mod")
)  # fmt: skip
"""Files that mark the folder of a component: a package of a monorepo, a service."""


class Folder:
    """The files below a folder, by the rules of detection: ignored, vendored and generated ones are left out, links not followed.

    Args:
        name: as the caller names it.

    Attributes:
        own: the folder's own name, which tells a folder `migrations` also where the caller is in it.
    """

    def __init__(self, name: str, call: Call) -> None:
        from dbdesign.detect.walk import walk

        self.name = name
        real = call.access.folder(name)
        self.own = real.name
        self.tree: Tree = walk(real)
        self._texts: dict[str, str] = {}

    def named(self, path: str) -> str:
        """A path below the folder as the caller would name it."""
        if path in {"", "."}:
            return self.name
        return path if self.name in {".", ""} else f"{self.name.rstrip('/')}/{path}"

    def paths(self, suffixes: tuple[str, ...]) -> list[str]:
        """The files with these endings, small enough to be written by hand."""
        return [path for path, size in self._sorted if path.endswith(suffixes) and size <= MOST_TEXT]

    @cached_property
    def _sorted(self) -> list[tuple[str, int]]:
        return sorted(self.tree.sizes.items())

    def text(self, path: str) -> str:
        """A file's text; empty where it is binary or cannot be read, which `skipped` says."""
        if path not in self._texts:
            self._texts[path] = self.tree.text(path)
        return self._texts[path]

    def component(self, path: str) -> str:
        """The folder of the package that a file belongs to: the nearest with a manifest; empty for the folder itself."""
        while path:
            path = path.rpartition("/")[0]
            if not MANIFESTS.isdisjoint(self.tree.folders.get(path, ())):
                return path
        return ""

    def notes(self) -> Iterator[str]:
        """What was not looked at."""
        shown = [f"{self.named(one.path)} ({one.reason})" for one in self.tree.skipped]
        if shown:
            more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
            yield f"not looked at: {', '.join(shown[:8])}{more}"


def common_folder(paths: Iterable[str]) -> str:
    """The deepest folder that holds all of the files; the file itself where it is the only one; `.` for the top."""
    held = list(paths)
    if len(held) == 1:
        return held[0]
    folders = [path.split("/")[:-1] for path in held]
    shared = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        shared.append(parts[0])
    return "/".join(shared) or "."
