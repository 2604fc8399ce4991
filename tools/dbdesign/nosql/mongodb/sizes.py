"""Bytes of BSON (bsonspec.org, version 1.1): of a value, a field, a document, an array, an index entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dbdesign.model.documents import BsonType
from dbdesign.model.patterns import Attribute, AttributeType, Entity, Spread

TYPES: Mapping[AttributeType, BsonType] = {
    "string": "string",
    "number": "double",
    "decimal": "decimal",
    "boolean": "bool",
    "timestamp": "date",
    "date": "date",
    "uuid": "uuid",
    "binary": "binData",
    "json": "mixed",
    "list": "array",
}
"""What an attribute is stored as."""
FIXED: Mapping[AttributeType, float] = {
    "number": 8,
    "decimal": 16,
    "boolean": 1,
    "timestamp": 8,
    "date": 8,
    "uuid": 4 + 1 + 16,
}
"""Bytes of a value whose type has one size; a UUID is binary data with length and subtype before it."""
HEADERS: Mapping[AttributeType, float] = {"string": 4 + 1, "binary": 4 + 1, "json": 0, "list": 0}
"""Length and end of a string, length and subtype of binary data; JSON is said as a whole."""
UNKNOWN: Mapping[AttributeType, float] = {"string": 20, "binary": 100, "json": 200, "list": 100}
"""Bytes assumed for a value whose size is not said."""
DOCUMENT = 4 + 1
"""Length and end of a document or array."""
OBJECT_ID = 12
INDEX_ENTRY = 12.0
"""Record identifier and framing of an index entry (measured shape of WiredTiger's key format; compression by prefix not counted)."""

Part = Callable[[Spread], float]


def average(spread: Spread) -> float:
    """The average."""
    return spread.average


def large(spread: Spread) -> float:
    """The 99th percentile."""
    return spread.large


def largest(spread: Spread) -> float:
    """The maximum."""
    return spread.largest


def value_bytes(attribute: Attribute, part: Part = average) -> float:
    """Bytes of the value of an attribute, without its name."""
    fixed = FIXED.get(attribute.type)
    if fixed is not None:
        return fixed
    size = part(attribute.size) if attribute.size else UNKNOWN[attribute.type]
    return size + HEADERS[attribute.type]


def field_bytes(name: str, value: float) -> float:
    """A field: its type, its name with the end of it, its value."""
    return 1 + len(name.encode()) + 1 + value


def attribute_bytes(attribute: Attribute, part: Part = average, name: str | None = None) -> float:
    """A field of a document; on average that of those that have it, times their share."""
    whole = field_bytes(name or attribute.name, value_bytes(attribute, part))
    return whole * attribute.present if part is average else whole


def entity_bytes(entity: Entity, part: Part = average, *, without: Iterable[str] = ()) -> float:
    """A document of an entity's attributes without some of them.

    The 99th percentile is the sum of those of the attributes: an upper bound.
    """
    left = set(without)
    key = entity.key[0] if len(entity.key) == 1 else None
    own = sum(
        attribute_bytes(one, part, "_id" if one.name == key else None)
        for one in entity.attributes
        if one.name not in left
    )
    identifier = 0 if key is not None and key not in left else field_bytes("_id", OBJECT_ID)
    return DOCUMENT + own + identifier


def element_bytes(entity: Entity, without: Iterable[str], part: Part = average) -> float:
    """An entity as an object within a document: no identifier of its own."""
    left = set(without)
    return DOCUMENT + sum(attribute_bytes(one, part) for one in entity.attributes if one.name not in left)


def array_bytes(name: str, elements: float, element: float) -> float:
    """An array field: each element has its place as a name."""
    digits = len(str(max(int(elements) - 1, 0)))
    return field_bytes(name, DOCUMENT + elements * (1 + digits + 1 + element))


def index_bytes(attributes: Iterable[Attribute]) -> float:
    """An entry of an index: the values in key format (nearly BSON's without names) and the record identifier."""
    return INDEX_ENTRY + sum(1 + value_bytes(one) for one in attributes)
