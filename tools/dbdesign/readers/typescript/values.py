"""What an expression comes to without being run: Python values where it is constant, and nodes that keep the rest.

Strings, numbers, booleans and null are `str`, `int`, `float`, `bool` and `None`; arrays are `list`, objects are `ObjectValue` (a `dict`).
Everything that needs a running program is one of the classes here, so that a reader can still look into its parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

Value = object
"""Any of: str, int, float, bool, None, list, and the classes of this module, `ClassNode`, `FunctionNode`."""


class Undefined(Enum):
    """JavaScript's `undefined`."""

    UNDEFINED = "undefined"

    def __bool__(self) -> bool:
        return False


UNDEFINED = Undefined.UNDEFINED


class ObjectValue(dict[str, Value]):
    """An object literal: its properties in order.

    Attributes:
        line: that it starts on.
        lines: of its properties, where they stand in the source.
        spreads: values that were spread in and are not known (`...options`).
    """

    def __init__(self, line: int = 0) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.spreads: list[Value] = []

    def line_of(self, key: str) -> int:
        """The line of a property; of the object where the property is not its own."""
        return self.lines.get(key, self.line)


@dataclass(frozen=True)
class Regex:
    """A regular expression as written, without its slashes."""

    pattern: str
    flags: str = ""


@dataclass(frozen=True)
class Reference:
    """A name that the files do not define: of a package, a global, or a parameter.

    Attributes:
        name: the name as exported (`Entity`, whatever the file calls it); `default` and `*` for a package as a whole.
        source: the package (`typeorm`); None for a global, a parameter, or a name that nothing declares.
        path: members taken of it: of `Schema.Types.ObjectId` `("Types", "ObjectId")`. Members of a package as a whole are its exports:
            `mongoose.Schema` and `import { Schema }` are the same reference.
        local: what the file calls it.
    """

    name: str
    source: str | None = None
    path: tuple[str, ...] = ()
    local: str = ""
    line: int = field(default=0, compare=False)

    @property
    def text(self) -> str:
        """The name with the members, dotted: `Schema.Types.ObjectId`."""
        return ".".join((self.local if self.name in {"default", "*"} else self.name, *self.path))

    @property
    def last(self) -> str:
        """The last part of the dotted name."""
        return self.path[-1] if self.path else self.name

    def member(self, name: str) -> Reference:
        """The reference to a member of this."""
        if self.source is not None and self.name in {"default", "*"} and not self.path:
            return Reference(name, self.source, (), name, self.line)
        return Reference(self.name, self.source, (*self.path, name), self.local, self.line)


@dataclass(frozen=True, eq=False)
class Member:
    """A member of something that is not known: `.notNull` of a call."""

    object: Value = field(repr=False)
    name: Value

    @property
    def text(self) -> str:
        """The member's name; empty where it is computed."""
        return self.name if isinstance(self.name, str) else ""


@dataclass(frozen=True, eq=False)
class CallNode:
    """A call that is not evaluated.

    Attributes:
        callee: a `Reference` (`varchar`), a `Member` (of the call before it in a chain), a `FunctionNode` or a `ClassNode`.
        args: evaluated; a spread that is not known is a `Spread`.
        new: whether it is `new …`.
        text: the source, at most 200 characters.
        type_text: of its type arguments (`<User>`), empty for none.
    """

    callee: Value = field(repr=False)
    args: tuple[Value, ...] = field(repr=False)
    line: int
    text: str = ""
    new: bool = False
    path: str = ""
    type_text: str = ""

    @property
    def name(self) -> str:
        """The last name of what is called: `notNull` of `varchar("x").notNull()`; empty where it has none."""
        if isinstance(self.callee, Reference):
            return self.callee.last
        if isinstance(self.callee, Member):
            return self.callee.text
        name = getattr(self.callee, "name", "")
        return name if isinstance(name, str) else ""

    @property
    def source(self) -> str | None:
        """The package that what is called comes from; None where it is not a package's, or a member of something else."""
        return self.callee.source if isinstance(self.callee, Reference) else None

    @property
    def chain(self) -> tuple[CallNode, ...]:
        """The calls of a chain from the first to this: `varchar(…)`, `.notNull()`, `.default(…)`."""
        found: list[CallNode] = [self]
        while isinstance(callee := found[-1].callee, Member):
            before = callee.object
            while isinstance(before, Member):
                before = before.object
            if not isinstance(before, CallNode):
                break
            found.append(before)
        return tuple(reversed(found))

    def arg(self, position: int) -> Value:
        """The argument at a position, from 0; `UNDEFINED` where there is none."""
        return self.args[position] if position < len(self.args) else UNDEFINED


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation whose operands are not all constant: `process.env.TYPE || "postgres"`; `?` has condition, then, else."""

    operator: str
    operands: tuple[Value, ...] = field(repr=False)
    line: int
    text: str = ""


@dataclass(frozen=True, eq=False)
class Template:
    """A template string with parts that are not constant: strings and values in turn. `tag` is what it is tagged with (`sql`)."""

    parts: tuple[Value, ...] = field(repr=False)
    line: int
    text: str = ""
    tag: Value = None

    @property
    def constant(self) -> str | None:
        """The whole text, where every part is a string."""
        return "".join(str(part) for part in self.parts) if all(isinstance(part, str) for part in self.parts) else None


@dataclass(frozen=True, eq=False)
class Spread:
    """A value that is spread into an array or arguments and is not known."""

    value: Value = field(repr=False)


@dataclass(frozen=True)
class Unknown:
    """An expression that is not evaluated, and why."""

    text: str
    line: int
    reason: str


@dataclass(frozen=True, eq=False)
class EnumNode:
    """A TypeScript enum: member → string, number, or what its initialiser comes to."""

    name: str
    members: dict[str, Value]
    path: str
    line: int

    def object(self) -> ObjectValue:
        """What it is at run time: numeric members can be looked up by number as well, and come first."""
        found = ObjectValue(self.line)
        numbers = {value: name for name, value in self.members.items() if isinstance(value, int)}
        for number in sorted(number for number in numbers if number >= 0):
            found[str(number)] = numbers[number]
        found.update(self.members)
        found.update({str(number): numbers[number] for number in numbers if number < 0})
        return found


def is_constant(value: Value) -> bool:
    """Whether a value is a string, a number, a boolean, null or undefined."""
    return value is None or isinstance(value, (str, int, float, Undefined))


def alternatives(value: Value) -> Iterator[Value]:
    """The values that an expression may come to: the branches of `||`, `??` and `? :`, at most 64."""
    stack, count = [value], 0
    while stack and count < 64:
        one, count = stack.pop(), count + 1
        if isinstance(one, Operation) and one.operator in {"||", "??", "?"}:
            stack.extend(reversed(one.operands[1:] if one.operator == "?" else one.operands))
        else:
            yield one


__all__ = [
    "UNDEFINED",
    "CallNode",
    "EnumNode",
    "Member",
    "ObjectValue",
    "Operation",
    "Reference",
    "Regex",
    "Spread",
    "Template",
    "Undefined",
    "Unknown",
    "Value",
    "alternatives",
    "is_constant",
]
