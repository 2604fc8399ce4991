"""What a file declares, imports and exports, at its top level: ECMAScript modules and CommonJS alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.readers.typescript.syntax import Syntax, line_of, named, string_of, text_of
from dbdesign.readers.typescript.syntax import field as child

if TYPE_CHECKING:
    from tree_sitter import Node

_DECLARATIONS = {
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "enum_declaration": "enum",
    "type_alias_declaration": "type",
    "interface_declaration": "interface",
    "internal_module": "namespace",
}
_INSIDE = {"ERROR", "ambient_declaration", "statement_block", "program"}
_VARIABLES = {"lexical_declaration", "variable_declaration"}


@dataclass(frozen=True, eq=False)
class Declaration:
    """A name that a file or a function body declares.

    Attributes:
        kind: `const` (also `let`, `var`), `class`, `function`, `enum`, `type`, `interface`, `namespace`.
        node: the declaration; of a `const` its initialiser, None for none.
        path: of a destructured name: the keys under which it stands in the initialiser.
        type_node: of a `const`: its annotation.
    """

    name: str
    kind: str
    node: Node | None
    line: int
    path: tuple[str, ...] = ()
    type_node: Node | None = None


@dataclass(frozen=True)
class Import:
    """A name that comes from elsewhere. `name` is the exported one, `default`, or `*` for the module as a whole."""

    source: str
    name: str
    line: int
    required: bool = False


@dataclass(eq=False)
class Module:
    """A file.

    Attributes:
        declarations: by name.
        imports: by the name that the file uses.
        exports: exported name → the declaration's or imported name, an expression (`export default …`, `exports.x = …`), or an `Import`.
        stars: modules whose exports are exported again.
        whole: what `module.exports = …` or `export = …` makes of the module; None for none.
        statements: those at the top level, in order.
    """

    path: str
    syntax: Syntax
    declarations: dict[str, Declaration] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)
    exports: dict[str, str | Node | Import] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    whole: Node | None = None
    statements: list[Node] = field(default_factory=list)


def read_module(path: str, syntax: Syntax) -> Module:
    """The declarations of a parsed file."""
    module = Module(path, syntax)
    for statement in top_level(syntax.root):
        module.statements.append(statement)
        _statement(module, statement)
    return module


def top_level(block: Node) -> Iterator[Node]:
    """The statements of a file or a body, also those inside stretches that the grammar does not know."""
    stack = list(reversed(named(block)))
    while stack:
        node = stack.pop()
        if node.type in _INSIDE:
            stack.extend(reversed(named(node)))
        else:
            yield node


def declared(statement: Node) -> Iterator[Declaration]:
    """The names that a statement declares."""
    kind = _DECLARATIONS.get(statement.type)
    if kind is not None:
        if (name := child(statement, "name")) is not None:
            yield Declaration(text_of(name), kind, statement, line_of(statement))
    elif statement.type in _VARIABLES:
        for declarator in named(statement):
            if declarator.type == "variable_declarator":
                yield from _declarator(declarator)
    elif statement.type == "expression_statement":
        for inner in named(statement):
            if inner.type == "internal_module":
                yield from declared(inner)


def _declarator(declarator: Node) -> Iterator[Declaration]:
    name, value = child(declarator, "name"), child(declarator, "value")
    if name is not None:
        for local, path in pattern_names(name):
            yield Declaration(local, "const", value, line_of(declarator), path, child(declarator, "type"))


def pattern_names(pattern: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names that a pattern binds, with the keys that lead to each: of `{a: {b: c}}` `c` by `("a", "b")`. A rest is left out."""
    stack: list[tuple[Node, tuple[str, ...]]] = [(pattern, ())]
    while stack:
        node, path = stack.pop()
        if node.type in {"identifier", "shorthand_property_identifier_pattern"}:
            short = node.type != "identifier"
            yield text_of(node), (*path, text_of(node)) if short else path
        elif node.type == "object_pattern":
            stack.extend((member, path) for member in reversed(named(node)))
        elif node.type == "array_pattern":
            stack.extend((member, (*path, str(index))) for index, member in enumerate(named(node)))
        elif node.type == "pair_pattern":
            key, value = child(node, "key"), child(node, "value")
            if key is not None and value is not None:
                stack.append((value, (*path, string_of(key) if key.type == "string" else text_of(key))))
        elif (
            node.type in {"assignment_pattern", "object_assignment_pattern"}
            and (left := child(node, "left")) is not None
        ):
            stack.append((left, path))


def _statement(module: Module, statement: Node) -> None:
    if statement.type == "import_statement":
        _import(module, statement)
    elif statement.type == "export_statement":
        _export(module, statement)
    elif statement.type == "expression_statement":
        _assignment(module, statement)
    for declaration in declared(statement):
        _declare(module, declaration)


