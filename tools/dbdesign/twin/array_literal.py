"""PostgreSQL array literals of one dimension, as `pg_stats` shows lists of values: taken apart and put together."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BLANKS = " \t\n\r\v\f"
"""What PostgreSQL skips around elements (array_isspace of arrayfuncs.c), which is less than Python's."""

_ITEM = re.compile(
    rf'[{_BLANKS}]*(?:"((?:[^"\\]|\\.|(?!))*+)"|((?:[^",{{}}\\]|\\.)+))[{_BLANKS}]*(,|\Z)',
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PLAIN = re.compile(rf'[^{_BLANKS}",{{}}\\]+')

_SIMPLE = re.compile(rf'[^{_BLANKS}",{{}}\\]++(?:,[^{_BLANKS}",{{}}\\]++|(?!))*+')


def split_array(literal: str) -> list[str | None]:
    """The elements of `{a,"b c",NULL}`. An array in an array is one element, quoted, as in `{"{1,2}"}`.

    Raises:
        ValueError: it is not an array literal of one dimension.
    """
    text = literal.strip(_BLANKS)
    if not (text.startswith("{") and text.endswith("}") and len(text) >= 2):
        raise ValueError("not in braces")
    body = text[1:-1]
    if not body.strip(_BLANKS):
        return []
    if _SIMPLE.fullmatch(body) and "null" not in body.lower():
        return list(body.split(","))
    return _scan(body)


def _scan(body: str) -> list[str | None]:
    found: list[str | None] = []
    place, more = 0, True
    while more:
        match = _ITEM.match(body, place)
        if match is None:
            raise ValueError(f"element {len(found) + 1} cannot be read")
        quoted, plain, end = match.groups()
        found.append(_ESCAPED.sub(r"\1", quoted) if plain is None else _unquoted(plain))
        place, more = match.end(), end == ","
    return found


def _unquoted(item: str) -> str | None:
    item = item.strip(_BLANKS)
    if not item:
        raise ValueError("an element is missing")
    return None if item.upper() == "NULL" else _ESCAPED.sub(r"\1", item)


def join_array(items: Iterable[str | None]) -> str:
    """The array literal of these elements, quoted where PostgreSQL quotes them."""
    return "{" + ",".join("NULL" if item is None else _quoted(item) for item in items) + "}"


def _quoted(item: str) -> str:
    if _PLAIN.fullmatch(item) and item.upper() != "NULL":
        return item
    escaped = item.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


__all__ = ["join_array", "split_array"]
