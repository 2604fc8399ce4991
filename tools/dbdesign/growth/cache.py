"""How much of what a workload touches is in memory: Che's approximation of a cache that drops what was not used for longest.

A block that is touched λ times a second is in the cache with the probability 1 − exp(−λT), where T is the time that a block stays without
being touched, such that the cache is just full: Σ blocks × (1 − exp(−λT)) = its size. Source: H. Che, Y. Tung and Z. Wang, "Hierarchical
Web Caching Systems", IEEE JSAC 20(7), 2002. All blocks of a table are taken to be alike, which is on the safe side, but for what patterns
say of the most wanted value: its share gives the exponent of Zipf's law by which the others are wanted, and classes of blocks by rank.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from dbdesign.model.patterns import Spread
from dbdesign.patterns.relational.skew import exponent_of
from dbdesign.twin.distribution import zipf_sum

CLASSES = 6
"""Classes of blocks by how wanted they are: all, the first tenth, the first hundredth …"""
HOT = 300.0
"""Seconds: a block that is touched again within five minutes should be in memory (Gray and Putzolu's rule, SIGMOD 1987)."""


@dataclass(frozen=True)
class Caching:
    """What memory does for a workload.

    Attributes:
        hit: share of the touched blocks that are in memory.
        reads: blocks a second from storage.
        working_set: blocks that are touched within five minutes.
        by_table: blocks a second from storage by table.
    """

    hit: float
    reads: float
    working_set: float
    by_table: Mapping[str, float]


def caching(touched: Mapping[str, float], blocks: Mapping[str, float], cache: float) -> Caching:
    """How a cache of so many blocks serves tables that are touched so often.

    Args:
        touched: blocks a second by table.
        blocks: of each table, its indexes counted in.
    """
    known = {one: (rate, max(blocks.get(one, 1.0), 1.0)) for one, rate in touched.items() if rate > 0}
    stay = _stay(known, cache)
    by_table = {
        one: 0.0 if math.isinf(stay) else rate * math.exp(-rate * stay / size) for one, (rate, size) in known.items()
    }
    every = sum(rate for rate, _ in known.values())
    reads = sum(by_table.values())
    hot = sum(_distinct(rate, size, HOT) for rate, size in known.values())
    return Caching(1 - reads / every if every else 1.0, reads, hot, by_table)


def _distinct(rate: float, size: float, seconds: float) -> float:
    """Different blocks of `size` that are touched in that time."""
    return size * -math.expm1(-rate * seconds / size)


def _stay(known: Mapping[str, tuple[float, float]], cache: float) -> float:
    """Seconds that a block stays untouched; for ever where all fit."""
    if sum(size for _, size in known.values()) <= cache:
        return math.inf
    low, high = 0.0, 1.0
    while sum(_distinct(rate, size, high) for rate, size in known.values()) < cache and high < 1e12:
        low, high = high, high * 4
    for _ in range(40):
        middle = (low + high) / 2
        if sum(_distinct(rate, size, middle) for rate, size in known.values()) < cache:
            low = middle
        else:
            high = middle
    return high


@lru_cache(maxsize=1024)
def wanted(hottest: float, values: int) -> tuple[tuple[float, float], ...]:
    """Shares of the blocks and of the touches by class, the least wanted first, where one of so many values gets the share `hottest`."""
    exponent = exponent_of(Spread(average=1.0, maximum=hottest * values), values) or 0.0
    total, found = zipf_sum(values, exponent), []
    ranks = [max(round(values * 10.0**-step), 1) for step in range(CLASSES)]
    for upper, lower in zip(ranks, [*ranks[1:], 0], strict=True):
        touched = zipf_sum(upper, exponent) - (zipf_sum(lower, exponent) if lower else 0.0)
        found.append(((upper - lower) / values, touched / total))
    return tuple(found)
