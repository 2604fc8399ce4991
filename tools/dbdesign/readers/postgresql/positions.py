"""What a PostgreSQL script says and where, from its tokens alone: statements, lines of objects, comments, declared tables, leftovers.

Nothing here parses: it works on text that no grammar accepts, and it counts tables independently of whoever reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from dbdesign.model.schema import label
from dbdesign.readers.base import Skipped
from dbdesign.readers.postgresql.kinds import Role, classify, data_kind
from dbdesign.readers.postgresql.places import Places
from dbdesign.readers.postgresql.split import Piece, PieceKind, split
from dbdesign.readers.postgresql.tokens import Token, tokens

_FIRST_LINES = 5
_TABLE_WORDS = {"GLOBAL", "LOCAL", "TEMPORARY", "TEMP", "UNLOGGED", "FOREIGN"}
_DECLARING = {"CREATE TABLE", "CREATE SCHEMA", "CREATE FOREIGN TABLE"}
_DECLARES = re.compile(r"\bCREATE\s+(?:[a-z]+\s+){0,3}TABLE\b", re.IGNORECASE)
_COMMENT = re.compile(r"--|/\*")
_NAMES_NOTHING = {
    "COMMENT", "GRANT", "REVOKE", "CREATE EXTENSION", "ALTER SEQUENCE", "ALTER FUNCTION", "ALTER TYPE", "ALTER VIEW", "ALTER INDEX",
}  # fmt: skip
"""Kinds of statements that place no object on a line; they are looked into for comments only."""
_MAY_BE_LONG = re.compile(r'[\w$]{64}|"[^"]{64}|[^\x00-\x7f]')
"""What a statement with a name over 63 bytes matches, and few others do."""
_SHORT = 15
"""Characters that are never more than 63 bytes."""
_BODIES = {"CREATE FUNCTION", "CREATE PROCEDURE", "DO"}


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that says something of the schema, or sets what later ones depend on.

    Attributes:
        kind: `CREATE TABLE`, `ALTER TABLE`, `CREATE INDEX`, `COMMENT`, `SET`, `DO` …; `TEMPORARY` and the like are left out.
        role: `schema` for DDL; `session` for what changes how later statements are read (SET, set_config); `other` for what may do
            anything (DO, SELECT of a function, CALL).
        line: from 1, of its first token.
    """

    kind: str
    role: Role
    piece: Piece

    @property
    def line(self) -> int:
        """From 1, of its first token."""
        return self.piece.line

    @property
    def text(self) -> str:
        """The SQL without its final semicolon."""
        return self.piece.sql


@dataclass(frozen=True, slots=True)
class DeclaredTable:
    """A CREATE TABLE by its tokens."""

    label: str
    line: int
    temporary: bool = False
    foreign: bool = False


@dataclass(frozen=True)
class Positions:
    """See the module.

    Attributes:
        statements: all but data: INSERT, COPY, UPDATE … are in `skipped` only, so that a dump of 50 MB of data stays small.
        lines, comments: as `ReadResult` has them.
        declared: every CREATE [TEMPORARY] [FOREIGN] TABLE in order, also those inside CREATE SCHEMA; not those in function bodies.
        skipped: what belongs to no schema, grouped, each with its reason; `session` statements are among them.
        long_names: names of more bytes than PostgreSQL keeps, as written → the first line of each.
    """

    statements: tuple[Statement, ...]
    lines: Mapping[str, int]
    comments: Mapping[int, str]
    declared: tuple[DeclaredTable, ...]
    skipped: tuple[Skipped, ...]
    long_names: Mapping[str, int]

    @property
    def declared_tables(self) -> int:
        """The number of CREATE TABLE statements, those for temporary and foreign tables left out."""
        return sum(1 for one in self.declared if not one.temporary and not one.foreign)

    @property
    def temporary_tables(self) -> tuple[str, ...]:
        """The labels of the temporary tables, which belong to no schema."""
        return tuple(one.label for one in self.declared if one.temporary)


def statements(text: str) -> list[Statement]:
    """The statements alone, as in `Positions`: a tenth of the work. Raises `SqlError` as `split` does."""
    found: list[Statement] = []
    for piece in split(text):
        if piece.kind is PieceKind.STATEMENT:
            kind, role, _ = classify(piece)
            if role is not Role.DATA:
                found.append(Statement(kind, role, piece))
    return found


def positions(text: str) -> Positions:
    """Goes over a script once. Raises `SqlError` as `split` does."""
    return _Collector().collect(text)


