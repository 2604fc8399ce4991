"""Values of a query's parameters as MySQL's protocol is sent them: numbers as numbers, arrays as lists, UUIDs as the bytes that are stored.

They were drawn as PostgreSQL's texts. What has no counterpart in JSON, in which another process is told of them, stands as
`{"hex": …}` or `{"decimal": …}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from dbdesign.benchmark.parameters import Parameter

INTEGERS = frozenset({"smallint", "integer", "bigint"})
FLOATS = frozenset({"real", "double precision"})
TRUE = frozenset({"t", "true", "1", "on", "yes"})


def sent(
    values: Sequence[str | None],
    types: Sequence[str],
    parameters: Sequence[Parameter],
    order: Sequence[int],
    kinds: Mapping[tuple[str, str], str],
) -> list[Any]:
    """One set of values, as JSON can hold it, in the order of the placeholders.

    Args:
        types: what PostgreSQL takes the parameters for.
        kinds: the types of the server's columns, by table and column.
    """
    return [
        _sent(
            values[number - 1],
            types[number - 1],
            parameters[number - 1],
            kinds.get((parameters[number - 1].table or "", parameters[number - 1].column or ""), ""),
        )
        for number in order
    ]


def _sent(text: str | None, kind: str, parameter: Parameter, target: str) -> Any:
    if text is None:
        return None
    if kind.endswith("[]"):
        elements = [_scalar(one, kind.removesuffix("[]"), target) for one in elements_of(text)]
        return elements if parameter.role == "array" else json.dumps(elements)
    return _scalar(text, kind.split("(")[0], target)


def _scalar(text: str | None, kind: str, target: str) -> Any:
    if text is None:
        return None
    if kind in INTEGERS:
        return int(text)
    if kind == "numeric":
        return {"decimal": text}
    if kind in FLOATS:
        return float(text)
    if kind == "boolean":
        return int(text.lower() in TRUE)
    if kind == "uuid":
        return {"hex": text.replace("-", "")} if target in {"", "binary"} else text
    if kind == "bytea":
        return {"hex": text.removeprefix("\\x")}
    if kind == "interval":
        return seconds_of(text)
    if kind == "timestamp with time zone":
        return in_utc(text)
    return text


_SPAN = re.compile(r"(-?[\d.]+)\s*(day|hour|min|minute|sec|second|week)s?\b|(-?)(\d+):(\d\d)(?::(\d\d(?:\.\d+)?))?")
_UNITS = {"week": 604_800, "day": 86_400, "hour": 3_600, "min": 60, "minute": 60, "sec": 1, "second": 1}


def seconds_of(text: str) -> float:
    """The seconds of an interval as PostgreSQL writes it: `3 days 04:05:06`.

    Raises:
        ValueError: where it has months or years, which have no number of seconds.
    """
    total, rest = 0.0, text
    for match in _SPAN.finditer(text):
        rest = rest.replace(match[0], "", 1)
        if match[1]:
            total += float(match[1]) * _UNITS[match[2]]
        else:
            clock = int(match[4]) * 3_600 + int(match[5]) * 60 + float(match[6] or 0)
            total += -clock if match[3] else clock
    if rest.strip():
        raise ValueError(f"the interval {text!r} has no number of seconds")
    return total


PLACE = re.compile(r"'(?:[^']|'')*'|\$(\d+)")
"""A text, or the place of a parameter."""


def with_values(sql: str, values: Sequence[str | None], kinds: Sequence[str]) -> str:
    """A query with its values in place of `$n`: CockroachDB may refuse to explain one with parameters."""

    def written(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        number = int(match[1]) - 1
        value, kind = values[number], kinds[number] if number < len(kinds) else "text"
        if value is None:
            return "NULL"
        return value if kind in INTEGERS | FLOATS | {"numeric"} else "'" + value.replace("'", "''") + "'"

    return PLACE.sub(written, sql)


def in_utc(text: str) -> str:
    """A point in time without its zone, in UTC; as it is where it cannot be read."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ") if moment.tzinfo else text


def unpacked(value: Any) -> Any:
    """A value as the driver takes it."""
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"]) if "hex" in value else Decimal(value["decimal"])
    if isinstance(value, list):
        return [unpacked(one) for one in value] or [None]
    return value


_ELEMENT = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^,{}"]*))\s*(?:,|\Z)', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def elements_of(text: str) -> list[str | None]:
    """The elements of the text of a PostgreSQL array of one dimension; a text that is none is its own only element."""
    inside = text.strip()
    if not (inside.startswith("{") and inside.endswith("}")):
        return [text]
    inside, place = inside[1:-1], 0
    found: list[str | None] = []
    while place < len(inside) and (match := _ELEMENT.match(inside, place)):
        if match[1] is not None:
            found.append(_ESCAPED.sub(r"\1", match[1]))
        else:
            found.append(None if match[2].strip().upper() == "NULL" else match[2].strip())
        place = match.end()
    return found


__all__ = ["elements_of", "in_utc", "seconds_of", "sent", "unpacked", "with_values"]
