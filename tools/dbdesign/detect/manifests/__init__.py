"""What a project's manifests declare: dependencies with their scope, version and line, in every ecosystem."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import dbdesign.detect.manifests as here
from dbdesign.detect.lines import Lines
from dbdesign.detect.places import Scope


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package that a manifest declares.

    Attributes:
        name: as its registry writes it, lower case where the registry does not care.
        version: the constraint as written; None where there is none.
        extras: Python's extras, Cargo's features.
        position: in the text, of its name.
    """

    ecosystem: str
    name: str
    version: str | None
    scope: Scope
    position: int
    extras: tuple[str, ...] = ()


Reader = Callable[[str, Lines], Iterator[Dependency]]
"""From a manifest's path and text to what it declares; raises `UnreadableError` where it is broken."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A kind of manifest: which files, and how they are read."""

    ecosystem: str
    names: tuple[str, ...]
    read: Reader


@cache
def manifests() -> tuple[Manifest, ...]:
    """Every kind, found by import."""
    found: list[Manifest] = []
    for module in iter_modules(here.__path__):
        found += getattr(import_module(f"{here.__name__}.{module.name}"), "MANIFESTS", ())
    return tuple(found)


@cache
def _by_name() -> tuple[dict[str, Manifest], dict[str, tuple[tuple[str, Manifest], ...]]]:
    """Kinds by their whole names, and patterns with their kinds by what stands behind the last dot of a name."""
    exact: dict[str, Manifest] = {}
    patterns: dict[str, tuple[tuple[str, Manifest], ...]] = {}
    for manifest in manifests():
        for name in manifest.names:
            if any(mark in name for mark in "*?["):
                suffix = name.rpartition(".")[2]
                patterns[suffix] = (*patterns.get(suffix, ()), (name, manifest))
            else:
                exact[name] = manifest
    return exact, patterns


def manifest_of(path: str) -> Manifest | None:
    """The kind of manifest that a file is, by its name."""
    name = path.rpartition("/")[2]
    exact, patterns = _by_name()
    if name in exact:
        return exact[name]
    held = patterns.get(name.rpartition(".")[2], ())
    return next(
        (
            manifest
            for pattern, manifest in sorted(held, key=lambda pair: "/" in pair[0])
            if fnmatchcase(f"/{path}" if "/" in pattern else name, pattern)
        ),
        None,
    )
