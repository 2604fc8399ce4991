"""`Package.swift`: packages by the owner and name of their repositories."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_PACKAGE = re.compile(
    r"\.package\(\s*(?:name:\s*\"[^\"\n]*\"\s*,\s*)?url:\s*\"[^\"\n]*?(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?\""
    r"(?P<rest>[^\n]{0,200})"
)


def _package(_path: str, lines: Lines) -> Iterator[Dependency]:
    for match in _PACKAGE.finditer(lines.text):
        scope = Scope.COMMENTED if lines.is_comment(match.start()) else Scope.RUNTIME
        version = re.search(r"\"(\d[\w.+-]*)\"", match["rest"])
        yield Dependency("swift", match["name"].lower(), version and version[1], scope, match.start("name"))


MANIFESTS = (Manifest("swift", ("Package.swift", "Package@swift-*.swift"), _package),)
