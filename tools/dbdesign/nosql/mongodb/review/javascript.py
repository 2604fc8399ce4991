"""Literals of JavaScript, as scripts for mongosh have them: objects, arrays, strings, numbers, regular expressions, constructors.

Nothing is evaluated. A name, a call or a function becomes a text that begins with a colon; a regular expression becomes `$regex` and
`$options`. Plain JSON is read as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dbdesign.errors import InputError

MAX_DEPTH = 100
"""MongoDB refuses documents nested deeper (manual, "Limits and Thresholds")."""
MAX_LENGTH = 5_000_000
MAX_UNREAD = 200
"""Calls that cannot be read, from which on a text is taken for something else."""
_BLANK = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:0[xX][\da-fA-F]+|(?:\d[\d_]*)?\.?\d+(?:[eE][+-]?\d+)?\.?)")
_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_REGEX = re.compile(r"/((?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)/([a-z]*)")
_OPERATOR = re.compile(r"[+*%-]|/(?![/*])|[<>]=?|[!=]==?|&&|\|\||\?\?")
_ESCAPED = re.compile(r"\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r\n|.)|$)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None, "Infinity": float("inf")}


@dataclass(frozen=True)
class Call:
    """`db.COLLECTION.METHOD(ARGUMENTS)` with what is chained to it, and its line."""

    collection: str
    methods: tuple[tuple[str, tuple[Any, ...]], ...]
    line: int


class Literals:
    """A reader of one text."""

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise InputError(f"the text has {len(text):,} characters, more than {MAX_LENGTH:,}", where="review")
        self.text = text
        self.place = 0

    def blank(self) -> str:
        """The next character after blanks and comments, empty at the end."""
        match = _BLANK.match(self.text, self.place)
        self.place = match.end() if match else self.place
        return self.text[self.place : self.place + 1]

    @property
    def line(self) -> int:
        """Of the place, from 1."""
        return self.text.count("\n", 0, self.place) + 1

    def error(self, what: str) -> InputError:
        """An error at the place."""
        return InputError(what, where=f"review, line {self.line}", remedy="Write JSON, or literals of JavaScript")

    def value(self, depth: int = 0) -> Any:
        """The value at the place; a computation is not done, but passed over."""
        found = self._operand(depth)
        while self.blank() and (match := _OPERATOR.match(self.text, self.place)):
            self.place = match.end()
            self._operand(depth + 1)
            found = ":computed"
        return found

    def _operand(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels")
        start = self.blank()
        if start == "{":
            return self._object(depth)
        if start == "[":
            return list(self._listed("]", depth))
        if start in {'"', "'", "`"}:
            return self._string(start)
        if start == "/" and (match := _REGEX.match(self.text, self.place)):
            self.place = match.end()
            return {"$regex": match[1], "$options": match[2]}
        if match := _NUMBER.match(self.text, self.place):
            self.place = match.end()
            return _number(match[0].replace("_", ""))
        if _NAME.match(self.text, self.place) or start == "(":
            return self._named(depth)
        raise self.error(f"{self.text[self.place : self.place + 20]!r} is no value")

    def _object(self, depth: int) -> dict[str, Any]:
        self.place += 1
        found: dict[str, Any] = {}
        while self.blank() != "}":
            name = self._key()
            if self.blank() == ":":
                self.place += 1
                found[name] = self.value(depth + 1)
            else:
                found[name] = f":{name}"
            if self.blank() == ",":
                self.place += 1
            elif self.blank() != "}":
                raise self.error("a comma or } is missing")
        self.place += 1
        return found

    def _key(self) -> str:
        start = self.blank()
        if start in {'"', "'"}:
            return self._string(start)
        match = re.compile(r"\.\.\.[\w$.]+|[\w$]+").match(self.text, self.place)
        if match is None:
            raise self.error("a name is missing")
        self.place = match.end()
        return match[0]

    def _listed(self, end: str, depth: int) -> Iterator[Any]:
        self.place += 1
        while self.blank() != end:
            if self.text.startswith("...", self.place):
                self.place += 3
            yield self.value(depth + 1)
            if self.blank() == ",":
                self.place += 1
            elif self.blank() != end:
                raise self.error(f"a comma or {end} is missing")
        self.place += 1

    def _string(self, quote: str) -> str:
        self.place += 1
        parts: list[str] = []
        while True:
            match = re.compile(rf"[^\\{quote}]*").match(self.text, self.place)
            parts.append(match[0] if match else "")
            self.place = match.end() if match else self.place
            if self.place >= len(self.text):
                raise self.error("a text does not end")
            if self.text[self.place] == quote:
                self.place += 1
                return "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            parts.append(self._escape())

    def _escape(self) -> str:
        match = _ESCAPED.match(self.text, self.place)
        if match is None:
            raise self.error("a text does not end")
        self.place = match.end()
        code = match[1] or match[2] or match[3]
        if code is not None:
            return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else "\ufffd"
        return "" if match[4] in {"\n", "\r\n"} else _ESCAPES.get(match[4] or "", match[4] or "")

    def _named(self, depth: int) -> Any:
        """A word, a call, a function: what it says is not evaluated."""
        begin = self.place
        match = _NAME.match(self.text, self.place)
        word = match[0] if match else ""
        self.place = match.end() if match else self.place
        if word in {"function", "async"} or (not word and self.text[self.place] == "("):
            return self._function(begin)
        if word == "new":
            return self.value(depth + 1)
        if word in _WORDS:
            return _WORDS[word]
        if self.blank() == "(":
            arguments = list(self._listed(")", depth))
            if (
                word.endswith((".literal", "Number", "NumberInt", "NumberLong", "NumberDecimal", "Int32", "Long"))
                and arguments
            ):
                return arguments[0]
            return f":{word}"
        if self.text.startswith("=>", self.place):
            return self._function(begin)
        return f":{word}"

    def _function(self, begin: int) -> str:
        """Up to the comma or bracket that ends it."""
        level = 0
        while self.place < len(self.text):
            character = self.text[self.place]
            if character in "\"'`":
                self._string(character)
                continue
            if character in ",)]}" and level == 0:
                break
            level += (character in "([{") - (character in ")]}")
            self.place += 1
        return f":function {self.text[begin : self.place].strip()[:80]}"


def _number(text: str) -> int | float:
    if re.fullmatch(r"[+-]?0[xX][\da-fA-F]{1,16}", text):
        return int(text, 16)
    if re.fullmatch(r"[+-]?\d{1,19}", text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return 0.0


def parse(text: str) -> Any:
    """One literal, and nothing after it."""
    reader = Literals(text)
    found = reader.value()
    if reader.blank() not in {"", ";"}:
        raise reader.error("more than one value")
    return found


_START = re.compile(
    r"""//[^\n]*|/\*.*?\*/|(?:\bdb\s*)?\.\s*(?:getCollection|collection)\s*(?:<[\w\s,.\[\]]*>\s*)?\(\s*(["'])(?P<quoted>[^"'\n]+)\1\s*\)"""
    r"""|\bdb\s*(?:\[\s*(["'])(?P<indexed>[^"'\n]+)\3\s*\]|\.\s*(?P<plain>[A-Za-z_$][\w$]*))""",
    re.DOTALL,
)
"""A comment, which is passed over; `db.name`, `db["name"]`, `db.getCollection("name")` of mongosh, `.collection("name")` of drivers."""
_METHOD = re.compile(r"\s*\.\s*([A-Za-z_]\w*)\s*(?:<[\w\s,.\[\]]*>\s*)?(?=\()")


