"""What an expression of a Django project comes to without running it: constants, calls and references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dbdesign.readers.django.project import ClassDeclaration

Value = Any
"""A Python constant, a list, tuple, set or dict of values, or one of the classes below."""


@dataclass(frozen=True)
class Reference:
    """A name that nothing in the sources defines, as its imports spell it: `django.db.models.CASCADE`."""

    path: str

    @property
    def last(self) -> str:
        """The part after the last dot."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class ClassValue:
    """A class of the sources."""

    declaration: ClassDeclaration


@dataclass(frozen=True)
class Called:
    """A call that is not carried out.

    Attributes:
        path: dotted name of what is called; of a method its bare name.
        receiver: what a method is called on.
        declaration: of the class that is called, where the sources have it.
    """

    path: str
    args: tuple[Value, ...] = ()
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    receiver: Value = None
    declaration: ClassDeclaration | None = None
    line: int = 0

    @property
    def last(self) -> str:
        """The part of the path after the last dot."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class Operated:
    """Two values and an operator between them: `F("a") + 1`, `Q(…) & Q(…)`."""

    operator: str
    left: Value
    right: Value


@dataclass(frozen=True)
class Negated:
    """A value with `~` or `-` before it."""

    operator: str
    operand: Value


@dataclass(frozen=True)
class Unknown:
    """What cannot be known without running the program."""

    text: str


def is_known(value: Value) -> bool:
    """Whether a value is a constant, or made of constants only."""
    if isinstance(value, list | tuple | set | frozenset):
        return all(is_known(one) for one in value)
    if isinstance(value, dict):
        return all(is_known(key) and is_known(one) for key, one in value.items())
    return value is None or isinstance(value, str | int | float | bytes)


def as_list(value: Value) -> list[Value] | None:
    """The entries of a list, tuple or set; None for anything else."""
    return list(value) if isinstance(value, list | tuple | set | frozenset) else None


def is_false(value: Value) -> bool:
    """Whether it is surely false."""
    return value is False or value is None or (is_known(value) and not value)


def is_true(value: Value) -> bool:
    """Whether it is surely true."""
    return is_known(value) and bool(value)
