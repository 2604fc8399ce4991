"""The files of a program: parsed when asked for, their imports followed, their constants evaluated; nothing is run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from dbdesign.readers.typescript.classes import ClassNode, FunctionNode
from dbdesign.readers.typescript.modules import Declaration, Import, Module, read_module
from dbdesign.readers.typescript.resolution import Resolver
from dbdesign.readers.typescript.scopes import ModuleValue, Scope, declarations_of
from dbdesign.readers.typescript.syntax import SUFFIXES, SyntaxProblem, beginning_of, field, line_of, parse, walk_within
from dbdesign.readers.typescript.types import TypeNode, read_type
from dbdesign.readers.typescript.values import UNDEFINED, CallNode, EnumNode, Reference, Unknown, Value

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST = 60
"""Values inside values, and names that stand for names, that are followed: each takes several frames of Python's 1,000."""

LARGEST = 500_000
"""Parts of one value, counted as often as they are named: a reader may go through all of them."""

LEAST_STEPS = 200_000
"""Expressions that are evaluated at most, beside one for each byte of the source: a few lines can multiply without end."""

_FUNCTIONS = {
    "arrow_function",
    "function_expression",
    "function_declaration",
    "method_definition",
    "generator_function",
}
_T = TypeVar("_T")


@dataclass(frozen=True)
class Located:
    """Where an exported name leads: one of a declaration, an expression, a module as a whole, or a name of a package."""

    module: Module | None = None
    declaration: Declaration | None = None
    node: Node | None = None
    member: str | None = None
    reference: Reference | None = None