def calls(text: str, unread: list[tuple[int, str]] | None = None) -> Iterator[Call]:
    """Every call on a collection, in a script for mongosh or a program that uses a driver.

    `db.createCollection` is a call on that collection. A call that cannot be read is put into `unread` with its line and the reason.

    Raises:
        InputError: a call cannot be read, and there is no list for it.
    """
    reader = Literals(text)
    at = 0
    while match := _START.search(text, at):
        at = match.end()
        if match[0].startswith("/"):
            continue
        reader.place = at
        line = reader.line
        try:
            found = _call(reader, match, line)
        except InputError as error:
            if unread is None or len(unread) >= MAX_UNREAD:
                raise
            unread.append((line, error.what))
            continue
        at = max(reader.place, at)
        if found is not None:
            yield found


def _call(reader: Literals, match: re.Match[str], line: int) -> Call | None:
    plain = match["plain"]
    if plain in {"createCollection", "runCommand"}:
        reader.place = reader.text.rindex(".", 0, match.start("plain"))
    methods = tuple(_chain(reader))
    if not methods:
        return None
    if methods[0][0] == "createCollection" and methods[0][1]:
        return Call(str(methods[0][1][0]), (("createCollection", methods[0][1][1:]),), line)
    return Call(str(match["quoted"] or match["indexed"] or plain), methods, line)


def _chain(reader: Literals) -> Iterator[tuple[str, tuple[Any, ...]]]:
    while match := _METHOD.match(reader.text, reader.place):
        reader.place = match.end()
        yield match[1], tuple(reader._listed(")", 0))  # noqa: SLF001 - of this module
