"""Migrations of Django, replayed as the SQL that `migrate` runs on PostgreSQL; nothing of them is executed.

Fields and functions of the project's own are read from its other files, where they are given too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbdesign.migrations.check.migration import Migration, MigrationStatement, sql_statements
from dbdesign.migrations.files.source_file import SourceFile

_CLASS = re.compile(r"^class Migration\(.*\bMigration\b", re.MULTILINE)
_ALLOW = re.compile(r"#\s*dbdesign:\s*allow\s+([\w-]+)")


def is_migration(file: SourceFile) -> bool:
    """Whether a Python file is a migration of Django."""
    return _CLASS.search(file.text) is not None and "django" in file.text


def read_django(files: Sequence[SourceFile], project: Sequence[SourceFile]) -> tuple[list[Migration], list[str]]:
    """The migrations in the order of their dependencies.

    Args:
        project: all files, of which migrations may import.
    """
    from dbdesign.readers.django.migrations import replayed_one_by_one

    texts = {one.name: one.text for one in (*project, *files) if one.name.endswith(".py")}
    found, notes = replayed_one_by_one(texts)
    migrations = []
    for one in found:
        allowed = _allowances(texts[one.path])
        statements = [made for sql, line in one.statements for made in _statements(sql, line, allowed)]
        said = tuple(f"line {line}: {reason}" for line, reason in one.missed)
        migrations.append(
            Migration(one.path, tuple(statements), ".".join(one.node), "file" if one.atomic else "each", said)
        )
    return migrations, list(notes)


def _statements(sql: str, line: int, allowed: dict[int, set[str]]) -> list[MigrationStatement]:
    """What `RunSQL` is given may be several statements."""
    names = frozenset(allowed.get(line, set()) | allowed.get(line - 1, set()))
    return [MigrationStatement(one.sql, line, one.allowed | names) for one in sql_statements(sql)[0]]


def _allowances(text: str) -> dict[int, set[str]]:
    """Hazards that comments allow, by the comment's line."""
    found: dict[int, set[str]] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for match in _ALLOW.finditer(line):
            found.setdefault(number, set()).add(match[1])
    return found
