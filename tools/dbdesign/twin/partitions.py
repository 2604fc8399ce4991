"""What a partition's bound says of its key."""

from __future__ import annotations

import re

from dbdesign.model.base import Model
from dbdesign.model.schema import Table
from dbdesign.model.types import Kind
from dbdesign.twin.values import ORDERED, from_ordinal, ordinal

_RANGE = re.compile(r"FROM\s*\((.*)\)\s*TO\s*\((.*)\)\s*\Z", re.IGNORECASE | re.DOTALL)
_LIST = re.compile(r"\bIN\s*\((.*)\)\s*\Z", re.IGNORECASE | re.DOTALL)
_ITEM = re.compile(r"\s*(?:'((?:[^']|'')*)'|([^,'()]+))(?:::[\w ]+)?\s*(?:,|\Z)")


class Bound(Model):
    """The values of a partition.

    Attributes:
        low: the least value of the first key, itself included; None for none or MINVALUE.
        high: the value of the first key that is no longer in it; None for none or MAXVALUE.
        values: of a list partition; NULL is left out.
    """

    low: str | None = None
    high: str | None = None
    values: tuple[str, ...] = ()


def parse_bound(text: str) -> Bound:
    """The bound as `FOR VALUES …` writes it; empty where it says nothing of the values (DEFAULT, WITH (modulus …), an expression)."""
    if match := _RANGE.search(text):
        return Bound(low=_first(match[1]), high=_first(match[2]))
    if match := _LIST.search(text):
        return Bound(values=tuple(one for one in _items(match[1]) if one is not None))
    return Bound()


def _items(text: str) -> list[str | None]:
    found: list[str | None] = []
    place = 0
    while place < len(text) and (match := _ITEM.match(text, place)):
        plain = (match[2] or "").strip()
        special = plain.upper() in {"MINVALUE", "MAXVALUE", "NULL", ""}
        found.append(match[1].replace("''", "'") if match[1] is not None else (None if special else plain))
        place = match.end()
    return found


def _first(text: str) -> str | None:
    items = _items(text)
    return items[0] if items else None


def key_column(table: Table) -> str | None:
    """The first key of a partitioned table where it is a column."""
    return table.partitioning.keys[0].column if table.partitioning and table.partitioning.keys else None


def narrowed(kind: Kind, low: str | None, high: str | None, bound: Bound) -> tuple[str | None, str | None]:
    """The range of a column inside of a range partition's bound; unchanged where the bound does not speak of values of this kind."""
    if low is None or high is None or kind not in ORDERED:
        return low, high
    try:
        return _narrowed(kind, low, high, bound)
    except ValueError:
        return low, high


def _narrowed(kind: Kind, low: str, high: str, bound: Bound) -> tuple[str, str]:
    first = bound.low if bound.low is not None else low
    last = bound.high if bound.high is not None else high
    lower, upper = ordinal(kind, first, like=last), ordinal(kind, last, like=first)
    if bound.high is not None:
        upper -= 1
    if bound.low is None:
        lower = min(lower, upper)
    return from_ordinal(kind, lower, first, last), from_ordinal(kind, max(lower, upper), first, last)
