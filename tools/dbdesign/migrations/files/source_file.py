"""A file of a migration tool as text, and the order of versions in names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class SourceFile:
    """A file by the name under which it was given, with its text."""

    name: str
    text: str

    @property
    def base(self) -> str:
        """The name without its folders."""
        return PurePosixPath(self.name.replace("\\", "/")).name

    @property
    def folder(self) -> str:
        """The name of the folder that it is in."""
        return PurePosixPath(self.name.replace("\\", "/")).parent.name

    @property
    def directory(self) -> str:
        """The path of the folder that it is in."""
        return str(PurePosixPath(self.name.replace("\\", "/")).parent)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key that sorts numbers in names as numbers: `V2` before `V10`."""
    parts = re.findall(r"\d+|\D+", name)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part.lower()) for part in parts)
