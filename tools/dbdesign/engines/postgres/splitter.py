"""Takes a script apart into statements with their lines, as psql would: quotes, dollar quotes, comments, meta-commands, COPY data.

libpg_query's splitters know neither `\\connect` nor the data of `COPY … FROM stdin`, and give no lines; this is one pass over
the text, from one special character to the next. Tests hold it against libpg_query's parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbdesign.errors import LimitError, SqlError

MOST_STATEMENTS = 500_000

MOST_INNER_SEMICOLONS = 300
"""Semicolons inside one rule or SQL-standard function body, beyond which it is not looked for its end any more."""

_SPECIAL = re.compile(r"[;'\"$\\]|--|/\*")
_UNSENDABLE = re.compile("[\0\ud800-\udfff]")
_NOT_SPACE = re.compile(r"\S")
_QUOTED = re.compile(r"'(?:[^']|''|(?!))*+'")
_BACKSLASHED = re.compile(r"'(?:[^'\\]|\\.|''|(?!))*+'", re.DOTALL)
_NAME = re.compile(r'"[^"]*"')
_DOLLAR = re.compile(r"\$(?:[^\W\d]\w*)?\$")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_COPY_IN = re.compile(r"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_STRINGS = re.compile(
    r"\s*set\s+(?:session\s+|local\s+)?standard_conforming_strings\s*(?:=|\bto\b)\s*'?(\w+)", re.IGNORECASE
)
_HAS_INNER_SEMICOLONS = re.compile(
    r"create\s+(?:or\s+replace\s+)?(?:rule\b|(?:function|procedure)\b.*\bbegin\s+atomic\b)", re.IGNORECASE | re.DOTALL
)
_INNER = re.compile(r"'(?:[^']|''|(?!))*+'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|(\$\w*\$).*?\1|[()]|\w+", re.DOTALL)
_SENDS = re.compile(r"\\(?:g|gx|gexec|gset|gdesc|crosstabview|watch)\b")
_DATA_END = re.compile(r"^\\\.[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement without its semicolon, and the line (from 1) on which it begins."""

    line: int
    sql: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of a script that was not executed, and why."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True)
class Script:
    """A script taken apart."""

    statements: tuple[Statement, ...]
    skipped: tuple[Skipped, ...]
    """psql's meta-commands and the data of COPY."""

    copied_rows: int = 0
    """Lines of COPY data that were skipped."""


def split_script(text: str) -> Script:
    """Take a script apart.

    Raises:
        SqlError: if a quotation or a comment does not end; it names the line where it begins.
        LimitError: if there are more than `MOST_STATEMENTS`.
    """
    unsendable = _UNSENDABLE.search(text)
    if unsendable:
        line = text.count("\n", 0, unsendable.start()) + 1
        raise SqlError(
            "the text holds a character that SQL cannot hold (NUL or half of a pair)",
            line=line,
            remedy="Give SQL as text (UTF-8), not a binary dump",
        )
    splitter = _Splitter(text)
    splitter.run()
    return Script(tuple(splitter.statements), tuple(splitter.skipped), splitter.rows)


