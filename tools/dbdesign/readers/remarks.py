"""The remarks to dbdesign in the files of a program: `# dbdesign: allow …`, `// dbdesign: allow …`."""

from __future__ import annotations

import re
from collections.abc import Mapping

_REMARK = re.compile(r"(?:#|//|/\*|^[ \t]*\*)[ \t]*dbdesign:", re.IGNORECASE)
_LONGEST = 2000


def remarks(texts: Mapping[str, str]) -> dict[str, dict[int, str]]:
    """By path, the lines that hold a remark, stripped; lines count from 1. Files without one are left out."""
    found: dict[str, dict[int, str]] = {}
    for path, text in texts.items():
        lines = _remarks(text) if "dbdesign:" in text.lower() else {}
        if lines:
            found[path] = lines
    return found


def _remarks(text: str) -> dict[int, str]:
    lines = enumerate(text.splitlines(), start=1)
    held = ((number, line) for number, line in lines if "dbdesign:" in line.lower() and len(line) <= _LONGEST)
    return {number: line.strip() for number, line in held if _REMARK.search(line)}
