"""Durations and sizes as servers print them: `1m2.3s`, `923.459µs`, `3.99 KB`, `1,000,001`."""

from __future__ import annotations

import re

SECONDS = {"ns": 1e-6, "µs": 1e-3, "μs": 1e-3, "us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4, "h": 3.6e6, "d": 8.64e7}
DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ns|µs|μs|us|ms|s|m|h|d)(?![a-zA-Z])")
BYTES = {"": 1, "b": 1, "bytes": 1, "byte": 1}
SIZE = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(bytes?|[kmgt]i?b|b)?\b", re.IGNORECASE)
POWERS = {"k": 1, "m": 2, "g": 3, "t": 4}
COUNT = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?")


def milliseconds(text: str) -> float | None:
    """The duration that a text begins with, in milliseconds; None where it begins with none."""
    position, found = 0, None
    text = text.strip()
    while match := DURATION.match(text, position):
        found = (found or 0.0) + float(match[1]) * SECONDS[match[2]]
        position = match.end()
    return found


def size(text: str) -> int | None:
    """The bytes that a text names; a kilobyte is 1024, as TiDB and CockroachDB count them."""
    match = SIZE.match(text.strip())
    if match is None:
        return None
    unit = (match[2] or "").lower()
    factor = BYTES.get(unit) or 1024 ** POWERS[unit[0]]
    return int(float(match[1].replace(",", "")) * factor)


def count(text: str) -> float | None:
    """The number that a text begins with, with commas between thousands."""
    match = COUNT.match(text.strip().removeprefix("~"))
    return None if match is None else float(match[0].replace(",", ""))
