"""Tools that keep up and down apart by names or by comments: golang-migrate, dbmate, goose, sql-migrate, and Prisma's folders.

Sources: golang-migrate MIGRATIONS.md and database/postgres (a file is one query string, which PostgreSQL executes as one transaction);
dbmate README "Transactions"; goose README "Annotations"; sql-migrate README; Prisma documentation, "Customizing migrations".
"""

from __future__ import annotations

import re

from dbdesign.migrations.check.migration import Migration, MigrationStatement, sql_statements
from dbdesign.migrations.files.source_file import SourceFile

_UP_NAME = re.compile(r"(?P<version>\d+)_.*\.up\.sql\Z")
_DOWN_NAME = re.compile(r"\d+_.*\.down\.sql\Z")
_PRISMA = re.compile(r"(?P<version>\d+)_[\w-]+\Z")
_MARK = re.compile(
    r"^--\s*(?:(?P<tool>migrate)\s*:\s*(?P<dbmate>up|down)(?P<options>[^\n]*)"
    r"|\+(?P<annotated>goose|migrate)\s+(?P<word>[^\n]*?))\s*$",
    re.MULTILINE | re.IGNORECASE,
)


def is_up(file: SourceFile) -> bool:
    """Whether golang-migrate runs the file upwards."""
    return _UP_NAME.match(file.base) is not None


def is_down(file: SourceFile) -> bool:
    """Whether golang-migrate runs the file downwards."""
    return _DOWN_NAME.match(file.base) is not None


def is_prisma(file: SourceFile) -> bool:
    """Whether it is a migration of Prisma."""
    return file.base == "migration.sql" and _PRISMA.match(file.folder) is not None


def is_annotated(file: SourceFile) -> bool:
    """Whether comments divide the file into up and down."""
    return file.base.endswith(".sql") and any(
        one["dbmate"] or (one["word"] or "").lower().split(" ")[0] in {"up", "down"}
        for one in _MARK.finditer(file.text)
    )


def read_whole(file: SourceFile) -> Migration:
    """A file that its tool sends as one string: one transaction where it has several statements."""
    statements, notes = sql_statements(file.text)
    named = _UP_NAME.match(file.base) or _PRISMA.match(file.folder)
    return Migration(
        file.name, statements, named["version"] if named else None, "file" if len(statements) > 1 else "each", notes
    )


def read_annotated(file: SourceFile) -> Migration:
    """The part of a file that goes upwards. dbmate, goose and sql-migrate run it in a transaction unless it says otherwise."""
    version = re.match(r"\d+", file.base)
    parts, outside = _upwards(file.text)
    statements: list[MigrationStatement] = []
    notes: list[str] = []
    for text, line, whole in parts:
        if whole:  # StatementBegin … StatementEnd: one statement, whatever semicolons are in it
            if sql := text.strip().rstrip(";"):
                lead = len(text) - len(text.lstrip())
                statements.append(MigrationStatement(sql, line + text[:lead].count("\n")))
            continue
        found, more = sql_statements(text, first_line=line)
        statements += found
        notes += more
    return Migration(
        file.name, tuple(statements), version[0] if version else None, "each" if outside else "file", tuple(notes)
    )


def _upwards(text: str) -> tuple[list[tuple[str, int, bool]], bool]:
    """Parts with their first lines and whether each is one statement; whether the file says that it runs outside a transaction."""
    parts: list[tuple[str, int, bool]] = []
    up = whole = outside = False
    at, first = 0, 1
    marks = [*_MARK.finditer(text)]
    for mark in marks:
        if up:
            parts.append((text[at : mark.start()], first, whole))
        word = " ".join((mark["word"] or mark["dbmate"]).lower().split())
        options = (mark["options"] or "").replace(" ", "").lower()
        if (
            word == "no transaction"
            or (word.startswith("up") and "notransaction" in word)
            or (word == "up" and "transaction:false" in options)
        ):
            outside = True
        if word.startswith("up"):
            up = True
        elif word.startswith("down"):
            up = False
        elif word in {"statementbegin", "statementend"}:
            whole = word == "statementbegin"
        at, first = mark.end(), text.count("\n", 0, mark.end()) + 1
    if up:
        parts.append((text[at:], first, whole))
    return parts, outside
