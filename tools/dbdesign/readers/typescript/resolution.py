"""Which file an import names: relative paths, index files, `tsconfig` paths and base folders, packages of the same workspace.

Source: TypeScript handbook, "Modules - Reference" (https://www.typescriptlang.org/docs/handbook/modules/reference.html).
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dbdesign.readers.typescript.syntax import SUFFIXES

_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*[\s\S]*?\*/')
_TRAILING = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')
_WRITTEN_AS = {".js": (".ts", ".tsx"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}
_DEEPEST_EXTENDS = 8


@dataclass(frozen=True)
class _Configuration:
    """Of a `tsconfig.json`: folder that it is for, and import patterns → targets, paths from the root of the files."""

    folder: str
    base: str | None
    patterns: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Resolver:
    """Finds files by the specifiers of imports. `files` are paths with `/`, relative to one root."""

    files: Mapping[str, str]
    _known: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def resolve(self, specifier: str, importer: str) -> str | None:
        """The path that `specifier` means in the file `importer`; None where it is a package, or not among the files."""
        key = (specifier, posixpath.dirname(importer))
        if key not in self._known:
            self._known[key] = self._resolve(specifier, key[1])
        return self._known[key]

    def _resolve(self, specifier: str, folder: str) -> str | None:
        if not specifier:
            return None
        if specifier.startswith("."):
            return self._file(_joined(folder, specifier))
        for candidate in (*self._configured(specifier, folder), *self._workspace(specifier)):
            if (found := self._file(candidate)) is not None:
                return found
        return self._by_ending(specifier)

    def _file(self, path: str | None) -> str | None:
        """The file of a path that may lack its suffix, name a folder, or name the compiled file."""
        if path is None:
            return None
        stem, suffix = posixpath.splitext(path)
        tried = [path, *(stem + written for written in _WRITTEN_AS.get(suffix, ()))]
        tried += [path + suffix for suffix in SUFFIXES]
        tried += [posixpath.join(path, f"index{suffix}") for suffix in SUFFIXES]
        return next((one for one in tried if one in self.files and one.endswith(SUFFIXES)), None)

    def _configured(self, specifier: str, folder: str) -> Iterator[str]:
        for configuration in self._configurations:
            if configuration.folder and not f"{folder}/".startswith(f"{configuration.folder}/"):
                continue
            for pattern, targets in configuration.patterns:
                head, star, tail = pattern.partition("*")
                if specifier == pattern or (star and specifier.startswith(head) and specifier.endswith(tail)):
                    middle = specifier[len(head) : len(specifier) - len(tail)] if star else ""
                    yield from (target.replace("*", middle, 1) for target in targets)
            if configuration.base is not None and (path := _joined(configuration.base, specifier)) is not None:
                yield path

    @cached_property
    def _configurations(self) -> tuple[_Configuration, ...]:
        """The nearest folder first."""
        names = [
            path for path in self.files if re.match(r"(?:tsconfig|jsconfig)[^/]*\.json$", posixpath.basename(path))
        ]
        found = [one for path in sorted(names) if (one := self._configuration(path)) is not None]
        return tuple(sorted(found, key=lambda one: (-len(one.folder), one.folder)))

    def _configuration(self, path: str) -> _Configuration | None:
        options, place = self._options(path)
        base = options.get("baseUrl")
        root = _joined(place, base) if isinstance(base, str) else None
        paths = options.get("paths")
        patterns = [
            (
                pattern,
                tuple(t for target in targets if isinstance(target, str) and (t := _joined(root or place, target))),
            )
            for pattern, targets in (paths.items() if isinstance(paths, dict) else ())
            if isinstance(targets, list)
        ]
        if root is None and not patterns:
            return None
        return _Configuration(posixpath.dirname(path), root, tuple(patterns))

    def _options(self, path: str) -> tuple[dict[str, object], str]:
        """`compilerOptions` with `paths` or `baseUrl`, of the file or of the one that it extends, and that one's folder."""
        for _ in range(_DEEPEST_EXTENDS):
            content = _json(self.files.get(path, ""))
            options = content.get("compilerOptions")
            folder = posixpath.dirname(path)
            if isinstance(options, dict) and ("paths" in options or "baseUrl" in options):
                return options, folder
            extends = content.get("extends")
            parent = _joined(folder, extends) if isinstance(extends, str) and extends.startswith(".") else None
            path = next((one for one in (parent, f"{parent}.json") if parent and one and one in self.files), "")
            if not path:
                break
        return {}, ""

    def _workspace(self, specifier: str) -> Iterator[str]:
        """Where a package of the same repository keeps its source."""
        for name, folder in self._packages.items():
            if specifier == name or specifier.startswith(f"{name}/"):
                inner = specifier[len(name) + 1 :]
                yield from (posixpath.join(folder, place, inner).rstrip("/") for place in ("", "src"))

    @cached_property
    def _packages(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for path in sorted(self.files):
            if posixpath.basename(path) == "package.json" and isinstance(
                name := _json(self.files[path]).get("name"), str
            ):
                found.setdefault(name, posixpath.dirname(path))
        return found

    def _by_ending(self, specifier: str) -> str | None:
        """The only file whose path ends as the specifier does: an alias (`@/`, `src/`) that no file explains."""
        head, _, tail = specifier.partition("/")
        if not tail:
            return None
        alias = head in {"~", "#"} or head.startswith("@")
        if head.startswith("@") and head != "@" and "/" not in tail:
            return None  # the form of a package's own name
        for ending in [tail] if alias else [specifier]:
            stem = re.sub(r"\.(?:js|ts|mjs|cjs)x?$", "", ending)
            found = self._by_stem.get(posixpath.basename(stem), ())
            near = [path for path in found if _stem(path) == stem or _stem(path).endswith(f"/{stem}")]
            if len(near) == 1:
                return near[0]
        return None

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.files:
            if path.endswith(SUFFIXES):
                found.setdefault(posixpath.basename(_stem(path)), []).append(path)
        return found


def _stem(path: str) -> str:
    """A path as an import would write it: without suffix, an index file by its folder."""
    stem = path.rsplit(".", 1)[0]
    return stem.removesuffix("/index")


def _joined(folder: str, path: str) -> str | None:
    """A path under the root; None where it leaves it."""
    joined = posixpath.normpath(posixpath.join(folder, path))
    if joined == ".":
        return ""
    return None if joined.startswith(("..", "/")) else joined


def _json(text: str) -> dict[str, object]:
    """A JSON object that may have comments and trailing commas; empty where it is none."""
    if len(text) > 1_000_000:
        return {}
    plain = _COMMENT.sub(lambda match: match[1] or " ", text.removeprefix("\ufeff"))
    try:
        found = json.loads(_TRAILING.sub(lambda match: match[1] or "", plain))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


__all__ = ["Resolver"]
