"""Classes and functions as values: decorators with arguments, fields with types, what a class extends, what a function gives."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from functools import cached_property
from typing import TYPE_CHECKING

from dbdesign.readers.typescript.modules import top_level
from dbdesign.readers.typescript.syntax import field as child
from dbdesign.readers.typescript.syntax import line_of, named, string_of, text_of
from dbdesign.readers.typescript.types import TypeNode, read_type
from dbdesign.readers.typescript.values import UNDEFINED, CallNode, Reference, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from dbdesign.readers.typescript.scopes import Scope

_FIELDS = {"public_field_definition", "field_definition"}


@dataclass(frozen=True, eq=False)
class Decorator:
    """A decorator: `@Column({…})`.

    Attributes:
        callee: what is applied: a `Reference` of a package, or a function or class of the files.
        called: whether it has parentheses.
    """

    callee: Value
    node: Node = attribute(repr=False)
    scope: Scope = attribute(repr=False)
    called: bool
    line: int

    @property
    def name(self) -> str:
        """The exported name, whatever the file calls it; the last of a dotted one."""
        if isinstance(self.callee, Reference):
            return self.callee.last
        name = getattr(self.callee, "name", "")
        return name if isinstance(name, str) else ""

    @property
    def source(self) -> str | None:
        """The package that it comes from; None where the files define it, or nothing does."""
        return self.callee.source if isinstance(self.callee, Reference) else None

    @cached_property
    def args(self) -> tuple[Value, ...]:
        """Its arguments, evaluated."""
        value = self.value
        return value.args if isinstance(value, CallNode) else ()

    @cached_property
    def value(self) -> Value:
        """The whole as a value: a `CallNode` where it has parentheses."""
        return self.scope.evaluate(self.node)

    def arg(self, position: int) -> Value:
        """The argument at a position, from 0; `UNDEFINED` where there is none."""
        return self.args[position] if position < len(self.args) else UNDEFINED


@dataclass(frozen=True, eq=False)
class FieldNode:
    """A field of a class; also an accessor, and a constructor's parameter that is a field (`parameter`).

    Attributes:
        optional: written with `?`.
        definite: written with `!`.
        type: its annotation; an accessor's return type; None for none.
        initialiser_node: None where it has none.
    """

    name: str
    line: int
    type: TypeNode | None
    decorators: tuple[Decorator, ...]
    scope: Scope = attribute(repr=False)
    initialiser_node: Node | None = attribute(default=None, repr=False)
    optional: bool = False
    definite: bool = False
    static: bool = False
    accessor: bool = False
    parameter: bool = False

    @cached_property
    def initialiser(self) -> Value:
        """What it starts as; `UNDEFINED` for nothing."""
        return self.scope.evaluate(self.initialiser_node) if self.initialiser_node is not None else UNDEFINED


@dataclass(frozen=True, eq=False)
class MethodNode:
    """A method of a class, with its decorators."""

    name: str
    line: int
    decorators: tuple[Decorator, ...]
    function: FunctionNode = attribute(repr=False)
    static: bool = False


@dataclass(frozen=True, eq=False)
class FunctionNode:
    """A function, an arrow function or a method, and the scope that it closes over."""

    name: str
    node: Node = attribute(repr=False)
    scope: Scope = attribute(repr=False)
    line: int
    path: str

    @cached_property
    def parameters(self) -> tuple[Node, ...]:
        """The parameters' nodes."""
        if (single := child(self.node, "parameter")) is not None:
            return (single,)
        listed = child(self.node, "parameters")
        return tuple(named(listed)) if listed is not None else ()

    @property
    def body(self) -> Node | None:
        """An expression, or a `statement_block`."""
        return child(self.node, "body")

    @cached_property
    def parameter_names(self) -> tuple[str, ...]:
        """The parameters' names; of a pattern its source."""
        return tuple(text_of(child(one, "pattern") or child(one, "left") or one) for one in self.parameters)

    def bound(self, args: Sequence[Value] = ()) -> Scope:
        """The scope of its body, the parameters bound; those without an argument are a `Reference` to themselves."""
        return self.scope.inside(self, args)

    @cached_property
    def result(self) -> Value:
        """What it gives when called with nothing known: of `() => User` the class."""
        return self.returned(())

    def returned(self, args: Sequence[Value]) -> Value:
        """What it gives for some arguments: its expression, or the value of its only `return`; `UNDEFINED` where it has none."""
        return self.scope.program.limited(self._returned, args)

    def _returned(self, args: Sequence[Value]) -> Value:
        scope, body = self.bound(args), self.body
        if body is None or body.type != "statement_block":
            return scope.evaluate(body) if body is not None else UNDEFINED
        for statement in top_level(body):
            if statement.type == "return_statement":
                given = named(statement)
                return scope.evaluate(given[0]) if given else UNDEFINED
        return UNDEFINED


