"""Declared moves of data, as text: `orders(ship_street:street, ship_city:city) -> addresses by id:order_id`."""

from __future__ import annotations

import re
from typing import Literal

from dbdesign.errors import InputError
from dbdesign.migrations.settings import Intent

_NAME = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
_LABEL = rf"{_NAME}(?:\.{_NAME})?"
_PAIR = re.compile(rf"\s*({_NAME})\s*(?::\s*({_NAME})\s*)?(?:,|\Z)")
_INTENT = re.compile(
    rf"\s*(?P<source>{_LABEL})\s*\((?P<columns>.+)\)\s*->\s*(?P<target>{_LABEL})\s+by\s+(?P<key>.+?)\s*\Z",
    re.DOTALL | re.IGNORECASE,
)


def intent(kind: Literal["split", "merge", "move"], text: str) -> Intent:
    """An intent from `source(column[:new], …) -> target by key[:target key], …`.

    Raises:
        InputError: where the text is not of that form.
    """
    match = _INTENT.match(text)
    if match is None:
        raise InputError(
            f"{text!r} does not say what moves where",
            where=kind,
            remedy="Write source(column:new_column, …) -> target by source_key:target_key",
        )
    return Intent(
        kind=kind,
        source=_bare(match["source"]),
        target=_bare(match["target"]),
        columns=_pairs(kind, match["columns"]),
        key=_pairs(kind, match["key"]),
    )


def _bare(label: str) -> str:
    return re.sub(r'"((?:[^"]|"")+)"', lambda one: one[1].replace('""', '"'), label)


def _pairs(kind: str, text: str) -> dict[str, str]:
    found, at = dict[str, str](), 0
    while at < len(text):
        match = _PAIR.match(text, at)
        if match is None:
            raise InputError(f"{text[at:]!r} is no list of columns", where=kind, remedy="Write a, b:c")
        found[_bare(match[1])] = _bare(match[2] or match[1])
        at = match.end()
    return found
