"""What a Prisma schema file consists of, as it is written: blocks of fields and settings, attributes, expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from dbdesign.readers.base import Unread


@dataclass(frozen=True, slots=True)
class Expression:
    """A value.

    Attributes:
        kind: `text` in quotation marks, `number`, `name` (a field, a constant, a dotted path), `call`, `list`, or `object` (`{a: 1}`).
        text: the value of a text, the digits of a number, the name of a name or a call.
        arguments: of a call; the members of an object; the items of a list.
    """

    kind: Literal["text", "number", "name", "call", "list", "object"]
    text: str = ""
    arguments: tuple[Argument, ...] = ()

    @property
    def items(self) -> tuple[Expression, ...]:
        """The items of a list; of anything else, itself (a single field may stand for a list of one)."""
        return tuple(one.value for one in self.arguments) if self.kind == "list" else (self,)

    def argument(self, name: str, position: int | None = None) -> Expression | None:
        """The argument of that name, else the unnamed one at that position."""
        return find_argument(self.arguments, name, position)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of an attribute or a function, with or without its name."""

    value: Expression
    name: str | None = None


def find_argument(arguments: tuple[Argument, ...], name: str, position: int | None = None) -> Expression | None:
    """The argument of that name, else the unnamed one at that position."""
    for one in arguments:
        if one.name == name:
            return one.value
    unnamed = [one.value for one in arguments if one.name is None]
    return unnamed[position] if position is not None and position < len(unnamed) else None


@dataclass(frozen=True, slots=True)
class Attribute:
    """`@unique(map: "x")` of a field or `@@index([a, b])` of a block; the name is without the `@`."""

    name: str
    arguments: tuple[Argument, ...]
    line: int

    def argument(self, name: str, position: int | None = None) -> Expression | None:
        """The argument of that name, else the unnamed one at that position."""
        return find_argument(self.arguments, name, position)

    def text(self, name: str, position: int | None = None) -> str | None:
        """The text of an argument; None where it is not there or no text."""
        found = self.argument(name, position)
        return found.text if found is not None and found.kind == "text" else None


@dataclass(frozen=True, slots=True)
class FieldSyntax:
    """A field of a model or a value of an enumeration.

    Attributes:
        type: as written, without its arity; empty for a value of an enumeration.
        arity: `` for one, `?` for one or none, `[]` for a list.
        unsupported: what stands in `Unsupported("…")`.
    """

    name: str
    line: int
    type: str = ""
    arity: Literal["", "?", "[]"] = ""
    unsupported: str | None = None
    attributes: tuple[Attribute, ...] = ()
    comment: str | None = None

    def attribute(self, name: str) -> Attribute | None:
        """The first attribute of that name."""
        return next((one for one in self.attributes if one.name == name), None)

    @property
    def mapped(self) -> str:
        """The name in the database: what `@map` says, else its own."""
        found = self.attribute("map")
        return (found.text("name", 0) if found else None) or self.name


@dataclass(frozen=True, slots=True)
class Block:
    """A `model`, `view`, `type`, `enum`, `datasource` or `generator`.

    Attributes:
        settings: of a datasource or generator.
    """

    kind: str
    name: str
    path: str
    line: int
    fields: tuple[FieldSyntax, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    settings: Mapping[str, Expression] = field(default_factory=dict)
    comment: str | None = None

    def attribute(self, name: str) -> Attribute | None:
        """The first attribute of that name."""
        return next((one for one in self.attributes if one.name == name), None)

    def every(self, *names: str) -> Iterator[Attribute]:
        """The attributes of these names, in order."""
        return (one for one in self.attributes if one.name in names)

    @property
    def mapped(self) -> str:
        """The name in the database: what `@@map` says, else its own."""
        found = self.attribute("map")
        return (found.text("name", 0) if found else None) or self.name

    @property
    def namespace(self) -> str | None:
        """What `@@schema` says."""
        found = self.attribute("schema")
        return found.text("map", 0) if found else None


@dataclass(slots=True)
class Document:
    """Everything that some files declare, and what could not be understood."""

    blocks: list[Block] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    def every(self, *kinds: str) -> Iterator[Block]:
        """The blocks of these kinds, in order."""
        return (one for one in self.blocks if one.kind in kinds)
