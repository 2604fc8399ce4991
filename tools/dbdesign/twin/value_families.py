"""Families of types whose values redaction can stand in for: how values are told, ordered, and made up from a rank.

The same families as in `snapshot.sql`. A stand-in made without knowing the type is read as a number, a text, a moment … alike.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

KEPT = "kept"
"""Booleans and enums: their values are part of the schema."""

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
EPOCH = date(2000, 1, 1)
ROOMY = 999_999_999
MOST_DAYS = (date.max - EPOCH).days


@dataclass(frozen=True)
class Kind:
    """What is known of a column's type.

    Attributes:
        declared: the type with its length, as given; empty if guessed.
        room: how many stand-ins of the usual form the declared length takes.
        precision: declared digits or characters; `scale`: declared digits after the point.
        trimmed: blanks at the end do not count.
    """

    family: str
    declared: str = ""
    room: int = ROOMY
    precision: int = 0
    scale: int = 0
    trimmed: bool = False


FAMILIES = {
    "number": ("smallint", "integer", "bigint", "oid", "real", "double precision", "numeric"),
    "moment": ("date", "timestamp without time zone", "timestamp with time zone"),
    "text": ("text", "character varying", "character", "name", "varchar", "char", "bpchar"),
    "citext": ("citext",),
    "time": ("time without time zone",),
    "interval": ("interval",),
    "uuid": ("uuid",),
    "inet": ("inet",),
    "bytea": ("bytea",),
    "jsonb": ("jsonb",),
    KEPT: ("boolean", "enum"),
}
_FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names}
_TYPE = re.compile(r"(?P<start>[^(\[]+)(?:\((?P<numbers>[-\d, ]+)\))?(?P<end>[^(\[]*?)(?P<array>(?:\[\])*)")


def kind_of_type(said: str, *, of_elements: bool = False) -> Kind | None:
    """The kind of a type as `format_type` writes it, or of its elements; None if its values have no stand-ins."""
    said = " ".join(said.lower().split())
    if of_elements and said == "tsvector":
        return Kind("lexeme", said)
    match = _TYPE.fullmatch(said)
    if match is None or bool(match["array"]) != of_elements:
        return None
    name = " ".join(f"{match['start']} {match['end']}".split())
    family = _FAMILY_OF.get(name)
    if family is None:
        return None
    numbers = [int(number) for number in (match["numbers"] or "").split(",") if number.strip()]
    declared = said.removesuffix("[]" * (len(match["array"]) // 2))
    if name == "smallint":
        return Kind(family, declared, 32767)
    if name == "numeric" and numbers:
        precision, scale = numbers[0], numbers[1] if len(numbers) > 1 else 0
        room = 0 if scale < 0 or scale > precision else 10 ** min(precision - scale, 9) - 1
        return Kind(family, declared, room, precision, scale)
    trimmed = name in {"character", "char", "bpchar"}
    if family == "text" and numbers:
        return Kind(family, declared, 10 ** min(numbers[0], 9) - 1, numbers[0], trimmed=trimmed)
    return Kind(family, declared, trimmed=trimmed)


_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?|-?Infinity|NaN")
_MOMENT = re.compile(r"\d{4,}-\d\d-\d\d([ T]\d\d:\d\d:\d\d(\.\d+)?([-+]\d\d(:\d\d)?(:\d\d)?)?)?( BC)?|-?infinity")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BYTEA = re.compile(r"\\x([0-9a-f]{2})*")
_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?")
_INTERVAL = re.compile(r"([-+]?\d+ (year|mon|day)s? ?)*([-+]?\d+:\d\d:\d\d(\.\d+)?)?")
_INET = re.compile(r"\d{1,3}(\.\d{1,3}){3}(/\d+)?|[0-9a-f]*:[0-9a-f:.]*(/\d+)?")
_LIKE_JSON = re.compile(r'[{\["]|(-?\d+(\.\d*)?([eE][-+]?\d+)?|true|false|null)\Z')
_WHOLE = re.compile(r"\{.*\}|[\[(].*[\])]|empty", re.DOTALL)
_GUESSES = (
    ("uuid", _UUID),
    ("number", _NUMBER),
    ("moment", _MOMENT),
    ("time", _TIME),
    ("bytea", _BYTEA),
    (KEPT, re.compile("[tf]")),
)


def kind_of_values(values: Sequence[str]) -> Kind | None:
    """The kind that values look like: text if like nothing else, None if like arrays, ranges or rows."""
    for family, pattern in _GUESSES:
        if all(pattern.fullmatch(value) for value in values):
            return Kind(family)
    if all(value and _INTERVAL.fullmatch(value) for value in values):
        return Kind("interval")
    if all(_INET.fullmatch(value) for value in values) and readable("inet", values):
        return Kind("inet")
    if all(_LIKE_JSON.match(value) and _is_json(value) for value in values):
        return Kind("jsonb")
    return None if all(_WHOLE.fullmatch(value) for value in values) else Kind("text")


def readable(family: str, values: Iterable[str]) -> bool:
    """Whether values are of the family, so that they can be put in order."""
    if family == KEPT:
        return True
    try:
        for value in values:
            KEYS[family][0](value)
    except (ValueError, ArithmeticError):
        return False
    return True


def _is_json(text: str) -> bool:
    try:
        _parsed(text)
    except (ValueError, RecursionError):
        return False
    return True


def _parsed(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_constant)


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _number_key(value: str) -> tuple[int, Decimal]:
    special = {"-Infinity": -1, "Infinity": 1, "NaN": 2}.get(value)
    return (0, Decimal(value)) if special is None else (special, Decimal(0))


def _moment_key(value: str) -> tuple[Any, ...]:
    if value.endswith("infinity"):
        return (-2 if value.startswith("-") else 2, 0, "")
    year, _, rest = value.removesuffix(" BC").partition("-")
    rest = re.sub(r"\+00(:00)?$", "", rest.replace("T", " "))
    era = -1 if value.endswith(" BC") else 1
    return (era, era * int(year), rest.removesuffix(" 00:00:00"))


def _interval_key(value: str) -> Decimal:
    days = {"year": Decimal(360), "mon": Decimal(30), "day": Decimal(1)}
    seconds = Decimal(0)
    for number, unit in re.findall(r"(-?\d+) (year|mon|day)", value):
        seconds += int(number) * days[unit] * 86400
    if clock := re.search(r"(-?)(\d+):(\d\d):(\d\d(?:\.\d+)?)$", value):
        part = Decimal(clock[4]) + 60 * int(clock[3]) + 3600 * int(clock[2])
        seconds += -part if clock[1] else part
    return seconds


def _inet_key(value: str) -> tuple[Any, ...]:
    from ipaddress import ip_interface

    address = ip_interface(value)
    return (address.version, address.network.network_address.packed, address.network.prefixlen, address.ip.packed)


def _json_key(value: str) -> tuple[Any, ...]:
    return (-1,) if value == "[]" else _json_ordinal(_parsed(value))  # an empty array is first, for historical reasons


def _json_ordinal(value: Any) -> tuple[Any, ...]:
    """The manual's order of jsonb: Object > Array > Boolean > Number > String > null, then by number of members."""
    if value is None:
        return (0,)
    if isinstance(value, str):
        return (1, value)
    if isinstance(value, bool):
        return (3, value)
    if isinstance(value, Decimal):
        return (2, value)
    if isinstance(value, list):
        return (4, len(value), *(_json_ordinal(one) for one in value))
    keys = sorted(value, key=_lexeme)
    return (5, len(keys), *(part for key in keys for part in (key, _json_ordinal(value[key]))))


