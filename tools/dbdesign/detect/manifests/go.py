"""`go.mod`: what is required directly; `// indirect` is not the project's own choice."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.detect.lines import Lines, Spans
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_REQUIRE = re.compile(
    r"^(?P<lead>[ \t]*(?://[ \t]*)?(?:require[ \t]+)?)(?P<name>[\w.~-]+\.[a-z]{2,}/[^\s]+)[ \t]+(?P<version>v[^\s]+)(?P<rest>[^\n]*)$",
    re.MULTILINE,
)
_TOOL = re.compile(r"^\s*(?:tool\s+)?(?P<name>[\w.-]+\.[a-z]{2,}/[^\s]+)\s*$", re.MULTILINE)
_EDGE = re.compile(r"^(?:(?P<word>replace|exclude|retract|tool)[ \t]*\(|\))", re.MULTILINE)


def _module(_path: str, lines: Lines) -> Iterator[Dependency]:
    blocks = list(_blocks(lines.text))
    elsewhere = Spans((begin, end) for begin, end, _ in blocks)
    tools = Spans((begin, end) for begin, end, word in blocks if word == "tool")
    for match in _REQUIRE.finditer(lines.text):
        if elsewhere.hold(match.start()) or "=>" in match["rest"]:
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
        if tools.hold(match.start()) or match.group().lstrip().startswith("tool"):
            yield Dependency("go", match["name"], None, Scope.DEV, match.start("name"))


def _blocks(text: str) -> Iterator[tuple[int, int, str]]:
    """Beginning, end and word of the blocks in parentheses that require nothing."""
    begin, word = 0, None
    for edge in _EDGE.finditer(text):
        if edge["word"] and word is None:
            begin, word = edge.start(), edge["word"]
        elif not edge["word"] and word is not None:
            yield begin, edge.end(), word
            word = None


MANIFESTS = (Manifest("go", ("go.mod", "*.mod"), _module),)
