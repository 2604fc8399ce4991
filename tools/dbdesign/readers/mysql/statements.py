"""Splits a MySQL script into statements: DELIMITER, executable comments, bodies without DELIMITER, and data skipped at the speed of a scan.

Linear in the text: what is skipped (the INSERTs of a dump) is scanned by one regular expression and never turned into tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from dbdesign.readers.tokens import Lexer, Lexis, Lines, TokenStream

LEXIS = Lexis(
    identifier_quotes=(("`", "`"),),
    string_quotes=("'", '"'),
    string_prefix=r"[NnBbXx]|_[A-Za-z0-9]+\s*",
    backslash=True,
    line_comment=r"--(?=\s|\Z)|#",
    word=r"@{0,2}[\w$]+",
)
LEXER = Lexer(LEXIS)

MARIADB_NEVER = 500_000
"""Executable comments with a version beyond any server's (`/*M!999999\\- …`) are comments."""

STRINGS = r"'(?:[^'\\]++|\\.|''|(?!))*+'|\"(?:[^\"\\]++|\\.|\"\"|(?!))*+\"|`(?:[^`]++|``|(?!))*+`"
COMMENTS = r"--(?=\s|\Z)[^\n]*|#[^\n]*|/\*(?:[^*]++|\*(?!/)|(?!))*+\*/"

BLANK = re.compile(rf"(?:\s++|(?P<comment>{COMMENTS}))", re.DOTALL)
DELIMITER = re.compile(r"DELIMITER[ \t]+(\S+)[^\n]*", re.IGNORECASE)
FIRST_WORD = re.compile(r"\\?[A-Za-z.]+")
EXECUTABLE = re.compile(
    rf"(?P<literal>{STRINGS}|--(?=\s|\Z)[^\n]*|#[^\n]*)|(?P<open>/\*(?:M?!\d*|T!(?:\[[^\]]*\])?))|(?P<comment>/\*(?:[^*]++|\*(?!/)|(?!))*+\*/)|(?P<close>\*/)",
    re.DOTALL,
)
COMPOUND = re.compile(
    r"\s*CREATE\s+(?:OR\s+REPLACE\s+)?(?:AGGREGATE\s+)?(?:DEFINER\s*=\s*\S+\s+)?(?:TRIGGER|PROCEDURE|FUNCTION|EVENT|PACKAGE)\b",
    re.IGNORECASE,
)
FURTHER = re.compile(r"^CREATE\s", re.IGNORECASE | re.MULTILINE)
"""A statement that no body holds, by where it stands."""

EMPTY = re.compile(r"[\s;]+")

OPENING = {";", "BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT", ":"}
"""What stands before an IF or REPEAT that is a statement, not a function."""

MAX_STATEMENT = 1_000_000
"""Characters of a statement that is parsed; 4096 columns with long comments stay below."""

SKIPPED = {
    "INSERT": "data",
    "REPLACE": "data",
    "UPDATE": "data",
    "DELETE": "data",
    "TRUNCATE": "data",
    "LOAD": "data",
    "SELECT": "a query",
    "WITH": "a query",
    "TABLE": "a query",
    "VALUES": "a query",
    "CALL": "a query",
    "DO": "a query",
    "SET": "a setting of the session",
    "LOCK": "locks",
    "UNLOCK": "locks",
    "START": "a transaction",
    "BEGIN": "a transaction",
    "COMMIT": "a transaction",
    "ROLLBACK": "a transaction",
    "SAVEPOINT": "a transaction",
    "ANALYZE": "maintenance",
    "OPTIMIZE": "maintenance",
    "CHECK": "maintenance",
    "REPAIR": "maintenance",
    "FLUSH": "maintenance",
    "SHOW": "a query",
    "DESCRIBE": "a query",
    "EXPLAIN": "a query",
    "PREPARE": "a dynamic statement",
    "EXECUTE": "a dynamic statement",
    "DEALLOCATE": "a dynamic statement",
    "CHANGE": "replication",
    "KILL": "administration",
    "INSTALL": "administration",
    "UNINSTALL": "administration",
}
"""Statements without a say in the schema, by their first word, and what they are."""


@dataclass
class Statement:
    """A statement without its delimiter. Executable comments are opened in `text` in place, so that offsets stay.

    Attributes:
        word: the first word in upper case.
        text: empty for a statement of `SKIPPED`.
        line: of its first token, from 1.
        unclosed: the quotation mark that is opened and never closed, or BEGIN; the statement then is the rest of the text.
        end: offset behind its last character; the delimiter follows.
    """

    word: str
    text: str
    offset: int
    line: int
    unclosed: str | None = None
    end: int = -1


