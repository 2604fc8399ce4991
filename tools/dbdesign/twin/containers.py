"""Statistics of arrays, text search vectors and ranges, as their own typanalyze functions keep them (array_typanalyze.c, ts_typanalyze.c,
rangetypes_typanalyze.c).

A design says nothing of what is inside of them. It is assumed: arrays of 1 to 5 of 1,000 elements, vectors of 10,000 words, each by Zipf's
law; ranges of 30 days or of 10 units.
"""

from __future__ import annotations

from dbdesign.model.statistics import ColumnStatistics
from dbdesign.model.types import INTEGERS, TEXTS, DataType, Kind
from dbdesign.twin.distribution import TARGET, Contents, array_literal, n_distinct, zipf_sum
from dbdesign.twin.profile_values import range_subtype
from dbdesign.twin.values import from_ordinal, ordinal, value_at
from dbdesign.twin.widths import ELEMENTS

ARRAY_ELEMENTS = 1_000
WORDS = 10_000
WORDS_PER_VECTOR = 12.0
RANGE_DAYS = 30
RANGE_UNITS = 10
_MICROSECONDS_PER_DAY = 86_400_000_000


ARRAYS = ("array", f"1 to 5 elements each, of {ARRAY_ELEMENTS:,} different ones by Zipf's law")
VECTORS = ("text search vector", f"{WORDS_PER_VECTOR:g} words each, of {WORDS:,} different ones by Zipf's law")
RANGES = ("range", f"{RANGE_DAYS} days or {RANGE_UNITS} units long, beginning evenly over the column's range")


def container_statistics(contents: Contents, *, inherited: bool = False) -> ColumnStatistics:
    """Statistics of a column whose values are not ranked: how many, how wide, and what is in them where the type says."""
    profile, data_type = contents.profile, contents.type
    plain = ColumnStatistics(
        column=profile.column,
        inherited=inherited,
        null_frac=round(profile.nulls, 9),
        avg_width=max(int(profile.width), 1),
        n_distinct=0.0 if data_type.kind in WITHOUT_EQUALITY else n_distinct(contents),
    )
    if contents.rows < 1 or profile.nulls >= 1 or contents.domain:
        return plain  # the server's restore function does not look through domains for elements and bounds (attribute_stats.c)
    if data_type.kind is Kind.ARRAY and data_type.element is not None:
        return _array(plain, data_type.element)
    if data_type.kind is Kind.TSVECTOR:
        return _vector(plain)
    if data_type.kind is Kind.RANGE:
        return _range(plain, contents)
    return plain


WITHOUT_EQUALITY = frozenset({Kind.JSON, Kind.XML, Kind.OTHER, Kind.VARIANT, Kind.VECTOR, Kind.GEOGRAPHY})
"""Types whose values ANALYZE cannot count (or of which nobody knows)."""


def _array(plain: ColumnStatistics, element: DataType) -> ColumnStatistics:
    if element.kind in INTEGERS:
        low, high = "1", str(ARRAY_ELEMENTS)
    elif element.kind in TEXTS and (element.length or 99) >= 4:
        low, high = "e000", "e999"
    elif element.kind is Kind.UUID:
        low, high = "00000000-0000-4000-8000-000000000000", "ffffffff-ffff-4fff-8000-000000000000"
    else:
        return plain
    elements = [
        value_at(element.kind, k * (ARRAY_ELEMENTS // TARGET), ARRAY_ELEMENTS, low, high) for k in range(TARGET)
    ]
    shares = _element_shares(ARRAY_ELEMENTS, ELEMENTS)
    counts = tuple(float(1 + step * 5 // (TARGET + 1)) for step in range(TARGET + 1))
    return plain.model_copy(
        update={
            "most_common_elems": array_literal(elements),
            "most_common_elem_freqs": (*shares, min(shares), max(shares), 0.0),
            "elem_count_histogram": (*counts, ELEMENTS),
        }
    )


def _vector(plain: ColumnStatistics) -> ColumnStatistics:
    """Words of equal length, as the server sorts them by length first."""
    words = [f"word{k * (WORDS // TARGET):05}" for k in range(TARGET)]
    shares = _element_shares(WORDS, WORDS_PER_VECTOR)
    return plain.model_copy(
        update={
            "most_common_elems": array_literal(words),
            "most_common_elem_freqs": (*shares, min(shares), max(shares)),
        }
    )


def _element_shares(different: int, per_value: float) -> tuple[float, ...]:
    """Shares of the values that contain each of the hundred commonest elements, spread over the elements' order by the stride 37."""
    total = zipf_sum(different, 1.0)
    ranked = [1 - (1 - 1 / ((rank + 1) * total)) ** per_value for rank in range(TARGET)]
    return tuple(round(ranked[k * 37 % TARGET], 9) for k in range(TARGET))


def _range(plain: ColumnStatistics, contents: Contents) -> ColumnStatistics:
    """Lower bounds evenly over the column's range, each range of the same length."""
    subtype, low, high = range_subtype(contents.type), contents.profile.low, contents.profile.high
    if subtype is None or low is None or high is None or contents.rows * (1 - contents.profile.nulls) < 2:
        return plain
    kind = subtype.kind
    unit = {
        Kind.TIMESTAMP: _MICROSECONDS_PER_DAY * RANGE_DAYS,
        Kind.TIMESTAMPTZ: _MICROSECONDS_PER_DAY * RANGE_DAYS,
        Kind.DATE: RANGE_DAYS,
    }
    length = unit.get(kind, RANGE_UNITS)
    length *= 100 if kind is Kind.DECIMAL else 1
    first = ordinal(kind, low, like=high)
    last = max(ordinal(kind, high, like=low) - length, first + TARGET)
    starts = [first + step * (last - first) // TARGET for step in range(TARGET + 1)]
    bounds = [f"[{_bound(kind, at, low, high)},{_bound(kind, at + length, low, high)})" for at in starts]
    measured = (
        RANGE_DAYS * 86_400
        if kind in {Kind.TIMESTAMP, Kind.TIMESTAMPTZ}
        else (RANGE_DAYS if kind is Kind.DATE else RANGE_UNITS)
    )
    return plain.model_copy(
        update={
            "range_length_histogram": array_literal([str(measured)] * (TARGET + 1)),
            "range_empty_frac": 0.0,
            "range_bounds_histogram": array_literal(bounds),
        }
    )


def _bound(kind: Kind, number: int, low: str, high: str) -> str:
    text = from_ordinal(kind, number, low, high)
    return f'"{text}"' if " " in text else text
