"""Works out expressions of a program that is read: its own literals, names, operators and small functions, and calls of SQLAlchemy's.

    evaluator.value(node, scope)      # or a NotStaticError

Calls go only to functions of the program, which are gone through statement by statement, and to those of `library`, which make no more
than objects that describe a schema.
"""

from __future__ import annotations

import ast
import builtins
import enum
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import sqlalchemy.exc
from sqlalchemy.sql.elements import ClauseElement

from dbdesign.readers.sqlalchemy import safe_operations as safe
from dbdesign.readers.sqlalchemy.values import (
    IGNORED,
    External,
    Function,
    Instance,
    Module,
    Namespace,
    Native,
    NotStaticError,
    Place,
    Scope,
    TypeClass,
    Unknown,
)

DEEPEST = 90
"""Expressions within one another, calls included."""

MOST_STEPS = 5_000_000
"""Expressions that are worked out in all."""

UNKNOWN_DEFAULT = Unknown("a default of Python's")

MOST_ELEMENTS = 20_000
"""Elements that a comprehension or loop goes over."""

FAILURES = (
    sqlalchemy.exc.SQLAlchemyError, TypeError, ValueError, AttributeError, LookupError, NotImplementedError, AssertionError,
    ArithmeticError,
    RecursionError,
)  # fmt: skip
"""What SQLAlchemy and the operators of Python raise where a program says something that does not hold."""