def _plain(value: str) -> str:
    return value


def _folded(value: str) -> tuple[Any, ...]:
    """Nearly what a language's collation does: letters and digits first, case and marks last."""
    return ("".join(one for one in value.casefold() if one.isalnum()), value.swapcase())


def _lexeme(value: str) -> tuple[int, bytes]:
    return (len(value.encode()), value.encode())


KEYS: dict[str, tuple[Callable[[str], Any], ...]] = {
    "number": (_number_key,),
    "moment": (_moment_key,),
    "text": (_plain, _lexeme, _folded),
    "citext": (str.lower,),
    "lexeme": (_lexeme,),
    "time": (_plain,),
    "interval": (_interval_key,),
    "uuid": (lambda value: UUID(value).int,),
    "inet": (_inet_key,),
    "bytea": (_plain,),
    "jsonb": (_json_key,),
}
"""Orderings of a family, to be tried in turn: the values' own order shows in histograms only."""


def stand_in(kind: Kind, rank: int, *, size: int, highest: int, tight: bool) -> str | None:
    """The value that stands for the one of this rank.

    Args:
        kind: of the column.
        rank: from 1.
        size: values of the family, which gives texts their length.
        highest: rank in the group.
        tight: the usual form does not fit into the declared length.
    """
    if tight:
        return _tight(kind, rank, highest)
    if kind.family in {"number", "jsonb"}:
        return str(rank) if kind.declared else _guessed(kind.family, rank, size)
    form = _FORMS.get(kind.family)
    return form(rank) if form else _digits(rank, size)


def _guessed(family: str, rank: int, size: int) -> str:
    """Of equal length, so that it is in order as a text, too: postal codes look like numbers."""
    return f'"{_digits(rank, size)}"' if family == "jsonb" else _digits(rank, size)


def _digits(rank: int, size: int) -> str:
    return str(rank).zfill(len(str(size)))


def _day(rank: int) -> str | None:
    return (EPOCH + timedelta(days=rank)).isoformat() if rank < MOST_DAYS else None


def _clock(rank: int) -> str | None:
    hours, rest = divmod(rank, 3_600_000)
    minutes, milliseconds = divmod(rest, 60_000)
    seconds = f"{milliseconds / 1000:06.3f}".rstrip("0").rstrip(".")
    return f"{hours:02}:{minutes:02}:{seconds}" if hours < 24 else None


def _address(rank: int) -> str | None:
    return ".".join(str(byte) for byte in (10 * 2**24 + rank).to_bytes(4, "big")) if rank < 2**31 else None


_FORMS: dict[str, Callable[[int], str | None]] = {
    "moment": _day,
    "time": _clock,
    "interval": _clock,
    "uuid": lambda rank: str(UUID(int=rank)),
    "inet": _address,
    "bytea": lambda rank: f"\\x{rank:08x}",
}


def _tight(kind: Kind, rank: int, highest: int) -> str | None:
    if kind.family == "number" and not kind.precision:
        return str(rank - 32769) if highest <= 65536 else None
    if kind.family == "number":
        return f"{Decimal(rank - 1).scaleb(-kind.scale):f}" if highest <= 10**kind.precision else None
    if highest > len(DIGITS) ** kind.precision:
        return None
    digits, left = "", rank - 1
    for _ in range(kind.precision):
        left, digit = divmod(left, len(DIGITS))
        digits = DIGITS[digit] + digits
    return digits


__all__ = ["KEPT", "KEYS", "Kind", "kind_of_type", "kind_of_values", "readable", "stand_in"]