class _Splitter:
    """One pass over the text; `_take_…` methods are given the offset of a special character and return where to go on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.statements: list[Statement] = []
        self.skipped: list[Skipped] = []
        self.rows = 0
        self._start = -1
        self._inner = 0
        self._backslashes = False
        self._counted, self._newlines = 0, 0

    def run(self) -> None:
        takers = {
            ";": self._take_semicolon,
            "'": self._take_string,
            '"': self._take_name,
            "$": self._take_dollar,
            "\\": self._take_backslash,
            "--": self._take_remark,
            "/*": self._take_comment,
        }
        at, size = 0, len(self.text)
        while at < size:
            found = _SPECIAL.search(self.text, at)
            self._begin(at, found.start() if found else size)
            if found is None:
                break
            at = takers[found[0]](found.start())
        self._finish(size)

    def _line_of(self, at: int) -> int:
        """The line of an offset; offsets are asked for in ascending order, nearly."""
        if at < self._counted:
            return self._newlines + 1 - self.text.count("\n", at, self._counted)
        self._newlines += self.text.count("\n", self._counted, at)
        self._counted = at
        return self._newlines + 1

    def _begin(self, at: int, until: int) -> None:
        """A statement begins with the first character that is no space, if there is one before `until`."""
        if self._start < 0:
            found = _NOT_SPACE.search(self.text, at, until)
            if found:
                self._start = found.start()

    def _unended(self, what: str, at: int) -> SqlError:
        return SqlError(f"a {what} begins here and does not end", line=self._line_of(at), remedy="Close it")

    def _take_string(self, at: int) -> int:
        self._begin(at, at + 1)
        before = self.text[max(0, at - 2) : at]
        escapes = before[-1:] in ("e", "E") and not (len(before) == 2 and _continues_a_word(before[0]))
        found = (_BACKSLASHED if escapes or self._backslashes else _QUOTED).match(self.text, at)
        if found is None:
            raise self._unended("string", at)
        return found.end()

    def _take_name(self, at: int) -> int:
        self._begin(at, at + 1)
        found = _NAME.match(self.text, at)
        if found is None:
            raise self._unended("quoted name", at)
        return found.end()

    def _take_dollar(self, at: int) -> int:
        self._begin(at, at + 1)
        found = _DOLLAR.match(self.text, at)
        if found is None or (at and _continues_a_word(self.text[at - 1])):
            return at + 1
        end = self.text.find(found[0], found.end())
        if end < 0:
            raise self._unended(f"string quoted with {found[0]}", at)
        return end + len(found[0])

    def _take_remark(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end

    def _take_comment(self, at: int) -> int:
        depth = 0
        for edge in _COMMENT_EDGE.finditer(self.text, at):
            depth += 1 if edge[0] == "/*" else -1
            if depth == 0:
                return edge.end()
        raise self._unended("comment", at)

    def _take_semicolon(self, at: int) -> int:
        if self._start >= 0 and self._inner < MOST_INNER_SEMICOLONS and _is_open(self.text[self._start : at]):
            self._inner += 1
            return at + 1
        self._inner = 0
        sql = self._finish(at)
        if sql is not None and _COPY_IN.match(sql):
            return self._data(at + 1)
        return at + 1

    def _finish(self, end: int) -> str | None:
        """Close the statement that was begun; its text."""
        if self._start < 0:
            return None
        sql, line = self.text[self._start : end].rstrip(), self._line_of(self._start)
        self._start = -1
        if _COPY_IN.match(sql):
            self.skipped.append(Skipped(line, sql, "data is not loaded"))
        else:
            self.statements.append(Statement(line, sql))
            if len(self.statements) > MOST_STATEMENTS:
                raise LimitError(
                    f"the script has more than {MOST_STATEMENTS:,} statements",
                    where=f"SQL, line {line}",
                    remedy="Give the schema without its data (pg_dump --schema-only)",
                )
        setting = _STRINGS.match(sql)
        if setting:
            self._backslashes = setting[1].lower() in {"off", "false", "no", "0"}
        return sql

    def _data(self, at: int) -> int:
        """Skip the lines of data after COPY … FROM stdin, up to the line that holds a backslash and a full stop alone."""
        first = self.text.find("\n", at) + 1
        if first == 0 or self.text[at : first - 1].strip():
            return at  # something follows on the same line: a COPY whose data is elsewhere
        end = _DATA_END.search(self.text, first)
        stop, after = (end.start(), end.end()) if end else (len(self.text), len(self.text))
        self.rows += self.text.count("\n", first, stop)
        return after

    def _take_backslash(self, at: int) -> int:
        newline = self.text.find("\n", at)
        end = len(self.text) if newline < 0 else newline
        command = self.text[at:end]
        if self._start >= 0:
            if not _SENDS.match(command):
                return at + 1  # the server will say what is wrong with a backslash there
            self._finish(at)  # \g and its kind send what stands before them
        self.skipped.append(Skipped(self._line_of(at), command.strip(), "a command of psql"))
        return end


def _continues_a_word(character: str) -> bool:
    return character.isalnum() or character in "_$" or character > "\x7f"


def _is_open(sql: str) -> bool:
    """Whether a semicolon after `sql` stands inside it: between the parentheses of a rule or in BEGIN ATOMIC … END."""
    if not _HAS_INNER_SEMICOLONS.match(sql):
        return False
    depth = atomic = 0
    before = ""
    for token in _INNER.finditer(sql):
        text = token[0].lower()
        depth += {"(": 1, ")": -1}.get(text, 0)
        if text == "atomic" and before == "begin":
            atomic = 1
        elif atomic:
            atomic += {"case": 1, "end": -1}.get(text, 0)
        before = text
    return depth > 0 or atomic > 0
