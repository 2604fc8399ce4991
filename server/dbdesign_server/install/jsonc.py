"""JSON with comments and trailing commas, read with the place of every value, so that a file can be changed without being written anew.

Only what the editors of such files allow: RFC 8259, `//` and `/* */`, and a comma after the last entry.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from dbdesign.errors import InputError

MAX_DEPTH = 100

_BLANK = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_SCALAR = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")


@dataclass(frozen=True)
class Value:
    """A value and its place: `text[start:end]`.

    Attributes:
        plain: the value as Python has it.
        members: of an object, in order.
    """

    start: int
    end: int
    plain: Any
    members: tuple[Member, ...] = ()

    def member(self, name: str) -> Member | None:
        """The member of that name."""
        return next((one for one in self.members if one.name == name), None)


@dataclass(frozen=True)
class Member:
    """A name and its value; `start` is the quote before the name, `comma` the place of the comma after it, if there is one."""

    name: str
    start: int
    value: Value
    comma: int | None = None


@dataclass
class Reader:
    """Reads one document."""

    text: str
    where: str
    _at: int = 0
    _depth: int = field(default=0)

    def document(self) -> Value:
        """The whole text as one value.

        Raises:
            InputError: with the line, where it is not JSON with comments, or a name stands twice in an object.
        """
        self._at = 1 if self.text.startswith("\ufeff") else 0
        self._skip()
        found = self._value()
        self._skip()
        if self._at < len(self.text):
            raise self._error("something follows the document")
        return found

    def _skip(self) -> None:
        match = _BLANK.match(self.text, self._at)
        self._at = match.end() if match else self._at

    def _peek(self) -> str:
        return self.text[self._at : self._at + 1]

    def _value(self) -> Value:
        start, sign = self._at, self._peek()
        if sign in {"{", "["}:
            self._depth += 1
            if self._depth > MAX_DEPTH:
                raise self._error(f"is nested deeper than {MAX_DEPTH} levels")
            found = self._object() if sign == "{" else self._array()
            self._depth -= 1
            return found
        match = _STRING.match(self.text, start) or _SCALAR.match(self.text, start)
        if match is None:
            raise self._error(f"{sign!r} begins no value" if sign else "the text ends too early")
        self._at = match.end()
        return Value(start, self._at, json.loads(match.group()))

    def _object(self) -> Value:
        start, members = self._at, list[Member]()
        self._at += 1
        self._skip()
        while self._peek() != "}":
            members.append(self._member({one.name for one in members}))
            self._skip()
        self._at += 1
        return Value(start, self._at, {one.name: one.value.plain for one in members}, tuple(members))

    def _member(self, taken: set[str]) -> Member:
        start, match = self._at, _STRING.match(self.text, self._at)
        if match is None:
            raise self._error("a name in quotes is expected")
        name = json.loads(match.group())
        if name in taken:
            raise self._error(f"{name!r} stands twice in one object")
        self._at = match.end()
        self._skip()
        self._take(":")
        self._skip()
        value = self._value()
        return Member(name, start, value, self._comma("}"))

    def _array(self) -> Value:
        start, items = self._at, list[Any]()
        self._at += 1
        self._skip()
        while self._peek() != "]":
            items.append(self._value().plain)
            self._comma("]")
            self._skip()
        self._at += 1
        return Value(start, self._at, items)

    def _comma(self, end: str) -> int | None:
        """The comma after an entry; it may be missing before the end alone."""
        self._skip()
        if self._peek() == ",":
            self._at += 1
            return self._at - 1
        if self._peek() != end:
            raise self._error(f"a comma or {end} is expected")
        return None

    def _take(self, sign: str) -> None:
        if self._peek() != sign:
            raise self._error(f"{sign} is expected")
        self._at += 1

    def _error(self, what: str) -> InputError:
        line = self.text.count("\n", 0, self._at) + 1
        return InputError(
            f"{what}; nothing was changed", where=f"{self.where}, line {line}", remedy="Mend the file first"
        )


def read(text: str, where: str) -> Value:
    """The document, which must be an object.

    Raises:
        InputError: where it is none.
    """
    found = Reader(text, where).document()
    if not isinstance(found.plain, dict):
        raise InputError("is no JSON object; nothing was changed", where=where, remedy="Mend the file first")
    return found
