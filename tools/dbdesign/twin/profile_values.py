"""What a column will hold where its volumes do not say: from its type, its keys, its checks, its default and its name."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from dbdesign.model.design import Design
from dbdesign.model.schema import Column, Table
from dbdesign.model.types import BINARIES, INTEGERS, TEXTS, DataType, Kind
from dbdesign.twin.profile_checks import asked_for, bounds, labels
from dbdesign.twin.profile_names import (
    BIRTH,
    CREATED,
    FUTURE,
    OTHER_NUMBER,
    OTHER_TEXT,
    SOFT_DELETION,
    STATUS,
    UPDATED,
    Numbers,
    numbers_of,
    words_of,
)
from dbdesign.twin.profile_rows import DAYS_PER_MONTH
from dbdesign.twin.values import ALPHABETS, BITS, DECIMALS, FLOATS, NETWORKS, STAMPS, capacity
from dbdesign.twin.widths import FIXED, stored, width_of

DEFAULT_NULLS = 0.1
SOFT_DELETION_NULLS = 0.95
SELF_REFERENCE_NULLS = 0.05
UPDATED_CORRELATION = 0.5
FOLLOWING_CORRELATION = 0.9
DETAIL_CORRELATION = 0.95
"""Of rows that are keyed by their parent first (order lines): they arrive with it."""
FEW_ROWS_PER_VALUE = 10.0
"""Rows for each value of a column that is named as a reference (`…_id`) but declared as none."""
OPAQUE_SHARE = 0.9
"""Different values for each row of types that are not looked into."""

_INTEGER_LIMITS = {
    Kind.INT8: 127,
    Kind.INT16: 32_767,
    Kind.INT24: 2**23 - 1,
    Kind.INT32: 2**31 - 1,
    Kind.INT64: 2**63 - 1,
}


@dataclass(frozen=True)
class Place:
    """A column with what is known around it.

    Attributes:
        rows: of the table at the horizon.
        filled: rows in which the column is not NULL.
        age: months that the table reaches back.
        now: the day that the profile is of.
        siblings: different combinations of the foreign keys beside the column in a composite key; 0 outside of one.
    """

    design: Design
    table: Table
    column: Column
    type: DataType
    rows: float
    filled: float
    age: float
    now: date
    unique: bool = False
    siblings: float = 0.0

    @property
    def name(self) -> str:
        """The column's name in small letters."""
        return self.column.name.lower()


@dataclass(frozen=True)
class Guess:
    """What is assumed of a column.

    Attributes:
        common: shares of the rows that are not NULL.
        why: the assumption, as the group that it is listed in.
    """

    distinct: float
    width: float
    low: str | None = None
    high: str | None = None
    common: tuple[tuple[str, float], ...] = ()
    skew: float = 0.0
    correlation: float = 0.0
    why: str = "opaque"


def seen(different: float, draws: float) -> float:
    """How many of `different` equally likely values occur in that many draws, on average: D (1 - e^(-n/D))."""
    if draws <= 0 or different <= 0:
        return 1.0
    return max(min(-different * math.expm1(-draws / different), different, draws), 1.0)


def guess_nulls(table: Table, column: Column, design: Design) -> float:
    """The share of NULLs: none where they are forbidden; most of a soft deletion's mark; few of a self-reference; else a tenth."""
    if not may_be_null(table, column, design):
        return 0.0
    if SOFT_DELETION.search(column.name.lower()):
        return SOFT_DELETION_NULLS
    if any(key.columns == (column.name,) and key.references == table.label for key in table.foreign_keys):
        return SELF_REFERENCE_NULLS
    return DEFAULT_NULLS


def may_be_null(table: Table, column: Column, design: Design) -> bool:
    """Whether neither the column, nor its domain, nor the primary key, nor how it is made forbids NULL."""
    domain = design.schema.domain_by_label.get(str(column.type.name)) if column.type.name else None
    keyed = table.primary_key is not None and column.name in table.primary_key.columns
    made = column.identity is not None or (column.generated is not None and column.default is None)
    return column.nullable and not keyed and not made and (domain is None or domain.nullable)


def guess(place: Place) -> Guess:
    """The contents of a column of which nothing is said."""
    listed = labels(place.table, place.column, place.design)
    if listed:
        return _labelled(place, listed)
    for kinds, of in _GUESSES:
        if place.type.kind in kinds:
            return of(place)
    if place.type.kind is Kind.RANGE:
        return _ranges(place)
    return Guess(max(place.filled * OPAQUE_SHARE, 1.0), width_of(place.type), why="opaque")


