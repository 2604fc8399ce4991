"""Goes through a program's modules statement by statement, and makes the classes and tables that they declare."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.functions import _FunctionGenerator
from sqlalchemy.types import TypeEngine

from dbdesign.readers.base import Unread
from dbdesign.readers.sqlalchemy import evaluate, library, type_classes
from dbdesign.readers.sqlalchemy.classes import Classes
from dbdesign.readers.sqlalchemy.evaluate import FAILURES, Evaluator, bind
from dbdesign.readers.sqlalchemy.program import Program
from dbdesign.readers.sqlalchemy.values import (
    IGNORED,
    External,
    Function,
    Instance,
    Module,
    Native,
    NotStaticError,
    Place,
    Scope,
    TypeClass,
    Unknown,
)

DEEPEST_IMPORT = 12
"""Modules being read within one another: only those in a circle of imports are, for the rest is in order."""

DEEPEST_CALL = 12
NOWHERE = Place("", 1)
DECLARING = ("Column", "mapped_column", "Table", "ForeignKey", "Constraint", "Index", "Computed")
"""What a call contains that must be said when it is not understood."""


class ReturnSignal(Exception):  # noqa: N818 - control flow of the program that is read
    """A `return` was reached."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Interpreter:
    """Reads a program.

    Args:
        dialect: the name of SQLAlchemy's dialect, which types of the program's own may ask for.
        special: further names of packages: `alembic.op`, `sqlmodel.Field`; kept as an attribute.
    """

    def __init__(self, program: Program, dialect: str, special: Callable[[str], Any] | None = None) -> None:
        self.program = program
        self.dialect = dialect
        self.unread: list[Unread] = []
        self.notes: dict[str, int] = {}
        self.metadatas: dict[int, sa.MetaData] = {}
        self.evaluator = Evaluator(self)
        self.classes = Classes(self)
        self.special = special or (lambda _: None)
        self._modules: list[Module] = []
        self._calls = 0
        self._said: set[tuple[str, int, str]] = set()

    # -- modules -----------------------------------------------------------------------------------------------------------

    def read(self) -> None:
        """Every module."""
        for module in self.program.in_order():
            if not _is_revision(module.tree):
                self.load(module)
        self.classes.say_doubtful()

    def load(self, module: Module) -> None:
        """A module, unless it was read or is being read."""
        if module.state != "unread" or len(self._modules) > DEEPEST_IMPORT:
            return
        module.state = "being read"
        self._modules.append(module)
        try:
            self.body(module.tree.body, module.scope)
        finally:
            self._modules.pop()
        module.state = "read"

    def member(self, owner: Module | External, name: str) -> Any:
        """A name of a module or package."""
        if isinstance(owner, External):
            dotted = f"{owner.name}.{name}"
            special = self.special(dotted)
            if special is None and name == "metadata" and owner.name.rpartition(".")[2][:1].isupper():
                return self.classes.assumed_base.metadata  # of a base in a package that is not read
            return library.member(dotted) if special is None else special
        if name in owner.scope.names:
            return owner.scope.names[name]
        inner = self.program.find(f"{owner.name}.{name}", owner)
        if inner is not None and inner is not owner:
            self.load(inner)
            return inner
        reason = (
            "is not there yet: modules import one another in a circle"
            if owner.state == "being read"
            else "is not defined"
        )
        return Unknown(f"{name} of {owner.path} {reason}")

    def _module(self, name: str, importer: Module) -> Module | External:
        found = self.program.find(name, importer)
        if (
            found is None
            or found is importer
            or name.partition(".")[0] in {"sqlalchemy", "typing", "enum", "datetime", "uuid"}
        ):
            return External(name)
        self.load(found)
        return found

    def _import(self, node: ast.Import, scope: Scope) -> None:
        importer = self._importer(scope)
        for one in node.names:
            if one.asname:
                scope.names[one.asname] = self._module(one.name, importer)
            else:
                self._module(one.name, importer)
                first = one.name.partition(".")[0]
                scope.names[first] = (
                    self._module(first, importer) if self.program.find(first, importer) else External(first)
                )

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        importer = self._importer(scope)
        name = self.program.absolute(importer, node.module, node.level)
        if name == "__future__":
            return
        owner = self._module(name, importer)
        for one in node.names:
            if one.name == "*":
                if isinstance(owner, Module):
                    scope.names.update(
                        {key: value for key, value in owner.scope.names.items() if not key.startswith("_")}
                    )
                else:
                    scope.names.update(_everything(owner.name))
                continue
            scope.names[one.asname or one.name] = self._imported(owner, one.name, importer)

    def _imported(self, owner: Module | External, name: str, importer: Module) -> Any:
        found = self.member(owner, name)
        if isinstance(found, Unknown | External):
            dotted = f"{owner.name}.{name}"
            inner = self.program.find(dotted, importer)
            if inner is not None and inner is not importer and not dotted.startswith("sqlalchemy."):
                self.load(inner)
                return inner
        return found

    def _importer(self, scope: Scope) -> Module:
        return self.program.modules[scope.path]

    # -- statements --------------------------------------------------------------------------------------------------------

    def body(self, statements: Sequence[ast.stmt], scope: Scope) -> None:
        """Statements in order."""
        for node in statements:
            rule = _STATEMENTS.get(type(node))
            if rule is not None:
                getattr(self, rule)(node, scope)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        value = self.tolerant(node.value, scope)
        for target in node.targets:
            self._bind(target, value, scope)

    def _annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        if node.value is not None:
            self._bind(node.target, self.tolerant(node.value, scope), scope)

    def _augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        try:
            value = (
                self.evaluator.value(ast.BinOp(ast.Name(node.target.id), node.op, node.value), scope)
                if isinstance(node.target, ast.Name)
                else None
            )
        except NotStaticError as error:
            value = Unknown(str(error))
        self._bind(node.target, value, scope)

    def _bind(self, target: ast.expr, value: Any, scope: Scope) -> None:
        if isinstance(target, ast.Attribute):
            self._set_attribute(target, value, scope)
        elif isinstance(target, ast.Subscript):
            self._set_element(target, value, scope)
        else:
            bind(target, value, scope)

    def _set_attribute(self, target: ast.Attribute, value: Any, scope: Scope) -> None:
        try:
            owner = self.evaluator.value(target.value, scope)
        except NotStaticError:
            return
        if isinstance(owner, Instance):
            owner.names[target.attr] = value
        elif isinstance(owner, type):
            self.classes.set_attribute(owner, target.attr, value)
        elif (
            isinstance(owner, sa.MetaData)
            and target.attr in {"naming_convention", "schema"}
            and not isinstance(value, Unknown)
        ):
            setattr(
                owner,
                target.attr,
                sa.MetaData(naming_convention=value).naming_convention if isinstance(value, dict) else value,
            )

    def _set_element(self, target: ast.Subscript, value: Any, scope: Scope) -> None:
        try:
            owner, key = self.evaluator.value(target.value, scope), self.evaluator.value(target.slice, scope)
            if isinstance(owner, dict):
                owner[key] = value
        except (NotStaticError, TypeError):
            return

    def tolerant(self, node: ast.expr, scope: Scope) -> Any:
        """The value of an expression; an `Unknown` where it is not known, said where it declares a part of a schema."""
        try:
            return self.evaluator.value(node, scope)
        except NotStaticError as error:
            if self._declares(node):
                self.say(node, scope, str(error))
            return Unknown(str(error))

    @staticmethod
    def _declares(node: ast.expr) -> bool:
        if not isinstance(node, ast.Call):
            return False
        name = (
            node.func.attr
            if isinstance(node.func, ast.Attribute)
            else node.func.id
            if isinstance(node.func, ast.Name)
            else ""
        )
        return name.endswith(DECLARING)

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        if isinstance(node.value, ast.Call):
            self.tolerant(node.value, scope)

    def _if(self, node: ast.If, scope: Scope) -> None:
        try:
            known = self.evaluator.truth(node.test, scope)
        except NotStaticError:
            if _main(node.test):
                return
            self.body(node.orelse, scope)
            self.body(node.body, scope)
            return  # what both branches define is taken from the first
        self.body(node.body if known else node.orelse, scope)

    def _try(self, node: ast.Try, scope: Scope) -> None:
        self.body(node.body, scope)
        unknown = {name for name in _imported_names(node.body) if isinstance(scope.names.get(name), Unknown | External)}
        for handler in node.handlers if unknown else ():
            inner = Scope(scope.path, {}, scope)
            self.body(handler.body, inner)
            for name in unknown & inner.names.keys():
                if not isinstance(inner.names[name], Unknown | External | None.__class__):
                    scope.names[name] = inner.names[name]
        self.body([*node.orelse, *node.finalbody], scope)

    def _for(self, node: ast.For, scope: Scope) -> None:
        try:
            values = self.evaluator.iterable(node.iter, scope)
        except NotStaticError as error:
            if any(isinstance(one, ast.Call) and self._declares(one) for one in ast.walk(node)):
                self.say(node, scope, str(error))
            return
        for one in values:
            bind(node.target, one, scope)
            with self.evaluator.deeper():
                self.body(node.body, scope)

    def _with(self, node: ast.With, scope: Scope) -> None:
        for item in node.items:
            value = self.tolerant(item.context_expr, scope)
            if item.optional_vars is not None:
                bind(item.optional_vars, value, scope)
        self.body(node.body, scope)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        function = Function(node.name, node.args, node.body, scope, node.returns)
        for one in node.decorator_list:
            try:
                value = self.evaluator.value(one, scope)
            except NotStaticError:
                continue
            if isinstance(value, type_classes.Compilation):
                value.add(function)
        scope.names.setdefault(node.name, function) if node.decorator_list else scope.names.update(
            {node.name: function}
        )

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        scope.names[node.name] = self.classes.define(node, scope)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        raise ReturnSignal(None if node.value is None else self.evaluator.value(node.value, scope))

    def _raise(self, node: ast.Raise, _: Scope) -> None:
        if self._calls:
            raise NotStaticError(f"an error is raised in line {node.lineno}")

    # -- calls -------------------------------------------------------------------------------------------------------------

    def run(self, function: Function, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        """What a function of the program returns."""
        if self._calls >= DEEPEST_CALL:
            raise NotStaticError("functions call one another too deeply")
        given = [function.owner, *arguments] if function.kind == "method" else arguments
        inner = Scope(function.scope.path, {}, function.scope)
        self._bind_arguments(function, given, keywords, inner)
        self._calls += 1
        try:
            with self.evaluator.deeper():
                if isinstance(function.body, ast.expr):
                    return self.evaluator.value(function.body, inner)
                self.body(function.body, inner)
        except ReturnSignal as signal:
            return signal.value
        finally:
            self._calls -= 1
        return None

    def _bind_arguments(self, function: Function, given: list[Any], keywords: dict[str, Any], inner: Scope) -> None:
        names = [one.arg for one in [*function.arguments.posonlyargs, *function.arguments.args]]
        rest = dict(keywords)
        defaults = function.arguments.defaults
        for name, node in zip(names[len(names) - len(defaults) :], defaults, strict=True):
            inner.names[name] = self.tolerant(node, function.scope)
        for one, default in zip(function.arguments.kwonlyargs, function.arguments.kw_defaults, strict=True):
            if default is not None:
                inner.names[one.arg] = self.tolerant(default, function.scope)
        inner.names.update(zip(names, given, strict=False))
        for name in [*names, *(one.arg for one in function.arguments.kwonlyargs)]:
            if name in rest:
                inner.names[name] = rest.pop(name)
        if function.arguments.vararg:
            inner.names[function.arguments.vararg.arg] = tuple(given[len(names) :])
        if function.arguments.kwarg:
            inner.names[function.arguments.kwarg.arg] = rest

    def make(self, of: Any, arguments: list[Any], keywords: dict[str, Any], place: Place) -> Any:  # noqa: ARG002
        """A call of a class, or of something of SQLAlchemy's that may be called."""
        if isinstance(of, TypeClass):
            return type_classes.column_type(self, of, arguments, keywords)
        if of in {str, int, float, bool, list, tuple, set, frozenset, dict}:
            return evaluate.convert(of, arguments, keywords)
        if isinstance(of, _FunctionGenerator):
            return self._construct(of, arguments, keywords)
        if isinstance(of, type) and issubclass(of, TypeEngine | SchemaItem | ClauseElement):
            return self._construct(of, arguments, keywords)
        return self.classes.instance(of, arguments, keywords)

    def _construct(self, of: Any, arguments: list[Any], keywords: dict[str, Any]) -> Any:
        resolved = [self.evaluator.argument(one, NOWHERE) for one in arguments]
        if isinstance(of, _FunctionGenerator):
            resolved = [one.__clause_element__() if hasattr(one, "__clause_element__") else one for one in resolved]
        named = {key: self.evaluator.argument(one, NOWHERE) for key, one in keywords.items()}
        try:
            return library.made(of, *resolved, **named)
        except NotStaticError:
            raise
        except FAILURES as error:
            raise NotStaticError(
                f"{type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}"
            ) from None

    # -- what is said ------------------------------------------------------------------------------------------------------

    def say(self, node: ast.AST, scope: Scope, reason: str) -> None:
        """That a piece of the program was not understood."""
        line = int(getattr(node, "lineno", 1))
        self.say_at(Place(scope.path, line), reason, _summary(node))

    def say_at(self, place: Place, reason: str, text: str) -> None:
        """The same, of a place."""
        key = (place.path, place.line, reason)
        if key not in self._said:
            self._said.add(key)
            self.unread.append(Unread(path=place.path, line=place.line, text=text[:200], reason=reason))

    @contextmanager
    def trial(self) -> Iterator[None]:
        """What is said within is of an attempt only, and forgotten."""
        mark = len(self.unread)
        try:
            yield
        finally:
            for one in self.unread[mark:]:
                self._said.discard((one.path or "", one.line, one.reason))
            del self.unread[mark:]

    def note(self, text: str) -> None:
        """Something that the caller should know; counted."""
        self.notes[text] = self.notes.get(text, 0) + 1


def _summary(node: ast.AST) -> str:
    """The beginning of a piece of source; one that is nested very deeply cannot be written again."""
    try:
        return " ".join(ast.unparse(node).split())
    except (RecursionError, ValueError):
        return type(node).__name__.lower()


def _is_revision(tree: ast.Module) -> bool:
    """Whether a module is a revision of Alembic, which may repeat tables as they once were."""
    assigned = (
        one.targets[0] if isinstance(one, ast.Assign) else one.target
        for one in tree.body
        if isinstance(one, ast.Assign | ast.AnnAssign)
    )
    return any(isinstance(one, ast.Name) and one.id == "down_revision" for one in assigned)


def _main(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and test.left.id == "__name__"


def _imported_names(body: Iterable[ast.stmt]) -> set[str]:
    return {
        one.asname or one.name for node in body if isinstance(node, ast.Import | ast.ImportFrom) for one in node.names
    }


def _everything(package: str) -> dict[str, Any]:
    """What `from package import *` brings, of packages that describe schemas."""
    if package == "sqlalchemy":
        names = [one for one in dir(sa) if not one.startswith("_")]
        values = {name: library.member(f"sqlalchemy.{name}") for name in names}
        return {name: value for name, value in values.items() if not isinstance(value, External)}
    if package.startswith("sqlalchemy.orm"):
        return dict(library.ORM)
    return {}


_STATEMENTS: dict[type[ast.stmt], str] = {
    ast.Assign: "_assign",
    ast.AnnAssign: "_annotated",
    ast.AugAssign: "_augmented",
    ast.Expr: "_expression",
    ast.Import: "_import",
    ast.ImportFrom: "_import_from",
    ast.If: "_if",
    ast.Try: "_try",
    ast.For: "_for",
    ast.With: "_with",
    ast.FunctionDef: "_function",
    ast.AsyncFunctionDef: "_function",
    ast.ClassDef: "_class",
    ast.Return: "_return",
    ast.Raise: "_raise",
}
"""The method that goes through a statement."""

__all__ = ["IGNORED", "Interpreter", "Native"]
