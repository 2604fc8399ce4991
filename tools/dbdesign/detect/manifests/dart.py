"""`pubspec.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_LINE = re.compile(r"^(?P<indent> *)(?P<comment># *)?(?P<name>[a-z]\w*) *:(?P<rest>[^\n]*)$", re.MULTILINE)
_SECTIONS = {"dependencies": Scope.RUNTIME, "dev_dependencies": Scope.DEV}


def _pubspec(_path: str, lines: Lines) -> Iterator[Dependency]:
    section: Scope | None = None
    indent = None
    for match in _LINE.finditer(lines.text):
        depth = len(match["indent"])
        if depth == 0 and not match["comment"]:
            section, indent = _SECTIONS.get(match["name"]), None
            continue
        if section is None:
            continue
        if indent is None and not match["comment"]:
            indent = depth
        if match["comment"] or depth == indent:
            version = re.match(r" *[\"']?((?:[~^<>=]+ *)?\d[\w.+-]*)", match["rest"])
            scope = Scope.COMMENTED if match["comment"] else section
            yield Dependency("pub", match["name"], version and version[1], scope, match.start("name"))


MANIFESTS = (Manifest("pub", ("pubspec.yaml", "pubspec.yml"), _pubspec),)
