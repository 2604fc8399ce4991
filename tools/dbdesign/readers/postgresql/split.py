r"""Splits a PostgreSQL script into statements, psql commands and COPY data, each with its line.

The scanner is our own, because scripts hold what no SQL grammar accepts: psql's backslash lines, COPY data, text of other
dialects. It knows as much of the lexical structure as decides where a statement ends (PostgreSQL 18, chapter 4.1): quotes,
`E''` escapes, dollar quotes, nested comments, `BEGIN ATOMIC` bodies, and the parenthesised actions of a rule. It is linear: one
regular expression runs over everything plain, and only what needs a decision comes back to Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from dbdesign.errors import SqlError


class PieceKind(StrEnum):
    """What a piece of a script is."""

    STATEMENT = "statement"
    PSQL = "psql"
    DATA = "data"
    GAP = "gap"


class Piece(NamedTuple):
    r"""A piece of a script; the pieces of a script, joined, are the script.

    Attributes:
        kind: `statement` (with its semicolon), `psql` (a backslash command up to the end of its line), `data` (COPY data with its
            final `\.`), `gap` (space and comments between the others).
        line: from 1, of its first character; of a statement that is its first token.
    """

    kind: PieceKind
    source: str
    start: int
    end: int
    line: int

    @property
    def text(self) -> str:
        """The piece, character by character."""
        return self.source[self.start : self.end]

    @property
    def sql(self) -> str:
        """A statement without its final semicolon."""
        return self.text.rstrip().removesuffix(";").rstrip()

    @property
    def size(self) -> int:
        """Its length in characters."""
        return self.end - self.start


_NAME = r"A-Za-z0-9_\x80-\U0010ffff"
_DOLLAR = re.compile(r"\$(?:[A-Za-z_\x80-\U0010ffff][A-Za-z0-9_\x80-\U0010ffff]*)?\$")
_GAP = re.compile(r"(?:[\s\ufeff]++|--[^\n]*+|(?!))*+")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_WORD = re.compile(r"[A-Za-z_]+")
_COPY_STDIN = re.compile(r"\bFROM\s+(?:STDIN|PSTDIN)\b", re.IGNORECASE)
_COPY_LINE = re.compile(r"\\copy\b.*\bfrom\s+p?stdin\b", re.IGNORECASE)
_ENDS_STATEMENT = re.compile(r"\\(?:;|g(?:x|set|exec|desc)?\b|crosstabview\b|watch\b)")
_NESTING_HEAD = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(FUNCTION|PROCEDURE|RULE)\b", re.IGNORECASE)
_NESTING_TOKEN = re.compile(r"""'[^']*+'|"[^"]*+"|--[^\n]*+|[()]|[A-Za-z_][\w$]*+""")
_BACKSLASHES = re.compile(r"SET\s+(?:SESSION\s+)?standard_conforming_strings\s*(?:=|TO)\s*'?(\w+)", re.IGNORECASE)


def _plain(backslashes: bool) -> re.Pattern[str]:
    """Everything that cannot end a statement and needs no thought, as much of it as there is."""
    escaped = r"'(?:[^'\\]++|\\.|''|(?!))*+'"
    strings = escaped if backslashes else rf"(?<![eE])'[^']*+'|(?<=[^{_NAME}$][eE]){escaped}"
    return re.compile(
        rf"""(?:[^'"$;\-/\\]++|{strings}|"[^"]*+"|-(?!-)|--[^\n]*+|/(?!\*)|\$(?=[0-9])|(?<=[{_NAME}$])\$|(?!))*+""",
        re.DOTALL,
    )


_PLAIN = _plain(backslashes=False)
_PLAIN_BACKSLASHES = _plain(backslashes=True)


def split(text: str) -> Iterator[Piece]:
    """The pieces of a script, in order and without a remainder.

    Raises:
        SqlError: a string, quoted name, dollar quote, comment, COPY data or BEGIN ATOMIC body that never ends; its line is where
            that begins.
    """
    return _Splitter(text).pieces()


def statements(text: str) -> Iterator[Piece]:
    """The SQL statements of a script alone. Raises as `split` does."""
    return (piece for piece in split(text) if piece.kind is PieceKind.STATEMENT)


class _Nesting:
    """How deep a statement is in places where a semicolon does not end it."""

    def __init__(self, rule: bool) -> None:
        self.rule = rule
        self.depth = 0
        self._atomic = False
        self._before = ""

    def feed(self, text: str, start: int, end: int) -> None:
        """Goes over a stretch of plain text; every stretch is seen once."""
        for match in _NESTING_TOKEN.finditer(text, start, end):
            word = match.group().upper()
            if self.rule:
                self.depth += {"(": 1, ")": -1}.get(word, 0)
            else:
                self._word(word)

    def _word(self, word: str) -> None:
        if not self._atomic:
            if self._before == "BEGIN" and word == "ATOMIC":
                self._atomic, self.depth = True, 1
        elif word in {"BEGIN", "CASE"}:
            self.depth += 1
        elif word == "END":
            self.depth -= 1
        self._before = word


