"""A lexer and a token stream for readers that parse DDL by recursive descent.

A dialect describes its lexis (quotes, comments, the shape of a word) as data; `Lexer` turns text into tokens that keep their offsets,
so that expressions are carried exactly as written and every complaint has a line. Linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple, cast

from dbdesign.errors import SqlError

TokenKind = Literal["word", "quoted", "string", "number", "symbol", "end"]


class Token(NamedTuple):
    """A token.

    Attributes:
        text: as written, with its quotation marks.
        upper: what keywords and symbols are compared by: the upper-case word or the symbol; empty for quoted names, strings, numbers.
        start, end: offsets in the whole text.
    """

    kind: TokenKind
    text: str
    upper: str
    start: int
    end: int


@dataclass(frozen=True)
class Lexis:
    """What tokens look like in a dialect.

    Attributes:
        identifier_quotes: pairs; a doubled closing mark stands for itself.
        string_quotes: marks of string literals.
        string_prefix: a regular expression of what may stand before a string literal and belongs to it (`N`, `_utf8mb4 `).
        backslash: whether a backslash escapes within strings.
        line_comment: a regular expression that begins a comment up to the end of the line.
        nested_comments: whether `/* */` nest.
        word: a regular expression of unquoted names, keywords and variables.
    """

    identifier_quotes: tuple[tuple[str, str], ...] = (('"', '"'),)
    string_quotes: tuple[str, ...] = ("'",)
    string_prefix: str = "[NnBbXx]"
    backslash: bool = False
    line_comment: str = "--"
    nested_comments: bool = False
    word: str = r"[@#]{0,2}[\w$#@]+"

    def string_pattern(self) -> str:
        """A regular expression of whole string literals."""
        inner = r"[^{q}\\]++|\\.|{q}{q}" if self.backslash else "[^{q}]++|{q}{q}"
        quoted = "|".join(f"{q}(?:{inner.format(q=q)}|(?!))*+{q}" for q in self.string_quotes)
        return f"(?:{self.string_prefix})?(?:{quoted})"

    def quoted_pattern(self) -> str:
        """A regular expression of whole quoted identifiers."""
        return "|".join(
            f"{re.escape(a)}(?:[^{re.escape(b)}]++|{re.escape(b * 2)}|(?!))*+{re.escape(b)}"
            for a, b in self.identifier_quotes
        )

    def openers(self) -> str:
        """A regular expression of marks that open something; met where nothing whole matches, it was never closed."""
        return "|".join(
            re.escape(mark) for mark in ("/*", *self.string_quotes, *(a for a, _ in self.identifier_quotes))
        )


class Lines:
    """Line numbers, from 1, of offsets in a text."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _newlines(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self._text)]

    def __call__(self, offset: int) -> int:
        """The line of an offset."""
        return bisect_right(self._newlines, offset - 1) + 1 if offset else 1


class Lexer:
    """Turns text into tokens. One instance a dialect; it keeps no state between calls."""

    SYMBOLS = r"<=>|->>|<=|>=|<>|!=|!<|!>|:=|::|\|\||&&|->|<<|>>|\+=|-=|[^\s]"
    NUMBER = r"0[xX][0-9a-fA-F]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w$])"

    def __init__(self, lexis: Lexis) -> None:
        self.lexis = lexis
        block = "(?P<nested>/\\*)" if lexis.nested_comments else r"(?P<block>/\*(?:[^*]++|\*(?!/)|(?!))*+\*/)"
        self._pattern = re.compile(
            rf"(?P<space>\s+)|(?P<comment>(?:{lexis.line_comment})[^\n]*)|{block}|(?P<string>{lexis.string_pattern()})"
            rf"|(?P<quoted>{lexis.quoted_pattern()})|(?P<open>{lexis.openers()})|(?P<number>{self.NUMBER})"
            rf"|(?P<word>{lexis.word})|(?P<symbol>{self.SYMBOLS})",
            re.DOTALL,
        )

    def tokens(
        self,
        text: str,
        start: int = 0,
        end: int | None = None,
        on_comment: Callable[[int, str], None] | None = None,
    ) -> Iterator[Token]:
        """The tokens of `text[start:end]`; comments go to `on_comment(offset, text)`.

        Raises `SqlError` with the line of a string, name or comment that is not closed.
        """
        match_at = self._pattern.match
        stop = len(text) if end is None else end
        at = start
        while at < stop and (match := match_at(text, at, stop)):
            kind, position = match.lastgroup, at
            at = match.end()
            if kind == "space":
                continue
            raw = match.group()
            if kind == "word" or kind == "symbol":
                yield Token("word" if kind == "word" else "symbol", raw, raw.upper(), position, at)
            elif kind == "string" or kind == "quoted" or kind == "number":
                yield Token(cast(TokenKind, kind), raw, "", position, at)
            elif kind == "open":
                raise unclosed(text, position, raw)
            else:
                if kind == "nested":
                    at = end_of_nested_comment(text, position, stop)
                if on_comment:
                    on_comment(position, text[position:at])


def unclosed(text: str, offset: int, mark: str) -> SqlError:
    """The error for a quotation mark or comment that is opened at `offset` and never closed."""
    what = {"'": "a string", "/*": "a comment"}.get(mark, "a quoted name or string")
    return SqlError(
        f"{what} that begins with {mark} is not closed", line=text.count("\n", 0, offset) + 1, remedy="Close it"
    )