def lined_tokens(text: str, start: int, end: int, line: int) -> Iterator[tuple[Token, int]]:
    """The tokens of `text[start:end]` with their lines, comments included; `line` is that of `start`."""
    seen = start
    for token in tokens(text, start, end):
        line += text.count("\n", seen, token.start)
        seen = token.start
        yield token, line


class _Collector:
    """What is gathered on the way."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.comments: dict[int, str] = {}
        self.declared: list[DeclaredTable] = []
        self.skipped: dict[str, list[Any]] = {}
        self.long_names: dict[str, int] = {}
        self.places = Places()

    def collect(self, text: str) -> Positions:
        for piece in split(text):
            if piece.kind is PieceKind.STATEMENT:
                data = data_kind(piece)
                if data is not None:
                    self._skip(data[0], piece.line, data[1])
                else:
                    self._statement(piece)
            elif piece.kind is PieceKind.GAP:
                self._comments_of(piece)
            elif piece.kind is PieceKind.PSQL:
                self._skip(f"psql {piece.text.split(maxsplit=1)[0]}", piece.line, "a command of psql, which is not SQL")
            else:
                self._skip("COPY data", piece.line, "rows, not schema")
        groups = (
            Skipped(kind=kind, count=count, lines=tuple(lines), reason=reason)
            for kind, (reason, count, lines) in self.skipped.items()
        )
        return Positions(
            statements=tuple(self.statements),
            lines=self.places.lines(),
            comments=self.comments,
            declared=tuple(self.declared),
            skipped=tuple(groups),
            long_names=self.long_names,
        )

    def _statement(self, piece: Piece) -> None:
        kind, role, reason = classify(piece)
        if role is not Role.SCHEMA:
            self._skip(kind, piece.line, reason)
        if role is Role.DATA:
            return
        self.statements.append(Statement(kind, role, piece))
        long_names = _MAY_BE_LONG.search(piece.source, piece.start, piece.end) is not None
        if kind in _NAMES_NOTHING and not (long_names or _COMMENT.search(piece.source, piece.start, piece.end)):
            return
        lined = list(self._lined_tokens(piece))
        if long_names:
            self._long_names(lined)
        if kind in _DECLARING or (kind not in _BODIES and _DECLARES.search(piece.source, piece.start, piece.end)):
            self._declare(lined)
        self.places.statement(kind, lined)

    def _long_names(self, lined: list[tuple[Token, int]]) -> None:
        for token, line in lined:
            if len(token.text) > _SHORT and token.is_name and token.whole_name != token.name:
                self.long_names.setdefault(token.whole_name, line)

    def _lined_tokens(self, piece: Piece) -> Iterator[tuple[Token, int]]:
        """The tokens of a statement with their lines; comments are put aside."""
        for token, line in lined_tokens(piece.source, piece.start, piece.end, piece.line):
            if token.kind == "comment":
                self._comment(token, line)
            else:
                yield token, line

    def _comments_of(self, gap: Piece) -> None:
        if gap.size > 1 and _COMMENT.search(gap.source, gap.start, gap.end):
            for _ in self._lined_tokens(gap):
                pass

    def _comment(self, token: Token, line: int) -> None:
        before = self.comments.get(line)
        self.comments[line] = f"{before} {token.text}" if before else token.text

    def _skip(self, kind: str, line: int, reason: str) -> None:
        group = self.skipped.setdefault(kind, [reason, 0, []])
        group[1] += 1
        if group[1] <= _FIRST_LINES:
            group[2].append(line)

    def _declare(self, lined: list[tuple[Token, int]]) -> None:
        """Finds CREATE … TABLE anywhere in the statement: nested in CREATE SCHEMA, or after a semicolon that is missing."""
        schema = self.places.nested_schema(lined)
        for index, ((first, line), (second, _)) in enumerate(pairwise(lined)):
            if first.text[0] not in "cC" or first.upper != "CREATE" or second.upper not in _TABLE_WORDS | {"TABLE"}:
                continue
            words = set()
            at = index + 1
            while at < len(lined) and lined[at][0].upper in _TABLE_WORDS:
                words.add(lined[at][0].upper)
                at += 1
            if at < len(lined) and lined[at][0].upper == "TABLE":
                name = self.places.name_at(lined, at + 1, schema)
                if name is not None:
                    temporary = bool(words & {"TEMPORARY", "TEMP"})
                    self.declared.append(DeclaredTable(label(*name), line, temporary, "FOREIGN" in words))


__all__ = ["DeclaredTable", "Positions", "Role", "Statement", "positions", "statements"]
