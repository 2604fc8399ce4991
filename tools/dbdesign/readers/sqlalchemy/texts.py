"""Functions of Python's library on texts that programs make names with: `re.sub`, `functools.partial`, inflection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dbdesign.readers.sqlalchemy.values import Native, NotStaticError

LONGEST_SUBJECT = 200
"""Characters of a text that a regular expression of a program is tried on: names are shorter, and some expressions never end."""

LONGEST_PATTERN = 200
_NESTED_REPETITION = re.compile(r"[+*}]\)?[+*{]|\([^()]*[+*][^()]*\)[+*{]")


def _pattern(expression: Any) -> re.Pattern[str]:
    if isinstance(expression, re.Pattern):
        return expression
    if not isinstance(expression, str) or len(expression) > LONGEST_PATTERN or _NESTED_REPETITION.search(expression):
        raise NotStaticError("a regular expression that may never end is not tried")
    try:
        return re.compile(expression)
    except re.error as error:
        raise NotStaticError(f"no regular expression: {error}") from None


def _subject(text: Any) -> str:
    if not isinstance(text, str) or len(text) > LONGEST_SUBJECT:
        raise NotStaticError("a regular expression is tried on short texts alone")
    return text


def _replacement(given: Any) -> Any:
    if isinstance(given, str):
        return given
    return lambda match: str(given(_Match(match)))


class _Match:
    """A match as functions of the program see it."""

    def __init__(self, match: re.Match[str]) -> None:
        self.match = match


def _sub(expression: Any, given: Any, text: Any) -> str:
    if not isinstance(given, str):
        raise NotStaticError("a replacement by a function is not worked out")
    return _pattern(expression).sub(_replacement(given), _subject(text))


def _compile(expression: Any, *_: Any) -> Any:
    pattern = _pattern(expression)
    return Native(
        lambda: None,
        attributes={
            "sub": Native(lambda given, text: _sub(pattern, given, text)),
            "split": Native(lambda text: pattern.split(_subject(text))),
            "findall": Native(lambda text: pattern.findall(_subject(text))),
        },
    )


PATTERNS: Mapping[str, Any] = {
    "sub": Native(_sub),
    "compile": Native(_compile),
    "split": Native(lambda expression, text: _pattern(expression).split(_subject(text))),
    "findall": Native(lambda expression, text: _pattern(expression).findall(_subject(text))),
    "IGNORECASE": 0,
    "VERBOSE": 0,
}


def partial(function: Any, *given: Any, **named: Any) -> Native:
    """`functools.partial`."""
    return Native(lambda *arguments, **keywords: function(*given, *arguments, **{**named, **keywords}))


def underscore(name: str) -> str:
    """`inflection.underscore`: `OrderLine` → `order_line`."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", _subject(name))
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", name).replace("-", "_").lower()


INFLECTION: Mapping[str, Any] = {"underscore": Native(underscore)}
