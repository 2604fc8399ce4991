"""SQL of `sql` templates, of drizzle-orm's conditions and of values, as drizzle-kit writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from dbdesign.readers.typescript import (
    CallNode,
    FunctionNode,
    Member,
    ObjectValue,
    Reference,
    Template,
    Value,
    is_constant,
    text_value,
)

NameOf = Callable[[Value], str | None]
"""The quoted name of a column or table that a value stands for; None where it is none."""
_OPERATORS = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "like": "like", "ilike": "ilike"}
MAX_DEPTH = 40


class UnsayableError(Exception):
    """A part of an expression that is known only when the program runs; the message says which."""


def sql_text(value: Value, name_of: NameOf, depth: int = 0) -> str:
    """The SQL of a value. Raises `UnsayableError`."""
    if depth > MAX_DEPTH:
        raise UnsayableError("it is nested too deeply")
    if isinstance(value, Template):
        return "".join(part if isinstance(part, str) else sql_text(part, name_of, depth + 1) for part in value.parts)
    if (name := name_of(value)) is not None:
        return name
    if isinstance(value, FunctionNode):
        return sql_text(value.result, name_of, depth + 1)
    if isinstance(value, CallNode):
        return _call(value, name_of, depth)
    if isinstance(value, bool | int | float):
        return text_value(value)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if value is None:
        return "null"
    raise UnsayableError("a part of it is known only when the program runs")


def _call(value: CallNode, name_of: NameOf, depth: int) -> str:
    name, args = value.name, value.args

    def say(one: Value) -> str:
        return sql_text(one, name_of, depth + 1)

    if name == "raw" and args and isinstance(args[0], str):
        return args[0]
    if name == "identifier" and args and isinstance(args[0], str):
        return '"' + args[0].replace('"', '""') + '"'
    if isinstance(value.callee, Member) and name in {"as", "mapWith", "$type", "inlineParams", "append"}:
        return say(value.callee.object)
    if name in _OPERATORS and len(args) == 2:
        return f"{say(args[0])} {_OPERATORS[name]} {say(args[1])}"
    if name in {"isNull", "isNotNull"} and len(args) == 1:
        return f"{say(args[0])} is {'not ' if name == 'isNotNull' else ''}null"
    if name in {"and", "or"} and args:
        return "(" + f" {name} ".join(say(one) for one in args) + ")"
    if name == "not" and len(args) == 1:
        return f"not {say(args[0])}"
    if name in {"inArray", "notInArray"} and len(args) == 2 and isinstance(args[1], list):
        return f"{say(args[0])} {'not ' if name == 'notInArray' else ''}in ({', '.join(say(one) for one in args[1])})"
    if name == "between" and len(args) == 3:
        return f"{say(args[0])} between {say(args[1])} and {say(args[2])}"
    if isinstance(value.callee, FunctionNode):
        return say(value.callee.returned(args))
    raise UnsayableError(f"the call {value.text[:60]}")


def json_value(value: Value, depth: int = 0) -> Any:
    """A constant value as plain Python. Raises `UnsayableError`."""
    if depth > MAX_DEPTH:
        raise UnsayableError("it is nested too deeply")
    if isinstance(value, ObjectValue):
        if value.spreads:
            raise UnsayableError("something unknown is spread into it")
        return {key: json_value(one, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [json_value(one, depth + 1) for one in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise UnsayableError("a part of it is known only when the program runs")


def json_text(value: Any) -> str:
    """As JSON.stringify writes it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def literal(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


def array_text(values: list[Any]) -> str:
    """An array's literal, as drizzle-kit's buildArrayString writes it."""
    return "{" + ",".join(_element(one) for one in values) + "}"


def _element(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return text_value(value)
    if isinstance(value, list):
        return array_text(value)
    if isinstance(value, dict):
        return '"' + json_text(value).replace('"', '\\"') + '"'
    return f'"{value}"'


_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?\Z")


def moment(value: Value) -> str | None:
    """The ISO text of `new Date("…")` or `new Date(0)`; None for another value."""
    if (
        not isinstance(value, CallNode)
        or not isinstance(value.callee, Reference)
        or value.callee.text != "Date"
        or not value.new
    ):
        return None
    given = value.arg(0)
    if isinstance(given, int) and not isinstance(given, bool):
        from datetime import UTC, datetime, timedelta

        try:
            found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=given)
        except OverflowError:
            return None
        return found.strftime("%Y-%m-%dT%H:%M:%S.") + f"{found.microsecond // 1000:03d}Z"
    match = _DATE.match(given) if isinstance(given, str) else None
    if match is None or (match[3] or "Z") not in {"Z", "+00:00", "+0000"}:
        return None
    time = match[2] or "00:00:00"
    time = time if time.count(":") == 2 else f"{time}:00"
    seconds, _, fraction = time.partition(".")
    return f"{match[1]}T{seconds}.{fraction[:3].ljust(3, '0')}Z"


__all__ = [
    "NameOf",
    "UnsayableError",
    "array_text",
    "is_constant",
    "json_text",
    "json_value",
    "literal",
    "moment",
    "sql_text",
]