class World(Protocol):
    """What the evaluator asks of the rest: members of modules, and functions of the program."""

    def member(self, owner: Module | External, name: str) -> Any:
        """A name of a module."""

    def run(self, function: Function, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """What a function of the program returns."""

    def say(self, node: ast.AST, scope: Scope, reason: str) -> None:
        """That a piece of the program was not understood."""

    def make(self, of: Any, arguments: list[Any], keywords: dict[str, Any], place: Place) -> Any:
        """A call of a class of the program."""


class Evaluator:
    """See the module."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._depth = 0
        self._steps = 0
        self.python_defaults = 0
        self._rules = {
            ast.Constant: lambda node, _: node.value,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.Subscript: self._subscript,
            ast.List: lambda node, scope: self._elements(node.elts, scope),
            ast.Tuple: lambda node, scope: tuple(self._elements(node.elts, scope)),
            ast.Set: lambda node, scope: set(self._elements(node.elts, scope)),
            ast.Dict: self._dict,
            ast.JoinedStr: self._joined,
            ast.BinOp: lambda node, scope: safe.binary(
                type(node.op), self.value(node.left, scope), self.value(node.right, scope)
            ),
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._bool,
            ast.Compare: self._compare,
            ast.IfExp: lambda node, scope: self.value(
                node.body if self.truth(node.test, scope) else node.orelse, scope
            ),
            ast.Lambda: lambda node, scope: Function("<lambda>", node.args, node.body, scope),
            ast.ListComp: lambda node, scope: list(self._comprehension(node, scope)),
            ast.SetComp: lambda node, scope: set(self._comprehension(node, scope)),
            ast.GeneratorExp: lambda node, scope: list(self._comprehension(node, scope)),
            ast.DictComp: lambda node, scope: dict(self._comprehension(node, scope)),
            ast.Slice: lambda node, scope: slice(
                *(one and self.value(one, scope) for one in (node.lower, node.upper, node.step))
            ),
            ast.NamedExpr: self._named,
        }

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """One level further in; a NotStaticError where it is too deep or goes on for too long."""
        self._steps += 1
        if self._depth >= DEEPEST:
            raise NotStaticError("is nested too deeply to be worked out")
        if self._steps > MOST_STEPS:
            raise NotStaticError("the program goes on for too long to be worked out")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1

    def value(self, node: ast.expr, scope: Scope) -> Any:
        """What an expression is.

        Raises:
            NotStaticError: where only running the program would give it.
        """
        rule = self._rules.get(type(node))
        if rule is None:
            raise NotStaticError(f"{type(node).__name__.lower()} is known only by executing it")
        with self.deeper():
            try:
                return rule(node, scope)  # type: ignore[operator]
            except NotStaticError:
                raise
            except FAILURES as error:
                raise NotStaticError(f"{type(error).__name__}: {_first_line(error)}") from None

    def truth(self, node: ast.expr, scope: Scope) -> bool:
        """Whether an expression is true."""
        return safe.truth(self.value(node, scope))

    def _name(self, node: ast.Name, scope: Scope) -> Any:
        try:
            found = scope.find(node.id)
        except KeyError:
            found = BUILTINS.get(node.id, Unknown(f"{node.id} is not defined in the files that were read"))
        if isinstance(found, Unknown):
            raise NotStaticError(found.reason)
        return found

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Any:
        return self.attribute(self.value(node.value, scope), node.attr)

    def attribute(self, owner: Any, name: str) -> Any:
        """`owner.name`."""
        if isinstance(owner, Module | External):
            found = self._world.member(owner, name)
        elif isinstance(owner, Instance):
            found = owner.names.get(name, Unknown(f"{name} of an object is not known"))
            if isinstance(found, Unknown) and isinstance(owner.of, TypeClass):
                found = _bound(owner.of.names.get(name, found), owner)
        elif isinstance(owner, Namespace):
            found = owner.lookup(name)
        elif isinstance(owner, TypeClass):
            found = owner.names.get(
                name, owner.name if name == "__name__" else Unknown(f"{name} of a type is not known")
            )
        else:
            found = _of_class(owner, name)
        if isinstance(found, Unknown):
            raise NotStaticError(found.reason)
        return found

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Any:
        owner = self.value(node.value, scope)
        if owner is IGNORED or isinstance(owner, External):
            return owner
        return safe.subscript(owner, self.value(node.slice, scope))

    def _elements(self, nodes: list[ast.expr], scope: Scope) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found.extend(self.iterable(node.value, scope))
            else:
                found.append(self.value(node, scope))
        return found

    def tolerant_elements(self, nodes: list[ast.expr], scope: Scope) -> list[Any]:
        """The values of expressions; those that are not known are said and left out."""
        found: list[Any] = []
        for node in nodes:
            try:
                found.extend(self._elements([node], scope))
            except NotStaticError as error:
                self._world.say(node, scope, str(error))
        return [one for one in found if one is not IGNORED]

    def iterable(self, node: ast.expr, scope: Scope) -> list[Any]:
        """The elements of what an expression is."""
        value = self.value(node, scope)
        if isinstance(value, ClauseElement) or not hasattr(value, "__iter__"):
            raise NotStaticError(f"a {type(value).__name__} is not gone over")
        found: list[Any] = []
        for one in value:
            if len(found) >= MOST_ELEMENTS:
                raise NotStaticError(f"more than {MOST_ELEMENTS:,} elements are not gone over")
            found.append(one)
        return found

    def _dict(self, node: ast.Dict, scope: Scope) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                found.update(self.value(value, scope))
                continue
            try:
                found[self.value(key, scope)] = self.value(value, scope)
            except TypeError as error:
                raise NotStaticError(str(error)) from None
        return found

    def _joined(self, node: ast.JoinedStr, scope: Scope) -> str:
        text = ""
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value)
            elif isinstance(part, ast.FormattedValue):
                wanted = self.value(part.format_spec, scope) if part.format_spec else ""
                text += safe.formatted(self.value(part.value, scope), wanted, part.conversion)
            if len(text) > safe.LONGEST:
                raise NotStaticError("a text of more than 100,000 characters is not made")
        return text

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Any:
        if isinstance(node.op, ast.Not):
            return not self.truth(node.operand, scope)
        return safe.unary(type(node.op), self.value(node.operand, scope))

    def _bool(self, node: ast.BoolOp, scope: Scope) -> Any:
        found: Any = None
        for one in node.values:
            found = self.value(one, scope)
            if safe.truth(found) is isinstance(node.op, ast.Or):
                return found
        return found

    def _compare(self, node: ast.Compare, scope: Scope) -> Any:
        left, found = self.value(node.left, scope), True
        for kind, right_node in zip(node.ops, node.comparators, strict=True):
            right = self.value(right_node, scope)
            found = safe.compare(type(kind), left, right)
            if len(node.ops) > 1 and not safe.truth(found):
                return False
            left = right
        return found

    def _named(self, node: ast.NamedExpr, scope: Scope) -> Any:
        scope.names[node.target.id] = found = self.value(node.value, scope)
        return found

    def _comprehension(self, node: Any, scope: Scope, level: int = 0) -> Iterator[Any]:
        if level == len(node.generators):
            if isinstance(node, ast.DictComp):
                yield self.value(node.key, scope), self.value(node.value, scope)
            else:
                yield self.value(node.elt, scope)
            return
        clause = node.generators[level]
        for one in self.iterable(clause.iter, scope):
            inner = Scope(scope.path, {}, scope)
            bind(clause.target, one, inner)
            if all(self.truth(test, inner) for test in clause.ifs):
                yield from self._comprehension(node, inner, level + 1)

    # -- calls -------------------------------------------------------------------------------------------------------------

    def _call(self, node: ast.Call, scope: Scope) -> Any:
        function = self.value(node.func, scope)
        if function is IGNORED:
            self._look_for_tables(node, scope)
            return IGNORED
        if isinstance(function, External):
            raise NotStaticError(f"{function.name} is of a package that is not read")
        lenient = function.lenient if isinstance(function, Native) else frozenset()
        if isinstance(function, Native) and function.tolerant:
            arguments = self.tolerant_elements(node.args, scope)
        else:
            arguments = self._elements(node.args, scope)
        keywords = self._keywords(node, scope, lenient)
        return self.call(function, arguments, keywords, Place(scope.path, node.lineno))

    def _look_for_tables(self, node: ast.Call, scope: Scope) -> None:
        """A relationship says nothing of the schema, but the table that it goes through may be declared in it."""
        for one in node.keywords:
            if one.arg == "secondary" and isinstance(one.value, ast.Call):
                self.tolerant_elements([one.value], scope)

    def _keywords(self, node: ast.Call, scope: Scope, lenient: frozenset[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in node.keywords:
            if one.arg is None:
                given = self.value(one.value, scope)
                if not isinstance(given, dict):
                    raise NotStaticError("keywords that are not known")
                found.update({str(key): value for key, value in given.items() if key not in lenient})
            elif one.arg in lenient:
                self._leniently(one, scope, found)
            else:
                found[one.arg] = self.value(one.value, scope)
        return found

    def _leniently(self, keyword: ast.keyword, scope: Scope, found: dict[str, Any]) -> None:
        """A value of Python's side: only a sequence or an SQL expression among them is of account, and many are not known."""
        try:
            value = self.value(keyword.value, scope)
        except NotStaticError:
            value = UNKNOWN_DEFAULT
        if keyword.arg is not None and isinstance(value, sqlalchemy.Sequence):
            found[keyword.arg] = value
        elif keyword.arg == "autoload_with":
            found["autoload_with"] = True  # the table is reflected; from what is of no account
        elif keyword.arg in {"default", "insert_default", "default_factory"} and value is not None:
            self.python_defaults += 1

    def call(self, function: Any, arguments: list[Any], keywords: dict[str, Any], place: Place) -> Any:
        """What a call gives."""
        if isinstance(function, Function):
            return self._world.run(function, arguments, keywords)
        if not isinstance(function, Native):
            return self._world.make(function, arguments, keywords, place)
        if function.raw:
            return function.call(*arguments, **keywords)
        made = [self.argument(one, place) for one in arguments]
        named = {key: self.argument(one, place) for key, one in keywords.items()}
        try:
            return function.call(*made, **named, place=place) if function.placed else function.call(*made, **named)
        except NotStaticError:
            raise
        except FAILURES as error:
            raise NotStaticError(f"{type(error).__name__}: {_first_line(error)}") from None

    def argument(self, value: Any, place: Place) -> Any:
        """A value as SQLAlchemy takes it: a function of the program that can be called, a type of the program's as it is stored."""
        if isinstance(value, External):
            raise NotStaticError(f"{value.name} is of a package that is not read")
        if isinstance(value, TypeClass):
            return self._world.make(value, [], {}, place)
        if isinstance(value, Native) and value.is_type:
            return self.call(value, [], {}, place)
        if isinstance(value, Native):
            return lambda *arguments, **keywords: self.call(value, list(arguments), keywords, place)
        if isinstance(value, Function):
            return lambda *arguments, **keywords: self._world.run(value, list(arguments), keywords)
        if isinstance(value, dict) and any(isinstance(one, TypeClass | Native) for one in value.values()):
            return {key: self.argument(one, place) for key, one in value.items()}
        return value


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:200]


