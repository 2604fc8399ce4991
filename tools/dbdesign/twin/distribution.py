"""The statistics that ANALYZE would compute of a column with given contents: commonest values, histogram, distinct values, correlation.

It follows `compute_scalar_stats` and `analyze_mcv_list` of src/backend/commands/analyze.c, with the counts that are expected in a sample
in the place of those of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from dbdesign.model.profile import ColumnProfile
from dbdesign.model.statistics import ColumnStatistics
from dbdesign.model.types import DataType, Kind
from dbdesign.twin.values import GOLDEN, ORDERED, number_of_rank, sort_key, value_at

TARGET = 100
"""`default_statistics_target`: commonest values at most, and steps of the histogram."""
SAMPLE = 300 * TARGET
"""Rows that ANALYZE reads (std_typanalyze: 300 times the target)."""
SCALING = 0.1
"""Distinct values for each row above which their number is taken to grow with the table (analyze.c)."""
SUMMED = 200
"""Terms of Zipf's sum that are added one by one; an integral stands for the rest."""


@dataclass(frozen=True)
class Contents:
    """A column as its values by rank.

    Attributes:
        rows: of the table.
        source: how many values the column's values are taken from, in the order of values (a foreign key's parent; else its own).
        labels: of an enum, in its order; empty for other types.
        domain: whether a domain is between the column and the type.
    """

    profile: ColumnProfile
    type: DataType
    rows: float
    source: float
    labels: tuple[str, ...] = ()
    domain: bool = False

    @property
    def filled(self) -> float:
        """Share of the rows that are not NULL."""
        return 1 - self.profile.nulls

    @property
    def rest(self) -> int:
        """Different values beside the ones that are named."""
        return max(round(self.profile.distinct) - len(self.profile.common), 0)

    @property
    def generated(self) -> bool:
        """Whether `value_at` makes the values that are not named."""
        return self.type.kind in ORDERED and self.profile.low is not None and self.profile.high is not None

    @cached_property
    def shares(self) -> list[float]:
        """Shares of all rows of the first ranks, at most as many as the commonest values' list may have and one more."""
        said = [share for _, share in self.profile.common]
        left = max(self.filled - sum(said), 0.0)
        count = min(self.rest, TARGET + 1)
        total = zipf_sum(self.rest, self.profile.skew)
        return said + [left * (rank + 1) ** -self.profile.skew / total for rank in range(count)]

    def value(self, rank: int) -> str | None:
        """The value of a rank, from 0; None where it cannot be made."""
        common = self.profile.common
        if rank < len(common):
            return common[rank][0]
        if not self.generated:
            return None
        count = max(round(self.source), 1)
        return self.numbered(number_of_rank(rank - len(common), count), count)

    def numbered(self, k: int, count: int) -> str:
        """Value number k of `count`."""
        return value_at(self.type.kind, k, count, self.profile.low or "", self.profile.high or "")

    def key(self, value: str) -> object:
        """What the column's values are sorted by."""
        return self.labels.index(value) if self.labels else sort_key(self.type.kind, value)


@lru_cache(maxsize=4096)
def zipf_sum(count: int, exponent: float) -> float:
    """The sum of rank^-exponent over `count` ranks; above 200 by the first terms of Euler and Maclaurin's formula, to ten digits."""
    if exponent == 0:
        return float(max(count, 1))
    head = math.fsum((rank + 1) ** -exponent for rank in range(min(count, SUMMED)))
    if count <= SUMMED:
        return head or 1.0
    low, high = float(SUMMED), float(count)
    near = 1 - exponent
    area = math.log(high / low) if near == 0 else (math.pow(high, near) - math.pow(low, near)) / near
    ends = (math.pow(high, -exponent) - math.pow(low, -exponent)) / 2
    slopes = exponent * (math.pow(low, -exponent - 1) - math.pow(high, -exponent - 1)) / 12
    return head + area + ends + slopes


