"""Whether two servers give the same rows for a query, whatever their drivers make of the values.

Each value is written in one form: numbers without trailing zeros, points in time in UTC, UUIDs and bytes in hexadecimal digits, documents
and arrays as JSON with sorted keys, truth as 1 and 0. The checksum of a result is that of its rows sorted, so that two results with the
same rows in another order have the same.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from itertools import islice
from typing import Any, Literal
from uuid import UUID

MOST_COMPARED = 5_000
"""Rows of a result that are compared."""

MOST_TRIED = 200
"""Rows among which the one is looked for that is most like one that differs."""

DIGITS = 4
"""After the point, to which numbers are rounded where they are not the same: MySQL's AVG of integers keeps no more."""

_MONEY = re.compile(r"(-?)\$([\d,]+\.\d\d)\Z")
Verdict = Literal["same", "rounded", "order", "rows", "values", "error", "not compared"]


@dataclass(frozen=True)
class Compared:
    """Two results beside each other.

    Attributes:
        verdict: `same`; `rounded`, the same to four digits after the point; `order`, the same rows in another order; `rows`, another
            number of rows; `values`, other values; `error`; `not compared`.
        checksums: of the embedded server's rows and of the other's.
        said: the difference, for people.
    """

    verdict: Verdict
    said: str = ""
    rows: tuple[int, int] = (0, 0)
    checksums: tuple[str, str] = ("", "")

    @property
    def equal(self) -> bool:
        """Whether the rows are the same, their order aside."""
        return self.verdict in {"same", "rounded", "order"}


Row = tuple[str, ...]


def compare(
    mine: Sequence[Sequence[Any]], theirs: Sequence[Sequence[Any]], *, ordered: bool, limited: bool
) -> Compared:
    """Two results, the embedded server's first.

    Args:
        ordered: the query has ORDER BY.
        limited: it has LIMIT, so that servers may choose among rows that sort alike.
    """
    one, other = _rows(mine), _rows(theirs)
    sums, counts = (checksum(one), checksum(other)), (len(one), len(other))
    if one == other or (sums[0] == sums[1] and not ordered):
        return Compared("same", "", counts, sums)
    if sums[0] == sums[1]:
        return Compared("order", "the same rows in another order (texts or ties sort otherwise)", counts, sums)
    if counts[0] != counts[1]:
        return Compared("rows", f"{counts[0]:,} rows on the embedded server, {counts[1]:,} here", counts, sums)
    if one and other and len(one[0]) != len(other[0]):
        said = f"{len(one[0])} columns on the embedded server, {len(other[0])} here"
        return Compared("values", said, counts, sums)
    if checksum(_rows(mine, DIGITS)) == checksum(_rows(theirs, DIGITS)):
        return Compared("rounded", f"the same to {DIGITS} digits after the point", counts, sums)
    said = _difference(one, other)
    if limited:
        said += "; with LIMIT and rows that sort alike, each server may choose others"
    return Compared("values", said, counts, sums)


def checksum(rows: Sequence[Row]) -> str:
    """Of the rows, whatever their order."""
    digest = sha256()
    for row in sorted(rows):
        digest.update("\x1f".join(row).encode() + b"\x1e")
    return digest.hexdigest()[:16]


def _rows(rows: Sequence[Sequence[Any]], digits: int | None = None) -> list[Row]:
    return [tuple(canonical(value, digits) for value in row) for row in rows]


def _difference(one: Sequence[Row], other: Sequence[Row]) -> str:
    here, there = Counter(one), Counter(other)
    only = next(iter(here - there))
    instead = max(
        islice(there - here, MOST_TRIED), key=lambda row: sum(a == b for a, b in zip(only, row, strict=False))
    )
    place = next((at for at, (a, b) in enumerate(zip(only, instead, strict=False)) if a != b), 0)
    shown = [row[place][:40] if place < len(row) else "nothing" for row in (only, instead)]
    many = sum((here - there).values())
    return f"{many:,} of {len(one):,} rows differ, such as {shown[0]!r} on the embedded server and {shown[1]!r} here (column {place + 1})"


def canonical(value: Any, digits: int | None = None) -> str:
    """One form of a value; numbers rounded where digits are given."""
    if value is None:
        return "∅"
    if isinstance(value, bool | int | float | Decimal):
        return _number(value, digits)
    if isinstance(value, datetime):
        return (value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value).isoformat(" ")
    if isinstance(value, date):
        return f"{value.isoformat()} 00:00:00"  # a DATE here may be a midnight there
    if isinstance(value, time):
        return canonical(
            timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
        )
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.6f} s"
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list | tuple):
        return json.dumps(_document(value), sort_keys=True, default=canonical, ensure_ascii=False)
    return _text(str(value))


def _number(value: bool | float | Decimal, digits: int | None) -> str:
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        value = Decimal(f"{value:.12g}")
    number = Decimal(value)
    if not number.is_finite():
        return str(number)
    if digits is not None and -20 < number.adjusted() < 20:
        number = number.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _text(text: str) -> str:
    """A text; one that is a document as the document, since drivers give some parsed and some not."""
    if text[:1] in {"{", "["}:
        try:
            return json.dumps(_document(json.loads(text)), sort_keys=True, ensure_ascii=False)
        except (ValueError, RecursionError):
            pass
    if money := _MONEY.match(text):  # which psycopg gives as it is written
        return _number(Decimal(money[1] + money[2].replace(",", "")), None)
    return text.rstrip(" ")


def _document(value: Any) -> Any:
    """A document whose numbers are alike whether they were written as 1 or 1.0."""
    if isinstance(value, dict):
        return {str(name): _document(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_document(one) for one in value]
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
