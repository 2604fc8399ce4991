"""What user SQL may use up: time, disk, memory and connections, and who stops it when it does not stop itself.

A role can lift its own `statement_timeout`, so the limits are held from outside: `Watch` is asked about ten times a second while
user SQL runs, and says when to stop.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from dbdesign.engines.cancellation import cancellation

MEGABYTE = 1024 * 1024
FIRST_MEASURE = 0.1
"""Seconds before the disk is measured: most scripts are done by then, and none fills a disk."""


@dataclass(frozen=True)
class Limits:
    """Limits for one script."""

    seconds: float = 30.0
    """Time of the server's work."""

    disk: int = 512 * MEGABYTE
    """Bytes by which the data folder may grow."""

    temporary: int = 256 * MEGABYTE
    """Bytes of temporary files (`temp_file_limit`)."""

    connections: int = 6


DEFAULT_LIMITS = Limits()


class Watch:
    """Measures one script's time and disk against its limits."""

    def __init__(self, limits: Limits, data_folder: Path, database_oid: int) -> None:
        self._limits = limits
        self._cancelled = cancellation()
        self._data = data_folder
        self._own = str(database_oid)
        self._started = time.monotonic()
        self._before: int | None = None
        self._next_measure = self._started + FIRST_MEASURE
        self.urgent = False
        """Whether the limit is one that must not be exceeded any further: a disk that fills."""

    def exceeded(self) -> str | None:
        """Which limit is exceeded, as a sentence, or None."""
        now = time.monotonic()
        if self._cancelled.is_set():
            return "the call was cancelled"
        if now - self._started > self._limits.seconds:
            return f"it ran for more than {self._limits.seconds:g} seconds"
        if now >= self._next_measure:
            used = self._used()
            self._next_measure = now + max(FIRST_MEASURE, 10 * (time.monotonic() - now))  # a tenth of the work at most
            if self._before is None:
                self._before = used
            elif used - self._before > self._limits.disk:
                self.urgent = True
                return f"it filled more than {self._limits.disk // MEGABYTE} MB of disk"
        return None

    def _used(self) -> int:
        """Bytes on disk of this database and of what all databases share (log, temporary files)."""
        others = {name.name for name in os.scandir(self._data / "base") if name.name not in (self._own, "pgsql_tmp")}
        return blocks(self._data, skip=others)


def blocks(folder: Path | str, skip: set[str] | frozenset[str] = frozenset()) -> int:
    """Bytes that the files below a folder occupy on disk; sparse files count for what they hold."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in skip:
                        total += blocks(entry.path, skip)
                else:
                    total += _blocks_of(entry)
    except FileNotFoundError:
        pass
    return total


def _blocks_of(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except FileNotFoundError:
        return 0
