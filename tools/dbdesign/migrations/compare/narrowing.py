"""Whether every value of one type fits another: what a change of type can lose."""

from __future__ import annotations

from dbdesign.model.schema import Column
from dbdesign.model.types import BINARIES, INTEGERS, TEXTS, DataType, Kind

_BITS = {Kind.INT8: 8, Kind.INT16: 16, Kind.INT24: 24, Kind.INT32: 32, Kind.INT64: 64}
_MANTISSA = {Kind.FLOAT32: 24, Kind.FLOAT64: 53}
"""Bits of an integer that a binary floating-point number holds exactly (IEEE 754)."""

_BIT_STRINGS = frozenset({Kind.BIT, Kind.VARBIT})
_EXACT = INTEGERS | {Kind.DECIMAL, Kind.MONEY}
_MONEY_DIGITS = (17, 2)
"""PostgreSQL's money: 64 bits of hundredths (manual, chapter 8.2)."""

_ADDS: frozenset[tuple[Kind, Kind]] = frozenset(
    {
        (Kind.DATE, Kind.TIMESTAMP),
        (Kind.DATE, Kind.TIMESTAMPTZ),
        (Kind.TIME, Kind.TIMETZ),
        (Kind.TIMESTAMP, Kind.TIMESTAMPTZ),
        (Kind.TIMESTAMPTZ, Kind.TIMESTAMP),
        (Kind.FLOAT32, Kind.FLOAT64),
        (Kind.CIDR, Kind.INET),
        (Kind.CHAR, Kind.CITEXT),
        (Kind.BIT, Kind.VARBIT),
        (Kind.YEAR, Kind.INT16),
        (Kind.JSON, Kind.JSONB),
    }
)
"""Pairs of kinds of which the second holds every value of the first, whatever the lengths."""

_AS_TEXT_LENGTH = {Kind.BOOLEAN: 5, Kind.UUID: 36, Kind.INT16: 6, Kind.INT32: 11, Kind.INT64: 20, Kind.DATE: 13}
"""Characters of the longest value as PostgreSQL writes it."""


def why_narrower(before: DataType, after: DataType) -> str | None:
    """Why a value may not fit the new type or may lose something in it; None where every value fits.

    Named types (enums, domains) count as themselves: resolve domains first.
    """
    if before == after:
        return None
    if before.kind in INTEGERS and after.kind in INTEGERS:
        return _integers(before, after)
    if before.kind is Kind.ARRAY and after.kind is Kind.ARRAY and before.element and after.element:
        return why_narrower(before.element, after.element)
    if before.kind is Kind.ENUM or after.kind is Kind.ENUM or before.kind is Kind.SET:
        return _enums(before, after)
    if after.kind in TEXTS:
        return _to_text(before, after)
    if before.kind in BINARIES and after.kind in BINARIES:
        return _lengths(before, after)
    if before.kind in _BIT_STRINGS and after.kind in _BIT_STRINGS:
        return _bits(before, after)
    if before.kind in _EXACT and after.kind in _EXACT | _MANTISSA.keys():
        return _numbers(before, after)
    return _others(before, after)


def _bits(before: DataType, after: DataType) -> str | None:
    if after.kind is Kind.BIT and (before.kind is Kind.VARBIT or before.length != after.length):
        return f"a {after.native} is filled up to its length, so that {before.native} does not come back from it"
    return _lengths(before, after)


def _integers(before: DataType, after: DataType) -> str | None:
    low, high = _range(before)
    least, most = _range(after)
    if low >= least and high <= most:
        return None
    return f"{before.native} reaches from {low} to {high}, {after.native} from {least} to {most}"


def _range(data_type: DataType) -> tuple[int, int]:
    bits = _BITS[data_type.kind]
    return (0, 2**bits - 1) if data_type.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _enums(before: DataType, after: DataType) -> str | None:
    if after.kind in TEXTS:
        longest = max((len(value) for value in before.values), default=0)
        if before.kind is Kind.ENUM and (after.length is None or longest <= after.length):
            return None
        return f"values of {before.native} may be longer than {after.native}"
    gone = [value for value in before.values if value not in after.values]
    if before.kind is after.kind and before.values and not gone:
        return None
    return f"values of {before.native} may be none of {after.native}" + (f": {', '.join(gone)}" if gone else "")


