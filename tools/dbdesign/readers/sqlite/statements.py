"""Splits a script into statements, as sqlite3's shell does: a trigger ends with its END."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from dbdesign.readers.tokens import Lexer, Lexis, Lines, Token, TokenStream, unclosed, unquoted

SQLITE = Lexis(
    identifier_quotes=(('"', '"'), ("`", "`"), ("[", "]")),
    string_prefix="[xX]",
    word=r"[@:$?#]?[\w$]+",
)
LEXER = Lexer(SQLITE)
PIECES = re.compile(
    r"""(?P<quoted>'(?:[^']++|''|(?!))*+'|"(?:[^"]++|""|(?!))*+"|`(?:[^`]++|``|(?!))*+`|\[[^\]]*+\])"""
    r"""|(?P<comment>--[^\n]*|/\*(?:[^*]++|\*(?!/)|(?!))*+(?:\*/|\Z))|(?P<end>;)|(?P<word>\b[A-Za-z_]\w*)|(?P<open>['"`])""",
)
DOT_COMMAND = re.compile(r"^\.[A-Za-z][^\n]*", re.MULTILINE)


class Statement(NamedTuple):
    """A statement's text without its semicolon, where it begins, and its first words in upper case (at most five)."""

    text: str
    start: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Script:
    """A script's statements, its comments by line, and the shell's commands (`.tables`) by line."""

    statements: tuple[Statement, ...]
    comments: dict[int, str]
    shell: tuple[tuple[int, str], ...]
    lines: Callable[[int], int]


def split(text: str) -> Script:
    """The statements of a script.

    Raises:
        SqlError: where a string or name is never closed.
    """
    lines = Lines(text)
    shell = tuple((lines(match.start()), match[0]) for match in DOT_COMMAND.finditer(text))
    if shell:
        text = DOT_COMMAND.sub(lambda match: " " * len(match[0]), text)
    splitter = _Splitter(text, lines)
    return Script(tuple(splitter.statements()), splitter.comments, shell, lines)


class _Splitter:
    def __init__(self, text: str, lines: Lines) -> None:
        self.text = text
        self.lines = lines
        self.comments: dict[int, str] = {}
        self.found: list[Statement] = []
        self._begin()

    def _begin(self) -> None:
        self.words: list[str] = []
        self.start = -1
        self.depth = 0

    def statements(self) -> list[Statement]:
        position = 0
        for match in PIECES.finditer(self.text):
            kind, position = match.lastgroup, match.start()
            if kind == "comment":
                self.comments[self.lines(position)] = match[0]
            elif kind == "open":
                raise unclosed(self.text, position, match[0])
            elif kind == "end":
                if self.depth == 0:
                    self._finish(position)
            else:
                self._piece(match, is_word=kind == "word")
        self._finish(len(self.text))
        return self.found

    def _piece(self, match: re.Match[str], *, is_word: bool) -> None:
        if self.start < 0:
            self.start = match.start()
        if not is_word:
            return
        if len(self.words) < 5:
            self.words.append(match[0].upper())
        if "TRIGGER" in self.words[:4] and self.words[0] == "CREATE":
            self._nest(match[0].upper())

    def _nest(self, word: str) -> None:
        if word in {"BEGIN", "CASE"}:
            self.depth += 1
        elif word == "END" and self.depth:
            self.depth -= 1

    def _finish(self, end: int) -> None:
        if self.start >= 0:
            text = self.text[self.start : end].rstrip()
            self.found.append(Statement(text, self.start, tuple(self.words)))
        self._begin()


def stream_of(sql: str, lines: Callable[[int], int]) -> TokenStream:
    """The tokens of one statement."""
    return TokenStream(sql, LEXER.tokens(sql), lines)


def name_of(token: Token) -> str:
    """A name; SQLite also takes a string for one."""
    if token.kind == "string":
        return token.text[1:-1].replace("''", "'")
    return unquoted(token)
