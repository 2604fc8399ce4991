"""Bytes of attributes and items as DynamoDB counts them, on average, at the 99th percentile and at most.

Source: developer guide, CapacityUnitCalculations: an item is the UTF-8 length of its names and the size of its values; a number takes about
one byte for two digits and one more; a boolean or null one; a list or map three, and one more for each element.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dbdesign.model.patterns import Attribute, Entity, Spread

STORED_AS = {
    "string": "S",
    "uuid": "S",
    "timestamp": "S",
    "date": "S",
    "number": "N",
    "decimal": "N",
    "boolean": "BOOL",
    "binary": "B",
    "json": "M",
    "list": "L",
}
"""DynamoDB's type by attribute type. Times are ISO 8601 in UTC with a fixed width, which sorts as text."""
USUAL = {"uuid": 36.0, "timestamp": 24.0, "date": 10.0, "number": 6.0, "decimal": 7.0, "boolean": 1.0}
"""Bytes of a value by type where the model does not say."""
UNSAID = 32.0
"""Bytes assumed of a string, binary, json or list of which nothing is said."""
TTL = "expires_at"
"""The attribute of entities with a retention: seconds since 1970."""


@dataclass(frozen=True)
class Size:
    """Bytes on average, at the 99th percentile, at most."""

    average: float = 0.0
    large: float = 0.0
    largest: float = 0.0

    def __add__(self, other: Size) -> Size:
        return Size(self.average + other.average, self.large + other.large, self.largest + other.largest)

    def scaled(self, average: float, large: float, largest: float) -> Size:
        """Each part times its own factor: children of a parent."""
        return Size(self.average * average, self.large * large, self.largest * largest)


def value_size(attribute: Attribute) -> Size:
    """Bytes of the value itself where it is present."""
    if attribute.size is not None:
        spread = attribute.size
    elif attribute.values:
        lengths = [len(one.encode()) for one in attribute.values]
        total = sum(attribute.values.values()) or 1.0
        average = sum(len(one.encode()) * share for one, share in attribute.values.items()) / total
        spread = Spread(average=average, p99=max(lengths), maximum=max(lengths))
    else:
        spread = Spread(average=USUAL.get(attribute.type, UNSAID))
    return Size(spread.average, spread.large, spread.largest)


def attribute_size(attribute: Attribute) -> Size:
    """Bytes in an average item, absent ones counted; with the name."""
    name = float(len(attribute.name.encode()))
    value = value_size(attribute)
    return Size((name + value.average) * attribute.present, name + value.large, name + value.largest)


def entity_size(entity: Entity, names: Iterable[str] | None = None) -> Size:
    """Bytes of an entity's own attributes, or of the named ones. The 99th percentile is the sum of theirs: an upper bound."""
    chosen = None if names is None else set(names)
    sizes = [attribute_size(one) for one in entity.attributes if chosen is None or one.name in chosen]
    if entity.retention_days is not None and (chosen is None or TTL in chosen):
        sizes.append(Size(16.0, 16.0, 16.0))
    return sum(sizes, Size())


def units(size: Size, unit: float) -> float:
    """Expected units of one item: exact where all are alike or fit one unit.

    Where sizes spread over several units, the rounding up costs half a unit on average.
    """
    if size.large <= unit:
        return 1.0
    if size.large <= size.average * 1.0001:
        return float(math.ceil(size.average / unit))
    return max(1.0, min(size.average / unit + 0.5, math.ceil(size.large / unit)))


def item_bytes(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Exact bytes of an item in DynamoDB's JSON form: `{"id": {"S": "a"}}`."""
    return sum(len(name.encode()) + typed_bytes(value) for name, value in item.items())


def typed_bytes(value: Mapping[str, Any]) -> int:
    """Exact bytes of a typed value."""
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return number_bytes(content)
    if kind == "B":
        return len(content)
    if kind in {"BOOL", "NULL"}:
        return 1
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + typed_bytes(one) for name, one in content.items())
    if kind == "L":
        return 3 + sum(1 + typed_bytes(one) for one in content)
    of_member = {"SS": lambda one: len(one.encode()), "NS": number_bytes, "BS": len}[kind]
    return sum(of_member(one) for one in content)


def number_bytes(text: str) -> int:
    """About a byte for two significant digits and one more; one more again below zero."""
    number = Decimal(text)
    if not number:
        return 1
    sign, digits, exponent = number.normalize().as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{text!r} is no finite number")  # noqa: TRY004 - the text is at fault, not its type
    before = len(digits) + exponent
    pairs = math.ceil((len(digits) + (before % 2)) / 2)
    return min(pairs + 1 + (1 if sign else 0), 21)
