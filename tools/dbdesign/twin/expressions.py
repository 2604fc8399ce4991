"""What an index's expression makes of a column's contents, where it can be told: `lower(c)`, `date_trunc('day', c)`, a cast to date."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from dbdesign.dialects.expressions import without_outer_parentheses
from dbdesign.model.types import TEXTS, DataType, Kind
from dbdesign.twin.distribution import Contents

_COLUMN = r'"?([^\s"():,]+)"?'
_FOLDED = re.compile(rf"(lower|upper)\(\(*{_COLUMN}\)*(?:::text)?\)*\Z", re.IGNORECASE)
_ZONED = r"(?:\s+AT TIME ZONE\s+'[^']*'(?:::text)?)?"
_TRUNCATED = re.compile(
    rf"date_trunc\('(second|minute|hour|day|week|month|quarter|year)'(?:::text)?,\s*\(*{_COLUMN}{_ZONED}\)*"
    r"(?:,\s*'[^']*'(?:::text)?)?\)*\Z",
    re.IGNORECASE,
)
_DATED = re.compile(rf"\(*(?:date\()?\(*{_COLUMN}{_ZONED}\)*(?:::date)?\)*\Z", re.IGNORECASE)

MOST_UNITS = 100
"""Units of time that are listed as values of their own; ANALYZE lists as many."""
_SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "week": 604_800,
    "month": 2_629_746,
    "quarter": 7_889_238,
    "year": 31_556_952,
}


def column_of(expression: str) -> tuple[str, Callable[[Contents], Contents | None]] | None:
    """The column that an expression is over, and what becomes of its contents; None where the expression is not one of those known."""
    text = without_outer_parentheses(expression)
    if match := _FOLDED.match(text):
        fold = str.lower if match[1].lower() == "lower" else str.upper
        return match[2], lambda contents: _folded(contents, fold)
    if match := _TRUNCATED.match(text):
        unit = match[1].lower()
        return match[2], lambda contents: _truncated(contents, unit)
    if (text.lower().startswith("date(") or text.lower().endswith("::date")) and (match := _DATED.match(text)):
        return match[1], _dated
    return None


def _folded(contents: Contents, fold: Callable[[str], str]) -> Contents | None:
    """The same values in small or capital letters."""
    profile, kind = contents.profile, contents.type.kind
    if kind not in TEXTS or profile.low is None or profile.high is None:
        return None
    shares: dict[str, float] = {}
    for value, share in profile.common:
        shares[fold(value)] = shares.get(fold(value), 0.0) + share
    low, high = sorted((fold(profile.low), fold(profile.high)))
    changed = profile.model_copy(update={"low": low, "high": high, "common": tuple(shares.items())})
    return Contents(changed, DataType(kind=Kind.TEXT, native="text"), contents.rows, contents.source)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def _floor(moment: datetime, unit: str) -> datetime:
    if unit in {"second", "minute", "hour"}:
        names = ("minute", "second") if unit == "hour" else ("second",) if unit == "minute" else ()
        return moment.replace(microsecond=0, **dict.fromkeys(names, 0))  # type: ignore[arg-type]
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "day":
        return day
    if unit == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return day.replace(day=1, month=month)


def _truncated(contents: Contents, unit: str) -> Contents | None:
    """The beginnings of the units of time from the least to the greatest value, all alike."""
    profile, kind = contents.profile, contents.type.kind
    if kind not in {Kind.TIMESTAMP, Kind.TIMESTAMPTZ} or profile.low is None or profile.high is None or profile.common:
        return None
    first, last = _floor(_moment(profile.low), unit), _floor(_moment(profile.high), unit)
    count = int((last - first).total_seconds() / _SECONDS[unit] + 1.5)
    zone = "+00" if kind is Kind.TIMESTAMPTZ else ""
    if count <= MOST_UNITS:
        return _listed(contents, sorted(_units(first, last, unit)), zone)
    count = int(min(count, profile.distinct))
    changed = profile.model_copy(
        update={
            "distinct": float(max(count, 1)),
            "low": f"{first}{zone}",
            "high": f"{last}{zone}",
            "unique": False,
            "width": 8.0,
        }
    )
    return Contents(changed, contents.type, contents.rows, float(max(count, 1)))


def _units(first: datetime, last: datetime, unit: str) -> set[datetime]:
    step = timedelta(seconds=_SECONDS[unit] // 2 if unit in {"month", "quarter", "year"} else _SECONDS[unit])
    steps = int((last - first) / step) + 1
    return {_floor(first + step * number, unit) for number in range(steps)} | {last}


def _listed(contents: Contents, units: list[datetime], zone: str) -> Contents:
    share = (1 - contents.profile.nulls) / len(units)
    common = tuple((f"{unit}{zone}", share) for unit in units)
    changed = contents.profile.model_copy(
        update={"distinct": float(len(units)), "common": common, "skew": 0.0, "unique": False, "width": 8.0}
    )
    return Contents(changed, contents.type, contents.rows, float(len(units)))


def _dated(contents: Contents) -> Contents | None:
    """The days from the least to the greatest value, all alike."""
    profile = contents.profile
    if (
        contents.type.kind not in {Kind.TIMESTAMP, Kind.TIMESTAMPTZ}
        or profile.low is None
        or profile.high is None
        or profile.common
    ):
        return None
    first, last = _moment(profile.low).date(), _moment(profile.high).date()
    count = float(max(min((last - first).days + 1, profile.distinct), 1))
    changed = profile.model_copy(
        update={
            "distinct": count,
            "low": first.isoformat(),
            "high": last.isoformat(),
            "unique": False,
            "width": 4.0,
            "common": (),
        }
    )
    return Contents(changed, DataType(kind=Kind.DATE, native="date"), contents.rows, count)