def statistics_of(
    contents: Contents, *, inherited: bool = False, shown: Callable[[str], str] = str
) -> ColumnStatistics:
    """What ANALYZE would store of the column.

    Args:
        shown: how the server shows a value that the formulas made (padding).
    """
    profile = contents.profile
    common = _common(contents)
    bounds = _histogram(contents, [value for value, _ in common])
    return ColumnStatistics(
        column=profile.column,
        inherited=inherited,
        null_frac=round(profile.nulls, 9),
        avg_width=max(int(profile.width), 1),
        n_distinct=n_distinct(contents),
        most_common_vals=array_literal([shown(value) for value, _ in common]) if common else None,
        most_common_freqs=tuple(round(share, 9) for _, share in common),
        histogram_bounds=array_literal([shown(value) for value in bounds]) if bounds else None,
        correlation=_correlation(contents) if contents.generated or contents.labels else None,
    )


def n_distinct(contents: Contents) -> float:
    """As pg_stats shows it: minus the share that is not NULL where no value repeats; above a tenth of the rows, minus their share.

    The number is what ANALYZE makes of its sample by Haas and Stokes' estimator (Duj1, "Estimating the number of classes in a finite
    population", 1998): close where values are alike, far below the truth where they are skewed and many, as on a real server.
    """
    rows, filled = contents.rows, contents.filled
    if rows <= 0 or filled <= 0:
        return 0.0
    if contents.profile.unique:
        return round(-filled, 9)
    estimate = _estimated(contents)
    if estimate is None:
        return round(-filled, 9)
    return -round(min(estimate / rows, 1.0), 9) if estimate > SCALING * rows else float(round(estimate))


def _estimated(contents: Contents) -> float | None:
    """The number of distinct values by the estimator, from the expected numbers of values and of single values in the sample; None where
    no value is expected twice.
    """
    rows, true = contents.rows, contents.profile.distinct
    if rows <= SAMPLE:
        return true
    chance = SAMPLE / rows
    found = single = 0.0
    for share, values in _classes(contents):
        times = max(share * rows, 1.0)
        unseen = math.pow(1 - chance, times - 1)
        found += values * (1 - unseen * (1 - chance))
        single += values * times * chance * unseen
    if found - single < 0.5:
        return None
    if single < 0.5:
        return found
    sample, whole = SAMPLE * contents.filled, rows * contents.filled
    estimate = sample * found / (sample - single + single * sample / whole)
    return min(max(estimate, found), true)


