"""Possessive groups in regular expressions, which Python before 3.11.5 mistakes."""

from __future__ import annotations

import re
from pathlib import Path

SOURCES = Path(__file__).parents[1] / "tools"
POSSESSIVE_GROUP = re.compile(r"\)[*+?]\+(?=[^+])")
"""A group that is repeated possessively, such as `(?:…)*+`."""


def test_a_possessive_group_ends_in_an_alternative_that_fails() -> None:
    """Before 3.11.5 a failed last round leaves the position where it failed (gh-100061, gh-106052); `|(?!)` puts it back."""
    wrong = [
        f"{path.relative_to(SOURCES)}:{number}"
        for path in sorted(SOURCES.rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(POSSESSIVE_GROUP.findall(line)) != line.count("|(?!))*+")
    ]
    assert wrong == []
