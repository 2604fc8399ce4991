"""Alembic revisions: `upgrade()` is read, never executed. Calls of `op` with literal arguments are written as SQL.

Source: Alembic documentation, "Operation Reference" (https://alembic.sqlalchemy.org/en/latest/ops.html). What needs a running program
(a loop over rows, a bind, a name that is computed) is a note with its line; `alembic upgrade --sql` writes it as SQL.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dbdesign.migrations.check.migration import Migration
from dbdesign.migrations.files.alembic_upgrade import Upgrade
from dbdesign.migrations.files.source_file import SourceFile, natural
from dbdesign.migrations.predict.state import State

_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([.\w]+)", re.MULTILINE)
MOST_IMPORTED = 40
"""Modules that are read for one revision."""


def is_revision(file: SourceFile) -> bool:
    """Whether a Python file is a revision of Alembic."""
    return re.search(r"^down_revision\b", file.text, re.MULTILINE) is not None and "def upgrade" in file.text


def read_alembic(files: Sequence[SourceFile], project: Sequence[SourceFile] = ()) -> tuple[list[Migration], list[str]]:
    """The revisions in the order of their chain.

    Args:
        project: further files, of which those in Python may be imported by revisions.
    """
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
    whole = all(parent in revisions for parents, _, _ in revisions.values() for parent in parents)
    history = _History(_Imports(project), State() if whole else None)
    return [_migration(name, revisions[name][1], revisions[name][2], history) for name in ordered], notes


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


class _Imports:
    """The Python files of a project by the names under which they may be imported."""

    def __init__(self, project: Sequence[SourceFile]) -> None:
        self._by_tail: dict[str, SourceFile] = {}
        for file in project:
            parts = file.name.removesuffix(".py").removesuffix("/__init__").split("/")
            if file.name.endswith(".py") and not is_revision(file):
                self._by_tail.update({".".join(parts[start:]): file for start in range(len(parts))})

    def of(self, file: SourceFile) -> dict[str, str]:
        """The files that one imports, and those that these import: path → text."""
        found: dict[str, str] = {}
        waiting = [file]
        while waiting and len(found) < MOST_IMPORTED:
            for name in _IMPORT.findall(waiting.pop().text):
                target = self._by_tail.get(name.lstrip("."))
                if target is not None and target.name not in found:
                    found[target.name] = target.text
                    waiting.append(target)
        return found


@dataclass
class _History:
    """What a revision finds: modules to import, and what the revisions before have made."""

    imports: _Imports
    state: State | None
    types: set[str] = field(default_factory=set)
    memo: set[str] = field(default_factory=set)


def _migration(revision: str, file: SourceFile, tree: ast.Module, history: _History) -> Migration:
    beside = history.imports.of(file)
    reader = Upgrade(file.name, file.text, tree, history.types, memo=history.memo, beside=beside, history=history.state)
    reader.upgrade()
    return Migration(file.name, tuple(reader.statements), revision, "file", tuple(reader.said))
