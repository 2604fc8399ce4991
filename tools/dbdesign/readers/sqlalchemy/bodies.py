"""Reads the body of a class: columns, annotations, arguments of the table, and functions that declare columns."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import sqlalchemy.orm as orm
from sqlalchemy.types import TypeEngine

from dbdesign.readers.sqlalchemy import library, sqlmodel
from dbdesign.readers.sqlalchemy.annotations import Annotations, mentions_unresolved
from dbdesign.readers.sqlalchemy.classes import MAPPER_ARGUMENTS, Body
from dbdesign.readers.sqlalchemy.safe_operations import is_plain
from dbdesign.readers.sqlalchemy.values import (
    IGNORED,
    External,
    Function,
    Instance,
    NotStaticError,
    Place,
    Scope,
    TypeClass,
    Unknown,
)

if TYPE_CHECKING:
    from dbdesign.readers.sqlalchemy.interpret import Interpreter


NOWHERE = Place("", 1)


def read_body(
    interpreter: Interpreter,
    annotations: Annotations,
    node: ast.ClassDef,
    bases: list[type],
    scope: Scope,
    left_out: frozenset[str],
) -> Body:
    """The body of a class, without the pieces that are to be left out."""
    reader = _Reader(interpreter, annotations, scope, left_out)
    reader.models = any(sqlmodel.is_model(one) for one in bases)
    reader.read(node.body)
    return reader.finished()


class _Reader:
    def __init__(
        self, interpreter: Interpreter, annotations: Annotations, scope: Scope, left_out: frozenset[str]
    ) -> None:
        self._interpreter = interpreter
        self._annotations = annotations
        self._outer = scope
        self._scope = Scope(scope.path, {}, scope)
        self._left_out = left_out
        self._body = Body()
        self._plain: dict[str, ast.expr] = {}
        self.models = False

    def finished(self) -> Body:
        values = self._body.values
        for name, value in list(values.items()):
            if isinstance(value, library.Composite):
                del values[name]
                self._composite(name, value, self._body.annotations.pop(name, None))
        if self._plain:
            values["_dbdesign_plain"] = (self._plain, self._outer)
        self._body.functions = {name: value for name, value in self._scope.names.items() if isinstance(value, Function)}
        return self._body

    def _composite(self, name: str, value: library.Composite, annotation: Any) -> None:
        """The columns of a composite; those without a type have that of the field of the dataclass at their place."""
        kind = value.kind if value.kind is not None else next(iter(getattr(annotation, "__args__", ())), None)
        fields, scope = getattr(kind, "_dbdesign_plain", ({}, self._outer))
        kinds = [self._annotations.resolved(one, scope) for one in fields.values()]
        for number, one in enumerate(value.columns):
            self._body.values[f"_{name}_{number}"] = one
            if isinstance(one, orm.MappedColumn) and number < len(kinds):
                mapped: Any = orm.Mapped
                self._body.annotations[f"_{name}_{number}"] = mapped[kinds[number]]

    def read(self, statements: list[ast.stmt]) -> None:
        for one in statements:
            if isinstance(one, ast.Assign):
                self._assign(one)
            elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
                self._annotated(one, one.target.id)
            elif isinstance(one, ast.FunctionDef):
                self._function(one)
            elif isinstance(one, ast.If):
                self._if(one)
            elif not isinstance(one, ast.AsyncFunctionDef):
                self._other(one)

    def _if(self, node: ast.If) -> None:
        try:
            known = self._interpreter.evaluator.truth(node.test, self._scope)
        except NotStaticError as error:
            self._interpreter.say(node, self._scope, f"{error}; the first branch is taken")
            known = True
        self.read(node.body if known else node.orelse)

    def _other(self, node: ast.stmt) -> None:
        before = dict(self._scope.names)
        self._interpreter.body([node], self._scope)
        for name, value in self._scope.names.items():
            if before.get(name) is not value:
                self._put(name, value, node)

    def _put(self, name: str, value: Any, node: ast.AST) -> None:
        self._scope.names[name] = value
        if name in self._left_out:
            return
        self._body.lines[name] = node
        allowed: tuple[type, ...] = (sa.Column, orm.MappedColumn, orm.declared_attr, library.Composite, sa.Table)
        if (
            (name.startswith("__") and name.endswith("__"))
            or isinstance(value, allowed)
            or name in {"metadata", "registry", "type_annotation_map"}
        ):
            if is_plain(value):
                self._body.values[name] = value
        elif isinstance(
            value,
            str | int | float | bool | tuple | dict | list | type | sqlmodel.Field | TypeEngine | TypeClass | enum.Enum,
        ):
            self._body.values[name] = value

    def _assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._put(target.id, self._value(target.id, node.value), node)
            elif isinstance(target, ast.Tuple):
                self._other(node)

    def _value(self, name: str, node: ast.expr) -> Any:
        if name == "__table_args__":
            return self._table_arguments(node)
        if name == "__mapper_args__":
            return self._mapper_arguments(node)
        value = self._interpreter.tolerant(node, self._scope)
        if name == "type_annotation_map" and isinstance(value, dict):
            return annotation_map(
                {key: self._interpreter.evaluator.argument(one, NOWHERE) for key, one in value.items()}
            )
        if name in {"__tablename__", "__table__"} and isinstance(value, Unknown):
            raise NotStaticError(
                f"the table's name is not known: {value.reason}" if name == "__tablename__" else value.reason
            )
        return value

    def _table_arguments(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Tuple | ast.List):
            parts = [one for number, one in enumerate(node.elts) if f"__table_args__:{number}" not in self._left_out]
            return _arranged(self._interpreter.evaluator.tolerant_elements(parts, self._scope))
        value = self._interpreter.tolerant(node, self._scope)
        if isinstance(value, Unknown):
            self._interpreter.say(node, self._scope, value.reason)
            return IGNORED
        return _arranged(value)

    def _mapper_arguments(self, node: ast.expr) -> Any:
        if not isinstance(node, ast.Dict):
            value = self._interpreter.tolerant(node, self._scope)
            return _mapping(value)
        found: dict[str, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in MAPPER_ARGUMENTS:
                one = self._interpreter.tolerant(value, self._scope)
                if not isinstance(one, Unknown):
                    found[str(key.value)] = one
        return found

    def _annotated(self, node: ast.AnnAssign, name: str) -> None:
        if self.models:
            value = self._value(name, node.value) if node.value is not None else None
            self._body.lines[name] = node
            if name.startswith("__") or name == "metadata":
                self._put(name, value, node)
            elif name not in self._left_out:
                self._scope.names[name] = value
                self._body.annotations[name] = self._annotations.resolved(node.annotation, self._scope)
                self._body.values[name] = sqlmodel.REQUIRED if node.value is None else value
            return
        found = self._annotations.mapped(node.annotation, self._scope)
        if found is None:
            self._plain[name] = node.annotation
            if node.value is not None:
                self._put(name, self._value(name, node.value), node)
            return
        if found is not IGNORED and name not in self._left_out:
            self._mapped(node, name, found)

    def _mapped(self, node: ast.AnnAssign, name: str, annotation: Any) -> None:
        place = Place(self._scope.path, node.lineno)
        self._body.lines[name] = node
        if node.value is None:
            self._without_value(node, name, annotation)
            return
        value: Any = self._declared_column(node.value, annotation)
        if isinstance(value, sa.Column | orm.MappedColumn | library.Composite):
            self._column(node, name, annotation, value)
        elif (
            not isinstance(value, Unknown)
            and value is not IGNORED
            and isinstance(value, str | int | float | bool | None.__class__)
        ):
            self._interpreter.evaluator.python_defaults += 1
            self._column(node, name, annotation, library.mapped(place=place))

    def _declared_column(self, node: ast.expr, annotation: Any) -> Any:
        """What stands behind an annotation; where a type in it is not known, a column of the annotation's type, and that is said."""
        if not isinstance(node, ast.Call) or not node.args or mentions_unresolved(annotation):
            return self._interpreter.tolerant(node, self._scope)
        evaluator = self._interpreter.evaluator
        try:
            return evaluator.value(node, self._scope)
        except NotStaticError as error:
            known = [one for one in node.args if self._is_known(one)]
            rest = ast.copy_location(ast.Call(node.func, known, node.keywords), node)
            try:
                value = evaluator.value(rest, self._scope)
            except NotStaticError:
                return self._interpreter.tolerant(node, self._scope)
            if isinstance(value, orm.MappedColumn) and len(known) < len(node.args):
                self._interpreter.say(node, self._scope, f"{error}: the column has the type of its annotation")
            return value

    def _is_known(self, node: ast.expr) -> bool:
        try:
            self._interpreter.evaluator.value(node, self._scope)
        except NotStaticError:
            return False
        return True

    def _without_value(self, node: ast.AnnAssign, name: str, annotation: Any) -> None:
        """`name: Mapped[str]`, which SQLAlchemy makes a column of; where it stands is kept beside it."""
        if mentions_unresolved(annotation) and not _plain_generic(annotation):
            self._interpreter.say(node, self._scope, "the type of Python's that the annotation names is not known")
            return
        self._scope.names[name] = Unknown(f"{name} is a column that SQLAlchemy makes of its annotation")
        self._body.annotations[name] = annotation

    def _column(self, node: ast.AnnAssign, name: str, annotation: Any, value: Any) -> None:
        if (
            isinstance(value, orm.MappedColumn)
            and mentions_unresolved(annotation)
            and _untyped(value.column)
            and not _plain_generic(annotation)
        ):
            self._interpreter.say(node, self._scope, "the type of Python's that the annotation names is not known")
            return
        self._put(name, value, node)
        self._body.annotations[name] = annotation

    def _function(self, node: ast.FunctionDef) -> None:
        function = Function(node.name, node.args, node.body, self._outer, node.returns)
        kinds = [self._decorator(one) for one in node.decorator_list]
        if library.DECLARED in kinds or any(one in library.DECLARED.attributes.values() for one in kinds):
            self._body.lines[node.name] = node
            if node.name not in self._left_out:
                self._body.values[node.name] = self._declared(function, kinds)
            return
        if any(isinstance(one, ast.Name) and one.id in {"classmethod", "staticmethod"} for one in node.decorator_list):
            function.kind = str(getattr(node.decorator_list[-1], "id", "function"))
        elif node.decorator_list:
            return
        self._scope.names[node.name] = function

    def _decorator(self, node: ast.expr) -> Any:
        try:
            return self._interpreter.evaluator.value(node, self._scope)
        except NotStaticError:
            return None

    def _declared(self, function: Function, kinds: list[Any]) -> Any:
        """A `declared_attr` whose function is gone through when SQLAlchemy asks for it."""
        interpreter = self._interpreter

        def declares(cls: Any) -> Any:
            value = interpreter.run(function, [cls], {})
            if function.name == "__table_args__":
                return _arranged(value)
            if function.name == "__mapper_args__":
                return _mapping(value)
            return None if value is IGNORED else value

        declares.__name__ = function.name
        returned = self._annotations.mapped(function.returns, self._outer) if function.returns is not None else None
        declares.__annotations__ = {} if returned in {None, IGNORED} else {"return": returned}
        cascading = library.DECLARED.attributes["cascading"]
        make: Callable[..., Any] = cascading.call if cascading in kinds else orm.declared_attr
        return make(declares)