def end_of_nested_comment(text: str, start: int, stop: int) -> int:
    """The offset after the block comment that opens at `start`, which may hold others."""
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(text, start, stop):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    raise unclosed(text, start, "/*")


class TokenStream:
    """Tokens with a position: what a recursive-descent parser reads from.

    Words are compared in upper case; quoted names never equal a keyword.
    """

    def __init__(self, text: str, tokens: Iterable[Token], lines: Callable[[int], int], end: int | None = None) -> None:
        self.text = text
        self.tokens = list(tokens)
        self.lines = lines
        self.index = 0
        last = self.tokens[-1].end if self.tokens else (end or 0)
        self._end = Token("end", "", "", last, last)

    @property
    def token(self) -> Token:
        """The token at the position; of kind `end` after the last."""
        return self.tokens[self.index] if self.index < len(self.tokens) else self._end

    @property
    def ended(self) -> bool:
        """Whether no token is left."""
        return self.index >= len(self.tokens)

    @property
    def line(self) -> int:
        """The line of the token at the position."""
        return self.lines(self.token.start)

    def peek(self, ahead: int = 1) -> Token:
        """The token `ahead` of the position."""
        at = self.index + ahead
        return self.tokens[at] if at < len(self.tokens) else self._end

    def next(self) -> Token:
        """The token at the position; moves past it."""
        token = self.token
        self.index += 1
        return token

    def at(self, *words: str) -> bool:
        """Whether these words or symbols, in upper case, come next."""
        tokens, index = self.tokens, self.index
        if index >= len(tokens) or tokens[index].upper != words[0]:
            return False
        if len(words) == 1:
            return True
        return index + len(words) <= len(tokens) and all(
            tokens[index + ahead].upper == word for ahead, word in enumerate(words)
        )

    def at_any(self, *words: str) -> bool:
        """Whether one of these words or symbols comes next."""
        return self.token.upper in words

    def accept(self, *words: str) -> bool:
        """Moves past these words if they come next, and says whether they did."""
        if not self.at(*words):
            return False
        self.index += len(words)
        return True

    def accept_any(self, *words: str) -> str | None:
        """Moves past one of these words if it comes next, and returns it."""
        return self.next().upper if self.token.upper in words else None

    def expect(self, *words: str) -> None:
        """Moves past these words, or raises `SqlError`."""
        if not self.accept(*words):
            raise self.error(f"expected {' '.join(words)}")

    def error(self, what: str) -> SqlError:
        """An error that names the token at the position and its line."""
        near = "at the end" if self.ended else f"near {self.token.text[:40]!r}"
        return SqlError(f"{what} {near}", line=self.line)

    def is_name(self, ahead: int = 0) -> bool:
        """Whether a word or a quoted name comes next."""
        return self.peek(ahead).kind in {"word", "quoted"}

    def name(self) -> str:
        """An identifier, without its quotation marks."""
        token = self.token
        if token.kind not in {"word", "quoted"}:
            raise self.error("expected a name")
        self.index += 1
        return unquoted(token)

    def dotted(self) -> tuple[str, ...]:
        """An identifier with its qualifiers: `a.b.c`."""
        parts = [self.name()]
        while self.at(".") and self.is_name(1):
            self.index += 1
            parts.append(self.name())
        return tuple(parts)

    def skip_parentheses(self) -> tuple[int, int]:
        """Moves past a balanced pair; returns the indexes of the first token inside and of the closing one."""
        if not self.at("("):
            raise self.error("expected (")
        opening, depth = self.token, 0
        first = self.index + 1
        while not self.ended:
            upper = self.next().upper
            if upper == "(":
                depth += 1
            elif upper == ")":
                depth -= 1
                if depth == 0:
                    return first, self.index - 1
        raise SqlError("a parenthesis is not closed", line=self.lines(opening.start))

    def parenthesised(self) -> str:
        """The text inside the balanced pair of parentheses that comes next; moves past it."""
        first, closing = self.skip_parentheses()
        return self.source(first, closing)

    def skip_until(self, *stops: str) -> None:
        """Moves to the next of these words or symbols outside parentheses, or to an unbalanced `)`, or to the end."""
        while not self.ended and self.token.upper not in stops and self.token.upper != ")":
            if self.at("("):
                self.skip_parentheses()
            else:
                self.index += 1

    def source(self, first: int, stop: int | None = None) -> str:
        """The text of the tokens from index `first` up to, not including, `stop` (the position by default), as written.

        Comments are left out: an expression must stay whole when it is put on one line.
        """
        tokens = self.tokens[first : self.index if stop is None else stop]
        if not tokens:
            return ""
        raw = self.text[tokens[0].start : tokens[-1].end]
        if not ("--" in raw or "/*" in raw or "#" in raw or "\n" in raw):
            return raw
        pieces = [tokens[0].text]
        for before, token in pairwise(tokens):
            pieces.append(token.text if before.end == token.start else f" {token.text}")
        return "".join(pieces)

    def separated(self, part: Callable[[], None]) -> None:
        """Parses `( part, part, … )`."""
        self.expect("(")
        part()
        while self.accept(","):
            part()
        self.expect(")")


def unquoted(token: Token) -> str:
    """The name that a token stands for."""
    if token.kind != "quoted":
        return token.text
    closing = token.text[-1]
    return token.text[1:-1].replace(closing * 2, closing)
