"""Where a name is looked up: a file, a function's body, a namespace; what it is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.readers.typescript.classes import ClassNode, FunctionNode
from dbdesign.readers.typescript.modules import Declaration, Module, declared, pattern_names, top_level
from dbdesign.readers.typescript.syntax import field as child
from dbdesign.readers.typescript.syntax import line_of, named, string_of, text_of
from dbdesign.readers.typescript.values import UNDEFINED, EnumNode, Reference, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from dbdesign.readers.typescript.program import Program


@dataclass(frozen=True, eq=False)
class ModuleValue:
    """A module as a whole (`import * as`, `require`), or a namespace: its exports by name."""

    path: str
    names: tuple[str, ...]
    member: Callable[[str], Value]


@dataclass(eq=False)
class Scope:
    """Names and what they are. `bindings` are values given from outside (parameters); they hide declarations.

    Attributes:
        parent: that is asked next; None for a file, which asks its imports.
    """

    program: Program
    module: Module
    parent: Scope | None = None
    bindings: dict[str, Value] = field(default_factory=dict)
    declarations: dict[str, Declaration] = field(default_factory=dict)
    _values: dict[str, Value] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)

    @property
    def path(self) -> str:
        """The file's."""
        return self.module.path

    def evaluate(self, node: Node) -> Value:
        """What an expression comes to here."""
        from dbdesign.readers.typescript.evaluation import evaluate

        return evaluate(node, self)

    def lookup(self, name: str, line: int = 0) -> Value:
        """What a name is; a `Reference` where the files do not say."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.bindings:
                return scope.bindings[name]
            if name in scope.declarations:
                return scope.declared(name)
            scope = scope.parent
        if name in self.module.imports:
            return self.program.imported(self.module, name)
        return Reference(name, local=name, line=line)

    def declared(self, name: str) -> Value:
        """The value of a declaration of this scope, evaluated once; a `Reference` where it needs itself."""
        if name not in self._values:
            if name in self._open:
                return Reference(name, local=name)
            self._open.add(name)
            try:
                self._values[name] = self.program.measured((id(self), name), self._value, self.declarations[name])
            finally:
                self._open.discard(name)
        self.program.count((id(self), name))
        return self._values[name]

    def _value(self, declaration: Declaration) -> Value:
        from dbdesign.readers.typescript.evaluation import member_of

        node = declaration.node
        if declaration.kind == "class" and node is not None:
            return ClassNode(declaration.name, node, self, declaration.line, self.path)
        if declaration.kind == "function" and node is not None:
            return FunctionNode(declaration.name, node, self, declaration.line, self.path)
        if declaration.kind == "enum" and node is not None:
            return enum_of(declaration, node, self)
        if declaration.kind == "namespace" and node is not None:
            return self._namespace(node)
        if declaration.kind != "const":
            return Reference(declaration.name, local=declaration.name, line=declaration.line)
        value = self.evaluate(node) if node is not None else UNDEFINED
        for key in declaration.path:
            value = member_of(value, key)
        return value

    def _namespace(self, node: Node) -> ModuleValue:
        body = child(node, "body")
        inner = Scope(self.program, self.module, self, declarations=declarations_of(body) if body is not None else {})
        return ModuleValue(self.path, tuple(inner.declarations), inner.lookup)

    def inside(self, function: FunctionNode, args: Sequence[Value]) -> Scope:
        """The scope of a function's body. A parameter without an argument is its default, or a `Reference` to itself."""
        body = function.body
        block = body is not None and body.type == "statement_block"
        scope = Scope(self.program, self.module, self, declarations=declarations_of(body) if block and body else {})
        for position, parameter in enumerate(function.parameters):
            scope.bind(parameter, args, position)
        return scope

    def bind(self, parameter: Node, args: Sequence[Value], position: int) -> None:
        """Give a parameter, which may be a pattern with a default, the argument at its position."""
        from dbdesign.readers.typescript.evaluation import member_of

        pattern = child(parameter, "pattern") or child(parameter, "left") or parameter
        if pattern.type == "rest_pattern":
            names = named(pattern)
            self.bindings[text_of(names[0]) if names else ""] = list(args[position:])
            return
        default = child(parameter, "value") or child(parameter, "right")
        given: Value = args[position] if position < len(args) else UNDEFINED
        if given is UNDEFINED and default is not None:
            given = self.evaluate(default)
        for name, path in pattern_names(pattern):
            value = Reference(name, local=name, line=line_of(parameter)) if given is UNDEFINED else given
            if given is not UNDEFINED:
                for key in path:
                    value = member_of(value, key)
            self.bindings[name] = value


def declarations_of(block: Node) -> dict[str, Declaration]:
    """What the statements of a body declare, by name; the first of a name counts."""
    found: dict[str, Declaration] = {}
    for statement in top_level(block):
        inner = child(statement, "declaration") if statement.type == "export_statement" else statement
        for declaration in declared(inner) if inner is not None else ():
            found.setdefault(declaration.name, declaration)
    return found


def enum_of(declaration: Declaration, node: Node, scope: Scope) -> EnumNode:
    """An enum with its members evaluated; a member without an initialiser follows the number before it."""
    members: dict[str, Value] = {}
    inner = Scope(scope.program, scope.module, scope, bindings=members)
    following: int | None = 0
    body = child(node, "body")
    for one in named(body) if body is not None else ():
        key = (child(one, "name") if one.type == "enum_assignment" else one) or one
        value = child(one, "value") if one.type == "enum_assignment" else None
        name = string_of(key) if key.type == "string" else text_of(key)
        given: Value = inner.evaluate(value) if value is not None else following
        members[name] = UNDEFINED if given is None else given
        following = given + 1 if isinstance(given, int) and not isinstance(given, bool) else None
    return EnumNode(declaration.name, members, scope.path, declaration.line)


__all__ = ["ModuleValue", "Scope", "declarations_of", "enum_of"]