def _to_text(before: DataType, after: DataType) -> str | None:
    if before.national and not after.national:
        return f"characters of {before.native} may not be in the code page of {after.native}"
    if before.kind in TEXTS:
        if before.kind is Kind.CITEXT or after.kind is Kind.CITEXT:
            return None if after.length is None else _lengths(before, after)
        return _lengths(before, after)
    if after.length is None:
        return None if before.kind not in BINARIES else f"bytes of {before.native} may be no text"
    size = _AS_TEXT_LENGTH.get(before.kind)
    if size is not None and size <= after.length:
        return None
    return f"values of {before.native} may be longer than {after.length} characters"


def _lengths(before: DataType, after: DataType) -> str | None:
    sized = {before.native.lower(), after.native.lower()} & _IMPLIED_LENGTH.keys() - {"text"}
    before_length, after_length = _length(before, sized=bool(sized)), _length(after, sized=bool(sized))
    if after_length is None or (before_length is not None and before_length <= after_length):
        return None
    return f"values of {before.native} may be longer than {after.native}"


_IMPLIED_LENGTH = {
    "tinytext": 255, "text": 65_535, "mediumtext": 2**24 - 1, "longtext": 2**32 - 1,
    "tinyblob": 255, "blob": 65_535, "mediumblob": 2**24 - 1, "longblob": 2**32 - 1,
}  # fmt: skip
"""Bytes of MySQL's types that have no length of their own (manual, chapter 13.7)."""


def _length(data_type: DataType, *, sized: bool) -> int | None:
    """The most characters or bytes; None for no limit worth the name. `sized`: `text` is MySQL's, which has a size of its own."""
    if data_type.length is not None:
        return data_type.length
    name = data_type.native.lower()
    if name in _IMPLIED_LENGTH and (sized or name != "text"):
        return _IMPLIED_LENGTH[name]
    return 1 if data_type.kind in {Kind.CHAR, Kind.BIT} else None


def _numbers(before: DataType, after: DataType) -> str | None:
    if after.kind in _MANTISSA:
        bits = _BITS.get(before.kind, 99) - (0 if before.unsigned else 1)
        return None if bits <= _MANTISSA[after.kind] else f"{after.native} does not hold every {before.native} exactly"
    if after.kind is Kind.MONEY and before.kind not in {Kind.INT32, Kind.INT64, Kind.DECIMAL}:
        return f"there is no cast from {before.native} to {after.native}"
    digits, scale = _digits(before)
    room, fraction = _digits(after)
    if after.kind in _BITS and before.kind not in _BITS:
        room -= 1  # of as many digits as its largest value has it does not hold every one
    if fraction < scale or room - fraction < digits - scale:
        return f"{before.native} has {_said(digits, scale)}, {after.native} {_said(room, fraction)}"
    return None


_UNBOUNDED = 10_000
"""Stands for as many digits as there is room for."""


def _digits(data_type: DataType) -> tuple[int, int]:
    """Decimal digits of an exact number, in all and behind the point."""
    if data_type.kind in _BITS:
        return len(str(2 ** (_BITS[data_type.kind] - (0 if data_type.unsigned else 1)))), 0
    if data_type.kind is Kind.MONEY:
        return _MONEY_DIGITS
    if data_type.precision is None:
        return 2 * _UNBOUNDED, _UNBOUNDED
    return data_type.precision, data_type.scale or 0


def _said(digits: int, scale: int) -> str:
    return (
        "any number of digits"
        if digits >= _UNBOUNDED
        else f"{digits - scale} digits before and {scale} behind the point"
    )


def _others(before: DataType, after: DataType) -> str | None:
    if (before.kind, after.kind) in _ADDS or before.kind is after.kind:
        if before.is_time and after.is_time and _fraction(before) > _fraction(after):
            return f"{before.native} has {_fraction(before)} digits of a second, {after.native} {_fraction(after)}"
        if before.kind is Kind.VECTOR and before.native != after.native:
            return f"{before.native} and {after.native} have different dimensions"
        return None
    return f"not every {before.native} is a {after.native}"


def _fraction(data_type: DataType) -> int:
    if data_type.kind in {Kind.DATE, Kind.YEAR}:
        return 0
    return 6 if data_type.precision is None else data_type.precision


def column_narrows(before: Column, after: Column) -> str | None:
    """Why values of the column may be lost: by its type, or because it becomes computed."""
    if after.generated and not before.generated:
        return "its values are computed from now on"
    return why_narrower(before.type, after.type)
