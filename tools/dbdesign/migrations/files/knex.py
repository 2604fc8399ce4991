"""Migrations of Knex: `up` is read, never executed. The schema builder's calls are written as Knex writes them for PostgreSQL.

Sources: https://knexjs.org/guide/schema-builder.html and https://github.com/knex/knex/tree/master/lib/dialects/postgres/schema.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dbdesign.migrations.check.migration import Migration
from dbdesign.migrations.files.javascript import Body, NotStaticError, constant_text, is_member_of
from dbdesign.migrations.files.knex_tables import TableBuilder, quoted, quoted_path
from dbdesign.migrations.files.source_file import SourceFile
from dbdesign.readers.typescript import (
    SUFFIXES,
    UNDEFINED,
    CallNode,
    FunctionNode,
    ObjectValue,
    Program,
    Reference,
    Value,
)

_UP = re.compile(
    r"exports\.up\s*=|export\s+(?:const|(?:async\s+)?function)\s+up\b|module\.exports\s*=|export\s+default\b"
)
_QUERIES = {"insert", "update", "del", "delete", "select", "first", "where", "truncate", "from", "into", "then"}
_ASKS = {"hasTable", "hasColumn"}


def is_migration(file: SourceFile) -> bool:
    """Whether a source file is a migration of Knex."""
    text = file.text
    builds = re.search(
        r"\.\s*(?:createTable|alterTable|dropTable\w*|renameTable|table|raw|schema|createSchema\w*)\s*[(.]", text
    )
    return file.base.endswith(SUFFIXES) and "up" in text and builds is not None and _UP.search(text) is not None


def read_knex(files: Sequence[SourceFile]) -> tuple[list[Migration], list[str]]:
    """The migrations in the order of their files' names."""
    program = Program({file.name: file.text for file in files})
    migrations: list[Migration] = []
    notes: list[str] = []
    for file in sorted(files, key=lambda one: (one.base, one.name)):
        function = program.exported(file.name, "up")
        if not isinstance(function, FunctionNode):
            notes.append(f"{file.name}: exports no function up")
            continue
        migrations.append(_migration(file, function, program))
    notes += [
        f"{path}: line {problem.line}: {problem.reason}: {problem.text[:60]}" for path, problem in program.problems()
    ]
    return migrations, notes


def _migration(file: SourceFile, function: FunctionNode, program: Program) -> Migration:
    name = function.parameter_names[0] if function.parameter_names else "knex"
    builder = Builder(name, file.text)
    body = Body(file.text, builder.statements)
    builder.notes = body.notes
    body.run(function, (Reference(name, local=name),))
    config = program.exported(file.name, "config")
    each = isinstance(config, ObjectValue) and config.get("transaction") is False
    version = re.match(r"\d+", file.base)
    return Migration(
        file.name, tuple(body.found), version[0] if version else None, "each" if each else "file", tuple(body.notes)
    )


class Builder:
    """Writes the calls of one migration as SQL."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.notes: list[str] = []

    def statements(self, call: CallNode) -> list[str] | None:
        """The SQL of a chain of calls; None where it is not Knex's. Raises `NotStaticError`."""
        if not is_member_of(call.callee, self.name) and not self._is_query(call):
            return None
        if self._is_query(call.chain[0]) or any(one.name in _QUERIES for one in call.chain):
            raise NotStaticError("rows that a migration reads or writes are not read")
        found: list[str] = []
        schema: str | None = None
        for one in call.chain:
            if one.name == "withSchema":
                schema = constant_text(one.arg(0))
            elif one.name not in _ASKS and one.name not in {"then", "catch", "transaction"}:
                found += self._one(one, schema)
        return found

    def _is_query(self, call: CallNode) -> bool:
        """`knex("table")…`."""
        return isinstance(call.callee, Reference) and call.callee.name == self.name and not call.callee.path

    def _one(self, call: CallNode, schema: str | None) -> list[str]:
        name = call.name
        if name in {"createTable", "createTableIfNotExists", "alterTable", "table"}:
            return self._table(call, schema)
        if name == "raw":
            return [self._raw(call)]
        if name in {"dropTable", "dropTableIfExists"}:
            exists = "if exists " if name == "dropTableIfExists" else ""
            return [f"drop table {exists}{quoted_path(constant_text(call.arg(0)), schema)}"]
        if name == "renameTable":
            old, new = constant_text(call.arg(0)), constant_text(call.arg(1))
            return [f"alter table {quoted_path(old, schema)} rename to {quoted(new)}"]
        if name in {"createSchema", "createSchemaIfNotExists", "dropSchema", "dropSchemaIfExists"}:
            word = "create" if name.startswith("create") else "drop"
            exists = {"createSchemaIfNotExists": "if not exists ", "dropSchemaIfExists": "if exists "}.get(name, "")
            return [f"{word} schema {exists}{quoted(constant_text(call.arg(0)))}"]
        if name in {"dropView", "dropViewIfExists", "dropMaterializedView"}:
            kind = "materialized view" if "Materialized" in name else "view"
            exists = "if exists " if name.endswith("IfExists") else ""
            return [f"drop {kind} {exists}{quoted_path(constant_text(call.arg(0)), schema)}"]
        raise NotStaticError(f"{name} is known only by executing it")

    def _table(self, call: CallNode, schema: str | None) -> list[str]:
        function = next((one for one in call.args if isinstance(one, FunctionNode)), None)
        if function is None:
            raise NotStaticError("a table whose columns are known only by executing it")
        creates = call.name.startswith("createTable")
        exists = call.name == "createTableIfNotExists"
        builder = TableBuilder(constant_text(call.arg(0)), schema, creates=creates, if_not_exists=exists)
        parameter = function.parameter_names[0] if function.parameter_names else "this"

        def handle(inner: CallNode) -> list[str] | None:
            if not is_member_of(inner.callee, parameter):
                return None
            builder.add(inner.chain)
            return []

        inner = Body(self.text, handle)
        inner.run(function, (Reference(parameter, local=parameter),))
        self.notes += inner.notes
        return builder.statements()

    @staticmethod
    def _raw(call: CallNode) -> str:
        """SQL with its bindings; `??` is a name, `?` a value."""
        sql, bindings = constant_text(call.arg(0)), call.arg(1)
        if bindings is UNDEFINED:
            return sql
        values = bindings if isinstance(bindings, list) else [bindings]
        if not all(isinstance(one, (str, int, float)) for one in values):
            raise NotStaticError("a query whose bindings are known only by executing it")
        return _bound(sql, values)


def _bound(sql: str, values: Sequence[Value]) -> str:
    waiting = list(values)

    def put(match: re.Match[str]) -> str:
        if not waiting:
            return match[0]
        value = waiting.pop(0)
        if match[0] == "??":
            return quoted_path(str(value), None)
        return str(value) if isinstance(value, (int, float)) else "'" + str(value).replace("'", "''") + "'"

    return re.sub(r"\?\??", put, sql)


__all__ = ["is_migration", "read_knex"]
