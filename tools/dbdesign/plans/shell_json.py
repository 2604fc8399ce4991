"""JSON as shells print it: bare keys, single quotes, `NumberLong(5)`, `ISODate('…')`, regular expressions, trailing commas."""

from __future__ import annotations

import re
from typing import Any

SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
KEY = re.compile(r"[$\w][$\w.\-]*")
NUMBER = re.compile(r"-?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|Infinity|NaN)")
STRING = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|`((?:[^`\\]|\\.)*)`", re.DOTALL)
CALL = re.compile(r"(?:new\s+)?([A-Z]\w*(?:\.\w+)?)\s*\(\s*")
ELIDED = re.compile(r"\[(?:Object|Array|Function)[^\]\n]*\]")
PATTERN = re.compile(r"/(?:[^/\\\n]|\\.)+/[a-z]*")
WORDS = {"true": True, "false": False, "null": None, "undefined": None, "MinKey": "MinKey", "MaxKey": "MaxKey"}
DEPTH = 200

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class ShellJsonError(ValueError):
    """The text is no such value; `position` is where that was seen."""

    def __init__(self, what: str, position: int) -> None:
        self.what = what
        self.position = position
        super().__init__(what)


def read_shell_json(text: str, position: int = 0) -> tuple[Any, int]:
    """The value that begins at a position, and the position after it."""
    return _value(text, position, 0)


def _skip(text: str, position: int) -> int:
    match = SPACE.match(text, position)
    return match.end() if match else position


def _value(text: str, position: int, depth: int) -> tuple[Any, int]:
    position = _skip(text, position)
    if depth > DEPTH:
        raise ShellJsonError("it is nested too deeply", position)
    character = text[position : position + 1]
    if character == "{":
        return _object(text, position + 1, depth)
    if elided := ELIDED.match(text, position):
        return elided[0], elided.end()
    if character == "[":
        return _array(text, position + 1, depth)
    if string := STRING.match(text, position):
        return _string(string), string.end()
    if call := CALL.match(text, position):
        return _call(call, text, depth)
    if number := NUMBER.match(text, position):
        return _number(number[0]), number.end()
    if character == "/" and (pattern := PATTERN.match(text, position)):
        return pattern[0], pattern.end()
    word = KEY.match(text, position)
    if word and word[0] in WORDS:
        return WORDS[word[0]], word.end()
    raise ShellJsonError(f"{word[0] if word else character!r} is no value" if character else "the text ends", position)


def _string(match: re.Match[str]) -> str:
    body = next(group for group in match.groups() if group is not None)
    if "\\" not in body:
        return body
    return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", _escape, body, flags=re.DOTALL)


def _escape(match: re.Match[str]) -> str:
    said = match[1]
    return chr(int(said[1:], 16)) if len(said) == 5 else ESCAPES.get(said, said)


def _number(text: str) -> int | float:
    return float(text) if re.search(r"[.eEIN]", text) else int(text[:4000])


def _call(call: re.Match[str], text: str, depth: int) -> tuple[Any, int]:
    """`NumberLong("5")` is a number, `ISODate("…")` its argument, `Timestamp(1, 2)` its first argument."""
    position, arguments = call.end(), []
    while True:
        position = _skip(text, position)
        if text[position : position + 1] == ")":
            break
        value, position = _value(text, position, depth + 1)
        arguments.append(value)
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position += 1
        elif text[position : position + 1] != ")":
            raise ShellJsonError(f"{call[1]}( is not closed", position)
    first = arguments[0] if arguments else None
    if (
        call[1] in {"NumberLong", "NumberInt", "NumberDecimal", "Long", "Int32", "Double", "Decimal128"}
        and first is not None
    ):
        match = NUMBER.fullmatch(str(first))
        first = _number(match[0]) if match else first
    return first, position + 1


def _object(text: str, position: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while True:
        position = _skip(text, position)
        if text[position : position + 1] == "}":
            return found, position + 1
        string = STRING.match(text, position)
        key = string or KEY.match(text, position)
        if key is None:
            raise ShellJsonError("a key is missing", position)
        position = _skip(text, key.end())
        if text[position : position + 1] != ":":
            raise ShellJsonError("a colon is missing", position)
        found[_string(string) if string else key[0]], position = _value(text, position + 1, depth + 1)
        position = _next(text, position, "}")


def _array(text: str, position: int, depth: int) -> tuple[list[Any], int]:
    found: list[Any] = []
    while True:
        position = _skip(text, position)
        if text[position : position + 1] == "]":
            return found, position + 1
        value, position = _value(text, position, depth + 1)
        found.append(value)
        position = _next(text, position, "]")


def _next(text: str, position: int, closing: str) -> int:
    position = _skip(text, position)
    character = text[position : position + 1]
    if character == ",":
        return position + 1
    if character == closing:
        return position
    raise ShellJsonError("a comma is missing" if character else "the text ends", position)
