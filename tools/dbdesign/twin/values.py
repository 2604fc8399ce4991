"""The values of a column as closed formulas: which is value number k of d, in the column's own order, and which value has which rank.

The statistics and the generated rows both speak of these values, so the formulas are ones that SQL can compute too:

- Every ordered type has an *ordinal*, an integer that rises with the value: days of a date, microseconds of a time, the digits of a
  numeric without its point, 60 bits of a UUID, the number that a text `name 000042` contains (see `ordinal` and `from_ordinal`).
- Value number k of d (k = 0 … d - 1) has the ordinal `low + div(k * (high - low), d - 1)`, and is `low` where d is 1.
- The value of rank r (r = 0 … d - 1, the commonest first) is value number `mod(r * stride(d) + div(d, 2), d)`. The stride is near d
  times the golden section, so that any first ranks lie evenly over the values: what is common says nothing about what is small.

Texts are ordered as in the C collation, which the embedded server uses.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal, InvalidOperation
from functools import lru_cache

from dbdesign.model import quantity
from dbdesign.model.types import BINARIES, INTEGERS, TEXTS, Kind

WIDE = Context(prec=1_100)
"""Digits of PostgreSQL's widest numeric(1000, …), and some; Python's own context has 28."""

GOLDEN = 0.6180339887498949
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECONDS = 1_000_000
ALPHABETS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
UUID_BITS = 60
"""The first 48 bits and the 12 after the version: all of a version 7's time, and what fits in a bigint."""
HEX_DIGITS = 15
"""Hexadecimal digits of a byte string, or a fourth of the bits of a bit string, that its ordinal counts; 60 bits fit in a bigint."""

FLOATS = frozenset({Kind.FLOAT32, Kind.FLOAT64})
DECIMALS = frozenset({Kind.DECIMAL, Kind.MONEY})
STAMPS = frozenset({Kind.TIMESTAMP, Kind.TIMESTAMPTZ})
CLOCKS = frozenset({Kind.TIME, Kind.TIMETZ})
NETWORKS = frozenset({Kind.INET, Kind.CIDR})
BITS = frozenset({Kind.BIT, Kind.VARBIT})
ORDERED = (
    INTEGERS
    | FLOATS
    | DECIMALS
    | STAMPS
    | CLOCKS
    | NETWORKS
    | BITS
    | TEXTS
    | BINARIES
    | {Kind.BOOLEAN, Kind.DATE, Kind.YEAR, Kind.INTERVAL, Kind.UUID, Kind.MACADDR}
)
"""The kinds whose values `value_at` makes."""


