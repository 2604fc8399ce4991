"""The machine that a design runs on, as people write it: `16 vCPU, 64 GB, 1 TB, 12000 IOPS`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dbdesign.errors import InputError

KB, MB, GB, TB = 1024.0, 1024.0**2, 1024.0**3, 1024.0**4

DEFAULT = "16 vCPU, 64 GB, 1 TB, 12000 IOPS"
"""What is assumed where nothing is said: a usual size of managed databases."""

_CPU = re.compile(r"(\d+(?:\.\d+)?)\s*(?:v?cpus?|cores?)\Z", re.IGNORECASE)
_BYTES = re.compile(r"(\d+(?:\.\d+)?)\s*([GT])i?B\s*(ram|memory|disk|ssd|storage)?\Z", re.IGNORECASE)
_IOPS = re.compile(r"(\d+(?:\.\d+)?)\s*(k?)\s*iops\Z", re.IGNORECASE)
_CONNECTIONS = re.compile(r"(\d+)\s*(?:max_)?connections\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Machine:
    """One database server.

    Attributes:
        cores: virtual processors.
        memory, disk: bytes.
        iops: reads and writes a second that the storage serves.
        connections: `max_connections`; PostgreSQL's default is 100.
        said: as written, or the default.
        assumed: whether nothing was said.
    """

    cores: float = 16
    memory: float = 64 * GB
    disk: float = TB
    iops: float = 12_000
    connections: int = 100
    said: str = DEFAULT
    assumed: bool = True

    @property
    def cache(self) -> float:
        """Bytes that PostgreSQL and the system keep of the data: three quarters of the memory (manual, 19.7.2 `effective_cache_size`)."""
        return self.memory * 0.75


def parse_machine(text: str | None) -> Machine:
    """The machine that a text describes; parts that it leaves out are those of the default.

    The first size without a word behind it is memory, the second the disk.

    Raises:
        InputError: for a part that is none of them, and for zero.
    """
    if text is None or not text.strip():
        return Machine()
    found: dict[str, float] = {}
    for part in (one.strip() for one in re.split(r"[,;]|\s\+\s", text.replace("_", ""))):
        if not part:
            continue
        name, value = _part(part, found)
        if value <= 0 or name in found:
            raise _wrong(part, "is nothing" if value <= 0 else f"says the {name} twice")
        found[name] = value
    connections = int(found.pop("connections", Machine.connections))
    return replace(Machine(), **found, connections=connections, said=text.strip(), assumed=False)


def _part(part: str, found: dict[str, float]) -> tuple[str, float]:
    if match := _CPU.match(part):
        return "cores", float(match[1])
    if match := _IOPS.match(part):
        return "iops", float(match[1]) * (1000 if match[2] else 1)
    if match := _CONNECTIONS.match(part):
        return "connections", float(match[1])
    if match := _BYTES.match(part):
        size = float(match[1]) * (TB if match[2].upper() == "T" else GB)
        word = (match[3] or "").lower()
        if word:
            return ("memory" if word in {"ram", "memory"} else "disk"), size
        return ("disk" if "memory" in found else "memory"), size
    raise _wrong(part, "is no part of a machine")


def _wrong(part: str, what: str) -> InputError:
    return InputError(f"{part!r} {what}", where="machine", remedy=f"Write it as {DEFAULT!r}")
