"""A module of JavaScript: imports, statements, comments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dbdesign.writers.javascript.layout import LINE, SOFT, WIDTH, Doc, Group, IfBroken, Indent, joined, render
from dbdesign.writers.javascript.syntax import Node, assigned, quoted


def import_statement(names: Iterable[str], module: str) -> str:
    """`import { a, b } from "module";`, sorted as given."""
    body = Group(("{", Indent((LINE, joined((",", LINE), list(names)))), IfBroken(","), LINE, "}"))
    return render(("import ", body, f" from {quoted(module)};"))


def constant(name: str, value: Node, *, exported: bool = True) -> str:
    """`export const name = value;`"""
    doc: Doc = (f"{'export ' if exported else ''}const {name}", assigned(" =", value), ";")
    return render(doc)


def type_alias(name: str, generic: str, argument: str) -> str:
    """`export type Name = Generic<Argument>;`; a `typeof` may break inside of the brackets, a name may not."""
    if argument.startswith("typeof "):
        right: Doc = (" ", generic, Group(("<", Indent((SOFT, argument)), SOFT, ">")))
        return render((f"export type {name} =", right, ";"))
    return render((f"export type {name} =", Group(Indent((LINE, f"{generic}<{argument}>;")))))


def statement(value: Doc) -> str:
    """An expression as a statement."""
    return render((value, ";"))


def comment(text: str, indent: int = 0) -> str:
    """A documentation comment."""
    pad = " " * indent
    lines = text.replace("*/", "* /").splitlines() or [""]
    if len(lines) == 1 and len(lines[0]) + indent + 7 <= WIDTH:
        return f"{pad}/** {lines[0].strip()} */"
    body = "\n".join(f"{pad} * {line.rstrip()}".rstrip() for line in lines)
    return f"{pad}/**\n{body}\n{pad} */"


def module(imports: Mapping[str, Iterable[str]], statements: Iterable[str]) -> str:
    """A whole file."""
    head = "\n".join(import_statement(names, source) for source, names in imports.items())
    return "\n\n".join(part for part in (head, *statements) if part) + "\n"
