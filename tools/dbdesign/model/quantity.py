"""Quantities as people write them: `2e9`, `5M`, `300/s`, `3% per month`, `p95 20ms`, `zipf 1.1`, `90 days`.

Each function takes the text and returns the number in the unit that its docstring names, or raises a `ValueError` that says
what form is expected.
"""

from __future__ import annotations

import re

from dbdesign.model.workload import Growth, LatencyTarget

_NUMBER = r"([+-]?(?:\d[\d_,]*\.?\d*|\.\d+)(?:e[+-]?\d+)?)"
_MULTIPLES = {
    "": 1.0,
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "million": 1e6,
    "g": 1e9,
    "b": 1e9,
    "bn": 1e9,
    "billion": 1e9,
    "t": 1e12,
    "trillion": 1e12,
}
_SECONDS = {
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "min": 60.0,
    "minute": 60.0,
    "h": 3600.0,
    "hour": 3600.0,
    "d": 86_400.0,
    "day": 86_400.0,
    "week": 604_800.0,
    "month": 2_629_746.0,  # a twelfth of the mean Gregorian year of 365.2425 days
    "year": 31_556_952.0,
}
_MILLISECONDS = {"us": 0.001, "µs": 0.001, "ms": 1.0, "s": 1000.0}

_COUNT = re.compile(rf"{_NUMBER}\s*([a-z]*)\Z", re.IGNORECASE)
_RATE = re.compile(rf"{_NUMBER}\s*([kmgbt]?)\s*(?:/|per)\s*([a-z]+)\Z", re.IGNORECASE)
_SHARE = re.compile(rf"{_NUMBER}\s*(%?)\Z", re.IGNORECASE)
_GROWTH = re.compile(rf"{_NUMBER}\s*%\s*(?:/|per|a)\s*([a-z]+)\Z", re.IGNORECASE)
_ROWS = re.compile(rf"{_NUMBER}\s*([kmgbt]?)\s*rows?\s*(?:/|per|a)\s*([a-z]+)\Z", re.IGNORECASE)
_LATENCY = re.compile(rf"(?:p(\d+(?:\.\d+)?)\s*[:<≤]?\s*)?{_NUMBER}\s*(us|µs|ms|s)\Z", re.IGNORECASE)
_DURATION = re.compile(rf"{_NUMBER}\s*([a-z]+)\Z", re.IGNORECASE)
_SIZE = re.compile(rf"{_NUMBER}\s*(?:bytes?|([bkmg])(?:i?b)?)?\Z", re.IGNORECASE)
_SKEW = re.compile(rf"zipf\s*\(?\s*{_NUMBER}\s*\)?\Z", re.IGNORECASE)


def _number(text: str) -> float:
    return float(text.replace("_", "").replace(",", ""))


def _seconds(unit: str) -> float:
    found = _SECONDS.get(unit.lower()) or _SECONDS.get(unit.lower().removesuffix("s"))
    if found is None:
        raise ValueError(f"{unit!r} is not a unit of time; use second, minute, hour, day, week, month or year")
    return found


def count(text: str) -> float:
    """A number of things: `2e9`, `5M`, `1_000_000`, `2 billion`. Not negative."""
    match = _COUNT.match(text.strip())
    multiple = _MULTIPLES.get(match[2].lower()) if match else None
    if match is None or multiple is None or (value := _number(match[1]) * multiple) < 0:
        raise ValueError(f"{text!r} is not a count; write it as 2e9, 5M or 1_000_000")
    return value


def rate(text: str) -> float:
    """Executions per second: `300/s`, `12 per minute`, `5k/s`, `1e6/day`."""
    match = _RATE.match(text.strip())
    if match is None or (value := _number(match[1])) < 0:
        raise ValueError(f"{text!r} is not a rate; write it as 300/s, 12/min or 1e6/day")
    return value * _MULTIPLES[match[2].lower()] / _seconds(match[3])