def _bound(value: Any, owner: Any) -> Any:
    if isinstance(value, Function) and value.kind == "function":
        return Function(value.name, value.arguments, value.body, value.scope, value.returns, "method", owner)
    return value


def _of_class(owner: Any, name: str) -> Any:
    """An attribute of a class of the program, whose functions are kept beside it, or of a value of SQLAlchemy's."""
    if isinstance(owner, type):
        for base in owner.__mro__:
            functions = base.__dict__.get("_dbdesign_functions", {})
            if name in functions:
                function = functions[name]
                if isinstance(function, Function) and function.kind == "classmethod":
                    return Function(name, function.arguments, function.body, function.scope, None, "method", owner)
                return function
            if name in base.__dict__:
                break
    return safe.attribute(owner, name)


def bind(target: ast.expr, value: Any, scope: Scope) -> None:
    """Assign a value to a name, or its elements to names."""
    if isinstance(target, ast.Name):
        scope.names[target.id] = value
    elif (
        isinstance(target, ast.Tuple | ast.List) and isinstance(value, list | tuple) and len(value) == len(target.elts)
    ):
        for one, part in zip(target.elts, value, strict=True):
            bind(one, part, scope)
    elif isinstance(target, ast.Tuple | ast.List):
        for one in target.elts:
            bind(one, Unknown("a part of a value that is not known"), scope)