# -- labels ----------------------------------------------------------------------------------------------------------------


def zipf_shares(count: int, exponent: float, whole: float = 1.0) -> list[float]:
    """The shares of `count` values by Zipf's law; they add up to `whole`."""
    weights = [(rank + 1) ** -exponent for rank in range(count)]
    total = sum(weights) or 1.0
    return [whole * weight / total for weight in weights]


def _labelled(place: Place, listed: tuple[str, ...]) -> Guess:
    count = len(listed)
    width = width_of(place.type, max(listed, key=len))
    shares = zipf_shares(count, 0.0)
    return Guess(float(count), width, min(listed), max(listed), tuple(zip(listed, shares, strict=True)), why="labels")


def _booleans(place: Place) -> Guess:
    return Guess(min(2.0, max(place.filled, 1.0)), 1.0, "f", "t", (("f", 0.5), ("t", 0.5)), why="booleans")


# -- numbers ---------------------------------------------------------------------------------------------------------------


def _is_key(place: Place) -> bool:
    return place.unique and (
        place.column.identity is not None
        or (place.table.primary_key is not None and place.table.primary_key.columns == (place.column.name,))
    )


def _integers(place: Place) -> Guess:
    most = _INTEGER_LIMITS.get(place.type.kind, 2**63 - 1) * (2 if place.type.unsigned else 1)
    width = FIXED[place.type.kind]
    if place.unique or place.column.identity is not None:
        count = min(max(place.filled, 1.0), float(most))
        correlation = 1.0 if _is_key(place) or place.column.identity else 0.0
        return Guess(count, width, "1", str(int(count)), correlation=correlation, why="keys")
    if place.siblings:
        each = max(min(math.ceil(place.rows / place.siblings), most), 1)
        return Guess(float(each), width, "1", str(each), why="key parts")
    said = numbers_of(place.name)
    if said is None and re.search(r"(?:^|_)(?:id|key|no|ref)$", place.name):
        count = min(max(place.filled / FEW_ROWS_PER_VALUE, 1.0), float(most))
        return Guess(count, width, "1", str(max(int(count), 1)), why="undeclared references")
    low, high = _bounded(place, said or OTHER_NUMBER, 1.0)
    low, high = max(low, -float(most)), min(high, float(most))
    room = max(high - low + 1, 1.0)
    return Guess(seen(room, place.filled), width, str(int(low)), str(int(high)), why="numbers")


def _bounded(place: Place, said: Numbers, unit: float) -> tuple[float, float]:
    """The range by the name, moved into what the checks allow; up to their limit where the name says nothing."""
    least, greatest, open_low, open_high = bounds(place.table, place.column, place.design)
    low, high, span = said.low, said.high, said.high - said.low
    first = None if least is None else (least + unit if open_low else least)
    last = None if greatest is None else (greatest - unit if open_high else greatest)
    if first is not None and low < first:
        low, high = first, (high if high > first else first + span)
    if last is not None:
        high = last if said is OTHER_NUMBER else min(high, last)
        if low > high:
            low = first if first is not None else last - span
    return min(low, high), high


def _decimals(place: Place) -> Guess:
    scale = place.type.scale if place.type.scale is not None else (0 if place.type.precision else 2)
    scale = 2 if place.type.kind is Kind.MONEY else max(scale, 0)
    low, high = _bounded(place, numbers_of(place.name) or OTHER_NUMBER, 10.0**-scale)
    if place.unique:
        low, high = 1.0, max(place.filled, 1.0)
    if place.type.precision is not None:
        most = 10.0 ** (place.type.precision - (place.type.scale or 0)) - 10.0**-scale
        low, high = max(low, -most), min(high, most)
    room = (high - low) * 10.0**scale + 1
    count = min(place.filled, room) if place.unique else seen(room, place.filled)
    first, last = f"{low:.{scale}f}", f"{high:.{scale}f}"
    return Guess(max(count, 1.0), width_of(place.type, f"{(low + high) / 2:.{scale}f}"), first, last, why="numbers")


def _floats(place: Place) -> Guess:
    low, high = _bounded(place, numbers_of(place.name) or OTHER_NUMBER, 1e-6)
    room = 1e6 if place.type.kind is Kind.FLOAT32 else 1e15
    return Guess(seen(room, place.filled), width_of(place.type), repr(low), repr(high), why="numbers")


