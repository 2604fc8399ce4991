"""Alembic revisions: `upgrade()` is read, never executed. Calls of `op` with literal arguments are written as SQL.

Source: Alembic documentation, "Operation Reference" (https://alembic.sqlalchemy.org/en/latest/ops.html). What needs a running program
(a loop over rows, a bind, a name that is computed) is a note with its line; `alembic upgrade --sql` writes it as SQL.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from dbdesign.migrations.check.migration import Migration, MigrationStatement
from dbdesign.migrations.files.alembic_operations import NotStaticError, Operations
from dbdesign.migrations.files.source_file import SourceFile, natural

_ALLOW = re.compile(r"(?:--|#)\s*dbdesign:\s*allow\s+([\w-]+)")


def is_revision(file: SourceFile) -> bool:
    """Whether a Python file is a revision of Alembic."""
    return re.search(r"^down_revision\b", file.text, re.MULTILINE) is not None and "def upgrade" in file.text


def read_alembic(files: Sequence[SourceFile]) -> tuple[list[Migration], list[str]]:
    """The revisions in the order of their chain."""
    notes: list[str] = []
    revisions: dict[str, tuple[tuple[str, ...], SourceFile, ast.Module]] = {}
    for file in sorted(files, key=lambda one: natural(one.name)):
        try:
            tree = ast.parse(file.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            notes.append(f"{file.name}: is no Python that can be read: {error}")
            continue
        names = _assigned(tree)
        revision = names.get("revision")
        before = names.get("down_revision")
        parents = tuple(before) if isinstance(before, (list, tuple)) else (before,) if isinstance(before, str) else ()
        revisions[revision if isinstance(revision, str) else file.name] = (parents, file, tree)
    ordered = _in_order({name: parents for name, (parents, _, _) in revisions.items()})
    return [_migration(name, revisions[name][1], revisions[name][2]) for name in ordered], notes


def _assigned(tree: ast.Module) -> dict[str, object]:
    """Constants that the module assigns."""
    found: dict[str, object] = {}
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        for target in targets:
            if isinstance(target, ast.Name) and value is not None:
                try:
                    found[target.id] = ast.literal_eval(value)
                except (ValueError, TypeError, SyntaxError, RecursionError):
                    continue
    return found


def _in_order(parents: dict[str, tuple[str, ...]]) -> list[str]:
    """Revisions behind those that they follow; a circle is taken in the order of names."""
    done: dict[str, None] = {}
    waiting = list(parents)
    while waiting:
        ready = [one for one in waiting if all(parent in done or parent not in parents for parent in parents[one])]
        for one in ready or waiting:
            done[one] = None
        waiting = [one for one in waiting if one not in done]
    return list(done)


def _migration(revision: str, file: SourceFile, tree: ast.Module) -> Migration:
    reader = _Upgrade(file)
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    if "upgrade" in functions:
        reader.read(functions["upgrade"].body, functions, _assigned(tree))
    return Migration(file.name, tuple(reader.statements), revision, "file", tuple(reader.notes))


class _Upgrade:
    """Goes through the body of `upgrade`. An autocommit block ends the transaction before it, as Alembic does."""

    def __init__(self, file: SourceFile) -> None:
        self.statements: list[MigrationStatement] = []
        self.notes: list[str] = []
        self._allowed = [
            (number, match[1])
            for number, line in enumerate(file.text.split("\n"), 1)
            for match in _ALLOW.finditer(line)
        ]
        self._before = 0

    def read(
        self, body: Sequence[ast.stmt], functions: dict[str, ast.FunctionDef], names: dict[str, object], depth: int = 0
    ) -> None:
        """The statements of a body."""
        operations = Operations(names)
        for node in body:
            if isinstance(node, ast.With):
                self._with(node, functions, names, depth)
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                self._call(node.value, operations, functions, names, depth)
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self._assign(node, operations, names)
            elif not isinstance(node, (ast.Pass, ast.Return, ast.Import, ast.ImportFrom)) and not _is_docstring(node):
                self.notes.append(f"line {node.lineno}: {type(node).__name__.lower()} is known only by executing it")

    def _assign(self, node: ast.Assign, operations: Operations, names: dict[str, object]) -> None:
        target = node.targets[0]
        try:
            names[target.id] = operations.value(node.value)  # type: ignore[attr-defined]
        except NotStaticError as error:
            self.notes.append(f"line {node.lineno}: {error}")

    def _call(
        self,
        call: ast.Call,
        operations: Operations,
        functions: dict[str, ast.FunctionDef],
        names: dict[str, object],
        depth: int,
    ) -> None:
        if isinstance(call.func, ast.Name) and call.func.id in functions and depth < 10 and not call.args:
            self.read(functions[call.func.id].body, functions, names, depth + 1)
            return
        try:
            for sql in operations.statements(call):
                self._add(sql, call)
        except NotStaticError as error:
            self.notes.append(f"line {call.lineno}: {error}")

    def _add(self, sql: str, node: ast.AST) -> None:
        line = int(getattr(node, "lineno", 1))
        end = int(getattr(node, "end_lineno", None) or line)
        allowed = frozenset(name for at, name in self._allowed if self._before < at <= end)
        self.statements.append(MigrationStatement(sql, line, allowed))
        self._before = end if sql not in {"COMMIT", "BEGIN"} else self._before

    def _with(
        self, node: ast.With, functions: dict[str, ast.FunctionDef], names: dict[str, object], depth: int
    ) -> None:
        call = node.items[0].context_expr
        name = call.func.attr if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) else ""
        if name == "autocommit_block":
            self._add("COMMIT", node)
            self.read(node.body, functions, names, depth)
            self._add("BEGIN", node.body[-1])
        elif name == "batch_alter_table" and isinstance(call, ast.Call):
            self._batch(node, call, names)
        else:
            self.notes.append(f"line {node.lineno}: a with block is known only by executing it")

    def _batch(self, node: ast.With, call: ast.Call, names: dict[str, object]) -> None:
        variable = node.items[0].optional_vars
        operations = Operations(names)
        try:
            table = operations.table_of_batch(call)
        except NotStaticError as error:
            self.notes.append(f"line {node.lineno}: {error}")
            return
        for inner in self._expressions(node.body):
            owner = inner.func.value if isinstance(inner.func, ast.Attribute) else None
            if isinstance(variable, ast.Name) and isinstance(owner, ast.Name) and owner.id == variable.id:
                try:
                    for sql in operations.statements(inner, batch=table):
                        self._add(sql, inner)
                except NotStaticError as error:
                    self.notes.append(f"line {inner.lineno}: {error}")

    @staticmethod
    def _expressions(body: Sequence[ast.stmt]) -> Iterator[ast.Call]:
        for one in body:
            if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
                yield one.value


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
