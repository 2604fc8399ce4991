"""Cases in one file: `=== name`, lines of settings, then `--- path` and the text of each file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class SourceCase:
    """A case: its name, its settings (`key value`), its files in order."""

    name: str
    settings: dict[str, str]
    files: dict[str, str]

    @property
    def slug(self) -> str:
        """The name as a folder's."""
        return "".join(one if one.isalnum() else "_" for one in self.name)


def source_cases(path: Path) -> list[SourceCase]:
    """The cases of a file."""
    return [_case(block) for block in re.split(r"^=== ", path.read_text(), flags=re.MULTILINE)[1:]]


def _case(block: str) -> SourceCase:
    head, *parts = block.split("\n--- ")
    name, *said = head.splitlines()
    settings = dict(line.split(" ", 1) for line in said if line.strip())
    files = {path.strip(): text for path, text in (part.split("\n", 1) for part in parts)}
    return SourceCase(name.strip(), settings, files)
