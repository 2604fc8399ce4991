"""The files of a Python program: parsed, found by the names under which they import one another, in the order of their imports."""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from dbdesign.model.relations import strongly_connected
from dbdesign.readers.base import Unread
from dbdesign.readers.sqlalchemy.values import Module, Scope


class Program:
    """Modules by path. A file that is no Python is in `unread`."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.modules: dict[str, Module] = {}
        self.unread: list[Unread] = []
        self._by_tail: dict[str, list[Module]] = defaultdict(list)
        for path, text in files.items():
            if path.endswith(".py"):
                self._add(path, text)

    def _add(self, path: str, text: str) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text.lstrip("\ufeff"))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            reason = f"is no Python that can be read: {getattr(error, 'msg', None) or error or type(error).__name__}"
            beginning = (text.splitlines() or [""])[min(line, text.count("\n") + 1) - 1 : line]
            self.unread.append(Unread(line=line, text="".join(beginning)[:200], reason=reason, path=path))
            return
        parts = PurePosixPath(path).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        dotted = ".".join(parts[:-1] if is_package else parts)
        package = dotted if is_package else ".".join(parts[:-1])
        module = Module(path, dotted, package, tree, Scope(path, {"__name__": dotted}))
        self.modules[path] = module
        names = dotted.split(".")
        for start in range(len(names)):
            self._by_tail[".".join(names[start:])].append(module)

    def find(self, name: str, importer: Module) -> Module | None:
        """The module of that absolute name: of several whose paths end in it, the one nearest to who imports it."""
        found = self._by_tail.get(name, ())
        if not found:
            return None
        return max(found, key=lambda one: (_shared(one.name, importer.name), -one.name.count(".")))

    def is_package(self, name: str, importer: Module) -> bool:
        """Whether some file lies in a package of that name, which need not have an `__init__.py`."""
        beginning = f"{name}."
        return any(
            one.name.startswith(beginning) or f".{beginning}" in one.name
            for one in self.modules.values()
            if one is not importer
        )

    def absolute(self, module: Module, name: str | None, level: int) -> str:
        """The absolute name of what `from ..name import` names."""
        if not level:
            return name or ""
        parts = module.package.split(".") if module.package else []
        kept = parts[: len(parts) - (level - 1)] if level > 1 else parts
        return ".".join([*kept, *([name] if name else [])])

    def in_order(self) -> Iterator[Module]:
        """Modules behind those that they import; circles stand together."""
        graph = {path: sorted(self._imported(one)) for path, one in self.modules.items()}
        for path in strongly_connected_in_order(graph):
            yield self.modules[path]

    def _imported(self, module: Module) -> set[str]:
        found: set[str] = set()
        for node in _top_level_imports(module.tree):
            if isinstance(node, ast.Import):
                wanted = [one.name for one in node.names]
            else:
                base = self.absolute(module, node.module, node.level)
                wanted = [base, *(f"{base}.{one.name}" for one in node.names)]
            for name in wanted:
                target = self.find(name, module)
                if target is not None and target is not module:
                    found.add(target.path)
        return found


def _top_level_imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.Try):
            yield from (one for one in node.body if isinstance(one, ast.Import | ast.ImportFrom))


def _shared(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one.split("."), other.split("."), strict=False):
        if left != right:
            break
        count += 1
    return count


def strongly_connected_in_order(graph: Mapping[str, list[str]]) -> Iterator[str]:
    """Nodes behind all that they point to, as far as there is no circle; within one by name."""
    for group in strongly_connected(graph):
        yield from sorted(group)
