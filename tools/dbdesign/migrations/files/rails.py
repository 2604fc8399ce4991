"""Migrations of Rails: `up`, or `change` upwards, is read and never executed; its calls are written as Active Record writes them.

A condition on what is there (`unless table_exists?`) is taken as where there is none yet; loops, models and other Ruby are not read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dbdesign.errors import DesignError
from dbdesign.migrations.check.migration import Migration, MigrationStatement, sql_statements
from dbdesign.migrations.files.rails_changes import CHANGES
from dbdesign.migrations.files.rails_columns import UnreadableError, text
from dbdesign.migrations.files.rails_tables import Change
from dbdesign.migrations.files.ruby import CallNode, Group, Parser, groups
from dbdesign.migrations.files.ruby_tokens import Unknown
from dbdesign.migrations.files.source_file import SourceFile, natural

_BASE = re.compile(r"\bclass\s+[\w:]+\s*<\s*[\w:]*Migration\b(?:\s*\[\s*(\d+)\.(\d+)\s*\])?")
_WRAPPERS = {
    "safety_assured", "up_only", "say_with_time", "transaction", "with_lock_retries", "suppress_messages", "disable_statement_timeout",
}  # fmt: skip
"""Whose blocks are a part of the migration: Active Record's own, strong_migrations' and GitLab's."""

_EXECUTES = {"execute", "exec_query", "exec_update", "update", "delete", "insert", "select_all"}
"""Calls of the connection whose first argument is SQL."""

_QUIET = {
    "say", "puts", "require", "private", "announce", "disable_ddl_transaction!", "disable_statement_timeout!", "raise", "include",
    "reset_column_information", "milestone", "restrict_gitlab_migration", "enable_lock_retries!", "attr_reader", "super", "return",
}  # fmt: skip
"""Calls that change nothing of a schema."""

_OLDEST = (4, 2)


def is_migration(file: SourceFile) -> bool:
    """Whether a source file is a migration of Rails."""
    return file.base.endswith(".rb") and _BASE.search(file.text) is not None


def read_rails(files: Sequence[SourceFile]) -> tuple[list[Migration], list[str]]:
    """The migrations in the order of their versions."""
    found, notes = list[Migration](), list[str]()
    for file in sorted(files, key=lambda one: natural(one.base)):
        base = _BASE.search(file.text)
        if base is None:
            notes.append(f"{file.name}: has no class of a migration")
            continue
        try:
            parser = Parser(file.text)
            program = parser.program()
        except DesignError as error:
            raise error.within(file.name) from None
        version = (int(base[1]), int(base[2])) if base[1] else _OLDEST
        migration = _migration(file, program, version)
        stray = tuple(
            f"line {line}: an end without a beginning: what is around it may be missing" for line in parser.stray
        )
        found.append(replace(migration, notes=(*migration.notes, *stray)))
    return found, notes


def _migration(file: SourceFile, program: list[Any], version: tuple[int, int]) -> Migration:
    reader = _Reader(version, {one.head.split("(")[0].strip(): one for one in groups(_classes(program), "def")})
    method = next((reader.methods[name] for name in ("up", "self . up", "change") if name in reader.methods), None)
    if method is None:
        reader.note(1, "no method up or change")
    else:
        reader.run(method.body)
    stamp = re.match(r"\d+", file.base)
    each = re.search(r"^\s*disable_ddl_transaction!", file.text, re.MULTILINE) is not None
    return Migration(
        file.name, tuple(reader.found), stamp[0] if stamp else None, "each" if each else "file", tuple(reader.notes)
    )


def _classes(program: list[Any]) -> list[Any]:
    """What is in the migration's class, that of modules around it and of classes beside it left out."""
    for one in groups(program, "class"):
        if "Migration" in one.head.partition("<")[2]:
            return one.body
    return program


@dataclass
class _Reader:
    """Goes through a method."""

    version: tuple[int, int]
    methods: dict[str, Group]
    found: list[MigrationStatement] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _called: list[str] = field(default_factory=list)

    def note(self, line: int, reason: str) -> None:
        self.notes.append(f"line {line}: {reason}")

    def run(self, body: Sequence[Any]) -> None:
        """Statements one after another."""
        for node in body:
            if isinstance(node, Group):
                self._group(node)
            elif isinstance(node, CallNode):
                self._call(node)
            elif isinstance(node, Unknown):
                self.note(node.line, f"not read: {' '.join(node.text.split())[:80]}")

    def _group(self, group: Group) -> None:
        asks = re.search(r"\b\w+_exists\?|\b(?:table|column|index)_exists\b", group.head)
        if group.keyword == "unless" and asks:
            self.note(group.line, f"taken as where there is none yet: unless {group.head[:60]}")
            self.run(group.body)
        elif group.keyword == "begin":
            self.run(group.body)
        elif group.keyword not in {"def", "class", "module"}:
            self.note(group.line, f"known only by executing it: {group.keyword} {group.head[:60]}")

    def _call(self, call: CallNode) -> None:
        name = call.name
        if call.receiver is not None and not _is_connection(call.receiver):
            if not self._directed(call) and name not in _QUIET:
                self.note(call.line, f"not read: {_chain(call)[:80]}")
        elif (name in _WRAPPERS and call.block is not None) or (name == "reversible" and call.block is not None):
            self.run(call.block.body)
        elif name in CHANGES:
            self._change(call, CHANGES[name])
        elif name in _EXECUTES:
            self._execute(call)
        elif name in self.methods and name not in self._called and not call.args and not call.options:
            self._called.append(name)
            self.run(self.methods[name].body)
            self._called.pop()
        elif name not in _QUIET:
            self.note(call.line, f"known only by executing it: {name}")

    def _directed(self, call: CallNode) -> bool:
        """`dir.up do … end` of a reversible change; the way down is left out."""
        if call.name in {"up", "down"} and call.block is not None and isinstance(call.receiver, CallNode):
            if call.name == "up":
                self.run(call.block.body)
            return True
        return False

    def _change(self, call: CallNode, change: Change) -> None:
        try:
            sql = list(change(call, self.version, lambda line, reason: self.note(line, reason)))
        except UnreadableError as error:
            self.note(call.line, f"{call.name}: {error}")
            return
        except (IndexError, KeyError, TypeError, ValueError):
            self.note(call.line, f"{call.name}: its arguments are known only by executing it")
            return
        self.found += [MigrationStatement(one, call.line) for one in sql]

    def _execute(self, call: CallNode) -> None:
        try:
            statements, notes = sql_statements(text(call.args[0] if call.args else None), first_line=call.line)
        except UnreadableError:
            self.note(call.line, f"{call.name}: SQL that is known only by executing it")
            return
        self.found += statements
        self.notes += notes


def _is_connection(receiver: Any) -> bool:
    return isinstance(receiver, CallNode) and receiver.name in {"connection", "self"}


def _chain(call: CallNode) -> str:
    parts: list[str] = []
    node: Any = call
    while isinstance(node, CallNode):
        parts.append(node.name)
        node = node.receiver
    return ".".join(reversed(parts))


__all__ = ["is_migration", "read_rails"]