# -- times -----------------------------------------------------------------------------------------------------------------


def _span(place: Place) -> tuple[datetime, datetime]:
    """From the oldest row to the day in question, at midnight."""
    end = datetime.combine(place.now, datetime.min.time())
    return end - timedelta(days=min(place.age * DAYS_PER_MONTH, 300_000)), end


def _times(place: Place) -> Guess:
    start, end = _span(place)
    fresh = re.search(
        r"now\(|current_timestamp|current_date|localtimestamp|clock_timestamp|getdate|sysdate",
        (place.column.default or "").lower(),
    )
    correlation = FOLLOWING_CORRELATION
    if UPDATED.search(place.name):
        correlation = UPDATED_CORRELATION
    elif BIRTH.search(place.name):
        start, end, correlation = datetime(1940, 1, 1), datetime(place.now.year - 16, 1, 1), 0.0
    elif FUTURE.search(place.name):
        end += timedelta(days=365)
    elif fresh or CREATED.search(place.name):
        correlation = 1.0
    if place.type.kind is Kind.DATE:
        room = float((end - start).days + 1)
        return Guess(
            seen(room, place.filled), 4.0, f"{start:%Y-%m-%d}", f"{end:%Y-%m-%d}", correlation=correlation, why="times"
        )
    zone = "+00" if place.type.kind is Kind.TIMESTAMPTZ else ""
    digits = 6 if place.type.precision is None else place.type.precision
    room = max((end - start).total_seconds(), 1.0) * 10.0**digits
    start = start.replace(microsecond=0)
    return Guess(
        min(place.filled, room) if place.unique else seen(room, place.filled),
        8.0,
        f"{start:%Y-%m-%d %H:%M:%S}{zone}",
        f"{end:%Y-%m-%d %H:%M:%S}{zone}",
        correlation=correlation,
        why="times",
    )


def _clocks(place: Place) -> Guess:
    zone = "+00" if place.type.kind is Kind.TIMETZ else ""
    return Guess(seen(86_400, place.filled), width_of(place.type), f"00:00:00{zone}", f"23:59:59{zone}", why="times")


def _intervals(place: Place) -> Guess:
    return Guess(seen(86_401, place.filled), 16.0, "0 seconds", "86400 seconds", why="times")


# -- the rest --------------------------------------------------------------------------------------------------------------


def _uuids(place: Place) -> Guess:
    default = (place.column.default or "").lower()
    count = place.filled if place.unique or not place.name.endswith("_id") else place.filled / FEW_ROWS_PER_VALUE
    if "uuidv7" in default or "uuid_generate_v7" in default or "uuid7" in default or "ulid" in default:
        start, end = (int(moment.timestamp() * 1000) for moment in _span_utc(place))
        return Guess(
            max(count, 1.0), 16.0, _version_7(start, "000"), _version_7(end, "fff"), correlation=1.0, why="uuids"
        )
    return Guess(
        max(count, 1.0),
        16.0,
        "00000000-0000-4000-8000-000000000000",
        "ffffffff-ffff-4fff-8000-000000000000",
        why="uuids",
    )


def _span_utc(place: Place) -> tuple[datetime, datetime]:
    start, end = _span(place)
    return start.replace(tzinfo=UTC), end.replace(tzinfo=UTC)


def _version_7(milliseconds: int, rest: str) -> str:
    digits = f"{milliseconds:012x}"
    return f"{digits[:8]}-{digits[8:]}-7{rest}-8000-000000000000"


def _networks(place: Place) -> Guess:
    return Guess(seen(2.0**24, place.filled / 5), 7.0, "10.0.0.0", "10.255.255.255", why="texts")


def _macs(place: Place) -> Guess:
    return Guess(max(place.filled, 1.0), 6.0, "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", why="texts")


def _byte_strings(place: Place) -> Guess:
    length = min(place.type.length or 32, 32)
    count = min(max(place.filled, 1.0), 16.0 ** min(2 * length, 15))
    high = "\\x" + "ff" * length
    return Guess(count, width_of(place.type, high), "\\x" + "00" * length, high, why="opaque")


def _bit_strings(place: Place) -> Guess:
    length = place.type.length or (1 if place.type.kind is Kind.BIT else 64)
    return Guess(
        seen(2.0 ** min(length, 60), place.filled), width_of(place.type), "0" * length, "1" * length, why="opaque"
    )


