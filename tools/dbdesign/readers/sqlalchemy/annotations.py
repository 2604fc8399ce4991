"""Annotations of mapped classes as the objects of `typing` that they stand for; texts in them are read as well."""

from __future__ import annotations

import ast
import enum
import typing
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional, Union

import sqlalchemy.orm as orm

from dbdesign.readers.sqlalchemy.values import IGNORED, External, Ignored, NotStaticError, Scope, TypeClass, Unknown

if TYPE_CHECKING:
    from dbdesign.readers.sqlalchemy.interpret import Interpreter

LONGEST = 2_000
"""Characters of a text that is read as an annotation."""


class Unresolved:
    """Stands for a type of Python's that is not known."""


class Annotations:
    """Resolves annotations."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    def mapped(self, node: ast.expr, scope: Scope) -> Any:
        """`Mapped[...]` as an object; None where an annotation is another; IGNORED where it is a relationship's."""
        node = _parsed(node)
        if not isinstance(node, ast.Subscript):
            return None
        try:
            owner = self._interpreter.evaluator.value(node.value, scope)
        except NotStaticError:
            return None
        if owner is IGNORED:
            return IGNORED
        if owner is not orm.Mapped:
            return None
        mapped: Any = orm.Mapped
        return mapped[self.resolved(node.slice, scope)]

    def resolved(self, node: ast.expr, scope: Scope, depth: int = 0) -> Any:
        """The type that an annotation names; `Unresolved` where that is not known."""
        node = _parsed(node)
        if depth > 20:
            return Unresolved
        if isinstance(node, ast.Constant):
            return type(None) if node.value is None else node.value if node.value is ... else Unresolved
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return Union[self.resolved(node.left, scope, depth + 1), self.resolved(node.right, scope, depth + 1)]  # noqa: UP007 - made at run time
        if isinstance(node, ast.Subscript):
            return self._subscript(node, scope, depth)
        try:
            return _kind(self._interpreter.evaluator.value(node, scope))
        except NotStaticError:
            return Unresolved

    def _subscript(self, node: ast.Subscript, scope: Scope, depth: int) -> Any:
        try:
            owner = self._interpreter.evaluator.value(node.value, scope)
        except NotStaticError:
            return Unresolved
        parts = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        if owner is Literal:
            values = tuple(self._interpreter.tolerant(one, scope) for one in parts)
            return Unresolved if any(isinstance(one, Unknown) for one in values) else Literal[values]
        if owner is Annotated:
            return self._annotated(parts, scope, depth)
        inner: list[Any] = [self.resolved(one, scope, depth + 1) for one in parts]
        if owner is Optional:
            return Optional[inner[0]]  # noqa: UP045 - made at run time
        if owner is Union:
            return Union[tuple(inner)]  # noqa: UP007 - made at run time
        if not isinstance(owner, type) and type(owner).__module__ != "typing":
            return Unresolved
        try:
            generic: Any = owner
            return generic[tuple(inner) if len(inner) > 1 else inner[0]]
        except (TypeError, KeyError):
            return Unresolved

    def _annotated(self, parts: list[ast.expr], scope: Scope, depth: int) -> Any:
        first = self.resolved(parts[0], scope, depth + 1)
        further = []
        for one in parts[1:]:
            value = self._interpreter.tolerant(one, scope)
            if not isinstance(value, Unknown):
                further.append(value)
        return Annotated[(first, *further)] if further else first


def _parsed(node: ast.expr) -> ast.expr:
    """An annotation that is a text, as the expression in it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= LONGEST:
        try:
            return ast.parse(node.value.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.Constant(0)
    return node


def _kind(value: Any) -> Any:
    if value is None:
        return type(None)
    if isinstance(value, Unknown | External | Ignored | TypeClass | str | int | float):
        return Unresolved
    if isinstance(value, type | enum.EnumType | typing.NewType) or type(value).__module__ in {"typing", "types"}:
        return value
    return Unresolved


def mentions_unresolved(annotation: Any, depth: int = 0) -> bool:
    """Whether a part of an annotation is not known."""
    if annotation is Unresolved:
        return True
    return depth < 20 and any(mentions_unresolved(one, depth + 1) for one in getattr(annotation, "__args__", ()) or ())
