"""Steps in time by which a table is partitioned, and the bounds that they make."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from dbdesign.growth.load import DAYS_PER_MONTH
from dbdesign.growth.machine import GB

SMALLEST, LARGEST = 1 * GB, 50 * GB
MOST = 200
"""Partitions aimed at: planning what does not prune takes 0.7 ms at 100 (measured on 18)."""
PREMAKE = 4
DAYS: Mapping[str, float] = {
    "day": 1,
    "week": 7,
    "month": DAYS_PER_MONTH,
    "quarter": 3 * DAYS_PER_MONTH,
    "year": 12 * DAYS_PER_MONTH,
}


def interval_of(a_day: float, span: float, retention: float | None, price: Callable[[int], float]) -> str:
    """The step whose partitions are of a good size and number, and of which retention can drop whole ones.

    Args:
        price: cores that so many partitions cost.
    """

    def penalty(name: str) -> float:
        size, count = a_day * DAYS[name], span / DAYS[name] + PREMAKE
        found = abs(math.log10(max(size, 1.0) / (10 * GB)))
        found += 2 * max(math.log10(max(size, 1.0) / LARGEST), 0.0) + 1 * (size < SMALLEST)
        found += 3 * (count > MOST) + 10 * (count > 500)
        found += price(math.ceil(count))
        return found + (5 if retention and DAYS[name] > retention / 3 else 0)

    return min(DAYS, key=penalty)


def bounds_of(interval: str, before: int, today: date) -> list[tuple[str, date, date]]:
    """Names and bounds of the partitions from the oldest kept to those made ahead."""
    start = _start(interval, today)
    lows = [start]
    for _ in range(before):
        lows.insert(0, _start(interval, lows[0] - timedelta(days=1)))
    for _ in range(PREMAKE):
        lows.append(_next(interval, lows[-1]))
    form = {"day": "%Y%m%d", "week": "%Gw%V", "month": "%Y%m", "quarter": "%Y%m", "year": "%Y"}[interval]
    return [(f"p{low.strftime(form)}", low, _next(interval, low)) for low in lows]


def _start(interval: str, day: date) -> date:
    if interval == "week":
        return day - timedelta(days=day.weekday())
    if interval == "month":
        return day.replace(day=1)
    if interval == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1) if interval == "year" else day


def _next(interval: str, start: date) -> date:
    return _start(
        interval, start + timedelta(days={"day": 1, "week": 7, "month": 31, "quarter": 92, "year": 366}[interval])
    )
