"""The files of a repository, without what is vendored, generated or ignored; and what was left out, with the reason."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dbdesign.detect.ignore import Pattern, ignored, patterns
from dbdesign.detect.manifests import manifest_of
from dbdesign.detect.places import Scope, only_examples, scope_of
from dbdesign.errors import InputError, LimitError
from dbdesign.model.detection import Unseen

MAX_FILES = 400_000
MAX_FILE_BYTES = 4 * 1024 * 1024
"""Larger files are generated, data, or lock files; lock files are read up to `MAX_LOCK_BYTES`."""

MAX_LOCK_BYTES = 40 * 1024 * 1024
_MAX_IGNORE_BYTES = 256 * 1024
_MAX_DEPTH = 60
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
"""Characters that a name may hold and that can be neither shown nor written as UTF-8."""


_NEVER = frozenset(
    (
        ".git",
        ".hg",
        ".svn",
        "node_modules",
        "bower_components",
        ".venv",
        "__pycache__",
        ".tox",
        ".nox",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".gradle",
        ".idea",
        ".next",
        ".nuxt",
        ".svelte-kit",
        ".turbo",
        ".terraform",
        ".yarn",
        ".pnpm-store",
        ".bundle",
        "Pods",
        "DerivedData",
        ".dart_tool",
        ".eggs",
        "site-packages",
        ".serverless",
        ".aws-sam",
        "cdk.out",
        ".angular",
        ".parcel-cache",
        ".cache",
    )
)
"""Folders that hold nothing of the repository's own, whatever else is in it."""

_LOCKS = frozenset(
    (
        "package-lock.json",
        "pnpm-lock.yaml",
        "yarn.lock",
        "bun.lock",
        "poetry.lock",
        "uv.lock",
        "Pipfile.lock",
        "pdm.lock",
        "Cargo.lock",
        "composer.lock",
        "Gemfile.lock",
        "mix.lock",
        "packages.lock.json",
        "go.sum",
        "gradle.lockfile",
    )
)

Marks = Callable[[frozenset[str], frozenset[str]], bool]
"""Whether a folder is generated or vendored, from the names beside it and the names in it."""

_PERHAPS: dict[str, tuple[Marks, str]] = {
    "vendor": (
        lambda _beside, within: (
            bool(within & {"modules.txt", "autoload.php", "bundle", "gems", "cache"}) or "github.com" in within
        ),
        "vendored dependencies",
    ),
    "venv": (lambda _beside, within: "pyvenv.cfg" in within, "a virtual environment"),
    "env": (lambda _beside, within: "pyvenv.cfg" in within, "a virtual environment"),
    "target": (
        lambda beside, within: bool(beside & {"Cargo.toml", "pom.xml", "build.sbt"}) or "CACHEDIR.TAG" in within,
        "build output",
    ),
    "build": (
        lambda beside, within: (
            bool(beside & {"build.gradle", "build.gradle.kts"}) and bool(within & {"classes", "libs", "tmp", "reports"})
        ),
        "build output",
    ),
    "dist": (
        lambda beside, within: "package.json" in beside and not any(name.endswith((".ts", ".tsx")) for name in within),
        "build output",
    ),
    "obj": (lambda beside, _within: any(name.endswith((".csproj", ".fsproj")) for name in beside), "build output"),
    "bin": (
        lambda beside, within: (
            bool(within & {"Debug", "Release"}) and any(name.endswith((".csproj", ".fsproj")) for name in beside)
        ),
        "build output",
    ),
    "deps": (lambda beside, _within: "mix.exs" in beside, "vendored dependencies"),
    "_build": (lambda beside, _within: "mix.exs" in beside, "build output"),
    "coverage": (lambda _beside, within: "lcov.info" in within, "build output"),
}


@dataclass(slots=True)
class Tree:
    """The files of a repository.

    Attributes:
        sizes: bytes of every file that may be read, by its path from the root, with `/`.
        folders: names of files by folder (`` for the root).
        skipped: what was left out and why; ignored files are not listed one by one.
        examples: whether the repository is made up of examples, which are its programs then.
    """

    root: Path
    sizes: dict[str, int] = field(default_factory=dict)
    folders: dict[str, list[str]] = field(default_factory=dict)
    skipped: list[Unseen] = field(default_factory=list)
    examples: bool = False

    def scope(self, path: str) -> Scope:
        """In which circumstances a file is used, as its path says."""
        scope = scope_of(path)
        return Scope.RUNTIME if self.examples and scope in {Scope.EXAMPLE, Scope.BOILERPLATE} else scope

    def read(self, path: str) -> bytes:
        """The content of a file; empty, and said in `skipped`, where it cannot be read."""
        try:
            with open(f"{self.root}/{path}", "rb", opener=_without_links) as file:
                return file.read(MAX_LOCK_BYTES)
        except OSError as error:
            self.skip(path, (error.strerror or type(error).__name__).lower())
            return b""

    def text(self, path: str) -> str:
        """The content as text: UTF-8, UTF-16 with a mark, or Windows-1252; empty where it is binary."""
        return decoded(self.read(path))

    def skip(self, path: str, reason: str) -> None:
        """Note something that was not looked at."""
        self.skipped.append(Unseen(path=path, reason=reason))