def value_at(kind: Kind, k: int, distinct: float, low: str, high: str) -> str:
    """Value number `k`, from 0, of `distinct` different ones in order, as text that the column's type parses.

    The values rise strictly with k as long as `distinct` is not above `capacity(kind, low, high)`.

    Raises:
        ValueError: if `low` or `high` is not a value of the kind, or the kind has no useful order.
    """
    count = max(int(distinct), 1)
    k = min(max(k, 0), count - 1)
    if kind in FLOATS:
        return _float_at(kind, k, count, float(low), float(high))
    if kind in TEXTS and not _is_pattern(low, high):
        return _text_between(k, count, low, high, fold=kind is Kind.CITEXT)
    first, last = _ends(kind, low, high)
    return from_ordinal(kind, first + (k * (last - first) // (count - 1) if count > 1 else 0), low, high)


@lru_cache(maxsize=1024)
def _ends(kind: Kind, low: str, high: str) -> tuple[int, int]:
    return ordinal(kind, low, like=high), ordinal(kind, high, like=low)


def stride(distinct: int) -> int:
    """The step between the value numbers of successive ranks: the first number from `distinct` × the golden section on that has no
    divisor in common with it; 1 for fewer than 4.
    """
    if distinct < 4:
        return 1
    step = int(distinct * GOLDEN)
    while math.gcd(step, distinct) != 1:
        step += 1
    return step


def number_of_rank(rank: int, distinct: int) -> int:
    """The number, in the order of values, of the value with this rank, from 0, in the order of frequencies."""
    return (rank * stride(distinct) + distinct // 2) % distinct


def capacity(kind: Kind, low: str, high: str) -> float:
    """How many different values `value_at` can make between the two, inclusive."""
    if kind in FLOATS:
        return 1.0 if float(low) == float(high) else (2.0**20 if kind is Kind.FLOAT32 else 2.0**50)
    if kind in TEXTS and not _is_pattern(low, high):
        return 1.0 if low == high else (2.0 if gap_of(low, high, fold=kind is Kind.CITEXT) is None else 1e12)
    return ordinal(kind, high, like=low) - ordinal(kind, low, like=high) + 1.0


def compare(kind: Kind, one: str, other: str) -> int:
    """-1, 0 or 1, as the first value is less than, equal to or greater than the second.

    Raises:
        ValueError: if one of them is not a value of the kind.
    """
    left, right = sort_key(kind, one), sort_key(kind, other)
    return (left > right) - (left < right)  # type: ignore[operator]


def sort_key(kind: Kind, text: str) -> int | float | Decimal | str:
    """What values of one kind are sorted and told apart by, as the server does.

    Raises:
        ValueError: if the text is not a value of the kind.
    """
    if kind in TEXTS:
        return text.lower() if kind is Kind.CITEXT else (text.rstrip(" ") if kind is Kind.CHAR else text)
    if kind in FLOATS:
        return float(text)
    return _decimal(text) if kind in DECIMALS else ordinal(kind, text)


def ordinal(kind: Kind, text: str, *, like: str = "") -> int:
    """The integer that stands for a value; it rises with the value.

    Args:
        like: another value of the column: decimals have as many digits after the point as the longer of the two, texts what is not
            common to both.

    Raises:
        ValueError: if the text is not a value of the kind, or the kind has no ordinals.
    """
    if kind in DECIMALS:
        return int(_decimal(text).scaleb(scale_of(text, like), WIDE).to_integral_value(context=WIDE))
    if kind in TEXTS:
        head, tail, alphabet = pattern_of(text, like)
        return _number(text[len(head) : len(text) - len(tail)], alphabet)
    reader = _READERS.get(kind)
    if reader is None:
        raise ValueError(f"values of kind {kind} have no order that can be counted")
    return reader(text.strip())


def from_ordinal(kind: Kind, number: int, low: str, high: str) -> str:
    """The value with this ordinal, between `low` and `high`, in their form."""
    if kind in DECIMALS:
        scale = -scale_of(low, high)
        return str(Decimal(number).scaleb(scale, WIDE).quantize(Decimal(1).scaleb(scale), context=WIDE))
    if kind in TEXTS:
        head, tail, alphabet = pattern_of(low, high)
        return head + _digits(number, alphabet, len(low) - len(head) - len(tail)) + tail
    if kind is Kind.UUID:
        digits = f"{number:015x}"
        return f"{digits[:8]}-{digits[8:12]}-{uuid_digits(low)[12]}{digits[12:]}-8000-000000000000"
    if kind in BINARIES:
        return "\\x" + _kept_form(number, low.strip()[2:], 16, HEX_DIGITS)
    if kind in BITS:
        return _kept_form(number, low.strip(), 2, 4 * HEX_DIGITS)
    return _WRITERS[kind](number)


# -- numbers ---------------------------------------------------------------------------------------------------------------


def _float_at(kind: Kind, k: int, count: int, low: float, high: float) -> str:
    value = low + (high - low) * k / (count - 1) if count > 1 else low
    return repr(value) if kind is Kind.FLOAT64 else f"{value:.9g}"


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text.strip().replace(",", "").lstrip("$"))
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is not a finite number")
    return value


@lru_cache(maxsize=1024)
def scale_of(*texts: str) -> int:
    """Digits after the point of the longest."""
    exponents = [_decimal(text).as_tuple().exponent for text in texts if text.strip()]
    return max([0, *(-one for one in exponents if isinstance(one, int))])


def _integer(text: str) -> int:
    value = _decimal(text)
    if value != value.to_integral_value():
        raise ValueError(f"{text!r} is not an integer")
    return int(value)


def _boolean(text: str) -> int:
    lowered = text.lower()
    if lowered in {"t", "true", "1", "yes", "on"}:
        return 1
    if lowered in {"f", "false", "0", "no", "off"}:
        return 0
    raise ValueError(f"{text!r} is not a boolean")


# -- times -----------------------------------------------------------------------------------------------------------------


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date or time in the form 2026-01-31 12:00:00") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _stamp(text: str) -> int:
    return (_moment(text) - EPOCH) // timedelta(microseconds=1)


def _write_stamp(number: int) -> str:
    return f"{(EPOCH + timedelta(microseconds=number)).replace(tzinfo=None):%Y-%m-%d %H:%M:%S.%f}".rjust(26, "0")


def _day(text: str) -> int:
    return (_moment(text) - EPOCH).days


def _write_day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def _clock(text: str) -> int:
    try:
        clock = time.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time in the form 12:00:00") from None
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * MICROSECONDS + clock.microsecond


def _write_clock(number: int) -> str:
    seconds, micro = divmod(number, MICROSECONDS)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{micro:06}"


def _duration(text: str) -> int:
    """Whole seconds."""
    if match := re.fullmatch(r"(-?)(\d+):(\d\d):(\d\d)(?:\.\d+)?", text):
        seconds = int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4])
        return -seconds if match[1] else seconds
    if match := re.fullmatch(r"(-?\d+) seconds?", text):
        return int(match[1])
    return round(quantity.days(text) * 86_400)


