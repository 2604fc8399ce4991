"""Versions that build files give names to: properties of Maven and MSBuild, variables of Gradle and sbt."""

from __future__ import annotations

import re
from collections.abc import Iterator

BUILD_FILES = re.compile(
    r"(?:^|/)(?:pom\.xml|gradle\.properties|[\w.-]+\.(?:gradle|gradle\.kts|sbt|props|targets|csproj|fsproj)|(?:Dependencies|Versions|Deps|Libs)\.(?:scala|kt))$"
)
"""Files in which versions are given names."""

_ASSIGNED = re.compile(
    r"<(?P<tag>[\w.-]+)>\s{0,80}(?P<a>[\w.$(){}+*-]+)\s{0,80}</(?P=tag)>"
    r"|(?:^|[\s\[(])(?:set\(|extra\[|ext\.)?[\"']?(?P<name>[A-Za-z_][\w.-]*)[\"']?\]?\s{0,80}(?:=|:=|,|\bby\s{1,80}extra\()\s{0,80}[\"']?(?P<b>\d[\w.+-]*)[\"']?",
    re.MULTILINE,
)


def assigned(text: str) -> Iterator[tuple[str, str]]:
    """Names and what a build file gives them."""
    for match in _ASSIGNED.finditer(text):
        yield (match["tag"], match["a"]) if match["tag"] else (match["name"], match["b"])
