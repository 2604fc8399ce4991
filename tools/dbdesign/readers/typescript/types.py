"""Type annotations as values: names with arguments, unions, arrays, literals, object types. `Program.resolve_type` follows names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.readers.typescript.syntax import beginning_of, line_of, named, string_of, text_of
from dbdesign.readers.typescript.syntax import field as child

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

DEEPEST_TYPE = 40
"""Types inside types that are told apart; deeper ones are `other`."""


@dataclass(frozen=True)
class TypeNode:
    """A type.

    Attributes:
        kind: `name` (with generic `arguments`), `array` (its element is the one argument), `tuple`, `union`, `intersection`, `literal`
            (with `value`), `object` (with `members`), `function`, `template`, `other`.
        name: of a `name`: `string`, `Date`, `mongoose.Types.ObjectId`.
        members: of an object type: name, type, whether it is optional.
        text: the source.
    """

    kind: str
    text: str
    name: str = ""
    arguments: tuple[TypeNode, ...] = ()
    value: str | int | float | bool | None = None
    members: tuple[tuple[str, TypeNode, bool], ...] = ()
    line: int = 0

    @property
    def is_null(self) -> bool:
        """Whether it is `null` or `undefined`."""
        return (self.kind == "literal" and self.value is None) or (self.kind == "name" and self.name == "undefined")

    @property
    def nullable(self) -> bool:
        """Whether it is a union with `null` or `undefined`."""
        return self.kind == "union" and any(one.is_null for one in self.arguments)

    @property
    def without_null(self) -> TypeNode:
        """The type without `null` and `undefined`; a union of one is that one."""
        if self.kind != "union":
            return self
        rest = tuple(one for one in self.arguments if not one.is_null)
        return rest[0] if len(rest) == 1 else TypeNode("union", self.text, arguments=rest, line=self.line)

    @property
    def literals(self) -> tuple[str | int | float | bool, ...]:
        """The values of a union of literals, or of one; empty where it is anything else."""
        parts = self.without_null
        each = parts.arguments if parts.kind == "union" else (parts,)
        found = tuple(one.value for one in each if one.kind == "literal" and one.value is not None)
        return found if len(found) == len(each) else ()


def read_type(node: Node | None, depth: int = 0) -> TypeNode | None:
    """The type of a `type_annotation`, or of a type's own node; None for none."""
    if node is None:
        return None
    if node.type in {"type_annotation", "parenthesized_type", "readonly_type"}:
        inner = named(node)
        return read_type(inner[-1], depth + 1) if inner and depth < DEEPEST_TYPE else _other(node)
    reader = _READERS.get(node.type) if depth < DEEPEST_TYPE else None
    return reader(node, depth + 1) if reader is not None else _other(node)


def _other(node: Node) -> TypeNode:
    return TypeNode("other", beginning_of(node), line=line_of(node))


def _read(node: Node, depth: int) -> TypeNode:
    return read_type(node, depth) or _other(node)


def _name(node: Node, depth: int) -> TypeNode:
    del depth
    return TypeNode("name", text_of(node), "".join(text_of(node).split()), line=line_of(node))


def _generic(node: Node, depth: int) -> TypeNode:
    arguments = child(node, "type_arguments")
    inner = tuple(_read(one, depth) for one in named(arguments)) if arguments is not None else ()
    name = "".join(text_of(child(node, "name")).split())
    return TypeNode("name", text_of(node), name, inner, line=line_of(node))


def _array(node: Node, depth: int) -> TypeNode:
    return TypeNode(
        "array", text_of(node), arguments=tuple(_read(one, depth) for one in named(node)[:1]), line=line_of(node)
    )


def _tuple(node: Node, depth: int) -> TypeNode:
    return TypeNode(
        "tuple", text_of(node), arguments=tuple(_read(one, depth) for one in named(node)), line=line_of(node)
    )


def _several(node: Node, depth: int) -> TypeNode:
    """A union or an intersection: nested to the left by the grammar, one list here."""
    parts: list[Node] = []
    stack = [node]
    while stack:
        one = stack.pop()
        if one.type == node.type:
            stack.extend(reversed(named(one)))
        else:
            parts.append(one)
    kind = node.type.removesuffix("_type")
    return TypeNode(kind, text_of(node)[:2000], arguments=tuple(_read(one, depth) for one in parts), line=line_of(node))


def _literal(node: Node, depth: int) -> TypeNode:
    del depth
    text = text_of(node)
    inner = named(node)[0] if named(node) else node
    if inner.type == "string":
        return TypeNode("literal", text, value=string_of(inner), line=line_of(node))
    if inner.type == "undefined" or text == "undefined":
        return TypeNode("name", text, "undefined", line=line_of(node))
    value = {"true": True, "false": False, "null": None}.get(text, _number(text))
    return TypeNode("literal", text, value=value, line=line_of(node))


def _number(text: str) -> int | float | str:
    try:
        number = float(text.replace("_", "").removesuffix("n"))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _object(node: Node, depth: int) -> TypeNode:
    members = []
    for one in named(node):
        name = child(one, "name")
        if one.type == "property_signature" and name is not None:
            key = string_of(name) if name.type == "string" else text_of(name)
            optional = any(part.type == "?" for part in one.children)
            declared = read_type(child(one, "type"), depth)
            members.append((key, declared or TypeNode("name", "any", "any"), optional))
    return TypeNode("object", text_of(node)[:2000], members=tuple(members), line=line_of(node))


def _function(node: Node, depth: int) -> TypeNode:
    del depth
    return TypeNode("function", beginning_of(node), line=line_of(node))


def _template(node: Node, depth: int) -> TypeNode:
    del depth
    return TypeNode("template", beginning_of(node), line=line_of(node))


_READERS: dict[str, Callable[[Node, int], TypeNode]] = {
    "predefined_type": _name,
    "type_identifier": _name,
    "identifier": _name,
    "nested_type_identifier": _name,
    "generic_type": _generic,
    "array_type": _array,
    "tuple_type": _tuple,
    "union_type": _several,
    "intersection_type": _several,
    "literal_type": _literal,
    "object_type": _object,
    "interface_body": _object,
    "function_type": _function,
    "constructor_type": _function,
    "template_literal_type": _template,
}

__all__ = ["DEEPEST_TYPE", "TypeNode", "read_type"]
