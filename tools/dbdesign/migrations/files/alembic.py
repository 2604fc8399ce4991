"""Alembic revisions: `upgrade()` is read, never executed. Calls of `op` with literal arguments are written as SQL.

Source: Alembic documentation, "Operation Reference" (https://alembic.sqlalchemy.org/en/latest/ops.html). What needs a running program
(a loop over rows, a bind, a name that is computed) is a note with its line; `alembic upgrade --sql` writes it as SQL.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from dbdesign.migrations.check.migration import Migration
from dbdesign.migrations.files.alembic_upgrade import Upgrade
from dbdesign.migrations.files.source_file import SourceFile, natural


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
    types: set[str] = set()
    return [_migration(name, revisions[name][1], revisions[name][2], types) for name in ordered], notes


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


def _migration(revision: str, file: SourceFile, tree: ast.Module, types: set[str]) -> Migration:
    reader = Upgrade(file.name, file.text, tree, types)
    reader.upgrade()
    return Migration(file.name, tuple(reader.statements), revision, "file", tuple(reader.said))
