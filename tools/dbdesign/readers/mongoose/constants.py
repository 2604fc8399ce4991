"""Values of options as JSON, as durations, as the text of code."""

from __future__ import annotations

import re
from typing import Any

from dbdesign.readers.typescript import (
    UNDEFINED,
    CallNode,
    ClassNode,
    EnumNode,
    FunctionNode,
    Member,
    ObjectValue,
    Operation,
    Reference,
    Regex,
    Template,
    Unknown,
    Value,
)
from dbdesign.readers.typescript.syntax import text_of

MAX_DEPTH = 40
_DURATION = re.compile(r"(-?(?:\d+)?\.?\d+) *([a-z]+)?\Z", re.IGNORECASE)
_UNITS = {
    **dict.fromkeys(("milliseconds", "millisecond", "msecs", "msec", "ms"), 0.001),
    **dict.fromkeys(("seconds", "second", "secs", "sec", "s"), 1),
    **dict.fromkeys(("minutes", "minute", "mins", "min", "m"), 60),
    **dict.fromkeys(("hours", "hour", "hrs", "hr", "h"), 3600),
    **dict.fromkeys(("days", "day", "d"), 86400),
    **dict.fromkeys(("weeks", "week", "w"), 7 * 86400),
    **dict.fromkeys(("months", "month", "mo"), 365.25 / 12 * 86400),
    **dict.fromkeys(("years", "year", "yrs", "yr", "y"), 365.25 * 86400),
}
"""Of the package ms, in seconds."""


class NotConstantError(Exception):
    """A value that is known only when the program runs."""


def constant(value: Value, depth: int = 0) -> Any:
    """A constant as a JSON value; dates as their ISO text, ObjectIds and decimals as their text. Raises `NotConstantError`."""
    if depth > MAX_DEPTH:
        raise NotConstantError
    if isinstance(value, ObjectValue):
        if value.spreads:
            raise NotConstantError
        return {key: constant(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [constant(one, depth + 1) for one in value]
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Regex):
        return regex_text(value)
    if isinstance(value, EnumNode):
        return constant(value.object(), depth + 1)
    if isinstance(value, CallNode):
        return _wrapped(value, depth)
    raise NotConstantError


_WRAPPERS = frozenset(
    {"Date", "ObjectId", "Decimal128", "fromString", "BigInt", "UUID", "Number", "String", "Map", "isoDate"}
)


def _wrapped(value: CallNode, depth: int) -> Any:
    """`new Date("2020-01-01")`, `BigInt(5)`, `Types.Decimal128.fromString("1.5")`: what is inside."""
    if value.name not in _WRAPPERS or len(value.args) != 1 or not isinstance(value.args[0], str | int | float):
        raise NotConstantError
    return constant(value.args[0], depth + 1)


def constant_or(value: Value, otherwise: Any) -> Any:
    """A constant as a JSON value, or something else where it is none."""
    try:
        return constant(value)
    except NotConstantError:
        return otherwise


def regex_text(value: Regex) -> str:
    """A pattern; with its slashes where it has flags."""
    return f"/{value.pattern}/{value.flags}" if value.flags else value.pattern


def code(value: Value) -> str:
    """The text of a value that is computed."""
    if isinstance(value, FunctionNode):
        return text_of(value.node)[:200]
    if isinstance(value, Reference):
        return value.text
    if isinstance(value, ClassNode):
        return value.name
    if isinstance(value, Member):
        return f"{code(value.object)}.{value.text}"
    if isinstance(value, CallNode | Operation | Template | Unknown):
        return value.text[:200]
    return "undefined" if value is UNDEFINED else str(value)[:200]


def seconds(value: Value) -> float | None:
    """A duration in seconds: a number, or a text as the package ms reads it (`7d`); rounded as Mongoose does. None for something else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    match = _DURATION.match(value) if isinstance(value, str) else None
    unit = _UNITS.get((match[2] or "ms").lower()) if match else None
    if match is None or unit is None:
        return None
    return int(float(match[1]) * unit + 0.5)


def first(value: Value) -> Value:
    """The value of a validator that may come with a message: `[5, "too few"]`, `{ value: 5, message }`."""
    if isinstance(value, list):
        return value[0] if value else UNDEFINED
    if isinstance(value, ObjectValue):
        for key in ("value", "values", "isRequired"):
            if key in value:
                return value[key]
    return value
