"""What the names of a program stand for while it is read: nothing of it is executed, so that some values stay unknown."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

PLACE = "dbdesign"
"""The key in `info` of SQLAlchemy's columns and constraints under which stands where they were declared."""


class NotStaticError(Exception):
    """An expression whose value only running the program would give; the text says which."""


@dataclass(frozen=True)
class Place:
    """Where something stands: a file, and a line from 1."""

    path: str
    line: int


@dataclass(frozen=True)
class Unknown:
    """A name that was bound to something that is not known statically."""

    reason: str


@dataclass(frozen=True)
class External:
    """A package or a name of a package that is not among the files."""

    name: str


class Ignored:
    """What says nothing of a schema: a relationship, a proxy, a listener."""

    def __repr__(self) -> str:
        return "ignored"


IGNORED = Ignored()


@dataclass(frozen=True, eq=False)
class Native:
    """A function of ours, or of SQLAlchemy's, that may be called with values.

    Attributes:
        call: takes the arguments; with `placed` also the keyword `place`.
        tolerant: whether arguments that are not known are said and left out, rather than the whole call.
        is_type: whether it stands for a class of types, which may be named without a call.
        raw: whether classes and functions of the program are handed over as they are.
        lenient: keywords of Python's side, which need not be known.
        attributes: further names on it: `declared_attr.directive`.
    """

    call: Callable[..., Any]
    placed: bool = False
    tolerant: bool = False
    is_type: bool = False
    raw: bool = False
    lenient: frozenset[str] = frozenset()
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(eq=False)
class Scope:
    """The names of a module or of a running function."""

    path: str
    names: dict[str, Any] = field(default_factory=dict)
    parent: Scope | None = None

    def find(self, name: str) -> Any:
        """The value of a name, or a KeyError."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        raise KeyError(name)


@dataclass(eq=False)
class Module:
    """A file of the program."""

    path: str
    name: str
    package: str
    tree: ast.Module
    scope: Scope
    state: str = "unread"


@dataclass(eq=False)
class Function:
    """A function or lambda of the program, whose body is gone through when it is called."""

    name: str
    arguments: ast.arguments
    body: list[ast.stmt] | ast.expr
    scope: Scope
    returns: ast.expr | None = None
    kind: str = "function"
    owner: Any = None


@dataclass(eq=False)
class TypeClass:
    """A type that the program derives from one of SQLAlchemy's."""

    name: str
    base: Any
    names: dict[str, Any]
    spellings: dict[str, Function] = field(default_factory=dict)


@dataclass(eq=False)
class Instance:
    """An object of a class of the program: what its constructor assigned."""

    of: Any
    names: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Namespace:
    """An object whose attributes are looked up by a function."""

    lookup: Callable[[str], Any]
