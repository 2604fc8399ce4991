"""TypeORM's options out of evaluated arguments: names, lists of properties, types, targets of relations, defaults."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

from dbdesign.readers.typescript import (
    UNDEFINED,
    CallNode,
    ClassNode,
    EnumNode,
    FunctionNode,
    Member,
    ObjectValue,
    Reference,
    Template,
    Undefined,
    Value,
    alternatives,
    is_constant,
    text_value,
)

CONSTRUCTORS = {"String", "Number", "Boolean", "Date", "Buffer", "Uint8Array", "BigInt", "Object", "Array"}
EMPTY: Mapping[str, Value] = ObjectValue()


def options_of(value: Value) -> Mapping[str, Value]:
    """An object, or an empty one."""
    return value if isinstance(value, ObjectValue) else EMPTY


def text_of(value: Value) -> str | None:
    """A string, or None."""
    return value if isinstance(value, str) else None


def type_of(value: Value) -> str | ClassNode | None:
    """A column's type: an SQL name, `#Number` for a constructor, a class; None where it is none of them."""
    for one in alternatives(value):
        if isinstance(one, str):
            return one
        if isinstance(one, Reference) and one.source is None and one.name in CONSTRUCTORS and not one.path:
            return f"#{one.name}"
        if isinstance(one, ClassNode):
            return one
        if isinstance(one, FunctionNode):
            return type_of(one.result)
    return None


def properties_of(value: Value) -> tuple[str, ...] | None:
    """Properties as `@Index` takes them: strings, `(user) => [user.name]`, `(user) => ({ name: 1 })`; None where they are not known."""
    if isinstance(value, FunctionNode):
        return properties_of(value.result)
    if isinstance(value, str):
        return (value,)
    if isinstance(value, ObjectValue):
        return tuple(value)
    if not isinstance(value, list):
        return None
    found = [property_path(one) for one in value]
    return tuple(one for one in found if one is not None) if all(one is not None for one in found) else None


def property_path(value: Value) -> str | None:
    """`user.profile.name` as `profile.name`, a string as it is."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Reference) and value.path:
        return ".".join(value.path)
    return value.text if isinstance(value, Member) and value.text else None


def inverse_of(value: Value) -> str | None:
    """The property that a relation names on the other side."""
    return property_path(value.result) if isinstance(value, FunctionNode) else text_of(value)


def target_of(value: Value) -> Value:
    """What a relation leads to: a class, a name, a reference that the files do not have."""
    for _ in range(4):
        if isinstance(value, FunctionNode):
            value = value.result
        elif isinstance(value, CallNode) and value.new and isinstance(options_of(value.arg(0)).get("name"), str):
            return options_of(value.arg(0))["name"]
    return value


def enum_values(value: Value) -> tuple[str, ...] | None:
    """The values of an enumeration: of an array, or of an object or enum without its reverse look-up; None where one is not known."""
    if isinstance(value, EnumNode):
        value = value.object()
    if isinstance(value, ObjectValue) and not value.spreads:
        value = [one for key, one in value.items() if not _is_number(key) and not isinstance(one, FunctionNode)]
    if not isinstance(value, list) or not all(isinstance(one, (str, int, float)) for one in value):
        return None
    return tuple(text_value(one) for one in value)


def _is_number(text: str) -> bool:
    try:
        return not math.isnan(float(text))
    except ValueError:
        return not text.strip()


def sql_of(value: Value) -> str | None:
    """An SQL text: a string, or what a function gives; None where it is not constant."""
    if isinstance(value, FunctionNode):
        value = value.result
    if isinstance(value, Template):
        return value.constant
    return value if isinstance(value, str) else text_value(value) if isinstance(value, (int, float)) else None


def plain(value: Value, depth: int = 0) -> object:
    """A value as JSON has it. Raises `ValueError` where a part is not constant."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if depth < 30 and isinstance(value, list):
        return [plain(one, depth + 1) for one in value]
    if depth < 30 and isinstance(value, ObjectValue) and not value.spreads:
        return {key: plain(one, depth + 1) for key, one in value.items() if one is not UNDEFINED}
    raise ValueError("not constant")


def json_text(value: Value) -> str | None:
    """As `JSON.stringify` writes it; None where a part is not constant."""
    try:
        return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        return None


def number_of(value: Value) -> int | None:
    """A whole number, also as a string."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal() and len(value) < 12:
        return int(value)
    return int(value) if isinstance(value, (int, float)) and math.isfinite(value) else None


def is_true(value: Value) -> bool:
    """Whether an option is truthy; what is not known is not."""
    return (
        bool(value)
        if is_constant(value) and not isinstance(value, Undefined)
        else isinstance(value, (list, ObjectValue))
    )


def names_of(values: Sequence[Value]) -> tuple[str, ...]:
    """The strings among some values."""
    return tuple(one for one in values if isinstance(one, str))


__all__ = [
    "CONSTRUCTORS",
    "EMPTY",
    "enum_values",
    "inverse_of",
    "is_true",
    "json_text",
    "names_of",
    "number_of",
    "options_of",
    "plain",
    "properties_of",
    "property_path",
    "sql_of",
    "target_of",
    "text_of",
    "type_of",
]
