"""Migrations in TypeScript and JavaScript: the SQL that TypeORM's `queryRunner.query` and Knex's `raw` are given in `up`.

The code is scanned, never executed. What builds statements otherwise (`queryRunner.createTable(…)`, `knex.schema.createTable(…)`, a
computed text) is a note with its line. Sources: TypeORM documentation, "Migrations"; Knex documentation, "Migrations", "Raw".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbdesign.migrations.check.migration import Migration, MigrationStatement, sql_statements
from dbdesign.migrations.files.source_file import SourceFile, natural

_UP = re.compile(
    r"\bup\s*(?:=\s*(?:async\s*)?(?:function\s*\w{0,99}\s*)?)?\([^)]{0,999}\)\s*(?::\s*[\w<>\[\] |.]{1,99}?)?\s*(?:=>\s*)?\{"
)
_CALL = re.compile(
    r"\b(?P<object>\w{0,64}(?:[qQ]ueryRunner|knex|trx|db|runner|pgm)\w{0,64}(?:\.schema|\.manager|\.connection)?)"
    r"\s{0,99}\.\s{0,99}(?P<method>\w{1,64})\s{0,99}\("
)
_NAME = re.compile(r"(?P<version>\d{8,17})")
_QUERIES = frozenset({"query", "raw", "sql"})
_HARMLESS = frozenset(
    {"transaction", "hasTable", "hasColumn", "startTransaction", "commitTransaction", "then", "fn", "release"}
)
_LITERAL = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`""", re.DOTALL)
_OPAQUE = re.compile(
    r"""'(?:[^'\\\n]|\\.)*(?:'|\n|\Z)|"(?:[^"\\\n]|\\.)*(?:"|\n|\Z)|`(?:[^`\\]|\\.)*(?:`|\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)""",
    re.DOTALL,
)
"""Strings and comments, also those that do not end, so that each is looked at once."""

_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}


def read_javascript(files: Sequence[SourceFile]) -> tuple[list[Migration], list[str]]:
    """The migrations by the numbers in their names; files without `up` are notes."""
    found: list[Migration] = []
    notes: list[str] = []
    for file in sorted(files, key=lambda one: natural(one.base)):
        body = _up(file.text)
        if body is None:
            notes.append(f"{file.name}: has no `up`, left out")
            continue
        found.append(_migration(file, *body))
    return found, notes


def _migration(file: SourceFile, start: int, end: int, masked: str) -> Migration:
    statements: list[MigrationStatement] = []
    notes: list[str] = []
    for match in _CALL.finditer(masked, start, end):
        line = file.text.count("\n", 0, match.start()) + 1
        if match["method"] in _HARMLESS:
            continue
        sql = _text_at(file.text, match.end(), end) if match["method"] in _QUERIES else None
        if sql is None:
            what = "is given a text that is computed" if match["method"] in _QUERIES else "is no SQL"
            notes.append(f"line {line}: {match['object']}.{match['method']} {what}: not read")
            continue
        split, more = sql_statements(sql)
        statements += [MigrationStatement(one.sql, line + one.line - 1, one.allowed) for one in split]
        notes += more
    named = _NAME.search(file.base)
    return Migration(file.name, tuple(statements), named["version"] if named else None, "file", tuple(notes))


def _masked(text: str) -> str:
    """The code with the contents of strings and comments blank, at the same places."""
    return _OPAQUE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _up(text: str) -> tuple[int, int, str] | None:
    """Where the body of `up` begins and ends, and the masked code."""
    masked = _masked(text)
    match = _UP.search(masked)
    if match is None:
        return None
    depth = 1
    for brace in re.compile(r"[{}]").finditer(masked, match.end()):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return match.end(), brace.start(), masked
    return match.end(), len(text), masked


def _text_at(text: str, at: int, end: int) -> str | None:
    """The value of a literal, or of literals joined by `+`; None where it is computed."""
    parts: list[str] = []
    while True:
        space = _SPACE.match(text, at, end)
        at = space.end() if space else at
        literal = _LITERAL.match(text, at, end)
        if literal is None or (literal[0][0] == "`" and "${" in literal[0]):
            return None
        parts.append(_value(literal[0][1:-1]))
        space = _SPACE.match(text, literal.end(), end)
        at = space.end() if space else literal.end()
        if at >= end or text[at] != "+":
            return "".join(parts) if at < end and text[at] in ",)" else None
        at += 1


def _value(inner: str) -> str:
    def plain(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "ux" and len(code) > 1:
            return chr(int(code.strip("ux{}"), 16))
        return _ESCAPES.get(code, code)

    return re.sub(r"\\(u\{[0-9a-fA-F]{1,5}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", plain, inner, flags=re.DOTALL)
