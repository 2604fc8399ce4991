"""Evaluates the expressions that declare a schema, by their syntax: constants, names, enumerations, calls left as they are.

Nothing is imported or run. Nesting is bounded, and what is not understood is an `Unknown` with its text.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from dbdesign.readers.django.project import ClassDeclaration, Definition, Imported, Module, Project
from dbdesign.readers.django.values import Called, ClassValue, Negated, Operated, Reference, Unknown, Value, is_known

MAX_DEPTH = 80
MAX_SIZE = 100_000
"""Characters or entries that an operation may make."""

MAX_POWER, MAX_BITS = 64, 4096
MAX_ITERATIONS = 200_000
"""Of all comprehensions of a project together."""

_PADDED = re.compile(r"%(?!%)(?:\(\w*\))?[^sd%(]")
"""A conversion with a width or a precision."""
_ENUMERATIONS = frozenset({"TextChoices", "IntegerChoices", "Choices", "Enum", "IntEnum", "StrEnum", "IntFlag", "Flag"})
_OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.Pow: "^", ast.BitAnd: "&", ast.BitOr: "|",
    ast.BitXor: "^^", ast.FloorDiv: "//", ast.LShift: "<<", ast.RShift: ">>",
}  # fmt: skip
_TEXT_METHODS = frozenset({"lower", "upper", "format", "join", "replace", "strip", "title", "capitalize"})
_WRAPPERS = frozenset({"gettext_lazy", "gettext", "ugettext_lazy", "_", "pgettext_lazy", "mark_safe", "cast"})


@dataclass(frozen=True)
class Scope:
    """Where a name is looked up: local names first, then classes from the innermost, then the module."""

    module: Module
    declaration: ClassDeclaration | None = None
    names: Mapping[str, Value] = field(default_factory=dict)


class Evaluator:
    """Evaluates expressions of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._active: set[int] = set()
        self._iterations = 0
        self._cache: dict[tuple[int, str], Value] = {}

    def value(self, node: ast.AST | None, scope: Scope, depth: int = 0) -> Value:
        """What an expression comes to."""
        if node is None:
            return None
        if depth > MAX_DEPTH or id(node) in self._active:
            return Unknown("nested too deeply, or defined by itself")
        handler = self._HANDLERS.get(type(node))
        if handler is None:
            return Unknown(type(node).__name__)
        self._active.add(id(node))
        try:
            return handler(self, node, scope, depth + 1)
        finally:
            self._active.discard(id(node))

    def name(self, name: str, scope: Scope, depth: int = 0) -> Value:
        """What a name stands for."""
        if name in scope.names:
            return scope.names[name]
        declaration = scope.declaration
        while declaration is not None:
            if name in declaration.names:
                return self.definition(declaration.names[name], Scope(scope.module, declaration), depth)
            declaration = declaration.outer
        key = (id(scope.module), name)
        if key in self._cache:
            return self._cache[key]
        found = self._module_name(name, scope.module, depth)
        if not isinstance(found, Unknown):
            self._cache[key] = found
        return found

    def _module_name(self, name: str, module: Module, depth: int) -> Value:
        found = self.project.look_up(module, name)
        if found is None:
            return Reference(name)
        return self.definition(found, Scope(self.project.home(module, name)), depth)

    def definition(self, found: Definition, scope: Scope, depth: int = 0) -> Value:
        """The value of what a name is bound to."""
        if isinstance(found, ClassDeclaration):
            return ClassValue(found)
        if isinstance(found, Imported):
            return Reference(f"{found.module}.{found.attribute}" if found.attribute else found.module)
        if isinstance(found, ast.FunctionDef):
            return Reference(f"{scope.module.name}.{found.name}")
        return self.value(found, scope, depth)

    def attribute(self, owner: Value, name: str, scope: Scope, depth: int = 0) -> Value:
        """An attribute of a value: of a class of the sources, of a module, or of something unknown."""
        if isinstance(owner, ClassValue):
            return self.class_attribute(owner.declaration, name, depth)
        if isinstance(owner, Reference):
            if owner.path == "django.conf.settings" and name != "AUTH_USER_MODEL":
                return self._setting(name, depth)
            module = self.project.module(owner.path, scope.module)
            if module is not None and (found := self.project.look_up(module, name)) is not None:
                return self.definition(found, Scope(self.project.home(module, name)), depth)
            return Reference(f"{owner.path}.{name}")
        if name == "value" and is_known(owner):
            return owner
        return Unknown(f".{name}")

    def _setting(self, name: str, depth: int) -> Value:
        """A setting, where one of the project's settings modules says it."""
        for module in self.project.settings_modules:
            if name in module.names:
                return self.name(name, Scope(module), depth)
        if name == "DEFAULT_AUTO_FIELD":
            return "django.db.models.BigAutoField"
        return Reference(f"django.conf.settings.{name}")

    def class_attribute(self, declaration: ClassDeclaration, name: str, depth: int = 0) -> Value:
        """An attribute of a class, inherited ones included; a member of an enumeration is its value."""
        if name in {"choices", "values", "labels", "names"} and self.is_enumeration(declaration):
            members = self.members(declaration, depth)
            return (
                list(members)
                if name == "names"
                else [(one, one) for one in members.values()]
                if name == "choices"
                else list(members.values())
            )
        for one in [declaration, *self._sources(declaration, depth)]:
            if name in one.names:
                value = self.definition(one.names[name], Scope(one.module, one), depth + 1)
                return self._member(value, name) if self.is_enumeration(one) else value
        return Reference(f"{declaration.path}.{name}")

    def members(self, declaration: ClassDeclaration, depth: int = 0) -> dict[str, Value]:
        """The members of an enumeration, name → value."""
        found: dict[str, Value] = {}
        number = 0
        for name, definition in declaration.names.items():
            if name.startswith("_") or not isinstance(definition, ast.expr) or name == "do_not_call_in_templates":
                continue
            value = self._member(self.value(definition, Scope(declaration.module, declaration), depth + 1), name)
            if isinstance(value, Called) and value.last == "auto":
                number += 1
                value = name.lower() if any(base.last == "StrEnum" for base in self._bases(declaration)) else number
            found[name] = value
        return found

    def is_enumeration(self, declaration: ClassDeclaration) -> bool:
        """Whether a class is an enumeration of Python's or Django's."""
        classes = [declaration, *self._sources(declaration, 0)]
        return any(base.last in _ENUMERATIONS for one in classes for base in self._bases(one))

    def _bases(self, declaration: ClassDeclaration) -> list[Reference]:
        scope = Scope(declaration.module, declaration.outer)
        values = [self.value(one, scope, 1) for one in declaration.node.bases]
        return [one for one in values if isinstance(one, Reference)]

    def _sources(self, declaration: ClassDeclaration, depth: int) -> list[ClassDeclaration]:
        """The base classes that the sources have, nearest first."""
        found: list[ClassDeclaration] = []
        pending = [declaration]
        while pending and len(found) < MAX_DEPTH:
            one = pending.pop(0)
            for node in one.node.bases:
                value = self.value(node, Scope(one.module, one.outer), depth + 1)
                if (
                    isinstance(value, ClassValue)
                    and value.declaration not in found
                    and value.declaration is not declaration
                ):
                    found.append(value.declaration)
                    pending.append(value.declaration)
        return found

    @staticmethod
    def _member(value: Value, name: str) -> Value:
        if isinstance(value, tuple) and value:
            return value[0]
        return value if not isinstance(value, Called) or value.last != "_" else name

    def _constant(self, node: ast.Constant, _: Scope, __: int) -> Value:
        return node.value

    def _name(self, node: ast.Name, scope: Scope, depth: int) -> Value:
        return self.name(node.id, scope, depth)

    def _attribute(self, node: ast.Attribute, scope: Scope, depth: int) -> Value:
        return self.attribute(self.value(node.value, scope, depth), node.attr, scope, depth)

    def _sequence(self, node: ast.List | ast.Tuple | ast.Set, scope: Scope, depth: int) -> Value:
        found: list[Value] = []
        for one in node.elts:
            if isinstance(one, ast.Starred):
                inner = self.value(one.value, scope, depth)
                known = isinstance(inner, list | tuple) and len(found) + len(inner) <= MAX_SIZE
                found += list(inner) if known else [Unknown("unpacked")]
            else:
                found.append(self.value(one, scope, depth))
        return tuple(found) if isinstance(node, ast.Tuple) else found

    def _dict(self, node: ast.Dict, scope: Scope, depth: int) -> Value:
        found: dict[Value, Value] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                inner = self.value(value, scope, depth)
                found.update(inner if isinstance(inner, dict) else {})
                continue
            name = self.value(key, scope, depth)
            if isinstance(name, str | int | float | bytes | Reference) or name is None:
                found[name] = self.value(value, scope, depth)
        return found

    def _call(self, node: ast.Call, scope: Scope, depth: int) -> Value:
        args = self._sequence(ast.Tuple(elts=node.args, ctx=ast.Load()), scope, depth)
        kwargs: dict[str, Value] = {}
        for one in node.keywords:
            value = self.value(one.value, scope, depth)
            if one.arg is not None:
                kwargs[one.arg] = value
            elif isinstance(value, dict):
                kwargs.update({str(key): inner for key, inner in value.items()})
            else:
                kwargs["**"] = value
        return self._called(node, args, kwargs, scope, depth)

    def _called(
        self, node: ast.Call, args: tuple[Value, ...], kwargs: dict[str, Value], scope: Scope, depth: int
    ) -> Value:
        if isinstance(node.func, ast.Attribute):
            receiver = self.value(node.func.value, scope, depth)
            if isinstance(receiver, str) and node.func.attr in _TEXT_METHODS:
                return _text_method(receiver, node.func.attr, args, kwargs)
            if not isinstance(receiver, Reference | ClassValue):
                return Called(node.func.attr, args, kwargs, receiver=receiver, line=node.lineno)
        function = self.value(node.func, scope, depth)
        if isinstance(function, ClassValue):
            if self.is_enumeration(function.declaration) and len(args) == 1:
                return args[0]
            return Called(function.declaration.path, args, kwargs, declaration=function.declaration, line=node.lineno)
        if isinstance(function, Called) and function.last == "import_string" and function.args:
            return Called(str(function.args[0]), args, kwargs, line=node.lineno)
        if isinstance(function, Reference):
            if function.last in _WRAPPERS and args:
                return args[-1] if function.last == "cast" else args[0]
            if function.path == "getattr" and len(args) in {2, 3} and isinstance(args[1], str):
                return self._looked_up(args, scope, depth)
            if function.path in _BUILTINS and all(is_known(one) for one in args) and not kwargs:
                return _built_in(function.path, args)
            return Called(function.path, args, kwargs, line=node.lineno)
        return Unknown("a call")

    def _looked_up(self, args: tuple[Value, ...], scope: Scope, depth: int) -> Value:
        """`getattr(settings, "NAME", default)`."""
        found = self.attribute(args[0], args[1], scope, depth)
        is_unknown = isinstance(found, Unknown | Reference) and args[1] != "AUTH_USER_MODEL"
        return args[2] if is_unknown and len(args) == 3 else found

    def _binary(self, node: ast.BinOp, scope: Scope, depth: int) -> Value:
        left, right = self.value(node.left, scope, depth), self.value(node.right, scope, depth)
        operator = _OPERATORS.get(type(node.op), "?")
        if _is_plain(left) and _is_plain(right):
            return _operated(operator, left, right)
        if isinstance(left, list | tuple) and isinstance(right, list | tuple) and operator == "+":
            if len(left) + len(right) > MAX_SIZE:
                return Unknown("a list that is too long")
            return [*left, *right] if isinstance(left, list) else (*left, *right)
        return Operated(operator, left, right)

    def _unary(self, node: ast.UnaryOp, scope: Scope, depth: int) -> Value:
        operand = self.value(node.operand, scope, depth)
        if isinstance(operand, int | float):
            if isinstance(node.op, ast.USub):
                return -operand
            return not operand if isinstance(node.op, ast.Not) else operand
        return Negated("~" if isinstance(node.op, ast.Invert) else "-", operand)

    def _joined(self, node: ast.JoinedStr, scope: Scope, depth: int) -> Value:
        parts: list[str] = []
        for one in node.values:
            value = self.value(one.value if isinstance(one, ast.FormattedValue) else one, scope, depth)
            if not isinstance(value, str | int | float):
                return Unknown("a formatted text")
            parts.append(str(value))
        return "".join(parts) if sum(map(len, parts)) <= MAX_SIZE else Unknown("a long text")

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope, depth: int) -> Value:
        found: list[Value] = []
        generator = node.generators[0]
        over = self.value(generator.iter, scope, depth)
        if isinstance(over, ClassValue) and self.is_enumeration(over.declaration):
            over = list(self.members(over.declaration, depth).values())
        if isinstance(over, dict):
            over = list(over)
        if len(node.generators) > 1 or generator.ifs or not isinstance(over, list | tuple) or len(over) > MAX_SIZE:
            return Unknown("a comprehension")
        self._iterations += len(over)
        if self._iterations > MAX_ITERATIONS:
            return Unknown("a comprehension after very many others")
        for one in over:
            bound = _bound(generator.target, one)
            if bound is None:
                return Unknown("a comprehension")
            found.append(self.value(node.elt, Scope(scope.module, scope.declaration, {**scope.names, **bound}), depth))
        return found

    def _subscript(self, node: ast.Subscript, scope: Scope, depth: int) -> Value:
        owner, key = self.value(node.value, scope, depth), self.value(node.slice, scope, depth)
        if isinstance(owner, dict) and isinstance(key, str | int):
            return owner.get(key, Unknown("a key that is not there"))
        if isinstance(owner, list | tuple | str) and isinstance(key, int) and -len(owner) <= key < len(owner):
            return owner[key]
        return owner if isinstance(owner, Reference | ClassValue) else Unknown("a subscript")

    def _conditional(self, node: ast.IfExp, scope: Scope, depth: int) -> Value:
        test = self.value(node.test, scope, depth)
        if is_known(test):
            return self.value(node.body if test else node.orelse, scope, depth)
        return Unknown("a condition")

    def _lambda(self, _: ast.Lambda, __: Scope, ___: int) -> Value:
        return Unknown("a function")

    _HANDLERS: ClassVar[Mapping[type[ast.AST], Callable[[Any, Any, Scope, int], Value]]] = {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.List: _sequence,
        ast.Tuple: _sequence,
        ast.Set: _sequence,
        ast.Dict: _dict,
        ast.Call: _call,
        ast.BinOp: _binary,
        ast.UnaryOp: _unary,
        ast.JoinedStr: _joined,
        ast.ListComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.SetComp: _comprehension,
        ast.Subscript: _subscript,
        ast.IfExp: _conditional,
        ast.Lambda: _lambda,
    }