def _range(*numbers: int) -> list[int]:
    found = range(*numbers)
    if len(found) > MOST_ELEMENTS:
        raise NotStaticError(f"more than {MOST_ELEMENTS:,} elements are not gone over")
    return list(found)


def _isinstance(value: Any, kinds: Any) -> bool:
    return isinstance(value, kinds)


def _getattr(owner: Any, name: str, *default: Any) -> Any:
    try:
        return _of_class(owner, name)
    except NotStaticError:
        if default:
            return default[0]
        raise


_PLAIN = ("len", "min", "max", "sum", "abs", "round", "sorted", "any", "all", "bool")
BUILTINS: dict[str, Any] = {
    **{name: Native(getattr(builtins, name)) for name in _PLAIN},
    "range": Native(_range),
    "isinstance": Native(_isinstance),
    "hasattr": Native(lambda owner, name: _getattr(owner, name, IGNORED) is not IGNORED),
    "getattr": Native(_getattr),
    "enumerate": Native(lambda values, start=0: list(enumerate(values, start))),
    "zip": Native(lambda *values: list(zip(*values, strict=False))),
    "map": Native(lambda function, *values: [function(*one) for one in zip(*values, strict=False)]),
    "filter": Native(lambda function, values: [one for one in values if (function(one) if function else one)]),
    "reversed": Native(lambda values: list(values)[::-1]),
    "print": IGNORED,
    "int": int,
    "str": str,
    "float": float,
    "bytes": bytes,
    "complex": complex,
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": dict,
    "object": object,
    "type": Native(lambda value: type(value)),
    "property": IGNORED,
    "staticmethod": IGNORED,
    "classmethod": IGNORED,
    "Exception": Exception,
    "ValueError": ValueError,
    "NotImplementedError": NotImplementedError,
    "__debug__": True,
}
BUILTINS["bool"] = bool


def convert(kind: type, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """A call of one of Python's own types: `str(value)`, `dict(name=value)`."""
    if kind in {str, int, float, bool} and len(arguments) <= 1 and not keywords:
        if arguments and not isinstance(arguments[0], str | int | float | enum.Enum | None.__class__):
            raise NotStaticError(f"{kind.__name__}() of a {type(arguments[0]).__name__} is not worked out")
        if arguments and isinstance(arguments[0], str) and len(arguments[0]) > 1000 and kind is not str:
            raise NotStaticError("a very long number is not worked out")
    elif (
        kind not in {list, tuple, set, frozenset, dict}
        or len(arguments) > 1
        or any(isinstance(one, int) for one in arguments)
    ):
        raise NotStaticError(f"{kind.__name__}() is not worked out")
    try:
        return kind(*arguments, **keywords)
    except (TypeError, ValueError) as error:
        raise NotStaticError(str(error)) from None
