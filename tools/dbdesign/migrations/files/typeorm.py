"""Migrations of TypeORM: `up` is read, never executed. Queries are taken as they stand; the API's calls are written as TypeORM writes them.

Source: TypeORM's `PostgresQueryRunner` (https://github.com/typeorm/typeorm/blob/master/src/driver/postgres/PostgresQueryRunner.ts).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbdesign.migrations.check.migration import Migration, MigrationStatement
from dbdesign.migrations.files.javascript import Body, NotStaticError
from dbdesign.migrations.files.source_file import SourceFile, natural
from dbdesign.migrations.files.typeorm_api import Api
from dbdesign.readers.typescript import SUFFIXES, ClassNode, Program, Reference

_STAMP = re.compile(r"(\d{10,17})\s*\Z")
_UUID = 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"'


def is_migration(file: SourceFile) -> bool:
    """Whether a source file has a migration of TypeORM."""
    return file.base.endswith(SUFFIXES) and (
        "MigrationInterface" in file.text
        or re.search(r"\basync\s+up\s*\(\s*(?:queryRunner|runner|\w+:\s*QueryRunner)\b", file.text) is not None
    )


def read_typeorm(files: Sequence[SourceFile]) -> tuple[list[Migration], list[str]]:
    """The migrations in the order of their time stamps."""
    program = Program({file.name: file.text for file in files})
    api, notes = Api(), list[str]()
    classes: list[tuple[str, SourceFile, ClassNode]] = []
    for file in sorted(files, key=lambda one: natural(one.name)):
        found = [cls for cls in program.classes([file.name]) if cls.method("up") is not None]
        if not found:
            notes.append(f"{file.name}: has no class with a method up")
        classes += [(_name(cls), file, cls) for cls in found]
    classes.sort(key=lambda one: (_stamp(one[0], one[1]), one[0]))
    migrations = [_migration(name, file, cls, api) for name, file, cls in classes]
    notes += [
        f"{path}: line {problem.line}: {problem.reason}: {problem.text[:60]}" for path, problem in program.problems()
    ]
    return _with_uuid(migrations, notes), notes


def _name(cls: ClassNode) -> str:
    """As TypeORM records it: the field `name`, or the class's."""
    field = cls.field("name")
    return field.initialiser if field is not None and isinstance(field.initialiser, str) else cls.name


def _stamp(name: str, file: SourceFile) -> int:
    match = _STAMP.search(name) or re.match(r"(\d{10,17})", file.base)
    return int(match[1]) if match else 0


def _migration(name: str, file: SourceFile, cls: ClassNode, api: Api) -> Migration:
    method = cls.method("up")
    assert method is not None  # noqa: S101 - chosen so
    parameters = method.function.parameter_names
    runner = parameters[0] if parameters else "queryRunner"
    body = Body(file.text, lambda call: api.statements(call, runner), methods=cls.method)
    try:
        body.run(method.function, (Reference(runner, local=runner),))
    except NotStaticError as error:
        body.notes.append(str(error))
    transaction = cls.field("transaction")
    each = transaction is not None and transaction.initialiser is False
    stamp = _STAMP.search(name)
    version = stamp[1] if stamp else name
    return Migration(file.name, tuple(body.found), version, "each" if each else "file", tuple(body.notes))


def _with_uuid(migrations: list[Migration], notes: list[str]) -> list[Migration]:
    """TypeORM installs `uuid-ossp` as it connects, where entities have generated UUIDs."""
    texts = [one.sql for migration in migrations for one in migration.statements]
    if not any("uuid_generate_v" in text for text in texts) or any("uuid-ossp" in text for text in texts):
        return migrations
    first = next(position for position, one in enumerate(migrations) if one.statements)
    notes.append("TypeORM installs the extension uuid-ossp as it connects; it is put before the first migration")
    made = (MigrationStatement(_UUID, 1), *migrations[first].statements)
    old = migrations[first]
    migrations[first] = Migration(old.file, made, old.version, old.transaction, old.notes)
    return migrations


__all__ = ["is_migration", "read_typeorm"]
