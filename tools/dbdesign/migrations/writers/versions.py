"""Version numbers that go on from a folder's: sequences with their zeros, dotted versions, dates and timestamps."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from dbdesign.migrations.writers.base import MigrationOptions

STAMPS = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
"""Formats of a timestamp by its digits."""

STEPS = {12: timedelta(minutes=1), 14: timedelta(seconds=1)}


def clock(options: MigrationOptions) -> datetime:
    """The time that timestamps begin with, in UTC, without fractions of a second."""
    now = options.now or datetime.now(UTC)
    return (now.astimezone(UTC) if now.tzinfo else now).replace(microsecond=0, tzinfo=None)


def timestamps(count: int, existing: Iterable[str], options: MigrationOptions, digits: int = 14) -> list[str]:
    """So many timestamps, each later than the one before and than every existing one of the same length."""
    moment = clock(options)
    latest = max((one for one in existing if len(one) == digits and is_stamp(one)), default="")
    if latest:
        moment = max(moment, datetime.strptime(latest, STAMPS[digits]) + STEPS[digits])
    return [(moment + number * STEPS[digits]).strftime(STAMPS[digits]) for number in range(count)]


def is_stamp(text: str) -> bool:
    """Whether digits are a date or a date and time of this or the last century."""
    form = STAMPS.get(len(text))
    if form is None or not text.isdigit() or not 1970 <= int(text[:4]) < 2200:
        return False
    try:
        datetime.strptime(text, form)
    except ValueError:
        return False
    return True


def following(count: int, existing: Iterable[str], options: MigrationOptions, first: str = "1") -> list[str]:
    """So many versions behind the highest of the existing ones, in its style: `7` → `8`, `007` → `008`, `1.2` → `1.3`, `2_09` → `2_10`.

    Timestamps and seconds since 1970 go on with the time; a date (eight digits) gets a second number, so that a day can have several.

    Args:
        first: of a sequence, where there is none yet; its zeros are kept.
    """
    highest = max(existing, key=numbers_of, default="")
    if not highest:
        return timestamps(count, (), options) if options.numbering == "timestamp" else _counted("", first, count)
    leading = re.split(r"[._]", highest)[0]
    if is_stamp(leading):
        return _following_stamp(count, highest, leading, options)
    head, last = _last(highest)
    seconds = int(clock(options).replace(tzinfo=UTC).timestamp())
    if len(highest) == len(str(seconds)) and highest.isdigit():
        return _counted("", str(max(int(highest) + 1, seconds)), count)
    return _counted(head, f"{int(last) + 1:0{len(last)}d}", count)


def _counted(head: str, first: str, count: int) -> list[str]:
    return [f"{head}{int(first) + one:0{len(first)}d}" for one in range(count)]


def numbers_of(version: str) -> tuple[int, ...]:
    """What versions are compared by: `1.10` is above `1.9`; trailing zeros do not count."""
    numbers = [int(one) for one in re.split(r"[._]", version) if one]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _following_stamp(count: int, highest: str, first: str, options: MigrationOptions) -> list[str]:
    if len(first) != 8:
        return timestamps(count, [first], options, len(first))
    today = clock(options).strftime(STAMPS[8])
    head, last = _last(highest)
    if today <= first and head:
        return _counted(head, f"{int(last) + 1:0{len(last)}d}", count)
    separator = highest[8:9] or "."
    width = len(last) if head else 1
    return _counted(f"{max(today, first)}{separator}", f"{1:0{width}d}", count)


def _last(version: str) -> tuple[str, str]:
    match = re.fullmatch(r"(.*[._])?(\d+)", version)
    assert match is not None  # noqa: S101 - versions are found by a pattern of digits and separators
    return match[1] or "", match[2]
