"""The tokens of one PostgreSQL statement, as much as positions, names and counts need: words, quoted names, strings, comments.

A dollar-quoted body is one token, so nothing inside a function is ever taken for a statement. The text has been through
`split`, so every quote and comment is known to end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

TokenKind = Literal["word", "quoted", "string", "number", "symbol", "comment"]

_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<string>[eE]'(?:[^'\\]++|\\.|''|(?!))*+'|(?:[uU]&|[bBxXnN])?'(?:[^']++|''|(?!))*+'
        |\$(?P<tag>(?:[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*)?)\$.*?\$(?P=tag)\$)
    | (?P<word>[A-Za-z_\x80-\U0010ffff][\w$\x80-\U0010ffff]*+)
    | (?P<quoted>(?:[uU]&)?"(?:[^"]++|""|(?!))*+")
    | (?P<comment>--[^\n]*+)
    | (?P<number>[0-9][\w.]*+)
    | (?P<block>/\*)
    | (?P<symbol>::|\S)
    )""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """A token. `start` is its offset in the text that was given; `upper` is the word in upper case, or the symbol."""

    kind: TokenKind
    text: str
    start: int

    @property
    def upper(self) -> str:
        """A bare word in upper case, a symbol as it is; empty for names in quotes, strings and numbers."""
        return self.text.upper() if self.kind in {"word", "symbol"} else ""

    @property
    def name(self) -> str:
        """The identifier as PostgreSQL stores it: folded to lower case unless quoted, cut at 63 bytes."""
        return cut(self.whole_name)

    @property
    def whole_name(self) -> str:
        """The identifier as it is meant, before PostgreSQL cuts it."""
        if self.kind == "quoted":
            return self.text[self.text.index('"') + 1 : -1].replace('""', '"')
        return self.text.lower()

    @property
    def is_name(self) -> bool:
        """Whether it can be an identifier."""
        return self.kind in {"word", "quoted"}


def cut(name: str, size: int = 63) -> str:
    """The name as far as it fits in `size` bytes of UTF-8, whole characters only (NAMEDATALEN - 1 of PostgreSQL)."""
    raw = name.encode("utf-8", "surrogatepass")
    return name if len(raw) <= size else raw[:size].decode("utf-8", "ignore")


def tokens(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of `text[start:end]`, comments included."""
    pos, stop = start, len(text) if end is None else end
    if text.find("/*", start, stop) < 0:
        yield from _without_block_comments(text, pos, stop)
        return
    while pos < stop and (match := _TOKEN.match(text, pos, stop)):
        kind = match.lastgroup
        if kind == "block":
            begin = match.start("block")
            pos = _comment_end(text, begin, stop)
            yield Token("comment", text[begin:pos], begin)
            continue
        if kind == "tag":
            kind = "string"
        begin = match.start(kind)  # type: ignore[arg-type]
        pos = match.end()
        yield Token(kind, text[begin:pos], begin)  # type: ignore[arg-type]


def _without_block_comments(text: str, start: int, stop: int) -> Iterator[Token]:
    """The same in one run of the regular expression; only block comments, which nest, need a decision."""
    for match in _TOKEN.finditer(text, start, stop):
        kind = match.lastgroup
        if kind == "tag":
            kind = "string"
        yield Token(kind, match[kind], match.start(kind))  # type: ignore[arg-type, index]


def _comment_end(text: str, start: int, stop: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start, stop):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    return stop
