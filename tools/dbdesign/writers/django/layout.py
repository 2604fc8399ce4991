"""Python source laid out as `ruff format` lays it out: on one line, with the arguments on one line, or one argument a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

WIDTH = 88


@dataclass(frozen=True)
class Call:
    """A call; keyword arguments come after the others."""

    name: str
    args: tuple[Node, ...] = ()
    kwargs: tuple[tuple[str, Node], ...] = ()


@dataclass(frozen=True)
class Listing:
    """A list."""

    entries: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Pair:
    """A tuple."""

    entries: tuple[Node, ...] = ()


@dataclass(frozen=True)
class Joined:
    """Operands with an operator between them; each is put in parentheses where it is itself joined."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Prefixed:
    """`~Q(…)`."""

    operator: str
    operand: Node


@dataclass(frozen=True)
class Method:
    """`F("a").desc()`."""

    receiver: Node
    name: str
    kwargs: tuple[tuple[str, Node], ...] = ()


Node = str | Call | Listing | Pair | Joined | Prefixed | Method
"""A text is source as it is."""


def text(value: str) -> str:
    """A string literal, in double quotes unless the other kind needs fewer escapes."""
    plain = repr(value)
    if plain.startswith('"'):
        return plain
    inner = plain[1:-1]
    if '"' in inner:
        return (
            plain
            if inner.count('"') > inner.count("\\'")
            else '"' + inner.replace("\\'", "'").replace('"', '\\"') + '"'
        )
    return '"' + inner.replace("\\'", "'") + '"'


def flat(node: Node) -> str:
    """The source on one line."""
    match node:
        case str():
            return node
        case Call(name=name):
            return f"{name}({', '.join(_arguments(node))})"
        case Listing(entries=entries):
            return f"[{', '.join(map(flat, entries))}]"
        case Pair(entries=entries):
            return f"({', '.join(map(flat, entries))}{',' if len(entries) == 1 else ''})"
        case Joined(operator=operator, operands=operands):
            return f" {operator} ".join(f"({flat(one)})" if isinstance(one, Joined) else flat(one) for one in operands)
        case Prefixed(operator=operator, operand=operand):
            return f"{operator}({flat(operand)})" if isinstance(operand, Joined) else f"{operator}{flat(operand)}"
        case Method(receiver=receiver, name=name, kwargs=kwargs):
            inside = ", ".join(f"{key}={flat(value)}" for key, value in kwargs)
            owner = f"({flat(receiver)})" if isinstance(receiver, Joined) else flat(receiver)
            return f"{owner}.{name}({inside})"


def _arguments(node: Call) -> Iterator[str]:
    yield from map(flat, node.args)
    yield from (f"{name}={flat(value)}" for name, value in node.kwargs)


def laid_out(prefix: str, node: Node, indent: int, suffix: str = "") -> list[str]:
    """The lines of `prefix` and a node at an indentation, followed by `suffix`."""
    margin = " " * indent
    line = f"{margin}{prefix}{flat(node)}{suffix}"
    if len(line) <= WIDTH or isinstance(node, str | Method | Prefixed):
        return (
            [line] if not isinstance(node, Prefixed) or len(line) <= WIDTH else _prefixed(prefix, node, indent, suffix)
        )
    if isinstance(node, Joined):
        return _joined(prefix, node, indent, suffix)
    opening, parts, closing = _parts(node)
    if not parts:
        return [line]
    inside = ", ".join(f"{name}{flat(one)}" for name, one in parts)
    if len(inside) + indent + 4 <= WIDTH and not isinstance(node, Listing | Pair):
        return [f"{margin}{prefix}{opening}", f"{margin}    {inside}", f"{margin}{closing}{suffix}"]
    lines = [f"{margin}{prefix}{opening}"]
    for name, one in parts:
        lines += laid_out(name, one, indent + 4, ",")
    return [*lines, f"{margin}{closing}{suffix}"]


def _prefixed(prefix: str, node: Prefixed, indent: int, suffix: str) -> list[str]:
    operator = node.operator
    if isinstance(node.operand, Joined):
        margin = " " * indent
        return [f"{margin}{prefix}{operator}(", *_operands(node.operand, indent + 4), f"{margin}){suffix}"]
    return laid_out(f"{prefix}{operator}", node.operand, indent, suffix)


def _joined(prefix: str, node: Joined, indent: int, suffix: str) -> list[str]:
    margin = " " * indent
    inside = _operands(node, indent + (4 if prefix else 0))
    if not prefix:
        return [*inside[:-1], f"{inside[-1]}{suffix}"]
    if prefix.endswith(("= ", "(")):
        return [f"{margin}{prefix}(", *inside, f"{margin}){suffix}"]
    lines = _operands(node, indent)
    lines[0] = f"{margin}{prefix}{lines[0].lstrip()}"
    return [*lines[:-1], f"{lines[-1]}{suffix}"]


def _operands(node: Joined, indent: int) -> list[str]:
    margin = " " * indent
    line = margin + flat(node)
    if len(line) <= WIDTH:
        return [line]
    lines: list[str] = []
    for number, one in enumerate(node.operands):
        prefix = f"{node.operator} " if number else ""
        if isinstance(one, Joined):
            if len(margin) + len(prefix) + len(flat(one)) + 2 <= WIDTH:
                lines.append(f"{margin}{prefix}({flat(one)})")
            else:
                lines += [f"{margin}{prefix}(", *_operands(one, indent + 4), f"{margin})"]
        else:
            lines += laid_out(prefix, one, indent)
    return lines


def _parts(node: Call | Listing | Pair) -> tuple[str, list[tuple[str, Node]], str]:
    if isinstance(node, Call):
        return (
            f"{node.name}(",
            [*(("", one) for one in node.args), *((f"{name}=", one) for name, one in node.kwargs)],
            ")",
        )
    opening, closing = ("[", "]") if isinstance(node, Listing) else ("(", ")")
    return opening, [("", one) for one in node.entries], closing


@dataclass
class Imports:
    """What a module imports, by module."""

    names: dict[str, set[str]] = field(default_factory=dict)

    def use(self, module: str, name: str) -> str:
        """Import a name, and say it."""
        self.names.setdefault(module, set()).add(name)
        return name

    def lines(self) -> Iterable[str]:
        """The statements, sorted as ruff's isort sorts them."""
        for module in sorted(
            self.names, key=lambda one: (one.split(".")[0] not in {"datetime", "uuid", "decimal"}, one)
        ):
            names = sorted(self.names[module], key=lambda one: (not one.isupper(), not one[0].isupper(), one))
            line = f"from {module} import {', '.join(names)}"
            if len(line) <= WIDTH:
                yield line
            else:
                yield f"from {module} import ("
                yield from (f"    {one}," for one in names)
                yield ")"