class Program:
    """Files by path (with `/`, relative to one root). Paths that are no source are used for resolving alone (`tsconfig.json`)."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self._resolver = Resolver(files)
        self._modules: dict[str, Module] = {}
        self._scopes: dict[str, Scope] = {}
        self._expressions: dict[int, Value] = {}
        self._depth = 0
        self._steps = 0
        self._size = 0
        self._sizes: dict[tuple[int, str], int] = {}

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Of the source files, in the order given."""
        return tuple(path for path in self.files if path.endswith(SUFFIXES))

    @cached_property
    def _most_steps(self) -> int:
        return LEAST_STEPS + sum(map(len, self.files.values()))

    def module(self, path: str) -> Module:
        """A file's declarations; it is parsed at the first call. Raises `KeyError` where there is no such file."""
        if path not in self._modules:
            self._modules[path] = read_module(path, parse(path, self.files[path]))
        return self._modules[path]

    def scope(self, path: str) -> Scope:
        """The names of a file."""
        if path not in self._scopes:
            module = self.module(path)
            self._scopes[path] = Scope(self, module, declarations=module.declarations)
        return self._scopes[path]

    def problems(self) -> Iterator[tuple[str, SyntaxProblem]]:
        """What could not be parsed, of the files that were looked at so far."""
        for path, module in self._modules.items():
            for problem in module.syntax.problems:
                yield path, problem

    # --- evaluation ---

    def limited(self, work: Callable[..., Value], *args: object) -> Value:
        """Do a part of an evaluation one level deeper; an `Unknown` where that is too deep or too much."""
        if self._depth >= DEEPEST:
            return Unknown("", 0, f"it is nested deeper than {DEEPEST} levels")
        self._steps += 1
        self._size += 1
        if self._steps > self._most_steps:
            return Unknown("", 0, f"the program has more than {self._most_steps:,} expressions to evaluate")
        self._depth += 1
        try:
            return work(*args)
        finally:
            self._depth -= 1

    def measured(self, key: tuple[int, str], work: Callable[..., Value], *args: object) -> Value:
        """Do a part of an evaluation that is kept under a key, and how large its value is; an `Unknown` where it is too large."""
        before = self._size
        value = self.limited(work, *args)
        size, self._size = self._size - before, before
        if size > LARGEST:
            size, value = 1, Unknown("", 0, f"it has more than {LARGEST:,} parts")
        self._sizes[key] = size
        return value

    def count(self, key: tuple[int, str]) -> None:
        """A kept value becomes a part of the one that is being evaluated."""
        self._size += self._sizes.get(key, 1)

    def spend(self, amount: int) -> bool:
        """Whether a copy of that many values may still be made."""
        self._steps += amount
        self._size += amount
        return self._steps <= self._most_steps

    def expand(self, value: Value) -> Value:
        """A call of a function of the files as what it returns, also through several; anything else as it is.

        A decorator, a mixin or a factory of columns is seen through so.
        """
        for _ in range(16):
            if not isinstance(value, CallNode) or not isinstance(value.callee, FunctionNode) or value.new:
                return value
            found = value.callee.returned(value.args)
            if found is UNDEFINED or isinstance(found, Unknown):
                return value
            value = found
        return value

    # --- names across files ---

    def imported(self, module: Module, name: str) -> Value:
        """What an imported name is."""
        given = module.imports[name]
        target = self._resolver.resolve(given.source, module.path)
        if target is None:
            return Reference(given.name, given.source, (), name, given.line)
        if given.required and given.name == "*":
            return self.limited(self.whole, target)
        return self.exported(target, given.name)

    def resolve(self, specifier: str, importer: str) -> str | None:
        """The file that an import names; None for a package."""
        return self._resolver.resolve(specifier, importer)

    def exported(self, path: str, name: str) -> Value:
        """What a file exports under a name; a `Reference` to a package's, or to nothing known."""
        return self.limited(self._exported, path, name)

    def _exported(self, path: str, name: str) -> Value:
        from dbdesign.readers.typescript.evaluation import member_of

        found = self.locate(path, name)
        if found is None:
            return Reference(name, local=name)
        if found.reference is not None or found.module is None:
            return found.reference
        scope = self.scope(found.module.path)
        if found.declaration is not None:
            return scope.declared(found.declaration.name)
        if found.node is None:
            return self._namespace(found.module)
        value = self._expression(found.node, scope)
        return member_of(value, found.member) if found.member is not None else value

    def _expression(self, node: Node, scope: Scope) -> Value:
        """Of an expression that a file exports, evaluated once, so that it is the same value to all who import it."""
        if node.id not in self._expressions:
            self._expressions[node.id] = self.measured((node.id, ""), scope.evaluate, node)
        self.count((node.id, ""))
        return self._expressions[node.id]

    def whole(self, path: str) -> Value:
        """What `require` gives."""
        module = self.module(path)
        if module.whole is not None:
            return self._expression(module.whole, self.scope(path))
        return self._namespace(module)

    def _namespace(self, module: Module) -> ModuleValue:
        path = module.path
        return ModuleValue(path, tuple(module.exports), lambda name: self.exported(path, name))

    def locate(self, path: str, name: str) -> Located | None:
        """Where a file's exported name leads, through files that export it again; None where no file has it."""
        waiting, seen, elsewhere = [(path, name)], set[tuple[str, str]](), list[Reference]()
        while waiting:
            place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            found = self._step(*place)
            if isinstance(found, Located):
                return found
            for source, wanted, importer in reversed(found):
                target = self._resolver.resolve(source, importer)
                if target is None:
                    elsewhere.append(Reference(wanted, source, (), wanted))
                else:
                    waiting.append((target, wanted))
        return Located(reference=elsewhere[-1]) if elsewhere else None

    def _step(self, path: str, name: str) -> Located | list[tuple[str, str, str]]:
        """An end, or the modules that are asked next: specifier, name, importing file."""
        module = self.module(path)
        if name == "*":
            return Located(module)
        exported = module.exports.get(name)
        if isinstance(exported, str):
            if exported in module.declarations:
                return Located(module, module.declarations[exported])
            exported = module.imports.get(exported)
        if isinstance(exported, Import):
            return [(exported.source, exported.name, path)]
        if exported is not None:
            return Located(module, node=exported)
        if module.whole is not None:
            return Located(module, node=module.whole, member=None if name == "default" else name)
        if name == "default":
            return Located(module) if module.exports else []
        return [(star, name, path) for star in module.stars]

    # --- classes, types and calls ---

    def classes(self, paths: Collection[str] | None = None) -> Iterator[ClassNode]:
        """The classes that files declare at their top level, in order."""
        for path in self.paths if paths is None else paths:
            scope = self.scope(path)
            for name, declaration in scope.declarations.items():
                if declaration.kind == "class" and isinstance(value := scope.declared(name), ClassNode):
                    yield value
            default = scope.module.exports.get("default")
            if default is None or isinstance(default, (str, Import)) or "class" not in default.type:
                continue
            if isinstance(value := self._expression(default, scope), ClassNode):
                yield value

    def calls(self, path: str, names: Collection[str]) -> Iterator[CallNode]:
        """The calls in a file, wherever they stand, of something whose last name is among `names`, evaluated where they stand."""
        if not any(name in self.files[path] for name in names):
            return
        for node, around in walk_within(self.module(path).syntax.root, _FUNCTIONS):
            if node.type in {"call_expression", "new_expression"}:
                called = field(node, "function") or field(node, "constructor")
                last = (
                    field(called, "property") if called is not None and called.type == "member_expression" else called
                )
                if beginning_of(last) in names:
                    value = self._within(path, around).evaluate(node)
                    if isinstance(value, CallNode):
                        yield value

    def scope_at(self, path: str, node: Node) -> Scope:
        """The names at a place in a file: those of the functions around it, their parameters unknown, and of the file."""
        around: list[Node] = []
        outer: Node | None = self.module(path).syntax.root  # from the top: asking for a parent starts there each time
        while outer is not None and outer.id != node.id:
            if outer.type in _FUNCTIONS:
                around.append(outer)
            outer = outer.child_with_descendant(node)
        return self._within(path, around)

    def _within(self, path: str, around: Sequence[Node]) -> Scope:
        """The names inside of functions, outermost first."""
        scope = self.scope(path)
        for one in around[:DEEPEST]:
            scope = FunctionNode("", one, scope, line_of(one), path).bound()
        return scope

    def resolve_type(self, given: TypeNode, scope: Scope) -> TypeNode | ClassNode | EnumNode | Reference:
        """What a named type is: a class, an enum, the type that an alias or an interface stands for, a package's name.

        Types without a name, TypeScript's own (`string`) and global ones (`Date`) are themselves.
        """
        seen: set[tuple[str, str]] = set()
        while given.kind == "name" and (scope.path, given.name) not in seen:
            seen.add((scope.path, given.name))
            found = self._declared_type(given.name, scope)
            if not isinstance(found, Located):
                return found if found is not None else given
            module, declaration = found.module, found.declaration
            if module is None or declaration is None:
                return given
            scope = self.scope(module.path) if module is not scope.module else scope
            if declaration.kind not in {"type", "interface"}:
                value = scope.declared(declaration.name)
                return value if isinstance(value, (ClassNode, EnumNode)) else given
            node = declaration.node
            inner = field(node, "value") or field(node, "body") if node is not None else None
            given = read_type(inner) or given
        return given

    def _declared_type(self, name: str, scope: Scope) -> Located | ClassNode | EnumNode | Reference | None:
        head, *path = name.split(".")
        around: Scope | None = scope
        while around is not None:
            if head in around.declarations:
                return Located(around.module, around.declarations[head]) if not path else self._inner_type(name, scope)
            around = around.parent
        given = scope.module.imports.get(head)
        if given is None:
            return None
        target = self._resolver.resolve(given.source, scope.path)
        if target is None:
            reference = Reference(given.name, given.source, (), head, given.line)
            for member in path:
                reference = reference.member(member)
            return reference
        return self._inner_type(name, scope) if path else self._located_type(target, given.name)

    def _located_type(self, path: str, name: str) -> Located | ClassNode | EnumNode | Reference | None:
        found = self.locate(path, name)
        if found is not None and found.reference is not None:
            return found.reference
        if found is not None and found.declaration is None and found.node is not None:
            value = self.exported(path, name)
            return value if isinstance(value, (ClassNode, EnumNode, Reference)) else None
        return found

    def _inner_type(self, name: str, scope: Scope) -> ClassNode | EnumNode | Reference | None:
        """Of a dotted name: a member of a namespace, or of an enum (whose type is the enum's)."""
        from dbdesign.readers.typescript.evaluation import member_of

        head, *path = name.split(".")
        value = scope.lookup(head)
        for member in path:
            if isinstance(value, EnumNode):
                return value
            value = member_of(value, member)
        return value if isinstance(value, (ClassNode, EnumNode, Reference)) else None


__all__ = ["DEEPEST", "Located", "Program", "declarations_of"]