def _texts(place: Place) -> Guess:
    words = words_of(place.name) or OTHER_TEXT
    if not place.unique and not words.common and (words is STATUS or (words.count or 99) <= 20):
        asked = asked_for(place.table, place.column, place.design)
        if asked:
            words = replace(words, common=asked, count=max(words.count or 0.0, float(len(asked))))
    common: tuple[str, ...] = ()
    if place.unique:
        count = max(place.filled, 1.0)
    else:
        count = seen(words.count, place.filled) if words.count else max(place.filled * words.share, 1.0)
        count = max(count, math.ceil(place.rows / place.siblings)) if place.siblings else count
        common = tuple(word for word in words.common if len(word) <= (place.type.length or 99))
    rest = max(count - len(common), 1.0)
    low, high = text_range(words.form.replace("{c}", place.name), rest, place.type)
    shares: tuple[tuple[str, float], ...] = ()
    if common:
        filler = max(math.ceil(count - 0.01) - len(common), 0)
        weights = (
            zipf_shares(len(common) + int(filler), 1.0)
            if len(common) > 10
            else zipf_shares(len(common) + int(filler), 0.0)
        )
        shares = tuple(zip(common, weights, strict=False))
        count = len(common) + int(filler)
        low, high = (low, high) if filler >= 1 else (min(common), max(common))
    count = min(count, capacity(place.type.kind, low, high) + len(common))
    width = (
        stored(min(words.width, float(place.type.length or words.width))) if words.width else width_of(place.type, high)
    )
    return Guess(count, width, low, high, shares, why="keys" if place.unique else "texts")


def text_range(form: str, distinct: float, data_type: DataType) -> tuple[str, str]:
    """The first and the last of so many texts in the form, whose `{n}` counts in digits; cut to the type's length, and in capital
    letters where digits are too few for that.
    """
    digits = len(str(max(int(distinct) - 1, 0)))
    head, _, tail = form.partition("{n}")
    length = data_type.length or (1 if data_type.kind is Kind.CHAR else None)
    last = str(max(int(distinct) - 1, 0)) if distinct < 10**15 else "9" * 15
    if length is None or len(head) + digits + len(tail) <= length:
        return f"{head}{'0' * digits}{tail}", f"{head}{last}{tail}"
    if digits <= length:
        head = head[: length - digits]
        return f"{head}{'0' * digits}", f"{head}{last}"
    letters = min(length, max(math.ceil(math.log(max(distinct, 2), 26)), 1))
    return ALPHABETS[2][0] * letters, ALPHABETS[2][-1] * letters


def _ranges(place: Place) -> Guess:
    """Of a range type `low` is the least lower bound and `high` the greatest upper bound, as values of the type that it ranges over."""
    bare = range_subtype(place.type)
    if bare is None:
        return Guess(max(place.filled, 1.0), width_of(place.type), why="opaque")
    inner = guess(replace(place, type=bare, unique=False, siblings=0.0))
    return replace(
        inner, distinct=max(place.filled, 1.0), width=width_of(place.type), common=(), skew=0.0, correlation=0.0
    )


_SUBTYPES = {
    "int4range": Kind.INT32,
    "int8range": Kind.INT64,
    "numrange": Kind.DECIMAL,
    "daterange": Kind.DATE,
    "tsrange": Kind.TIMESTAMP,
    "tstzrange": Kind.TIMESTAMPTZ,
}


def range_subtype(data_type: DataType) -> DataType | None:
    """What a built-in range type ranges over; None for others."""
    kind = _SUBTYPES.get(data_type.native.lower())
    return DataType(kind=kind, native=kind.value) if kind else None


def _arrays(place: Place) -> Guess:
    return Guess(max(place.filled * 0.5, 1.0), width_of(place.type), why="opaque")


_GUESSES: tuple[tuple[frozenset[Kind], Callable[[Place], Guess]], ...] = (
    (frozenset({Kind.BOOLEAN}), _booleans),
    (INTEGERS | {Kind.YEAR}, _integers),
    (DECIMALS, _decimals),
    (FLOATS, _floats),
    (STAMPS | {Kind.DATE}, _times),
    (frozenset({Kind.TIME, Kind.TIMETZ}), _clocks),
    (frozenset({Kind.INTERVAL}), _intervals),
    (frozenset({Kind.UUID}), _uuids),
    (TEXTS, _texts),
    (NETWORKS, _networks),
    (frozenset({Kind.MACADDR}), _macs),
    (BINARIES, _byte_strings),
    (BITS, _bit_strings),
    (frozenset({Kind.ARRAY}), _arrays),
)
