"""Source files as syntax trees: parsed with tolerance, their errors named by line, walked without recursion.

Grammar: tree-sitter-typescript (https://github.com/tree-sitter/tree-sitter-typescript). Its `tsx` form takes JavaScript too, so that one
grammar serves `.js`, `.jsx`, `.mjs`, `.cjs` and `.tsx`; the plain form takes what only TypeScript has (`<T>value` casts).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

SUFFIXES = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
"""Of files that hold TypeScript or JavaScript, in the order in which an import without a suffix tries them."""

MOST_BYTES = 4_000_000
"""Of one file. Longer ones are bundles and dumps, which declare nothing that a person wrote."""

MOST_ERRORS = 50
"""Of one file that are named."""

MOST_AROUND = 60
"""Functions around a place that are kept."""

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_PLAIN = frozenset({".ts", ".mts", ".cts"})


@dataclass(frozen=True)
class SyntaxProblem:
    """A stretch of a file that the grammar does not know. `text` is its beginning, at most 200 characters."""

    line: int
    text: str
    reason: str


@dataclass(frozen=True, eq=False)
class Syntax:
    """A parsed file. `root` is a `program` node; nodes give their source as bytes."""

    path: str
    root: Node
    refused: SyntaxProblem | None = None

    @cached_property
    def problems(self) -> tuple[SyntaxProblem, ...]:
        """What the grammar did not understand, by line; at most `MOST_ERRORS`."""
        if self.refused is not None:
            return (self.refused,)
        found: list[SyntaxProblem] = []
        stack = [self.root] if self.root.has_error else []
        while stack and len(found) < MOST_ERRORS:
            node = stack.pop()
            if node.is_missing:
                found.append(SyntaxProblem(line_of(node), node.type, f"a {node.type!r} is missing"))
            elif node.is_error:
                found.append(SyntaxProblem(line_of(node), beginning_of(node), "no TypeScript that the grammar knows"))
            else:
                stack.extend(child for child in reversed(node.children) if child.has_error or child.is_missing)
        return tuple(found)


def parse(path: str, text: str) -> Syntax:
    """The syntax tree of a file. A file over `MOST_BYTES` is an empty tree with one problem."""
    source = text.removeprefix("\ufeff").encode("utf-8", "surrogatepass")
    plain = any(path.endswith(suffix) for suffix in _PLAIN)
    if len(source) > MOST_BYTES:
        reason = f"the file has {len(source):,} bytes, over the {MOST_BYTES:,} that are read"
        return Syntax(path, _parser(plain).parse(b"").root_node, SyntaxProblem(1, text[:200], reason))
    return Syntax(path, _parser(plain).parse(source).root_node)


@cache
def _parser(plain: bool) -> Parser:
    import tree_sitter_typescript
    from tree_sitter import Language, Parser

    grammar = tree_sitter_typescript.language_typescript() if plain else tree_sitter_typescript.language_tsx()
    return Parser(Language(grammar))


def text_of(node: Node | None) -> str:
    """The source of a node; empty for None."""
    return node.text.decode("utf-8", "replace") if node is not None and node.text is not None else ""


def beginning_of(node: Node | None) -> str:
    """The first 200 characters of a node's source; empty for None."""
    source = node.text if node is not None else None
    return (source or b"")[:800].decode("utf-8", "replace")[:200]


def line_of(node: Node) -> int:
    """The line that a node starts on, from 1."""
    return node.start_point.row + 1


def field(node: Node, name: str) -> Node | None:
    """The child in a named role."""
    return node.child_by_field_name(name)


def named(node: Node) -> list[Node]:
    """The children that are no punctuation and no comments."""
    return [child for child in node.named_children if child.type != "comment"]


def walk(root: Node) -> Iterator[Node]:
    """A node and everything under it, in the order of the source."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def walk_within(root: Node, kinds: Collection[str]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """As `walk`, each with the nodes of some kinds that it stands in, outermost first."""
    stack: list[tuple[Node, tuple[Node, ...]]] = [(root, ())]
    while stack:
        node, around = stack.pop()
        yield node, around
        inside = (*around, node) if node.type in kinds and len(around) < MOST_AROUND else around
        stack.extend((one, inside) for one in reversed(node.children))


def unescape(text: str) -> str:
    """What a string's characters stand for, the quotes taken off already."""
    return _ESCAPE.sub(_unescaped, text) if "\\" in text else text


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code:
        number = int(code, 16)
        return chr(number) if number <= 0x10FFFF else match[0]
    letter = match[4]
    return "" if letter in {"\n", "\r\n", "\u2028", "\u2029"} else _ESCAPES.get(letter, letter)


def string_of(node: Node) -> str:
    """The value of a `string` node."""
    return unescape(text_of(node)[1:-1])


def call_of_method(method: Node | None) -> Node | None:
    """The call whose method's name stands at a node (`find` of `orders.find(…)`)."""
    member = method.parent if method is not None else None
    call = member.parent if member is not None and member.type == "member_expression" else None
    called = field(call, "function") if call is not None and call.type == "call_expression" else None
    return call if called is not None and member is not None and called.id == member.id else None


def argument_of(call: Node, position: int) -> Node | None:
    """The argument at a position of a call, comments aside."""
    arguments = field(call, "arguments")
    listed = [one for one in named(arguments) if one.type != "comment"] if arguments is not None else []
    return listed[position] if position < len(listed) else None


__all__ = [
    "MOST_BYTES",
    "MOST_ERRORS",
    "SUFFIXES",
    "Syntax",
    "SyntaxProblem",
    "argument_of",
    "beginning_of",
    "call_of_method",
    "field",
    "line_of",
    "named",
    "parse",
    "string_of",
    "text_of",
    "unescape",
    "walk",
    "walk_within",
]
