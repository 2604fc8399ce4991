"""How many bytes values take as text, how many entities there will be, and how quantities spread around their average."""

from __future__ import annotations

import math
from collections.abc import Mapping
from statistics import NormalDist

from dbdesign.model.patterns import Attribute, AttributeType, Entity, Spread

DAYS_PER_MONTH = 30.4369
FIXED: Mapping[AttributeType, float] = {"uuid": 36.0, "timestamp": 13.0, "date": 10.0, "boolean": 1.0}
"""Characters of types whose text is always as long: a UUID with its hyphens, milliseconds since 1970, ISO 8601, 0 or 1."""
ASSUMED: Mapping[AttributeType, float] = {
    "number": 6.0,
    "decimal": 8.0,
    "json": 200.0,
    "list": 200.0,
    "binary": 1000.0,
    "string": 20.0,
}
"""Bytes where a size is not said."""
NORMAL = NormalDist()
Z99 = NORMAL.inv_cdf(0.99)
QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 0.985, 0.998)
WEIGHTS = (0.2, 0.2, 0.2, 0.2, 0.1, 0.07, 0.02, 0.01)
"""Where a spread is looked at, and the share of the occurrences that each place stands for."""


def stored(attribute: Attribute) -> Spread:
    """Bytes of an attribute's value as text."""
    fixed = FIXED.get(attribute.type)
    if fixed is not None:
        return Spread(average=fixed)
    if attribute.size is not None and (attribute.type not in {"number", "decimal"} or attribute.size.average <= 20):
        return attribute.size
    return Spread(average=ASSUMED.get(attribute.type, 20.0))


def sigma(spread: Spread) -> float:
    """Of the log-normal distribution with this average and 99th percentile; 0 where no percentile above the average is said."""
    if not spread.average or spread.large <= spread.average:
        return 0.0
    ratio = math.log(spread.large / spread.average)
    return Z99 - math.sqrt(max(Z99 * Z99 - 2 * ratio, 0.0))


def share_above(spread: Spread, limit: float) -> float:
    """Share of the occurrences that are larger than a limit."""
    deviation = sigma(spread)
    if deviation == 0.0:
        return 1.0 if spread.average > limit else 0.0
    middle = math.log(spread.average) - deviation**2 / 2
    return 1 - NORMAL.cdf((math.log(limit) - middle) / deviation)


def weighted(spread: Spread) -> list[tuple[float, float]]:
    """(Share of the occurrences, value) that stand for the whole spread, with its average."""
    deviation = sigma(spread)
    if deviation == 0.0:
        return [(1.0, spread.average)]
    values = [math.exp(deviation * NORMAL.inv_cdf(at)) for at in QUANTILES]
    mean = sum(share * value for share, value in zip(WEIGHTS, values, strict=True))
    return [(share, value * spread.average / mean) for share, value in zip(WEIGHTS, values, strict=True)]


def scaled(spread: Spread, factor: float) -> Spread:
    """A spread times a factor."""
    parts = (spread.average, spread.p99, spread.maximum)
    average, p99, maximum = (None if one is None else one * factor for one in parts)
    return Spread(average=average or 0.0, p99=p99, maximum=maximum)


def count_after(entity: Entity, months: float) -> float:
    """How many there are then: grown, and not more than the retention keeps where they come at a constant rate."""
    now = entity.count or 0.0
    if entity.growth is None:
        return now
    if entity.growth.rate_per_month is not None:
        return float(now * (1 + entity.growth.rate_per_month) ** months)
    rate = entity.growth.rows_per_second or 0.0
    grown = now + rate * months * DAYS_PER_MONTH * 86_400
    kept = rate * entity.retention_days * 86_400 if entity.retention_days else math.inf
    return max(min(grown, kept), min(now, kept))


def distinct(entity: Entity, name: str, counts: Mapping[str, float]) -> float | None:
    """Different values of an attribute: said, listed, or by what it identifies (`counts` of entities by their single key)."""
    attribute = entity.attribute_by_name.get(name)
    if attribute is not None and attribute.distinct:
        return attribute.distinct
    if attribute is not None and attribute.values:
        return float(len(attribute.values))
    if attribute is not None and attribute.type == "boolean":
        return 2.0
    if entity.key == (name,):
        return entity.count
    return counts.get(name)