# -- bits ------------------------------------------------------------------------------------------------------------------


_HEX = frozenset("0123456789abcdef")


def uuid_digits(text: str) -> str:
    """Its 32 digits. Raises ValueError where it is none."""
    digits = text.lower().replace("-", "").strip("{}")
    if len(digits) != 32 or not _HEX.issuperset(digits):
        raise ValueError(f"{text!r} is not a UUID")
    return digits


def _uuid_ordinal(text: str) -> int:
    digits = uuid_digits(text)
    return int(digits[:12] + digits[13:16], 16)


def _bytes_ordinal(text: str) -> int:
    if not re.fullmatch(r"\\x([0-9a-fA-F]{2})*", text):
        raise ValueError(f"{text!r} is not a byte string in the form \\x00ff")
    return int(text[2 : 2 + HEX_DIGITS] or "0", 16)


def _bits_ordinal(text: str) -> int:
    if not re.fullmatch(r"[01]*", text):
        raise ValueError(f"{text!r} is not a bit string")
    return int(text[: 4 * HEX_DIGITS] or "0", 2)


def _kept_form(number: int, form: str, base: int, most: int) -> str:
    """The number as digits of the base, as many as the form has but at most `most`, then zeros up to the form's length."""
    counted = min(len(form), most)
    digits = f"{number:0{counted}{'x' if base == 16 else 'b'}}" if counted else ""
    return digits.ljust(len(form), "0")


def _network(text: str) -> int:
    try:
        address = ipaddress.ip_interface(text).ip
    except ValueError:
        raise ValueError(f"{text!r} is not a network address") from None
    if address.version != 4:
        raise ValueError(f"{text!r} is not an IPv4 address, which ranges are counted in")
    return int(address)


def _mac(text: str) -> int:
    digits = re.sub(r"[:.-]", "", text)
    if not re.fullmatch(r"[0-9a-fA-F]{12}", digits):
        raise ValueError(f"{text!r} is not a MAC address")
    return int(digits, 16)


def _write_mac(number: int) -> str:
    return ":".join(re.findall("..", f"{number:012x}"))


