"""`go.mod`: what is required directly; `// indirect` is not the project's own choice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_REQUIRE = re.compile(
    r"^(?P<lead>[ \t]*(?://[ \t]*)?(?:require[ \t]+)?)(?P<name>[\w.~-]+\.[a-z]{2,}/[^\s]+)[ \t]+(?P<version>v[^\s]+)(?P<rest>[^\n]*)$",
    re.MULTILINE,
)
_TOOL = re.compile(r"^\s*(?:tool\s+)?(?P<name>[\w.-]+\.[a-z]{2,}/[^\s]+)\s*$", re.MULTILINE)
_BLOCK = re.compile(r"^(?P<word>replace|exclude|retract|tool)\s*\((?P<body>.*?)^\)", re.MULTILINE | re.DOTALL)


def _module(_path: str, lines: Lines) -> Iterator[Dependency]:
    elsewhere = [(one.start(), one.end(), one["word"]) for one in _BLOCK.finditer(lines.text)]
    for match in _REQUIRE.finditer(lines.text):
        if any(begin <= match.start() < end for begin, end, _ in elsewhere) or "=>" in match["rest"]:
            continue
        scope = (
            Scope.COMMENTED
            if "//" in match["lead"]
            else Scope.INDIRECT
            if "// indirect" in match["rest"]
            else Scope.RUNTIME
        )
        yield Dependency("go", match["name"], match["version"], scope, match.start("name"))
    for match in _TOOL.finditer(lines.text):
        if any(
            begin <= match.start() < end and word == "tool" for begin, end, word in elsewhere
        ) or match.group().lstrip().startswith("tool"):
            yield Dependency("go", match["name"], None, Scope.DEV, match.start("name"))


MANIFESTS = (Manifest("go", ("go.mod", "*.mod"), _module),)
