"""Which value each row has: the number of a value, 0 to distinct - 1, as an SQL expression of the row's number `i`.

Nothing is random: the same seed gives the same rows. Rows are spread over the values by a permutation of the row numbers,
`mod(a * i + b, rows)` with `a` near rows × an irrational and without a divisor in common with `rows`, so that every quantile of the
distribution has its exact share of the rows. Zipf's law is inverted exactly for the commonest values (a table of thresholds) and, for
the others, by the integral of x^-s from rank - 1/2 to rank + 1/2 (midpoint rule; its relative error at rank r is s(s+1)/24r²,
below 0.1 % from the 16th rank on for s ≤ 2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from dbdesign.twin.values import number_of_rank, stride

HEAD = 24
"""Ranks whose Zipf frequencies are exact."""

MONOTONE = 0.999
"""A correlation from which on rows are in the order of their values throughout."""

_FULL = 9007199254740992
"""2^53: numbers below it are exact as double precision."""


def seed_of(*parts: object) -> int:
    """A number for a place in the schema, the same in every run."""
    return crc32("\0".join(map(str, parts)).encode())


@dataclass(frozen=True)
class Spread:
    """How rows are spread over places 0 to rows - 1.

    Attributes:
        rows: of the table.
        seed: tells columns apart.
        correlation: between a row's number and its place, -1 to 1: this share of the rows keeps its place.
    """

    rows: int
    seed: int
    correlation: float = 0.0

    def place(self, i: str = "i") -> str:
        """The row's place."""
        rows = max(self.rows, 1)
        straight = f"({i} % {rows})" if self.correlation >= 0 else f"({rows - 1} - {i} % {rows})"
        kept = abs(self.correlation)
        if kept >= MONOTONE or rows < 3:
            return straight
        mixed = permuted(f"({i} % {rows})", rows, self.seed)
        if kept < 0.001:
            return mixed
        return f"(CASE WHEN {chance(self.seed + 1, i)} < {kept:.6g} THEN {straight} ELSE {mixed} END)"


def permuted(i: str, count: int, seed: int) -> str:
    """A permutation of 0 … count - 1 (of `i`, which is one of them)."""
    if count < 3:
        return i
    factor = int(count * (0.25 + 0.5 * math.modf((seed % 1_000_003) * 0.6180339887498949)[0]))
    while math.gcd(max(factor, 1), count) != 1:
        factor += 1
    return f"(({i} * {max(factor, 1)}::bigint + {seed % count}) % {count})"


def chance(seed: int, i: str = "i") -> str:
    """A number from 0 to 1 that a row draws."""
    return f"((hashint8extended(({i})::bigint, {seed}) & {_FULL - 1})::float8 / {_FULL})"


def is_null(share: float, seed: int, i: str = "i") -> str:
    """Whether a row is one of the share that is NULL."""
    return f"{chance(seed ^ 0x5EED, i)} < {share:.9g}"


def evenly(k: str, count: int, span: int, *, on: bool = False) -> str:
    """`div(k * span, count - 1)` without overflow: where value `k` of `count` lies on an ordinal span.

    Args:
        on: numbers from `count` on have places too: beside the first ones where there is room between them, else beyond the span.
    """
    if count <= 1 or span == 0:
        return f"({k})::bigint" if on and span == 0 and count <= 1 else "0::bigint"
    whole, rest = divmod(span, count - 1)
    if on and whole >= 2:
        return f"({evenly(f'(({k}) % {count})', count, span)} + ({k}) / {count})"
    parts = [f"({k})::bigint * {whole}"] if whole else []
    parts += [_fraction(k, rest, count - 1)] if rest else []
    return f"({' + '.join(parts)})"