@dataclass(frozen=True, eq=False)
class ClassNode:
    """A class, declared or an expression; `name` is `default` for one that is exported without a name, empty for another without one."""

    name: str
    node: Node = attribute(repr=False)
    scope: Scope = attribute(repr=False)
    line: int
    path: str

    @property
    def abstract(self) -> bool:
        """Whether it is an abstract class."""
        return self.node.type == "abstract_class_declaration"

    @cached_property
    def decorators(self) -> tuple[Decorator, ...]:
        """In the order of the source; those before `export` are children of the statement in the grammar."""
        around = self.node.parent
        before = around.children_by_field_name("decorator") if around and around.type == "export_statement" else []
        inside = [one for one in self.node.children if one.type == "decorator"]
        return tuple(_decorator(one, self.scope) for one in (*before, *inside))

    @cached_property
    def extends(self) -> Value:
        """What it extends: a `ClassNode`, a `Reference`, a `CallNode` of a mixin that is not evaluated; `UNDEFINED` for nothing."""
        clause = next((one for one in _heritage(self.node) if one.type == "extends_clause"), None)
        value = child(clause, "value") if clause is not None else None
        if value is None:
            return UNDEFINED
        base = self.scope.evaluate(value)
        return self.scope.program.expand(base) if isinstance(base, CallNode) else base

    @cached_property
    def extends_arguments(self) -> tuple[TypeNode, ...]:
        """The type arguments of what it extends."""
        for clause in _heritage(self.node):
            arguments = child(clause, "type_arguments") if clause.type == "extends_clause" else None
            if arguments is not None:
                return tuple(one for node in named(arguments) if (one := read_type(node)) is not None)
        return ()

    @cached_property
    def implements(self) -> tuple[TypeNode, ...]:
        """The interfaces that it says it implements."""
        clauses = (one for one in _heritage(self.node) if one.type == "implements_clause")
        return tuple(one for clause in clauses for node in named(clause) if (one := read_type(node)) is not None)

    @cached_property
    def fields(self) -> tuple[FieldNode, ...]:
        """Its own, in order; those of the classes that it extends are theirs."""
        return tuple(_fields(self))

    @cached_property
    def methods(self) -> tuple[MethodNode, ...]:
        """Its own, accessors left out."""
        found = []
        for node, decorators in _members(self.node):
            if node.type == "method_definition" and not _is_accessor(node):
                name = _member_name(node)
                function = FunctionNode(name, node, self.scope, line_of(node), self.path)
                applied = tuple(_decorator(one, self.scope) for one in decorators)
                found.append(MethodNode(name, line_of(node), applied, function, _has(node, "static")))
        return tuple(found)

    def field(self, name: str) -> FieldNode | None:
        """Its own field of that name, if there is one."""
        return next((one for one in self.fields if one.name == name), None)

    def method(self, name: str) -> MethodNode | None:
        """Its own method of that name, if there is one."""
        return next((one for one in self.methods if one.name == name), None)

    def decorator(self, name: str) -> Decorator | None:
        """The first decorator of that name, if there is one."""
        return next((one for one in self.decorators if one.name == name), None)

    def lineage(self) -> tuple[ClassNode, ...]:
        """This class and those that it extends, nearest first, as far as the files have them."""
        found: list[ClassNode] = [self]
        while isinstance(base := found[-1].extends, ClassNode) and base not in found and len(found) < 64:
            found.append(base)
        return tuple(found)


def _heritage(node: Node) -> list[Node]:
    """The clauses of a class's heritage. JavaScript's grammar has no clause, TypeScript's wraps them."""
    return [clause for one in node.children if one.type == "class_heritage" for clause in named(one)]


def _has(node: Node, keyword: str) -> bool:
    return any(one.type == keyword for one in node.children)


def _is_accessor(node: Node) -> bool:
    return _has(node, "get") or _has(node, "set")


def _member_name(node: Node) -> str:
    name = child(node, "name")
    if name is None:
        return ""
    return string_of(name) if name.type == "string" else text_of(name)


def _members(node: Node) -> Iterator[tuple[Node, list[Node]]]:
    """The members with the decorators before them: those of methods are siblings in the grammar, those of fields children."""
    body = child(node, "body")
    waiting: list[Node] = []
    for one in named(body) if body is not None else ():
        if one.type == "decorator":
            waiting.append(one)
        else:
            yield one, [*waiting, *(part for part in one.children if part.type == "decorator")]
            waiting = []


def _decorator(node: Node, scope: Scope) -> Decorator:
    inner = named(node)[0] if named(node) else node
    called = inner.type == "call_expression"
    function = child(inner, "function") if called else inner
    callee = scope.evaluate(function) if function is not None else UNDEFINED
    return Decorator(callee, inner, scope, called, line_of(node))


def _fields(owner: ClassNode) -> Iterator[FieldNode]:
    seen: set[str] = set()
    for node, decorators in _members(owner.node):
        if node.type == "method_definition":
            if _member_name(node) == "constructor":
                yield from _parameter_fields(node, owner.scope)
            if not _is_accessor(node) or _member_name(node) in seen:
                continue
            seen.add(_member_name(node))
        elif node.type not in _FIELDS:
            continue
        applied = tuple(_decorator(one, owner.scope) for one in decorators)
        yield _field(node, applied, owner.scope)


def _field(node: Node, decorators: tuple[Decorator, ...], scope: Scope) -> FieldNode:
    accessor = node.type == "method_definition"
    return FieldNode(
        name=_member_name(node),
        line=line_of(child(node, "name") or node),
        type=read_type(child(node, "return_type") or child(node, "type")),
        decorators=decorators,
        scope=scope,
        initialiser_node=child(node, "value"),
        optional=_has(node, "?"),
        definite=_has(node, "!"),
        static=_has(node, "static"),
        accessor=accessor,
    )


def _parameter_fields(constructor: Node, scope: Scope) -> Iterator[FieldNode]:
    listed = child(constructor, "parameters")
    for one in named(listed) if listed is not None else ():
        pattern = child(one, "pattern")
        if pattern is not None and (_has(one, "accessibility_modifier") or _has(one, "readonly")):
            decorators = tuple(_decorator(part, scope) for part in one.children if part.type == "decorator")
            yield FieldNode(
                name=text_of(pattern),
                line=line_of(one),
                type=read_type(child(one, "type")),
                decorators=decorators,
                scope=scope,
                initialiser_node=child(one, "value"),
                optional=one.type == "optional_parameter",
                parameter=True,
            )


__all__ = ["ClassNode", "Decorator", "FieldNode", "FunctionNode", "MethodNode"]
