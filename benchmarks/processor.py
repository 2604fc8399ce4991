"""What something took: wall time, and processor time of this process and of a server with all its sessions apart.

On a machine that does other things too, wall time says little; processor time is near what the same takes on an idle one.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path


class Meter:
    """Times since it was made. Without /proc, or a server, the server's is nothing."""

    def __init__(self, server_folder: Path | None = None) -> None:
        self._server = _postmaster(server_folder) if server_folder else None
        self._began, self._own, self._there = time.perf_counter(), time.process_time(), self._of_server()

    @property
    def wall(self) -> float:
        """Seconds that passed."""
        return time.perf_counter() - self._began

    @property
    def own(self) -> float:
        """Seconds of processor time of this process."""
        return time.process_time() - self._own

    @property
    def there(self) -> float:
        """Seconds of processor time of the server, in steps of 10 ms."""
        return self._of_server() - self._there

    def _of_server(self) -> float:
        """A process counts those that it has waited for (proc_pid_stat(5)); the sessions that are still there come on top."""
        if self._server is None:
            return 0.0
        ticks = sum(map(int, _fields(self._server)[11:15]))
        for number in (self._server / "task" / self._server.name / "children").read_text().split():
            with contextlib.suppress(OSError):  # one that ended meanwhile
                ticks += sum(map(int, _fields(Path(f"/proc/{number}"))[11:13]))
        return ticks / os.sysconf("SC_CLK_TCK")

    def __str__(self) -> str:
        there = f" + {self.there:.1f} s of the server" if self._server else ""
        return f"{self.wall:.1f} s wall, {self.own:.1f} s of processor{there}"


def session_time(process: int) -> float:
    """Seconds of processor time of one session of a server, by the nanosecond; 0 where the system does not count them."""
    counted = Path(f"/proc/{process}/schedstat")
    return int(counted.read_text().split()[0]) / 1e9 if counted.exists() else 0.0


def _postmaster(folder: Path) -> Path | None:
    """The server's own process, by the first line of its postmaster.pid."""
    process = Path("/proc") / (folder / "postmaster.pid").read_text().split()[0]
    return process if process.exists() else None


def _fields(process: Path) -> list[str]:
    """A process's /proc stat from its state on."""
    return (process / "stat").read_text().rpartition(")")[2].split()