class _Splitter:
    """The state of one pass. `line` is always the line of `pos`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.pos = 0
        self.line = 1
        self._counted = 0
        self._plain = _PLAIN

    def pieces(self) -> Iterator[Piece]:
        """Every piece. A gap is given only where it is not empty."""
        while self.pos < len(self.text):
            start = self.pos
            self.pos = self._skip_gap(start)
            if self.pos > start:
                yield self._piece(PieceKind.GAP, start)
            if self.pos >= len(self.text):
                return
            yield from self._command() if self.text[self.pos] == "\\" else self._statement()

    def _piece(self, kind: PieceKind, start: int) -> Piece:
        line = self._line_of(start)
        return Piece(kind, self.text, start, self.pos, line)

    def _line_of(self, offset: int) -> int:
        """Lines are counted from where they were last counted, so that the whole is counted once."""
        if offset < self._counted:
            return self.line - self.text.count("\n", offset, self._counted)
        self.line += self.text.count("\n", self._counted, offset)
        self._counted = offset
        return self.line

    def _skip_gap(self, pos: int) -> int:
        while True:
            match = _GAP.match(self.text, pos)
            pos = match.end() if match else pos
            if not self.text.startswith("/*", pos):
                return pos
            pos = self._comment_end(pos)

    def _command(self) -> Iterator[Piece]:
        start = self.pos
        end = self.text.find("\n", start)
        self.pos = len(self.text) if end < 0 else end
        yield self._piece(PieceKind.PSQL, start)
        if _COPY_LINE.match(self.text, start, self.pos):
            yield from self._data()

    def _statement(self) -> Iterator[Piece]:
        start = self.pos
        self._to_statement_end()
        yield self._piece(PieceKind.STATEMENT, start)
        word = _WORD.match(self.text, start)
        head = word.group().upper() if word else ""
        if head == "COPY" and _COPY_STDIN.search(self.text, start, self.pos):
            yield from self._data()
        elif head == "SET" and (setting := _BACKSLASHES.match(self.text, start, self.pos)):
            off = setting.group(1).lower() in {"off", "false", "no", "0"}
            self._plain = _PLAIN_BACKSLASHES if off else _PLAIN

    def _to_statement_end(self) -> None:
        text, start = self.text, self.pos
        head = _NESTING_HEAD.match(text, start)
        nesting = _Nesting(head.group(1).upper() == "RULE") if head else None
        while True:
            run = self._plain.match(text, self.pos)
            end = run.end() if run else self.pos
            if nesting:
                nesting.feed(text, self.pos, end)
            if end >= len(text):
                self.pos = self._end_of_text(start, nesting)
                return
            if text[end] == ";" and not (nesting and nesting.depth > 0):
                self.pos = end + 1
                return
            if text[end] == "\\" and _ENDS_STATEMENT.match(text, end):
                self.pos = end + 2 if text[end + 1] == ";" else end
                return
            self.pos = self._over(end)

    def _end_of_text(self, start: int, nesting: _Nesting | None) -> int:
        if nesting and nesting.depth > 0:
            kind = "a parenthesis of a rule" if nesting.rule else "a BEGIN ATOMIC body"
            raise self._unterminated(kind, start, ")" if nesting.rule else "END;")
        return len(self.text)

    def _over(self, pos: int) -> int:
        """The offset after what stands at `pos`, which the plain run could not take."""
        char = self.text[pos]
        if char == "'":
            return self._string_end(pos)
        if char == '"':
            raise self._unterminated("a quoted name", pos, '"')
        if char == "/":
            return self._comment_end(pos)
        if char == "$":
            return self._dollar_end(pos)
        return pos + 1

    def _string_end(self, pos: int) -> int:
        """Of a string after an `e` that is no escape prefix (`LIKE'x'`), or of an escape string at the very start."""
        prefix = self.text[pos - 1] if pos else ""
        before = self.text[pos - 2] if pos > 1 else " "
        escapes = prefix in {"e", "E"} and not re.match(rf"[{_NAME}$]", before)
        body = re.compile(r"'(?:[^'\\]++|\\.|''|(?!))*+'" if escapes else r"'[^']*+'", re.DOTALL).match(self.text, pos)
        if body is None:
            raise self._unterminated("a string", pos, "'")
        return body.end()

    def _dollar_end(self, pos: int) -> int:
        opening = _DOLLAR.match(self.text, pos)
        if opening is None:
            return pos + 1
        tag = opening.group()
        end = self.text.find(tag, opening.end())
        if end < 0:
            raise self._unterminated(f"a dollar-quoted string {tag[:40]}", pos, tag[:40])
        return end + len(tag)

    def _comment_end(self, pos: int) -> int:
        depth = 0
        for edge in _COMMENT_EDGE.finditer(self.text, pos):
            depth += 1 if edge.group() == "/*" else -1
            if depth == 0:
                return edge.end()
        raise self._unterminated("a comment", pos, "*/")

    def _data(self) -> Iterator[Piece]:
        r"""The lines after a COPY … FROM stdin up to `\.`; what follows the COPY on its own line stays with the data."""
        start = self.pos
        end = self.text.find("\n\\.", start)
        while end >= 0 and self.text[end + 3 : end + 5].rstrip("\r\n") != "" and self.text[end + 3] not in "\r\n":
            end = self.text.find("\n\\.", end + 3)
        if end < 0:
            raise self._unterminated("COPY data", start, "a line \\.")
        self.pos = end + 3
        yield self._piece(PieceKind.DATA, start)

    def _unterminated(self, what: str, pos: int, closing: str) -> SqlError:
        return SqlError(
            f"{what} that begins here does not end",
            line=self._line_of(pos),
            statement=self.text[pos : pos + 200],
            remedy=f"Close it with {closing}",
        )
