"""The exponent of Zipf's law by which parents have their children, from how many the richest, or the 99th percentile, has."""

from __future__ import annotations

from dbdesign.model.patterns import Spread
from dbdesign.twin.distribution import zipf_sum

STEEPEST = 2.0
"""Exponent beyond which a distribution is not looked for: the first of many values then has 60 % of all."""
EVEN = 0.02
TAIL = 0.01
"""Share of the parents that have more children than the 99th percentile."""


def exponent_of(children: Spread, parents: float) -> float | None:
    """The exponent with which the richest parent has `maximum` children; None where nothing is said, or all have about the same.

    Where only the 99th percentile is said, that with which the parent of that rank has so many.
    """
    count = round(max(parents, 1.0))
    if count < 3 or children.average <= 0:
        return None
    if children.maximum is not None:
        rank, wanted = 1.0, children.maximum / (children.average * count)
    elif children.p99 is not None and children.p99 > children.average:
        rank, wanted = max(count * TAIL, 1.0), children.p99 / (children.average * count)
    else:
        return None
    found = _solved(count, rank, min(wanted, 1.0))
    return round(found, 3) if found > EVEN else None


def _solved(count: int, rank: float, wanted: float) -> float:
    """By halving: the share of a rank rises with the exponent up to its peak, which lies beyond for the first rank."""

    def share(exponent: float) -> float:
        return float(rank**-exponent / zipf_sum(count, exponent))

    low, high = 0.0, STEEPEST
    if rank > 1:  # behind its peak a later rank has less again
        high = max((step / 20 for step in range(41)), key=share)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if share(middle) < wanted else (low, middle)
    return (low + high) / 2