def annotation_map(value: dict[Any, Any]) -> dict[Any, Any]:
    """A `type_annotation_map` whose keys and types are known."""
    return {
        key: one
        for key, one in value.items()
        if not isinstance(one, Unknown | External | TypeClass | Instance) and not isinstance(key, External)
    }


def _arranged(value: Any) -> Any:
    """Arguments of a table as SQLAlchemy takes them: a dictionary at the end at most, and no more than it knows."""
    if isinstance(value, dict):
        return _table_keywords(value)
    if not isinstance(value, list | tuple):
        return IGNORED if value is not None else ()
    items = [one for one in value if not isinstance(one, dict) and one is not None and one is not IGNORED]
    keywords: dict[str, Any] = {}
    for one in value:
        if isinstance(one, dict):
            keywords.update(_table_keywords(one))
    return (*items, keywords) if keywords else tuple(items)


def _table_keywords(value: dict[Any, Any]) -> dict[str, Any]:
    return {
        str(key): one
        for key, one in value.items()
        if not isinstance(one, Unknown) and key not in {"autoload", "autoload_with", "info", "listeners"}
    }


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        return {}
    return {str(key): one for key, one in value.items() if key in MAPPER_ARGUMENTS and not isinstance(one, Unknown)}


def _untyped(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.types.NullType) and not column.foreign_keys


def _plain_generic(annotation: Any) -> bool:
    """Whether only what a container holds is not known: `Mapped[dict[str, Unknown]]`."""
    inner = annotation.__args__[0]
    return getattr(inner, "__origin__", None) in {dict, list, set}