# -- texts -----------------------------------------------------------------------------------------------------------------


def pattern_of(low: str, high: str) -> tuple[str, str, str]:
    """What both begin with, what both end with, and the alphabet in which the rest counts. Raises ValueError if it does not count."""
    found = find_pattern(low, high)
    if found is None:
        raise ValueError(f"{low!r} and {high!r} do not count in one alphabet")
    return found


def _is_pattern(low: str, high: str) -> bool:
    return find_pattern(low, high) is not None


@lru_cache(maxsize=1024)
def find_pattern(low: str, high: str) -> tuple[str, str, str] | None:
    """As `pattern_of`, but None where the two do not count."""
    if len(low) != len(high):
        return None
    if low == high:
        return low, "", ALPHABETS[0]
    different = [place for place, (one, other) in enumerate(zip(low, high, strict=True)) if one != other]
    start, end = different[0], different[-1] + 1
    for alphabet in ALPHABETS:
        if set(low[start:end]) | set(high[start:end]) <= set(alphabet):
            return low[:start], low[end:], alphabet
    return None


def _number(text: str, alphabet: str) -> int:
    number = 0
    for character in text:
        number = number * len(alphabet) + alphabet.index(character)
    return number


def _digits(number: int, alphabet: str, length: int) -> str:
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, len(alphabet))
        digits = alphabet[digit] + digits
    return digits


def gap_of(low: str, high: str, *, fold: bool) -> tuple[str, int, int] | None:
    """A beginning and the range of code points after it that all lie between the two texts; None if there are none."""
    start = next((i for i, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), len(low))
    if start >= len(high):
        return None
    first = ord(low[start]) + 1 if start < len(low) else 0x20
    last = ord(high[start]) - 1
    if fold:  # a range without capitals, which citext sorts among the small letters
        first = max(first, 0x61) if last >= 0x61 else first
        last = min(last, 0x40) if first <= 0x40 else last
    if first > last or (first < 0xE000 and last > 0xD7FF):
        return None
    return low[:start], first, last


def _text_between(k: int, count: int, low: str, high: str, *, fold: bool) -> str:
    """`low`, then texts of a rising character and the zero-padded k, then `high`."""
    gap = gap_of(low, high, fold=fold)
    if k == 0 or gap is None:
        return low if k == 0 else high
    if k == count - 1:
        return high
    head, first, last = gap
    return f"{head}{chr(first + k * (last - first + 1) // count)}{k:0{len(str(count - 1))}}"


_READERS: dict[Kind, Callable[[str], int]] = {
    **dict.fromkeys(INTEGERS | {Kind.YEAR}, _integer),
    **dict.fromkeys(STAMPS, _stamp),
    **dict.fromkeys(CLOCKS, _clock),
    **dict.fromkeys(NETWORKS, _network),
    **dict.fromkeys(BINARIES, _bytes_ordinal),
    **dict.fromkeys(BITS, _bits_ordinal),
    Kind.BOOLEAN: _boolean,
    Kind.DATE: _day,
    Kind.INTERVAL: _duration,
    Kind.UUID: _uuid_ordinal,
    Kind.MACADDR: _mac,
}
_WRITERS: dict[Kind, Callable[[int], str]] = {
    **dict.fromkeys(INTEGERS | {Kind.YEAR}, str),
    Kind.TIMESTAMP: _write_stamp,
    Kind.TIMESTAMPTZ: lambda number: _write_stamp(number) + "+00",
    Kind.TIME: _write_clock,
    Kind.TIMETZ: lambda number: _write_clock(number) + "+00",
    Kind.INET: lambda number: str(ipaddress.IPv4Address(number)),
    Kind.CIDR: lambda number: f"{ipaddress.IPv4Address(number)}/32",
    Kind.BOOLEAN: lambda number: "t" if number else "f",
    Kind.DATE: _write_day,
    Kind.INTERVAL: lambda number: f"{number} seconds",
    Kind.MACADDR: _write_mac,
}
