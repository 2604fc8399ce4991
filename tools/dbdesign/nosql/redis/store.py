"""What a caller may choose of a Redis design, and what the server it is for is like."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from dbdesign.errors import InputError
from dbdesign.model import quantity
from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.redis.memory import Layout

Role = Literal["cache", "source of truth"]
NEWEST = (8, 2)
OLDEST = (7, 0)
SETTINGS: Mapping[str, str] = {
    "role": "cache or source_of_truth (the default): decides persistence, eviction and times to live",
    "allocator": "jemalloc8 (bundled, the default) or jemalloc16 (Debian's packages): size classes of allocations",
    "node_memory": "memory of data that one shard may hold, such as 25 GB",
    "shard_commands": "commands per second that one shard serves at peak, 60000 where not said",
    "cluster": "auto (the default), yes or no",
    "prefix": "first part of every key, app where not said",
    "cache_ttl": "seconds that a cached entity lives where no pattern says how stale it may be, such as 1h",
    "cached_share": "share of the data that a cache holds, 20% where not said",
    "approximate": "what is counted by HyperLogLog: entity.attribute/by, several joined by +",
}
NODE_BYTES = 25e9
"""Data that a shard holds: beyond it forks, restarts and moving slots take minutes (Redis Software's hardware requirements name 25 GB)."""
CACHED = 0.2
"""Share of the data that is wanted most, which a cache before another store is taken to hold."""
SHARD_COMMANDS = 60_000.0
"""Commands per second of one event loop at 60 % of the 100,000 that redis-benchmark shows without pipelining: an assumption to measure."""


@dataclass(frozen=True)
class Settings:
    """The options of a design, checked."""

    layout: Layout = field(default_factory=Layout)
    role: Role = "source of truth"
    node_bytes: float = NODE_BYTES
    shard_commands: float = SHARD_COMMANDS
    cluster: str = "auto"
    prefix: str = "app"
    cache_seconds: int = 3600
    cached_share: float = 1.0
    months: float = 36.0
    approximate: tuple[tuple[str, str, str], ...] = ()

    @property
    def version(self) -> str:
        """The version as people write it."""
        return ".".join(map(str, self.layout.version))


def settings_of(options: DesignOptions) -> Settings:
    """The settings of a caller's options.

    Raises:
        InputError: where a value is none of those that are known, with what is.
    """
    given = options.settings
    version = _version(options.version)
    prefix = given.get("prefix", "app")
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", prefix):
        raise InputError(f"{prefix!r} cannot begin keys", where="prefix", remedy="Use letters, digits, _, . and -")
    return Settings(
        layout=Layout(version, 16 if _choice(given, "allocator", ("jemalloc8", "jemalloc16")) == "jemalloc16" else 8),
        role=cast("Role", _choice(given, "role", ("source_of_truth", "cache")).replace("_", " ")),
        node_bytes=_number(given, "node_memory", quantity.size, NODE_BYTES),
        shard_commands=_number(given, "shard_commands", quantity.count, SHARD_COMMANDS),
        cluster=_choice(given, "cluster", ("auto", "yes", "no")),
        prefix=prefix,
        cache_seconds=round(_number(given, "cache_ttl", quantity.seconds, 3600.0)),
        cached_share=_number(given, "cached_share", quantity.share, CACHED) if given.get("role") == "cache" else 1.0,
        months=options.months,
        approximate=tuple(_approximate(one) for one in given.get("approximate", "").split("+") if one.strip()),
    )


def _version(text: str | None) -> tuple[int, ...]:
    if text is None:
        return NEWEST
    found = re.match(r"(\d+)(?:\.(\d+))?", text.strip())
    version = tuple(int(one or 0) for one in found.groups()) if found else (0, 0)
    if not OLDEST <= version < (9, 0):
        raise InputError(
            f"Redis {text} is not known: layouts were measured from 7.0 to 8.2",
            where="engine_version",
            remedy="Choose one of them",
        )
    return version


def _choice(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    value = given.get(name, allowed[0])
    if value not in allowed:
        raise InputError(
            f"{value!r} is not a value of {name}", where="settings", remedy=f"Choose {' or '.join(allowed)}"
        )
    return value


def _number(given: Mapping[str, str], name: str, parse: Callable[[str], float], default: float) -> float:
    if name not in given:
        return default
    try:
        found = float(parse(given[name]))
    except ValueError as error:
        raise InputError(str(error), where=name) from None
    if found <= 0:
        raise InputError(f"{given[name]!r} is not above 0", where=name, remedy="Give a positive number")
    return found


def _approximate(text: str) -> tuple[str, str, str]:
    found = re.fullmatch(r"\s*(\w+)\.(\w+)\s*/\s*(\w+)\s*", text)
    if found is None:
        raise InputError(
            f"{text!r} is no entity.attribute/by", where="approximate", remedy="Write visit.user_id/page_id"
        )
    return found[1], found[2], found[3]
