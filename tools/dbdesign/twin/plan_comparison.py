"""Whether two of PostgreSQL's plans are the same, and where they part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Plan = Mapping[str, Any]
"""A node of EXPLAIN (FORMAT JSON), with its children in `Plans`."""

SHAPE = ("Node Type", "Join Type", "Strategy", "Relation Name", "Alias", "Index Name", "Scan Direction")
"""What makes a plan's shape: what is done, and to what; neither costs nor conditions."""


def shape(node: Plan) -> tuple[Any, ...]:
    """A plan's shape, to be compared."""
    return (*(node.get(name) for name in SHAPE), *(shape(child) for child in node.get("Plans", ())))


def first_difference(real: Plan, predicted: Plan, keys: Iterable[str] | None = None) -> str | None:
    """The deepest first node that differs, since what is above it follows from it; None where there is none.

    Args:
        keys: what is compared of each node; everything when left out.
    """
    children, others = real.get("Plans", ()), predicted.get("Plans", ())
    for one, other in zip(children, others, strict=False):
        below = first_difference(one, other, keys)
        if below:
            return below
    place = real.get("Index Name") or real.get("Relation Name")
    where = f"{real['Node Type']} {place}" if place else str(real["Node Type"])
    for key in dict.fromkeys([*real, *predicted]) if keys is None else keys:
        if key != "Plans" and real.get(key) != predicted.get(key):
            return f"{where}: {key} {real.get(key)!r} against {predicted.get(key)!r}"
    if len(children) != len(others):
        return f"{where}: {len(children)} children against {len(others)}"
    return None


def shape_difference(real: Plan, predicted: Plan) -> str | None:
    """Where two shapes part."""
    return first_difference(real, predicted, SHAPE)