def _is_plain(value: Value) -> bool:
    return isinstance(value, str | int | float) or (isinstance(value, tuple) and is_known(value))


def _operated(operator: str, left: Any, right: Any) -> Value:
    if _is_too_large(operator, left, right):
        return Unknown("a value that is too large")
    try:
        return _ARITHMETIC[operator](left, right)
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return Unknown("an operation")


def _is_too_large(operator: str, left: Any, right: Any) -> bool:
    """Whether an operation could make more than a declaration needs: repeated texts, powers, padded formats."""
    sizes = [len(one) for one in (left, right) if isinstance(one, str | tuple)]
    bits = [one.bit_length() for one in (left, right) if isinstance(one, int)]
    if operator == "%" and isinstance(left, str):
        return _PADDED.search(left) is not None or sum(sizes) > MAX_SIZE
    if operator in {"^", "<<"}:
        return not isinstance(right, int) or right > MAX_POWER or sum(bits[:1]) * max(right, 1) > MAX_BITS
    if operator == "*" and sizes:
        return not bits or sizes[0] * max(left if isinstance(left, int) else right, 1) > MAX_SIZE
    return sum(sizes) > MAX_SIZE or sum(bits) > MAX_BITS


_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "^": lambda a, b: a**b,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "<<": lambda a, b: a << b,
    ">>": lambda a, b: a >> b,
}