@dataclass
class Script:
    """A script: iterate `statements()` once; `comments` (line → text) is complete after that."""

    text: str
    tidb: bool = False
    comments: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = Lines(self.text)

    def statements(self) -> Iterator[Statement]:
        """The statements in order."""
        delimiter, at = ";", 0
        while (at := self._skip_blank(at)) < len(self.text):
            if delimiter == ";" and (empty := EMPTY.match(self.text, at)):
                at = empty.end()
                continue
            if change := DELIMITER.match(self.text, at):
                delimiter, at = change[1], change.end()
                continue
            statement, at = self._statement(at, delimiter)
            if statement is not None:
                yield statement

    def stream(self, statement: Statement) -> TokenStream:
        """The statement's tokens; lines are those of the whole script."""

        def keep(offset: int, text: str) -> None:
            self.comments[self.lines(statement.offset + offset)] = text

        def line(offset: int) -> int:
            return self.lines(statement.offset + offset)

        return TokenStream(statement.text, LEXER.tokens(statement.text, on_comment=keep), line)

    def _skip_blank(self, at: int) -> int:
        while match := BLANK.match(self.text, at):
            comment = match["comment"]
            if comment is not None:
                if self._is_executable(comment):
                    return at
                self.comments[self.lines(at)] = comment
            at = match.end()
        return at

    def _is_executable(self, comment: str) -> bool:
        match = EXECUTABLE.match(comment)
        return match is not None and match["open"] is not None and self._opens(match["open"])

    def _opens(self, mark: str) -> bool:
        if mark.startswith("/*T!"):
            return self.tidb
        return int("0" + re.sub(r"\D", "", mark)) < MARIADB_NEVER

    def _statement(self, start: int, delimiter: str) -> tuple[Statement | None, int]:
        stop, after = self._end(start, delimiter)
        word = self._first_word(start)
        ended = True
        if delimiter == ";" and COMPOUND.match(self._opened(start, min(stop, start + 2000))):
            stop, after, ended = self._end_of_body(start, stop, after)
        rest = self.text[stop : stop + 1]
        if after == stop < len(self.text) and rest in {"'", '"', "`", "/"}:
            return Statement(word, self.text[start:], start, self.lines(stop), "/*" if rest == "/" else rest), len(
                self.text
            )
        if stop == start:
            return None, max(after, start + 1)
        line = self.lines(start)
        if not ended and FURTHER.search(self.text, start + 1):
            return Statement(word, self.text[start:], start, line, "BEGIN"), len(self.text)
        if word in SKIPPED:
            return Statement(word, "", start, line, end=stop), after
        return Statement(word, self._opened(start, stop), start, line, end=stop), after

    def _first_word(self, start: int) -> str:
        mark = re.compile(r"/\*(?:M?!\d*|T!(?:\[[^\]]*\])?)\s*").match(self.text, start)
        match = FIRST_WORD.match(self.text, mark.end() if mark else start)
        return match.group().upper() if match else ""

    def _end(self, start: int, delimiter: str) -> tuple[int, int]:
        """Offsets of the delimiter and after it; both the end of the text, or where a quotation mark is never closed."""
        match = until(delimiter).match(self.text, start)
        stop = match.end() if match else start
        return stop, stop + len(delimiter) if self.text.startswith(delimiter, stop) else stop

    def _end_of_body(self, start: int, stop: int, after: int) -> tuple[int, int, bool]:
        """The end of a compound statement without DELIMITER: the first semicolon at which none of its blocks is open, if there is one."""
        blocks = _Blocks()
        while blocks.read(self.text, start, stop) and start < after < len(self.text):
            start = after
            stop, after = self._end(start, ";")
        return stop, after, blocks.depth <= 0

    def _opened(self, start: int, stop: int) -> str:
        """The text with the marks of executable comments blanked; offsets stay."""
        text = self.text[start:stop]
        if "/*!" not in text and "/*M!" not in text and "/*T!" not in text:
            return text
        depth = 0

        def blank(match: re.Match[str]) -> str:
            nonlocal depth
            found = match.group()
            if match["open"] and self._opens(found):
                depth += 1
            elif match["close"] and depth:
                depth -= 1
            else:
                return found
            return " " * len(found)

        return self._EXECUTABLE_TIDB.sub(blank, text) if self.tidb else self._EXECUTABLE.sub(blank, text)

    _NEVER = r"(?P<never>/\*M?![5-9]\d{5}(?:[^*]++|\*(?!/)|(?!))*+\*/)|"
    _EXECUTABLE_TIDB = re.compile(_NEVER + EXECUTABLE.pattern, re.DOTALL)
    _EXECUTABLE = re.compile(
        _NEVER + EXECUTABLE.pattern.replace(r"|T!(?:\[[^\]]*\])?", ""),
        re.DOTALL,
    )


class _Blocks:
    """Counts the open blocks of a compound statement, piece by piece."""

    def __init__(self) -> None:
        self.depth = 0

    def read(self, text: str, start: int, stop: int) -> bool:
        """Reads a piece, which ends before a semicolon; whether a block is open after it."""
        tokens = [token.upper for token in LEXER.tokens(text, start, stop) if token.upper]
        for before, word in zip([";", *tokens], tokens, strict=False):
            if before == "END":
                continue
            if word == "END":
                self.depth -= 1
            elif word in {"BEGIN", "LOOP", "CASE", "WHILE"} or (word in {"IF", "REPEAT"} and before in OPENING):
                self.depth += 1
        return self.depth > 0


@cache
def until(delimiter: str) -> re.Pattern[str]:
    """A pattern that consumes everything up to the delimiter outside strings, quoted names and comments."""
    first = re.escape(delimiter[0])
    plain = rf"[^'\"`#/\-{first}]++"
    others = rf"(?!{re.escape(delimiter)})(?!/\*)[#/\-{first}]"
    if delimiter[0] in "'\"`":
        plain = r"[^'\"`#/\-]++"
    return re.compile(rf"(?:{plain}|{STRINGS}|{COMMENTS}|{others}|(?!))*+", re.DOTALL)
