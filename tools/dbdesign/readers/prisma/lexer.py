"""Cuts a Prisma schema into tokens. Lines matter: a declaration ends where its line ends."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "text", "number", "mark", "newline", "document", "bad", "end"]

_TOKEN = re.compile(
    r"(?P<space>[ \t\f\v\u00a0\ufeff\u2000-\u200b\u3000]+)"
    r"|(?P<newline>\r\n|\n|\r)"
    r"|(?P<document>///[^\r\n]*)"
    r"|(?P<comment>//[^\r\n]*|/\*(?:[^*]|\*(?!/))*\*/)"
    r'|(?P<text>"(?:[^"\\\r\n]|\\[^\r\n])*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w-]))"
    r"|(?P<word>[^\W_][\w-]*(?:\.[\w-]+)*)"
    r"|(?P<mark>@@|\[\]|[{}()\[\],:=?!@.])"
    r"|(?P<bad>[^\r\n])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token. `start` is where it begins in its file, `line` counts from 1."""

    kind: Kind
    text: str
    start: int
    line: int


def tokens(source: str) -> list[Token]:
    """The tokens of a file, the last of kind `end`; spaces and plain comments are left out."""
    found: list[Token] = []
    line = 1
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup
        text = match.group()
        if kind == "comment":
            line += text.count("\n")
        elif kind != "space":
            found.append(Token(kind, text, match.start(), line))  # type: ignore[arg-type]
            line += kind == "newline"
    found.append(Token("end", "", len(source), line))
    return found


def text_value(literal: str) -> str:
    """What a quoted text says; escapes are JSON's."""
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:  # an escape that JSON does not know stands for itself
        return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t", "r": "\r"}.get(match[1], match[1]), literal[1:-1])
