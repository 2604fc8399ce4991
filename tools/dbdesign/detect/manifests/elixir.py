"""`mix.exs`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_ENTRY = re.compile(r"\{\s*:(?P<name>\w+)\s*,\s*(?:[\"'](?P<version>[^\"']+)[\"']\s*)?(?P<rest>[^{}]{0,1000})\}")


def _mix(_path: str, lines: Lines) -> Iterator[Dependency]:
    for match in _ENTRY.finditer(lines.text):
        only = set(re.findall(r"\w+", (re.search(r"only:\s*(\[[^\]]*\]|:\w+)", match["rest"]) or ["", ""])[1]))
        scope = Scope.RUNTIME
        if lines.is_comment(match.start()):
            scope = Scope.COMMENTED
        elif only and not only & {"prod"}:
            scope = Scope.TEST if only == {"test"} else Scope.DEV
        elif re.search(r"optional:\s*true", match["rest"]):
            scope = Scope.OPTIONAL
        yield Dependency("hex", match["name"], match["version"], scope, match.start("name"))


MANIFESTS = (Manifest("hex", ("mix.exs",), _mix),)