def _classes(contents: Contents) -> Iterator[tuple[float, float]]:
    """(share of all rows, values that have it): every named and common value alone, the others of Zipf's law in classes of near ranks."""
    profile = contents.profile
    yield from ((share, 1.0) for _, share in profile.common)
    left = max(contents.filled - sum(share for _, share in profile.common), 0.0)
    total = zipf_sum(contents.rest, profile.skew)
    first, rest = 1, contents.rest
    while first <= rest and left > 0:
        width = 1 if first < 200 else min(max(first // 20, 1), rest - first + 1)
        width = rest if profile.skew == 0 else width
        yield left * math.pow(first + (width - 1) / 2, -profile.skew) / total, float(width)
        first += width


def array_literal(values: Sequence[str]) -> str:
    """A PostgreSQL array literal; every element is quoted, which any type's input takes."""
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in quoted) + "}"


# -- commonest values ------------------------------------------------------------------------------------------------------


def _common(contents: Contents) -> list[tuple[str, float]]:
    """The list of commonest values with their shares of all rows, most frequent first."""
    if contents.profile.unique or contents.rows < 1 or contents.filled <= 0:
        return []
    shares = contents.shares
    distinct = round(contents.profile.distinct)
    sample = min(contents.rows, float(SAMPLE))
    order = sorted(range(len(shares)), key=lambda rank: -shares[rank])
    ordered = [shares[rank] for rank in order]
    complete = distinct <= TARGET and distinct <= SCALING * contents.rows and ordered[-1] * sample >= 2
    kept = len(ordered) if complete else _worth(ordered, contents, sample)
    values = ((contents.value(rank), shares[rank]) for rank in order[:kept])
    found: dict[object, tuple[str, float]] = {}
    for value, share in values:
        if value is not None:
            found.setdefault(contents.key(value), (value, share))
    return list(found.values())


def _worth(shares: list[float], contents: Contents, sample: float) -> int:
    """How many of the commonest values are clearly commoner than the others (`analyze_mcv_list`), by expected counts.

    Values that are all alike are not listed, also where a whole table is read and ANALYZE would list any hundred of them.
    """
    counts = [share * sample for share in shares[:TARGET]]
    counts = [count for count in counts if count > 1.5]
    if not counts or (shares[0] - shares[-1] <= 1e-12 and contents.rest + len(contents.profile.common) > len(counts)):
        return 0
    if sample >= contents.rows:
        return len(counts)
    kept, total = len(counts), sum(counts[:-1])
    while kept:
        others = contents.profile.distinct - (kept - 1)
        average = min(max(1 - total / sample - contents.profile.nulls, 0.0), 1.0)
        average = average / others if others > 1 else average
        if counts[kept - 1] > average * sample + 2 * _deviation(counts[kept - 1], sample, contents.rows) + 0.5:
            break
        kept -= 1
        total -= counts[kept - 1] if kept else 0.0
    return kept


def _deviation(count: float, sample: float, rows: float) -> float:
    """The standard deviation of a value's count in the sample (hypergeometric)."""
    inside = rows * count / sample
    return math.sqrt(max(sample * inside * (rows - inside) * (rows - sample) / (rows * rows * (rows - 1)), 0.0))


# -- histogram -------------------------------------------------------------------------------------------------------------


def _histogram(contents: Contents, common: list[str]) -> list[str]:
    """Bounds of equally many rows each, rising strictly, none of them among the commonest values; none for fewer than two.

    By the golden section, the ranks after the commonest lie evenly over the values, whatever their skew.
    """
    remaining = round(contents.profile.distinct) - len(common)
    if remaining < 2 or contents.rows < 2:
        return []
    taken = {contents.key(value) for value in common}
    if contents.labels or not contents.generated or contents.rest == 0:
        candidates = [value for value, _ in contents.profile.common]
    else:
        candidates = _spread(contents, taken)
    unique = {contents.key(value): value for value in candidates}
    ordered = [unique[key] for key in sorted(key for key in unique if key not in taken)]  # type: ignore[type-var]
    return ordered if len(ordered) >= 2 else []


def _spread(contents: Contents, taken: set[object]) -> list[str]:
    """At most 101 values, at equal distances in the order of values; the next ones in the place of those that are taken."""
    count, rest, named = max(round(contents.source), 1), contents.rest, len(contents.profile.common)
    if rest <= TARGET + 1 and count != rest:
        return [value for rank in range(rest) if (value := contents.value(rank + named)) is not None]
    steps = min(TARGET, count - 1)
    found: list[str] = []
    following = 0
    gap = (count - 1) // steps if steps and contents.type.kind is Kind.DECIMAL else 0
    for step in range(steps + 1):
        off = int(gap * (step * GOLDEN % 1)) if 0 < step < steps else 0  # round numbers are shorter than others
        for k in range(max(step * (count - 1) // steps + off if steps else 0, following), count):
            following = k + 1
            candidate = contents.numbered(k, count)
            if not taken or contents.key(candidate) not in taken:
                found.append(candidate)
                break
    return found


def _correlation(contents: Contents) -> float:
    """What ANALYZE measures between the order of values and of rows: rows of equal value count as in order, so that even without
    any order it is the sum of the squared shares.
    """
    profile = contents.profile
    if profile.distinct <= 1:
        return 1.0
    filled = contents.filled or 1.0
    named = sum((share / filled) ** 2 for share in contents.shares)
    left = max(1 - sum(contents.shares) / filled, 0.0)
    beyond = left**2 / max(contents.rest - (len(contents.shares) - len(profile.common)), 1)
    chance = min(named + beyond, 1.0)
    return round(max(min(profile.correlation + (1 - abs(profile.correlation)) * chance, 1.0), -1.0), 6)


def is_ranked(kind: Kind) -> bool:
    """Whether statistics with values can be made for a type."""
    return kind in ORDERED or kind is Kind.ENUM
