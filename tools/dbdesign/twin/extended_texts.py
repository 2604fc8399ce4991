"""What `pg_ndistinct` and `pg_dependencies` are written as: `{"1, 2": 100}`, `{"1 => 2": 0.9}` up to PostgreSQL 18, since 19
`[{"attributes": [1, 2], "ndistinct": 100}]`, `[{"attributes": [1], "dependency": 2, "degree": 0.9}]`.

Numbers of columns are positive, expressions count down from -1. What the server cannot have written is refused, since the planner would
take it for checked.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

Item = tuple[tuple[int, ...], float]
"""Columns and expressions, of dependencies the dependent one last, and what is said of them."""


def items(text: str) -> list[Item]:
    """What a text says.

    Raises:
        ValueError: the server cannot have written it.
    """
    try:
        return [_checked(*item) for item in _items(json.loads(text))]
    except (RecursionError, TypeError, KeyError, AttributeError):
        raise ValueError("what was collected of columns together is not written as a server writes it") from None


def translated(text: str, numbers: Mapping[int, int]) -> list[Item]:
    """The same with the numbers of another table's columns; `ValueError` as above, and for a column that has none there."""
    found = items(text)
    if unknown := {part for parts, _ in found for part in parts} - numbers.keys():
        raise ValueError(f"column {min(unknown)} is none of the object's")
    return [(tuple(numbers[part] for part in parts), value) for parts, value in found]


def _items(document: Any) -> Iterator[tuple[tuple[int, ...], float, bool]]:
    """Columns, value, and whether it is a dependency."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield tuple(int(part) for part in key.replace("=>", ",").split(",")), float(value), "=>" in key
        return
    for one in document:
        if "dependency" in one:
            yield (*one["attributes"], one["dependency"]), float(one["degree"]), True
        else:
            yield tuple(one["attributes"]), float(one["ndistinct"]), False


def _checked(parts: tuple[int, ...], value: float, dependency: bool) -> Item:
    if len(parts) < 2 or len(set(parts)) < len(parts) or not all(isinstance(part, int) and part for part in parts):
        raise ValueError(f"{list(parts)} are no different columns")
    if not 0 <= value <= (1 if dependency else sys.float_info.max):
        raise ValueError(f"{value} is said of columns {list(parts)}")
    return parts, value