def size(text: str) -> float:
    """Bytes: `26`, `200 bytes`, `2 KB`, `1 MiB`. K, M and G are powers of 1,024, as every engine's limits are."""
    match = _SIZE.match(text.strip())
    if match is None or (value := _number(match[1])) < 0:
        raise ValueError(f"{text!r} is not a size; write it as 200, 2 KB or 1 MiB")
    return value * 1024.0 ** "bkmg".index((match[2] or "b").lower())


def share(text: str) -> float:
    """A share from 0 to 1: `0.05` or `5%`."""
    match = _SHARE.match(text.strip())
    value = _number(match[1]) / (100 if match[2] else 1) if match else -1.0
    if not 0 <= value <= 1:
        raise ValueError(f"{text!r} is not a share; write it as 0.05 or 5%")
    return value


def growth(text: str) -> Growth:
    """`3% per month` (compounding; other periods are converted) or `2000 rows/s`, `5M rows per day`."""
    stripped = text.strip()
    if match := _GROWTH.match(stripped):
        periods_per_month = _SECONDS["month"] / _seconds(match[2])
        factor = 1 + _number(match[1]) / 100
        if factor <= 0:
            raise ValueError(f"{text!r} would leave no rows")
        return Growth(rate_per_month=factor**periods_per_month - 1)
    if match := _ROWS.match(stripped):
        return Growth(rows_per_second=_number(match[1]) * _MULTIPLES[match[2].lower()] / _seconds(match[3]))
    raise ValueError(f"{text!r} is not a growth; write it as 3% per month or 5M rows per day")


def latency(text: str) -> LatencyTarget:
    """`p95 20ms`, `p99 1s`, or `20ms`, which is a p95."""
    match = _LATENCY.match(text.strip())
    if match is None or (value := _number(match[2])) <= 0:
        raise ValueError(f"{text!r} is not a latency target; write it as p95 20ms")
    percentile = float(match[1]) if match[1] else 95.0
    if not 0 < percentile < 100:
        raise ValueError(f"{text!r}: a percentile is between 0 and 100")
    return LatencyTarget(percentile=percentile, milliseconds=value * _MILLISECONDS[match[3].lower()])


def months(text: str) -> float:
    """A horizon in months: `24mo`, `24 months`, `2y`, `2 years`, `90 days`."""
    match = _DURATION.match(text.strip())
    unit = (
        {"mo": "month", "mon": "month", "y": "year", "yr": "year", "w": "week"}.get(match[2].lower().removesuffix("s"))
        if match
        else None
    )
    try:
        return days(f"{match[1]} {unit}" if match and unit else text) / (_SECONDS["month"] / _SECONDS["day"])
    except ValueError:
        raise ValueError(f"{text!r} is not a horizon; write it as 24mo, 24 months or 2 years") from None


def days(text: str) -> float:
    """A duration in days: `90 days`, `18 months`, `2 years`."""
    match = _DURATION.match(text.strip())
    if match is None or (value := _number(match[1])) <= 0:
        raise ValueError(f"{text!r} is not a duration; write it as 90 days or 18 months")
    return value * _seconds(match[2]) / 86_400


def seconds(text: str) -> float:
    """A duration in seconds: `5s`, `200 ms`, `10 minutes`."""
    if match := re.fullmatch(rf"{_NUMBER}\s*ms", text.strip(), re.IGNORECASE):
        return abs(_number(match[1])) / 1000
    try:
        return days(text) * 86_400
    except ValueError:
        raise ValueError(f"{text!r} is not a duration; write it as 5s or 10 minutes") from None


def skew(text: str) -> float:
    """The exponent of `zipf 1.1`."""
    match = _SKEW.match(text.strip())
    if match is None or (value := _number(match[1])) <= 0:
        raise ValueError(f"{text!r} is not a skew; write it as zipf 1.1")
    return value
