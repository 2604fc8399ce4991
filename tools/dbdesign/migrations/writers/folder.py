"""The project's folder of migrations: names of what is there, and the text of files that the numbering depends on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from dbdesign.errors import InputError, LimitError

MOST_FILES = 100_000
"""Files below a folder of migrations, beyond which it is taken for something else."""

MOST_BYTES = 4 * 1024**2
"""Of one file that is read."""

NEVER = frozenset({".git", "node_modules", "__pycache__", ".venv"})


@dataclass(frozen=True)
class Folder:
    """A folder's files by their path in it, with `/` between the parts; none where there is no folder."""

    path: Path | None
    files: tuple[str, ...]
    root: Path | None = None

    @classmethod
    def read(cls, path: Path | None, root: Path | None = None) -> Folder:
        """List a folder; links are listed and not followed.

        Raises:
            InputError: the path is a file.
            LimitError: it holds more than `MOST_FILES`.
        """
        if path is None or not path.exists():
            return cls(path, (), root)
        if not path.is_dir():
            raise InputError("is a file", where=str(path), remedy="Name the folder that holds the migrations")
        found: list[str] = []
        for place, folders, names in os.walk(path):
            folders[:] = sorted(one for one in folders if one not in NEVER)
            found += [(Path(place) / name).relative_to(path).as_posix() for name in names]
            if len(found) > MOST_FILES:
                raise LimitError(
                    f"the folder holds more than {MOST_FILES:,} files",
                    where=str(path),
                    remedy="Name the folder of migrations",
                )
        return cls(path, tuple(sorted(found)), root)

    @property
    def top(self) -> tuple[str, ...]:
        """The names of files that stand in the folder itself."""
        return tuple(one for one in self.files if "/" not in one)

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of folders in it that hold files."""
        return tuple(dict.fromkeys(one.split("/")[0] for one in self.files if "/" in one))

    @property
    def name(self) -> str:
        """Of the folder itself; empty where there is none."""
        return self.path.resolve().name if self.path else ""

    def has(self, path: str) -> bool:
        """Whether a file stands at the path, also where letters differ in case alone."""
        return path.casefold() in {one.casefold() for one in self.files}

    def text(self, path: str) -> str:
        """A listed file's text; empty for a link, which may lead anywhere.

        Raises:
            LimitError: it is larger than `MOST_BYTES`.
            InputError: it is not UTF-8.
        """
        if self.path is None:
            return ""
        full = self.path / path
        if full.is_symlink():
            return ""
        if full.stat().st_size > MOST_BYTES:
            raise LimitError(
                f"is larger than {MOST_BYTES:,} bytes", where=str(full), remedy="Move it out of the folder"
            )
        try:
            return full.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError("is not UTF-8", where=str(full), remedy="Save it as UTF-8") from error

    def above(self, name: str) -> str:
        """The text of the nearest file of this name in the folder or above it up to `root`; empty where there is none."""
        if self.path is None:
            return ""
        place = self.path.resolve()
        root = self.root.resolve() if self.root else place
        for folder in [place, *place.parents]:
            if not folder.is_relative_to(root):
                break
            file = folder / name
            if file.is_file() and not file.is_symlink() and file.stat().st_size <= MOST_BYTES:
                return file.read_text(encoding="utf-8", errors="replace")
        return ""