def _text_method(receiver: str, name: str, args: tuple[Value, ...], kwargs: dict[str, Value]) -> Value:
    given = [list(one) if isinstance(one, list | tuple) else one for one in args]
    if not all(is_known(one) for one in given) or not all(is_known(one) for one in kwargs.values()):
        return Unknown("a text that is not known")
    if name == "format" and ("." in receiver or "[" in receiver or ":" in receiver):
        return Unknown("a formatted text")
    try:
        found = getattr(receiver, name)(*given, **kwargs)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        return Unknown("a text that is not known")
    return found if isinstance(found, str) and len(found) <= MAX_SIZE else Unknown("a long text")


_BUILTINS = frozenset(
    {"len", "max", "min", "str", "int", "list", "tuple", "sorted", "set", "frozenset", "dict", "sum", "float"}
)


def _built_in(name: str, args: tuple[Value, ...]) -> Value:
    functions: dict[str, Callable[..., Any]] = {
        "len": len, "max": max, "min": min, "str": str, "int": int, "list": list, "tuple": tuple, "sorted": sorted, "set": list,
        "frozenset": list, "dict": dict, "sum": sum, "float": float,
    }  # fmt: skip
    try:
        return functions[name](*args)
    except (TypeError, ValueError, OverflowError):
        return Unknown(f"{name}()")


def _bound(target: ast.expr, value: Value) -> dict[str, Value] | None:
    if isinstance(target, ast.Name):
        return {target.id: value}
    if (
        not isinstance(target, ast.Tuple | ast.List)
        or not isinstance(value, list | tuple)
        or len(target.elts) != len(value)
    ):
        return None
    found: dict[str, Value] = {}
    for one, inner in zip(target.elts, value, strict=True):
        bound = _bound(one, inner)
        if bound is None:
            return None
        found |= bound
    return found
