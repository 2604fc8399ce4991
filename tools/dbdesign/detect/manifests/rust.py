"""`Cargo.toml`: dependencies with the features that choose a backend."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dbdesign.detect.documents import items, section, toml_document
from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_SECTIONS = {"dependencies": Scope.RUNTIME, "dev-dependencies": Scope.TEST, "build-dependencies": Scope.DEV}


def _cargo(_path: str, lines: Lines) -> Iterator[Dependency]:
    document = toml_document(lines.text)
    tables = [document, *section(document, "target").values()]
    for table in tables:
        for heading, scope in _SECTIONS.items():
            yield from _table(section(table, heading), scope, lines)
    yield from _table(section(document, "workspace", "dependencies"), Scope.MANAGED, lines)
    yield from _features(section(document, "features"), lines)


def _table(table: dict[str, Any], scope: Scope, lines: Lines) -> Iterator[Dependency]:
    for name, value in table.items():
        said = value if isinstance(value, dict) else {}
        real = said.get("package") or name
        version = "workspace" if said.get("workspace") is True else said.get("version") if said else value
        used = Scope.OPTIONAL if scope is Scope.RUNTIME and said.get("optional") is True else scope
        match = re.search(
            rf"(?m)^\s*{re.escape(name)}(?:\.[\w-]+)?\s*=|^\s*\[[\w.'\"()= -]*\.{re.escape(name)}\]", lines.text
        )
        features = tuple(str(one) for one in items(said.get("features")))
        yield Dependency(
            "cargo",
            str(real),
            version if isinstance(version, str) else None,
            used,
            match.start() if match else 0,
            features,
        )


def _features(features: dict[str, Any], lines: Lines) -> Iterator[Dependency]:
    """Features that turn on a feature of a dependency: `postgres = ["diesel/postgres"]`."""
    enabled = {str(one) for one in items(features.get("default"))}
    for name, values in features.items():
        scope = Scope.RUNTIME if name == "default" or name in enabled else Scope.OPTIONAL
        for value in items(values):
            package, mark, feature = str(value).partition("/")
            if mark:
                yield Dependency(
                    "cargo", package.rstrip("?"), None, scope, max(lines.text.find(str(value)), 0), (feature,)
                )


MANIFESTS = (Manifest("cargo", ("Cargo.toml",), _cargo),)
