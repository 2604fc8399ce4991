"""The modules of a Django project as syntax trees: what a name stands for, across files, without importing anything."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dbdesign.readers.base import Unread

MAX_HOPS = 50
"""Imports that are followed for one name."""


@dataclass(eq=False)
class ClassDeclaration:
    """A class statement. `order` is when Python would run it among all classes of the project."""

    name: str
    module: Module
    node: ast.ClassDef
    outer: ClassDeclaration | None = None
    order: int = 0

    def __post_init__(self) -> None:
        self.names: dict[str, Definition] = {}
        self.lines: dict[str, int] = {}
        _bind_all(self.node.body, self.names, self.module, self, self.lines)

    @property
    def path(self) -> str:
        """`shop.models.Order`."""
        return f"{self.module.name}.{self.name}"


@dataclass(frozen=True)
class Imported:
    """A name that an import binds: a module, or an attribute of one."""

    module: str
    attribute: str | None = None


Definition = ast.expr | ClassDeclaration | ast.FunctionDef | Imported


@dataclass(eq=False)
class Module:
    """A file. `known` modules are Django's own and other people's, declared by rule rather than read."""

    path: str
    name: str
    tree: ast.Module
    is_package: bool = False
    known: bool = False
    names: dict[str, Definition] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    classes: list[ClassDeclaration] = field(default_factory=list)

    def __post_init__(self) -> None:
        _bind_all(self.tree.body, self.names, self, None, self.lines)

    def absolute(self, module: str | None, level: int) -> str:
        """The dotted name that an import statement of this module means."""
        if not level:
            return module or ""
        parts = self.name.split(".") if self.name else []
        parts = parts[: len(parts) - level + (1 if self.is_package else 0)]
        return ".".join([*parts, *([module] if module else [])])


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of the blocks in it that run when it does; `else` and `except` parts come later."""
    pending: list[ast.stmt] = list(reversed(body))
    while pending:
        one = pending.pop()
        yield one
        if isinstance(one, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        inner: list[ast.stmt] = []
        for name in ("body", "handlers", "orelse", "finalbody"):
            for part in getattr(one, name, ()):
                inner += part.body if isinstance(part, ast.ExceptHandler) else [part]
        pending += reversed(inner)


def _bind_all(
    body: list[ast.stmt],
    names: dict[str, Definition],
    module: Module,
    outer: ClassDeclaration | None,
    lines: dict[str, int],
) -> None:
    conditional = _conditional(body)
    for statement in _statements(body):
        for name, definition in _bindings(statement, module, outer):
            if name not in names or id(statement) not in conditional:
                names[name] = definition
                lines[name] = statement.lineno


def _conditional(body: list[ast.stmt]) -> set[int]:
    """The statements in `except` and `else` parts, which do not replace what the usual way binds."""
    found: set[int] = set()
    for one in _statements(body):
        if isinstance(one, ast.If | ast.Try):
            later = [*one.orelse, *(part for handler in getattr(one, "handlers", ()) for part in handler.body)]
            found.update(id(part) for part in _statements(later))
    return found


def _bindings(statement: ast.stmt, module: Module, outer: ClassDeclaration | None) -> Iterator[tuple[str, Definition]]:
    match statement:
        case ast.Assign(targets=targets, value=value):
            yield from ((one.id, value) for one in targets if isinstance(one, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.ClassDef(name=name):
            declaration = ClassDeclaration(name, module, statement, outer)
            if outer is None:
                module.classes.append(declaration)
            yield name, declaration
        case ast.FunctionDef(name=name):
            yield name, statement
        case ast.Import() | ast.ImportFrom():
            yield from _imports(statement, module)
        case _:
            return


def _imports(statement: ast.Import | ast.ImportFrom, module: Module) -> Iterator[tuple[str, Definition]]:
    if isinstance(statement, ast.Import):
        for one in statement.names:
            yield (
                one.asname or one.name.partition(".")[0],
                Imported(one.name if one.asname else one.name.partition(".")[0]),
            )
        return
    source = module.absolute(statement.module, statement.level)
    for one in statement.names:
        if one.name == "*":
            module.stars.append(source)
        else:
            yield one.asname or one.name, Imported(source, one.name)


class Project:
    """Every module, by its dotted name and by the end of it: where the import root lies is not said anywhere."""

    def __init__(self, files: Mapping[str, str], known: Mapping[str, str] | None = None) -> None:
        self.modules: list[Module] = []
        self.unread: list[Unread] = []
        self._by_suffix: dict[str, list[Module]] = {}
        for path, text in files.items():
            if path.endswith((".py", ".pyi")):
                self._add(path, text)
        for name, text in (known or {}).items():
            module = Module(f"{name}.py", name, ast.parse(text), known=True)
            self.modules.append(module)
            self._by_suffix.setdefault(name, []).append(module)
        self.settings_modules = [
            one for one in self.modules if not one.known and one.names.keys() & {"INSTALLED_APPS", "DATABASES"}
        ]
        self._number_classes()

    def _add(self, path: str, text: str) -> None:
        try:
            tree = ast.parse(text.removeprefix("\ufeff"))
            parts = path.removesuffix(".pyi").removesuffix(".py").split("/")
            is_package = parts[-1] == "__init__"
            name = ".".join(parts[:-1] if is_package else parts)
            module = Module(path, name, tree, is_package)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            shown = (text.splitlines() or [""])[min(line, text.count("\n") + 1) - 1 : line]
            reason = f"is no Python: {getattr(error, 'msg', None) or error or type(error).__name__}"
            self.unread.append(Unread(path=path, line=line, text="".join(shown)[:200], reason=reason))
            return
        self.modules.append(module)
        for start in range(len(name.split("."))):
            self._by_suffix.setdefault(".".join(name.split(".")[start:]), []).append(module)

    def module(self, name: str, near: Module | None = None) -> Module | None:
        """The module of that dotted name; of several that end so, the one nearest to `near`."""
        found = self._by_suffix.get(name)
        if not found or not name:
            return None
        own = [one for one in found if not one.known] or found
        if len(own) == 1 or near is None:
            return own[0]
        return max(own, key=lambda one: (_common(one.name, near.name), one.name == name, -len(one.name)))

    def look_up(self, module: Module, name: str, hops: int = 0) -> Definition | None:
        """What a module's name stands for, imports followed; an `Imported` that leads out of the sources comes back as it is."""
        if hops > MAX_HOPS:
            return None
        found = module.names.get(name)
        if isinstance(found, Imported):
            return self._follow(found, module, hops)
        if found is not None:
            return found
        for star in module.stars:
            source = self.module(star, module)
            if source is not None and source is not module:
                inner = self.look_up(source, name, hops + 10)
                if inner is not None:
                    return inner
        return None

    def home(self, module: Module, name: str, hops: int = 0) -> Module:
        """The module in which what a name stands for is defined."""
        found = module.names.get(name)
        if hops > MAX_HOPS:
            return module
        if isinstance(found, Imported) and found.attribute is not None:
            source = self.module(found.module, module)
            return self.home(source, found.attribute, hops + 1) if source else module
        if found is None:
            for star in module.stars:
                source = self.module(star, module)
                if source is not None and source is not module and self.look_up(source, name, hops + 10) is not None:
                    return self.home(source, name, hops + 10)
        return module

    def _follow(self, imported: Imported, module: Module, hops: int) -> Definition | None:
        if imported.attribute is None:
            return imported
        source = self.module(imported.module, module)
        if source is None or source is module:
            return imported
        found = self.look_up(source, imported.attribute, hops + 1)
        return found if found is not None else imported

    def _number_classes(self) -> None:
        """Give every class its turn, as importing the modules one after another would."""
        order = 0
        done: set[int] = set()
        for first in sorted(self.modules, key=lambda one: (not one.known, not one.name.endswith("models"), one.name)):
            start: list[tuple[str, Module | ClassDeclaration]] = [("module", first)]
            pending: list[Iterator[tuple[str, Module | ClassDeclaration]]] = [iter(start)]
            while pending:
                step = next(pending[-1], None)
                if step is None:
                    pending.pop()
                elif isinstance(step[1], Module) and id(step[1]) not in done:
                    done.add(id(step[1]))
                    pending.append(self._steps(step[1]))
                elif isinstance(step[1], ClassDeclaration):
                    order += 1
                    step[1].order = order

    def _steps(self, module: Module) -> Iterator[tuple[str, Module | ClassDeclaration]]:
        classes = {id(one.node): one for one in module.classes}
        for statement in _statements(module.tree.body):
            if id(statement) in classes:
                yield "class", classes[id(statement)]
            elif isinstance(statement, ast.ImportFrom):
                source = module.absolute(statement.module, statement.level)
                for name in (source, *(f"{source}.{one.name}" for one in statement.names)):
                    if (found := self.module(name, module)) is not None:
                        yield "module", found


def _common(one: str, other: str) -> int:
    count = 0
    for left, right in zip(one.split("."), other.split("."), strict=False):
        if left != right:
            break
        count += 1
    return count