@dataclass(frozen=True)
class Choice:
    """How often each value occurs.

    Attributes:
        common: shares of the non-NULL rows that the commonest values have.
        others: how many other values there are.
        skew: exponent of Zipf's law among the others.
    """

    common: tuple[float, ...]
    others: int
    skew: float = 0.0

    def number(self, spread: Spread, i: str = "i") -> str:
        """The number of the value: below `len(common)` a common one, from there on another, in the order of values."""
        place, count = spread.place(i), max(spread.rows, 1)
        if not self.common and self.skew == 0:
            return _even(place, count, self.others)
        return self._by_share(f"(({place})::float8 + 0.5) / {count}", spread.correlation == 0)

    def _by_share(self, u: str, scattered: bool) -> str:
        common, others = len(self.common), max(self.others, 0)
        left = max(1.0 - sum(self.common), 0.0)
        head = self._head(left)
        bounds = [*_cumulated(self.common), *(sum(self.common) + one for one in _cumulated(head))]
        bucket = f"width_bucket({u}, ARRAY[{', '.join(f'{one:.12g}' for one in bounds)}]::float8[])"
        if others == 0:
            return f"least({bucket}, {common - 1})"
        if self.skew == 0:
            rest = f"least({others - 1}, floor(({u} - {sum(self.common):.12g}) / {max(left, 1e-12):.12g} * {others})::bigint)"
            return f"(CASE WHEN {u} < {sum(self.common):.12g} THEN {bucket} ELSE {common} + greatest({rest}, 0) END)"
        rank = self._rank(u, bucket, left, head)
        number = f"(({rank} - {common}) * {stride(others)}::bigint + {others // 2}) % {others}"
        if not scattered:
            number = f"{rank} - {common}"
        return f"(CASE WHEN {rank} < {common} THEN {rank} ELSE {common} + {number} END)" if common else f"({number})"

    def _head(self, left: float) -> list[float]:
        if self.skew == 0 or self.others <= 0:
            return []
        total = zipf_total(self.others, self.skew)
        return [left * rank**-self.skew / total for rank in range(1, min(HEAD, self.others) + 1)]

    def _rank(self, u: str, bucket: str, left: float, head: Sequence[float]) -> str:
        """The rank, common values included."""
        common, others = len(self.common), self.others
        last = common + others - 1
        if others <= HEAD:
            return f"least({bucket}, {last})"
        before = sum(self.common) + sum(head)
        share = f"greatest(0, ({u} - {before:.12g}) / {max(left - sum(head), 1e-12):.12g})"
        start, end, s = HEAD + 0.5, others + 0.5, self.skew
        if abs(s - 1) < 1e-9:
            x = f"{start} * power({end / start:.12g}::float8, {share})"
        else:
            low, high = start ** (1 - s), end ** (1 - s)
            x = f"power({low:.15g}::float8 + {share} * {high - low:.15g}, {1 / (1 - s):.12g})"
        tail = f"least({last}, {common - 1} + round({x})::bigint)"
        return f"(CASE WHEN {u} < {before:.12g} THEN {bucket} ELSE {tail} END)"


def _even(place: str, count: int, values: int) -> str:
    if values >= count:
        return place
    return _fraction(place, values, count)


def _fraction(k: str, times: int, parts: int) -> str:
    """`div(k * times, parts)`; in bigint where the product of the greatest numbers is far below 2^63."""
    if times * parts < 2**56:
        return f"(({k})::bigint * {times} / {parts})"
    return f"div(({k})::numeric * {times}, {parts})::bigint"


def _cumulated(shares: Sequence[float]) -> list[float]:
    found: list[float] = []
    for share in shares:
        found.append((found[-1] if found else 0.0) + share)
    return found


def zipf_total(count: int, skew: float) -> float:
    """The sum of rank^-skew over all ranks: exact to `HEAD`, by the midpoint rule beyond."""
    exact = math.fsum(rank**-skew for rank in range(1, min(HEAD, count) + 1))
    if count <= HEAD:
        return exact
    low, high = HEAD + 0.5, count + 0.5
    tail = math.log(high / low) if abs(skew - 1) < 1e-9 else (high ** (1 - skew) - low ** (1 - skew)) / (1 - skew)
    return float(exact + tail)


__all__ = ["Choice", "Spread", "chance", "evenly", "is_null", "number_of_rank", "permuted", "seed_of", "zipf_total"]
