"""How many bytes a value takes as stored, its header included, by type (storage chapter of the manual; pg_type.typlen)."""

from __future__ import annotations

import math
import re

from dbdesign.model.types import BINARIES, TEXTS, DataType, Kind
from dbdesign.twin.values import BITS, GOLDEN, from_ordinal, ordinal

ELEMENTS = 3.0
"""Elements of an array."""
VARIABLE_HEADER = 1
"""Bytes before a short variable-length value (`varattrib_1b`; 4 from 127 bytes on)."""

FIXED: dict[Kind, float] = {
    Kind.BOOLEAN: 1, Kind.INT8: 2, Kind.INT16: 2, Kind.INT24: 4, Kind.INT32: 4, Kind.INT64: 8, Kind.MONEY: 8,
    Kind.FLOAT32: 4, Kind.FLOAT64: 8, Kind.DATE: 4, Kind.TIME: 8, Kind.TIMETZ: 12, Kind.TIMESTAMP: 8,
    Kind.TIMESTAMPTZ: 8, Kind.INTERVAL: 16, Kind.UUID: 16, Kind.ENUM: 4, Kind.INET: 7, Kind.CIDR: 7, Kind.MACADDR: 6,
    Kind.JSON: 150, Kind.JSONB: 150, Kind.XML: 300, Kind.HSTORE: 100, Kind.TSVECTOR: 200, Kind.RANGE: 22,
    Kind.MULTIRANGE: 40, Kind.GEOMETRY: 40, Kind.GEOGRAPHY: 40, Kind.YEAR: 2, Kind.COMPOSITE: 40, Kind.LTREE: 30,
}  # fmt: skip
"""Types of a fixed width, and what is assumed of those that vary with their contents."""


def width_of(data_type: DataType, text: str | None = None) -> float:
    """Bytes of a value as stored, its header included; of texts and byte strings, those of the example."""
    kind = data_type.kind
    if kind is Kind.CHAR:
        return stored(float(data_type.length or 1))
    if kind in TEXTS:
        return stored(float(len((text or "x" * 16).encode())))
    if kind in BINARIES:
        return stored((len(text) - 2) / 2 if text else 32.0)
    if kind is Kind.DECIMAL:
        return float(numeric_width(text or "1000.00"))
    if kind in BITS:
        return stored(4 + math.ceil((data_type.length or 8) / 8))
    if kind is Kind.ARRAY and data_type.element:
        return 21.0 + ELEMENTS * width_of(data_type.element)
    if kind is Kind.VECTOR and (match := re.search(r"\((\d+)\)", data_type.native)):
        return 8.0 + 4.0 * int(match[1])
    return FIXED.get(kind, 32.0)


def stored(length: float) -> float:
    """So many bytes with the header before them."""
    return length + (VARIABLE_HEADER if length <= 126 else 4)


def numeric_width(text: str) -> int:
    """A short header of 1 + 2 bytes and 2 for each group of four decimal digits counted from the point, without groups of zeros at either
    end (`make_result`, `strip_var`: src/backend/utils/adt/numeric.c)."""
    whole, _, part = text.lstrip("-").partition(".")
    if not whole.isdigit():
        return 3
    whole, part = whole.zfill(-(-len(whole) // 4) * 4), part.ljust(-(-len(part) // 4) * 4, "0")
    groups = [digits[at : at + 4] for digits in (whole, part) for at in range(0, len(digits), 4)]
    used = [place for place, group in enumerate(groups) if group != "0000"]
    return 3 + (2 * (used[-1] - used[0] + 1) if used else 0)


SAMPLED = 211
"""Values of a range whose widths are averaged; by the golden section, so that they lie evenly and are no rounder than others."""


def ranged_numeric_width(low: str, high: str) -> float:
    """Bytes on average of decimals that lie evenly in a range, with as many digits after the point as its ends."""
    first, last = ordinal(Kind.DECIMAL, low, like=high), ordinal(Kind.DECIMAL, high, like=low)
    points = (first + int((last - first) * (step * GOLDEN % 1)) for step in range(SAMPLED))
    return sum(numeric_width(from_ordinal(Kind.DECIMAL, one, low, high)) for one in points) / SAMPLED
