"""A written migration as the checker takes it: statements with their lines, and how its tool runs them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from dbdesign.engines.postgres import split_script

_ALLOW = re.compile(r"(?:--|#)\s*dbdesign:\s*allow\s+([\w-]+)")


@dataclass(frozen=True)
class MigrationStatement:
    """A statement, and the line of its file (from 1) on which it begins.

    `allowed`: hazards that a comment before it allows.
    """

    sql: str
    line: int
    allowed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Migration:
    """One migration: usually a file.

    Attributes:
        file: its path, as it was given.
        version: its number or id, where it has one.
        transaction: `file` where the tool runs it as one transaction, `each` where every statement is one of its own (psql).
        notes: what of it is no statement that can be checked, with the line.
    """

    file: str
    statements: tuple[MigrationStatement, ...]
    version: str | None = None
    transaction: Literal["file", "each"] = "each"
    notes: tuple[str, ...] = field(default=())


def sql_statements(text: str, *, first_line: int = 1) -> tuple[tuple[MigrationStatement, ...], tuple[str, ...]]:
    """The statements of a script with what comments allow them, and notes on what is none (psql's commands, rows of COPY).

    Raises:
        SqlError: if a quotation does not end.
    """
    taken = split_script(text)
    allowances = [
        (number, match[1]) for number, line in enumerate(text.split("\n"), start=1) for match in _ALLOW.finditer(line)
    ]
    statements: list[MigrationStatement] = []
    before = 0
    for one in taken.statements:
        sql, line = _without_comments(one.sql, one.line)
        if not sql:
            continue
        end = line + sql.count("\n")
        allowed = frozenset(name for at, name in allowances if before < at <= end)
        statements.append(MigrationStatement(sql, line + first_line - 1, allowed))
        before = end
    notes = [f"line {one.line + first_line - 1}: {one.reason}: {one.text[:80]}" for one in taken.skipped]
    return tuple(statements), tuple(notes)


_LEADING = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z)|/\*(?:(?!\*/).)*\*/)+", re.DOTALL)


def _without_comments(sql: str, line: int) -> tuple[str, int]:
    """A statement from its first word on."""
    match = _LEADING.match(sql)
    if match is None:
        return sql, line
    return sql[match.end() :], line + match[0].count("\n")
