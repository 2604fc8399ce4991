"""Splits DBML into tokens that know their line and whether they are the first on it."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from dbdesign.errors import SqlError

TokenKind = Literal["word", "name", "string", "expression", "symbol", "end"]


class Token(NamedTuple):
    """A token.

    Attributes:
        kind: `word` is unquoted (keywords, names, numbers), `name` is in double quotes.
        value: without quotation marks and with escapes undone.
        fold: what keywords and symbols are compared by: a word in lower case, a symbol; empty for the rest.
        start, end: offsets in the text.
        first: no other token stands before it on its line.
    """

    kind: TokenKind
    value: str
    fold: str
    line: int
    start: int
    end: int
    first: bool


@dataclass
class Tokens:
    """The tokens of a text, ended by one of kind `end`, and its comments by line."""

    text: str
    items: list[Token] = field(default_factory=list)
    comments: dict[int, str] = field(default_factory=dict)


_PATTERN = re.compile(
    r"(?P<space>[ \t\r\f\v\u00a0\ufeff]+)|(?P<newline>\n)"
    r"|(?P<comment>//[^\n]*|/\*(?:[^*]|\*(?!/)|(?!))*+\*/)"
    r"|(?P<long>'''(?:[^'\\]|\\.|'(?!'')|(?!))*+''')"
    r"|(?P<string>'(?!'')(?:[^'\\\n]|\\.|(?!))*+'|'')"
    r'|(?P<name>"(?:[^"\\\n]|\\.|(?!))*+")'
    r"|(?P<expression>`[^`]*+`)"
    r"|(?P<color>\#[0-9A-Fa-f]+)|(?P<word>\w+)"
    r"|(?P<symbol><>|.)",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_OPENERS = {"'": "a text in single quotes", '"': "a name in double quotes", "`": "an expression in backticks"}


def tokenize(text: str) -> Tokens:
    """The tokens of a DBML text. Raises `SqlError` for a quotation mark or a comment that is never closed."""
    found = Tokens(text)
    line, first = 1, True
    for match in _PATTERN.finditer(text):
        kind, raw = match.lastgroup or "", match[0]
        if kind == "newline":
            line, first = line + 1, True
        elif kind == "comment":
            found.comments[line] = raw
            line += raw.count("\n")
        elif kind != "space":
            _refuse_open(text, match, line)
            found.items.append(_token(kind, raw, line, match, first))
            first = False
            line += raw.count("\n")
    found.items.append(Token("end", "", "", line, len(text), len(text), True))
    return found


def _refuse_open(text: str, match: re.Match[str], line: int) -> None:
    if match.lastgroup != "symbol":
        return
    what = "a comment" if text.startswith("/*", match.start()) else _OPENERS.get(match[0])
    if what:
        raise SqlError(f"{what} is opened and never closed", line=line, where="DBML", remedy="Close it")


def _token(kind: str, raw: str, line: int, match: re.Match[str], first: bool) -> Token:
    start, end = match.span()
    if kind in {"word", "color"}:
        return Token("word", raw, raw.lower(), line, start, end, first)
    if kind == "symbol":
        return Token("symbol", raw, raw, line, start, end, first)
    if kind == "long":
        return Token("string", _long(raw[3:-3]), "", line, start, end, first)
    if kind == "expression":
        return Token("expression", raw[1:-1], "", line, start, end, first)
    return Token("string" if kind == "string" else "name", _unescaped(raw[1:-1]), "", line, start, end, first)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(
        lambda match: chr(int(match[1][1:], 16)) if len(match[1]) == 5 else _ESCAPED.get(match[1], match[1]), text
    )


def _long(text: str) -> str:
    """A text between triple quotes: without the common indentation and the empty first and last lines."""
    lines = textwrap.dedent(text.replace("\r\n", "\n").lstrip("\n")).split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    while lines and not lines[0].strip():
        lines.pop(0)
    return _unescaped("\n".join(lines))
