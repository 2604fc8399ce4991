"""Expressions of JavaScript as values, and their layout by Prettier's rules: `printMemberChain`, `printCallArguments`, `chooseLayout`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dbdesign.writers.javascript.layout import (
    HARD,
    LINE,
    SOFT,
    Choice,
    Doc,
    Fluid,
    Group,
    IfBroken,
    Indent,
    joined,
    will_break,
)

IDENTIFIER = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*\Z")
RESERVED = frozenset(
    [
        "abstract",
        "any",
        "arguments",
        "as",
        "async",
        "await",
        "boolean",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "constructor",
        "continue",
        "debugger",
        "declare",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "from",
        "function",
        "get",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "module",
        "namespace",
        "new",
        "null",
        "number",
        "of",
        "package",
        "private",
        "protected",
        "public",
        "require",
        "return",
        "set",
        "static",
        "string",
        "super",
        "switch",
        "symbol",
        "this",
        "throw",
        "true",
        "try",
        "type",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ]
)
"""ECMAScript's reserved words, and TypeScript's that make poor names."""
SHORT = 20
"""A quarter of the line: an argument shorter than this is no place to break (Prettier's `isLoneShortArgument`)."""


@dataclass(frozen=True)
class Raw:
    """Source that does not break: a name, a number, a member expression."""

    text: str


@dataclass(frozen=True)
class Str:
    """A string literal."""

    value: str


@dataclass(frozen=True)
class Obj:
    """An object; `entries` by key. `expanded` puts each entry on a line of its own even where all would fit."""

    entries: Sequence[tuple[str, Node]]
    expanded: bool = False


@dataclass(frozen=True)
class Arr:
    """An array."""

    items: Sequence[Node]


@dataclass(frozen=True)
class Call:
    """A call, or a chain of them: `head(args).name(args)…`. `new` puts that word before."""

    head: str
    args: Sequence[Node] | None
    calls: Sequence[tuple[str, Sequence[Node]]] = field(default=())
    new: bool = False

    def then(self, name: str, *args: Node) -> Call:
        """The chain with one more call."""
        return Call(self.head, self.args, (*self.calls, (name, args)), self.new)


@dataclass(frozen=True)
class Arrow:
    """An arrow function whose body is an expression; `parameters` with their parentheses and return type."""

    parameters: str
    body: Node


@dataclass(frozen=True)
class Template:
    """A tagged template literal; `text` is what stands between the backticks, already escaped."""

    tag: str
    text: str


Node = Raw | Str | Obj | Arr | Call | Arrow | Template


def quoted(text: str) -> str:
    """A string literal with the quotes that need fewer escapes, double ones when in doubt."""
    body = (
        json.dumps(text, ensure_ascii=False)[1:-1]
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
        .replace("\x7f", "\\x7f")
    )
    if text.count('"') > text.count("'"):
        return "'" + body.replace('\\"', '"').replace("'", "\\'") + "'"
    return f'"{body}"'


def template_text(text: str) -> str:
    """A text between backticks, with what means something there escaped."""
    return text.replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")


def key(name: str) -> str:
    """A property's name, quoted only where it must be."""
    return name if IDENTIFIER.match(name) else quoted(name)


def literal(value: object) -> Node:
    """A JSON value (with mappings and sequences) as an expression."""
    if isinstance(value, str):
        return Str(value)
    if isinstance(value, Mapping):
        return Obj([(str(name), literal(one)) for name, one in value.items()])
    if isinstance(value, list | tuple):
        return Arr([literal(one) for one in value])
    return Raw(json.dumps(value))


def document(node: Node) -> Doc:
    """The layout of an expression."""
    match node:
        case Raw():
            return node.text
        case Str():
            return quoted(node.value)
        case Template():
            return f"{node.tag}`{node.text}`"
        case Obj():
            return _object(node)
        case Arr():
            return _array(node)
        case Arrow():
            return _arrow(node)
        case Call():
            return _chain(node)


def _object(node: Obj) -> Doc:
    if not node.entries:
        return "{}"
    entries = [entry(name, value) for name, value in node.entries]
    inner = HARD if node.expanded else LINE
    return Group(("{", Indent((inner, joined((",", inner), entries))), IfBroken(","), inner, "}"))


def entry(name: str, value: Node) -> Doc:
    """`name: value`, broken behind the colon where the value itself has no good place."""
    if name.startswith("...") or (isinstance(value, Raw) and value.text == name and IDENTIFIER.match(name)):
        return name
    left = name if name.startswith("[") else key(name)
    return (left, assigned(":", value))


def assigned(operator: str, value: Node) -> Doc:
    """What stands behind `=` or `:`, with the operator."""
    right = document(value)
    if _breaks_behind_operator(value):
        return Group((operator, Indent((LINE, right))))
    if isinstance(value, Raw | Template):
        return (operator, " ", right)
    return (operator, Fluid(right))


def _breaks_behind_operator(node: Node) -> bool:
    if isinstance(node, Str):
        return True
    if isinstance(node, Raw):
        return "." in node.text and not node.text[0].isdigit()
    return isinstance(node, Call) and not node.new and _is_poorly_breakable(node)


def _is_poorly_breakable(node: Call) -> bool:
    groups = [node.args or (), *(args for _, args in node.calls)]
    return len(groups) < 3 and all(not args or (len(args) == 1 and _is_short(args[0])) for args in groups)


def _is_short(node: Node) -> bool:
    match node:
        case Str():
            return len(quoted(node.value)) <= SHORT
        case Raw():
            return len(node.text) <= SHORT and (bool(IDENTIFIER.match(node.text)) or "." not in node.text)
        case Obj():
            return not node.entries
        case Arr():
            return not node.items
        case _:
            return False


def _array(node: Arr) -> Doc:
    if not node.items:
        return "[]"
    line = HARD if _breaks_always(node) else SOFT
    between = HARD if line is HARD else LINE
    return Group(
        ("[", Indent((line, joined((",", between), [document(one) for one in node.items]))), IfBroken(","), line, "]")
    )


def _breaks_always(node: Arr) -> bool:
    """Several objects, or several arrays, of more than one member each stand below one another."""
    if len(node.items) < 2:
        return False
    objects = all(isinstance(one, Obj) and len(one.entries) > 1 for one in node.items)
    return objects or all(isinstance(one, Arr) and len(one.items) > 1 for one in node.items)


def _arrow(node: Arrow) -> Doc:
    body = document(node.body)
    if isinstance(node.body, Obj):
        return (f"{node.parameters} => (", body, ")")
    if isinstance(node.body, Arr | Template):
        return (f"{node.parameters} => ", body)
    return Group((f"{node.parameters} =>", Group(Indent((LINE, body)))))


def arguments(args: Sequence[Node]) -> Doc:
    """A call's arguments with their parentheses; the last is hugged where it can be."""
    if not args:
        return "()"
    docs = [document(one) for one in args]
    broken: Doc = ("(", Indent((HARD, joined((",", HARD), docs))), ",", HARD, ")")
    if any(will_break(one) for one in docs[:-1]):
        return broken
    if _is_hugged(args):
        before: tuple[Doc, ...] = tuple(part for one in docs[:-1] for part in (one, ", "))
        if len(args) == 1 and isinstance(args[0], Obj | Arr):
            return ("(", docs[0], ")")
        hugged: Doc = ("(", *before, Forced(docs[-1]).doc, ")")
        return Choice((("(", *before, docs[-1], ")"), hugged, broken))
    return Group(("(", Indent((SOFT, joined((",", LINE), docs))), IfBroken(","), SOFT, ")"))


@dataclass(frozen=True)
class Forced:
    """A group broken at its own lines."""

    body: Doc

    @property
    def doc(self) -> Doc:
        """The document without its outermost group, so that the mode around it (broken) holds."""
        return self.body.body if isinstance(self.body, Group) else self.body


def _is_hugged(args: Sequence[Node]) -> bool:
    last = args[-1]
    if len(args) > 1 and type(args[-2]) is type(last):
        return False
    if isinstance(last, Obj):
        return bool(last.entries)
    if isinstance(last, Arr):
        return bool(last.items)
    return isinstance(last, Arrow) and isinstance(last.body, Obj | Arr | Call)


def _chain(node: Call) -> Doc:
    if node.args is not None and not node.new and "." in node.head and "<" not in node.head:
        owner, _, name = node.head.rpartition(".")
        node = Call(owner, None, ((name, node.args), *node.calls))
    head: Doc = (("new " if node.new else "") + node.head, "" if node.args is None else arguments(node.args))
    calls: list[Doc] = [(f".{name}", arguments(args)) for name, args in node.calls]
    one_line: Doc = (head, *calls)
    if len(calls) <= 1:
        return one_line
    is_factory = node.args is None and bool(re.match(r"[A-Z]|[$_]+\Z|..?\Z", node.head.split(".")[-1]))
    if is_factory and len(calls) <= 2:
        return one_line
    first: Doc = (head, calls[0]) if is_factory else head
    rest = calls[1:] if is_factory else calls
    expanded: Doc = (first, Indent(tuple(part for call in rest for part in (HARD, call))))
    every = [*([] if node.args is None else [node.args]), *(args for _, args in node.calls)]
    complex_arguments = len(every) > 2 and any(not _is_simple(one) for args in every for one in args)
    if complex_arguments or any(will_break(one) for one in (head, *calls[:-1])):
        return expanded
    return Choice((one_line, expanded))


def _is_simple(node: Node) -> bool:
    match node:
        case Raw():
            return True
        case Str():
            return True
        case Obj():
            return all(not name.startswith("[") and _is_simple(value) for name, value in node.entries)
        case Arr():
            return all(_is_simple(one) for one in node.items)
        case Call():
            return not node.calls and all(_is_simple(one) for one in node.args or ())
        case _:
            return False
