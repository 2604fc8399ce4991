"""Where a server's private folder is made, and how what was left behind is found and removed.

A folder holds `owner.lock`, which its owner keeps locked, `data` (the cluster and its socket) and `log`. In memory (/dev/shm) a
schema of 400 tables loads about twice as fast as on ext4, where creating files is slow after many were removed.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dbdesign.engines.postgres.install import Account
from dbdesign.engines.postgres.supervisor import kill_processes_in, remove
from dbdesign.errors import EngineError

RUN_VARIABLE = "DBDESIGN_RUN_DIR"
PREFIX = "dbdesign-pg-"
LOCK = "owner.lock"
ATTEMPTS = 3
SOCKET = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 103
"""Bytes of a Unix socket's path: 107 on Linux, 103 on macOS (sun_path in sys/un.h, less the final NUL)."""

ROOM_IN_MEMORY = 4 * 1024**3
"""Bytes of memory that must be free, and half of it in /dev/shm, for the data to be kept there."""


def new_folder(account: Account) -> tuple[Path, int]:
    """A private folder that only we and `account` can enter, and the file descriptor that holds its lock.

    Raises:
        EngineError: if no folder can be made, or only one with a path too long for a socket.
    """
    for parent in places():
        if len(os.fsencode(parent / f"{PREFIX}12345678" / "data" / SOCKET)) > LONGEST_SOCKET_PATH:
            continue
        for _ in range(ATTEMPTS):
            with contextlib.suppress(PermissionError, FileNotFoundError):
                folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
                held = _claim(folder, account)
                if (folder / LOCK).exists():
                    return folder, held
                os.close(held)  # somebody took it for a stale one in the moment before it was locked
    raise EngineError(
        "there is no folder for the embedded PostgreSQL: none can be written, or their paths are too long for a Unix socket",
        remedy=f"Set {RUN_VARIABLE} to a short path, such as /tmp",
    )


def _claim(folder: Path, account: Account) -> int:
    if account.foreign:
        os.chown(folder, -1, account.gid)
        folder.chmod(0o710)
    held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


def places() -> Iterator[Path]:
    """The folders in which private folders are made, best first."""
    chosen = os.environ.get(RUN_VARIABLE)
    if chosen:
        yield Path(chosen).expanduser().absolute()
        return
    if _memory_is_plentiful():
        yield Path("/dev/shm")  # noqa: S108 - a private folder in it
    yield Path(tempfile.gettempdir()).absolute()
    yield Path("/tmp")  # noqa: S108


def _memory_is_plentiful() -> bool:
    try:
        shared = os.statvfs("/dev/shm")  # noqa: S108
        facts = Path("/proc/meminfo").read_text()
        available = next(int(line.split()[1]) * 1024 for line in facts.splitlines() if line.startswith("MemAvailable"))
    except (OSError, StopIteration):
        return False
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            available = min(available, int(Path(limit).read_text()))
    return available >= ROOM_IN_MEMORY and shared.f_bavail * shared.f_frsize >= ROOM_IN_MEMORY // 2


def discard(folder: Path, held: int) -> None:
    """Remove a folder of ours with the processes in it, and let go of its lock."""
    if folder.exists():
        kill_processes_in(str(folder))
        remove(str(folder))
    if held >= 0:
        with contextlib.suppress(OSError):
            os.close(held)


def remove_stale_folders() -> None:
    """Remove what servers left behind whose supervisor was killed together with its owner."""
    for parent in {Path("/dev/shm"), *places()}:  # noqa: S108
        for folder in parent.glob(f"{PREFIX}*"):
            with contextlib.suppress(OSError):
                if folder.lstat().st_uid == os.geteuid() and not folder.is_symlink():
                    _remove_if_stale(folder)


def _remove_if_stale(folder: Path) -> None:
    try:
        held = os.open(folder / LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # being made at this moment
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        kill_processes_in(str(folder))
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(held)