def _declare(module: Module, declaration: Declaration) -> None:
    required = _required(declaration.node) if declaration.kind == "const" else None
    if required is not None and len(declaration.path) <= 1:
        source, members = required
        path = (*members, *declaration.path)
        if len(path) <= 1:
            module.imports[declaration.name] = Import(source, path[0] if path else "*", declaration.line, required=True)
            return
    # an interface or a type beside a class or a constant of the same name gives way to it
    known = module.declarations.get(declaration.name)
    if known is None or known.kind in {"type", "interface"}:
        module.declarations[declaration.name] = declaration


def _required(node: Node | None) -> tuple[str, tuple[str, ...]] | None:
    """The module and the members of `require("x").a`."""
    members: list[str] = []
    while node is not None and node.type in {"member_expression", "as_expression", "parenthesized_expression"}:
        if node.type == "member_expression":
            members.append(text_of(child(node, "property")))
            node = child(node, "object")
        else:
            node = named(node)[0] if named(node) else None
    if node is None or node.type != "call_expression" or text_of(child(node, "function")) != "require":
        return None
    arguments = child(node, "arguments")
    first = named(arguments)[0] if arguments is not None and named(arguments) else None
    return (string_of(first), tuple(reversed(members))) if first is not None and first.type == "string" else None


def _source(statement: Node) -> str | None:
    source = child(statement, "source")
    return string_of(source) if source is not None and source.type == "string" else None


def _import(module: Module, statement: Node) -> None:
    source, line = _source(statement), line_of(statement)
    for clause in named(statement):
        if clause.type == "import_require_clause" and (required := _source(clause)) is not None:
            module.imports[text_of(named(clause)[0])] = Import(required, "*", line, required=True)
        elif clause.type == "import_clause" and source is not None:
            for local, name in _import_names(clause):
                module.imports[local] = Import(source, name, line)


def _import_names(clause: Node) -> Iterator[tuple[str, str]]:
    for part in named(clause):
        if part.type == "identifier":
            yield text_of(part), "default"
        elif part.type == "namespace_import":
            yield text_of(named(part)[0]), "*"
        elif part.type == "named_imports":
            for one in named(part):
                name, alias = child(one, "name"), child(one, "alias")
                if name is not None:
                    yield text_of(alias or name), _exported_name(name)


def _exported_name(node: Node) -> str:
    return string_of(node) if node.type == "string" else text_of(node)


def _export(module: Module, statement: Node) -> None:
    source, line = _source(statement), line_of(statement)
    default = any(one.type == "default" for one in statement.children)
    if (declaration := child(statement, "declaration")) is not None:
        inner = (
            named(declaration)[0] if declaration.type == "ambient_declaration" and named(declaration) else declaration
        )
        for one in declared(inner):
            _declare(module, one)
            module.exports["default" if default else one.name] = one.name
        if default and child(inner, "name") is None:
            module.exports["default"] = inner
        return
    if (value := child(statement, "value")) is not None:
        module.exports["default"] = text_of(value) if value.type == "identifier" else value
        return
    _export_list(module, statement, source, line)


def _export_list(module: Module, statement: Node, source: str | None, line: int) -> None:
    parts = named(statement)
    if source is not None and any(one.type == "*" for one in statement.children):
        module.stars.append(source)
    elif source is None and len(parts) == 1 and any(one.type == "=" for one in statement.children):
        module.whole = parts[0]
    for part in parts:
        if part.type == "namespace_export" and source is not None:
            module.exports[text_of(named(part)[0])] = Import(source, "*", line)
        elif part.type == "export_clause":
            for one in named(part):
                name = child(one, "name")
                if name is not None:
                    exported = _exported_name(child(one, "alias") or name)
                    known = _exported_name(name)
                    module.exports[exported] = Import(source, known, line) if source is not None else known


def _assignment(module: Module, statement: Node) -> None:
    """`module.exports = …`, `exports.x = …`; a chain of assignments (`exports = module.exports = x`) gives its last value to each."""
    node = named(statement)[0] if named(statement) else None
    targets: list[str] = []
    while node is not None and node.type == "assignment_expression":
        targets.append(text_of(child(node, "left")))
        node = child(node, "right")
    for target in targets if node is not None else ():
        name = target.removeprefix("module.")
        if target == "module.exports":
            module.whole = node
        elif name.startswith("exports.") and name.count(".") == 1 and node is not None:
            module.exports[name.removeprefix("exports.")] = text_of(node) if node.type == "identifier" else node


__all__ = ["Declaration", "Import", "Module", "declared", "pattern_names", "read_module", "top_level"]
