"""Migrations of MikroORM: `up` is read, never executed. It gives its SQL to `this.addSql()`, as it stands.

Source: MikroORM's documentation, "Migrations" (https://mikro-orm.io/docs/migrations).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbdesign.migrations.check.migration import Migration
from dbdesign.migrations.files.javascript import Body, constant_text
from dbdesign.migrations.files.source_file import SourceFile
from dbdesign.readers.typescript import SUFFIXES, CallNode, ClassNode, Program, Reference


def is_migration(file: SourceFile) -> bool:
    """Whether a source file has a migration of MikroORM."""
    return (
        file.base.endswith(SUFFIXES) and "this.addSql(" in file.text and re.search(r"\bup\s*\(", file.text) is not None
    )


def read_mikro_orm(files: Sequence[SourceFile]) -> tuple[list[Migration], list[str]]:
    """The migrations in the order of their files' names."""
    program = Program({file.name: file.text for file in files})
    migrations: list[Migration] = []
    notes: list[str] = []
    for file in sorted(files, key=lambda one: (one.base, one.name)):
        found = [cls for cls in program.classes([file.name]) if cls.method("up") is not None]
        if not found:
            notes.append(f"{file.name}: has no class with a method up")
        migrations += [_migration(file, cls) for cls in found]
    notes += [
        f"{path}: line {problem.line}: {problem.reason}: {problem.text[:60]}" for path, problem in program.problems()
    ]
    return migrations, notes


def _migration(file: SourceFile, cls: ClassNode) -> Migration:
    method = cls.method("up")
    assert method is not None  # noqa: S101 - chosen so
    body = Body(file.text, _statements, methods=cls.method)
    body.run(method.function, ())
    each = re.search(r"\bisTransactional\(\)[^{]*\{\s*return\s+false\b", file.text) is not None
    version = re.search(r"\d{10,17}", file.base)
    return Migration(
        file.name, tuple(body.found), version[0] if version else None, "each" if each else "file", tuple(body.notes)
    )


def _statements(call: CallNode) -> list[str] | None:
    callee = call.callee
    adds = isinstance(callee, Reference) and callee.name == "this" and callee.path == ("addSql",)
    return [constant_text(call.arg(0))] if adds else None


__all__ = ["is_migration", "read_mikro_orm"]