def decoded(content: bytes) -> str:
    """Bytes of a source file as text; what is binary is empty."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:8192]:
        return ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def walk(root: Path) -> Tree:
    """Every file below a folder that belongs to the repository. Symbolic links are not followed.

    Raises:
        InputError: it is not a folder, or cannot be listed.
        LimitError: more than `MAX_FILES`.
    """
    if not root.is_dir():
        raise InputError("is not a folder", where=str(root), remedy="Name the folder of a repository")
    tree = Tree(root)
    _visit(tree, "", frozenset(), [], 0)
    tree.examples = only_examples(tree.sizes, lambda path: manifest_of(path) is not None)
    return tree


def _visit(
    tree: Tree, folder: str, beside: frozenset[str], chain: list[tuple[str, tuple[Pattern, ...]]], depth: int
) -> None:
    try:
        entries = sorted(os.scandir(f"{tree.root}/{folder}"), key=lambda entry: entry.name)
    except OSError as error:
        if not folder:
            raise InputError("cannot be listed", where=str(tree.root), remedy="Check its permissions") from None
        tree.skip(folder, (error.strerror or "cannot be listed").lower())
        return
    names = frozenset(entry.name for entry in entries)
    name = folder.rstrip("/").rpartition("/")[2]
    if name in _PERHAPS and _PERHAPS[name][0](beside, names):
        tree.skip(folder, _PERHAPS[name][1])
        return
    if depth > _MAX_DEPTH:
        tree.skip(folder, f"more than {_MAX_DEPTH} folders deep")
        return
    if ".gitignore" in names:
        held = patterns(decoded(tree.read(f"{folder}.gitignore")[:_MAX_IGNORE_BYTES]))
        chain = [*chain, (folder, held)]
    for one in _entries(tree, folder, entries, chain):
        _visit(tree, one, names, chain, depth + 1)


def _entries(
    tree: Tree, folder: str, entries: list[os.DirEntry[str]], chain: list[tuple[str, tuple[Pattern, ...]]]
) -> list[str]:
    """Take in the files of a folder; gives the folders in it that are to be visited."""
    below: list[str] = []
    files: list[str] = []
    for entry in entries:
        path = f"{folder}{entry.name}"
        if _UNPRINTABLE.search(entry.name):
            tree.skip(ascii(path)[1:-1], "a name that is not UTF-8, or holds control characters")
            continue
        is_folder = entry.is_dir(follow_symlinks=False)
        if (is_folder and entry.name in _NEVER) or (chain and ignored(path, folder=is_folder, chain=chain)):
            continue
        if is_folder:
            below.append(f"{path}/")
        else:
            _note(tree, entry, path, files)
    if files:
        tree.folders[folder.rstrip("/")] = files
    return below


def _note(tree: Tree, entry: os.DirEntry[str], path: str, files: list[str]) -> None:
    """Take a file in, or say why not."""
    if entry.is_symlink():
        return
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError as error:
        tree.skip(path, (error.strerror or "cannot be read").lower())
        return
    if not stat.S_ISREG(status.st_mode):
        tree.skip(path, "not a regular file")
        return
    limit = MAX_LOCK_BYTES if entry.name in _LOCKS else MAX_FILE_BYTES
    if status.st_size > limit:
        tree.skip(path, f"{status.st_size / 1048576:.0f} MB, more than {limit // 1048576} MB")
    else:
        tree.sizes[path] = status.st_size
    files.append(entry.name)
    if len(tree.sizes) > MAX_FILES:
        raise LimitError(
            f"has more than {MAX_FILES:,} files", where=str(tree.root), remedy="Name a part of the repository"
        )


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC)


def ancestors(path: str) -> Iterator[str]:
    """The folders of a path, from its own up to the root (``)."""
    while path:
        path = path.rpartition("/")[0]
        yield path
