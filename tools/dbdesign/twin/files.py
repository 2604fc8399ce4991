"""Relation files of a scratch database that are made to look as large as the production's: sparse, so that they take no disk.

The planner asks the file system, not pg_class, how many blocks a relation has. This only ever touches files of our own scratch
databases; the server is not told, which is sound because nothing reads these relations' contents.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dbdesign.errors import EngineError, LimitError
from dbdesign.model.statistics import BLOCK
from dbdesign.twin.sizes import MAX_BLOCKS

SEGMENT = 131_072
"""Blocks of a file of a relation (RELSEG_SIZE): 1 GB."""


@contextmanager
def _existing(file: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise EngineError(
            "a file of the twin's database is gone",
            where=f"relation file {file.name}",
            remedy="Make the twin again, and keep what removes files out of the embedded server's folder",
        ) from None


@dataclass(frozen=True)
class RelationFiles:
    """The files of one relation: `first`, `first.1`, `first.2` …"""

    first: Path

    def read_block(self, number: int = 0) -> bytes:
        """One block of the first file.

        Raises:
            EngineError: where the relation is gone.
        """
        with _existing(self.first), self.first.open("rb") as file:
            file.seek(number * BLOCK)
            return file.read(BLOCK)

    def write(self, blocks: bytes) -> None:
        """Blocks at the beginning of the first file.

        Raises:
            EngineError: where the relation is gone.
        """
        with _existing(self.first), self.first.open("r+b") as file:
            file.write(blocks)

    def write_visibility(self, block: bytes) -> None:
        """The table's map of visibility.

        Raises:
            EngineError: where the relation is gone.
        """
        with _existing(self.first):
            owner = self.first.stat()
        place = self.first.with_name(f"{self.first.name}_vm")
        place.write_bytes(block)
        place.chmod(0o600)
        if os.geteuid() == 0:
            os.chown(place, owner.st_uid, owner.st_gid)

    def stretch(self, blocks: int) -> None:
        """Make the files so many blocks long; what is there stays as far as it fits, the rest is holes.

        Raises:
            LimitError: for more than a relation can have.
            EngineError: where the relation is gone.
        """
        if blocks > MAX_BLOCKS:
            raise LimitError(
                f"one relation would take {blocks * BLOCK / 1e12:,.0f} TB; PostgreSQL ends at 32 TB",
                remedy="Partition the table, or lower its rows or widths",
            )
        with _existing(self.first):
            owner = self.first.stat()
        needed = max(1, -(-blocks // SEGMENT))
        for number in range(needed):
            self._resize(number, min(blocks - number * SEGMENT, SEGMENT) * BLOCK, owner)
        while (surplus := self._segment(needed)).exists() and surplus.stat().st_size:
            os.truncate(surplus, 0)
            needed += 1

    def empty(self) -> None:
        """Make the files empty but keep them: a session that has them open goes on seeing them."""
        number = 0
        while (segment := self._segment(number)).exists():
            os.truncate(segment, 0)
            number += 1

    def _segment(self, number: int) -> Path:
        return self.first if number == 0 else self.first.with_name(f"{self.first.name}.{number}")

    def _resize(self, number: int, size: int, owner: os.stat_result) -> None:
        """One segment, by as few calls as will do: a terabyte is a thousand of them."""
        place = str(self.first) if number == 0 else f"{self.first}.{number}"
        file = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(file, size)
            if os.geteuid() == 0 and number:
                os.fchown(file, owner.st_uid, owner.st_gid)
        finally:
            os.close(file)
