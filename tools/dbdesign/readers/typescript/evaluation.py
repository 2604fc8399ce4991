"""What an expression comes to: literals, constants across files, enum members, concatenations; the rest is kept as nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dbdesign.readers.typescript.builtins import built_in, operate
from dbdesign.readers.typescript.classes import ClassNode, FunctionNode
from dbdesign.readers.typescript.scopes import ModuleValue, Scope
from dbdesign.readers.typescript.syntax import beginning_of, field, line_of, named, string_of, text_of, unescape
from dbdesign.readers.typescript.values import (
    UNDEFINED,
    CallNode,
    EnumNode,
    Member,
    ObjectValue,
    Operation,
    Reference,
    Regex,
    Spread,
    Template,
    Unknown,
    Value,
    is_constant,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def evaluate(node: Node, scope: Scope) -> Value:
    """The value of an expression in a scope; an `Unknown` names what is not evaluated."""
    handler = _HANDLERS.get(node.type)
    if handler is None:
        return Unknown(beginning_of(node), line_of(node), f"a {node.type.replace('_', ' ')} is not evaluated")
    found = scope.program.limited(handler, node, scope)
    if isinstance(found, Unknown) and not found.text:
        return Unknown(beginning_of(node), line_of(node), found.reason)
    return found


def member_of(value: Value, name: Value) -> Value:
    """A member of a value by its name, or by its number; a `Member` where it is not known."""
    if isinstance(value, Reference):
        return value.member(name) if isinstance(name, str) else Member(value, name)
    if isinstance(value, ModuleValue):
        return value.member(str(name))
    if isinstance(value, EnumNode):
        value = value.object()
    key = str(name)
    if isinstance(value, ObjectValue):
        return value[key] if key in value else Member(value, name) if value.spreads else UNDEFINED
    if isinstance(value, (list, str)):
        if key == "length":
            return len(value)
        if key.isdecimal() and len(key) < 10:
            return value[int(key)] if int(key) < len(value) else UNDEFINED
    if isinstance(value, ClassNode):
        return _static(value, key)
    return Member(value, name)


def _static(owner: ClassNode, name: str) -> Value:
    for one in owner.lineage():
        declared = one.field(name)
        if declared is not None and declared.static:
            return declared.initialiser
        method = one.method(name)
        if method is not None and method.static:
            return method.function
    return owner.name if name == "name" else Member(owner, name)


def _string(node: Node, scope: Scope) -> Value:
    del scope
    return string_of(node)


def _number(node: Node, scope: Scope) -> Value:
    del scope
    text = text_of(node).replace("_", "").lower()
    try:
        if text[:2] in {"0x", "0o", "0b"}:
            return int(text.removesuffix("n"), 0)
        number = float(text.removesuffix("n"))
        return int(number) if number.is_integer() and abs(number) < 1e21 else number
    except ValueError:
        return Unknown(beginning_of(node), line_of(node), "a number that is too long")


def _template(node: Node, scope: Scope) -> Value:
    parts: list[Value] = []
    for part in node.children:
        if part.type == "string_fragment":
            parts.append(text_of(part))
        elif part.type == "escape_sequence":
            parts.append(unescape(text_of(part)))
        elif part.type == "template_substitution" and named(part):
            parts.append(_plain(scope.evaluate(named(part)[0]), scope))
    if all(map(is_constant, parts)):
        return "".join(map(_text, parts))
    return Template(tuple(_merged(parts)), line_of(node), text_of(node))


def _merged(parts: list[Value]) -> list[Value]:
    """Neighbouring constants as one string."""
    found: list[Value] = []
    for part in parts:
        constant = _text(part) if is_constant(part) else part
        if isinstance(constant, str) and found and isinstance(found[-1], str):
            found[-1] += constant
        else:
            found.append(constant)
    return found


def _text(value: Value) -> str:
    """As JavaScript writes a constant into a string."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return "undefined" if value is UNDEFINED else str(value)


def _plain(value: Value, scope: Scope) -> Value:
    """A value as an operand: calls of functions of the files are seen through."""
    return scope.program.expand(value) if isinstance(value, CallNode) else value


def _array(node: Node, scope: Scope) -> Value:
    found: list[Value] = []
    for one in named(node):
        found.extend(_elements(one, scope))
    return found


def _elements(node: Node, scope: Scope) -> list[Value]:
    """A spread's elements, or one value."""
    if node.type != "spread_element":
        return [scope.evaluate(node)]
    value = _plain(scope.evaluate(named(node)[0]), scope) if named(node) else UNDEFINED
    return list(value) if isinstance(value, list) and scope.program.spend(len(value)) else [Spread(value)]


def _object(node: Node, scope: Scope) -> Value:
    found = ObjectValue(line_of(node))
    for one in named(node):
        if one.type == "spread_element":
            _spread(found, _plain(scope.evaluate(named(one)[0]), scope) if named(one) else UNDEFINED, scope)
        elif one.type == "shorthand_property_identifier":
            _put(found, text_of(one), scope.lookup(text_of(one), line_of(one)), one)
        elif one.type == "method_definition":
            name = _key(field(one, "name"), scope)
            _put(found, name, FunctionNode(name, one, scope, line_of(one), scope.path), one)
        elif (value := field(one, "value")) is not None:
            _put(found, _key(field(one, "key"), scope), scope.evaluate(value), one)
    return found


def _put(found: ObjectValue, key: str, value: Value, node: Node) -> None:
    found.pop(key, None)
    found[key] = value
    found.lines[key] = line_of(node)


def _spread(found: ObjectValue, value: Value, scope: Scope) -> None:
    if isinstance(value, EnumNode):
        value = value.object()
    if isinstance(value, ObjectValue) and scope.program.spend(len(value)):
        for key, one in value.items():
            found[key] = one
            found.lines[key] = value.line_of(key)
        found.spreads.extend(value.spreads)
    elif value is not UNDEFINED and value is not None and not isinstance(value, bool):
        found.spreads.append(value)


def _key(node: Node | None, scope: Scope) -> str:
    if node is None:
        return ""
    if node.type == "string":
        return string_of(node)
    if node.type == "computed_property_name" and named(node):
        value = _plain(scope.evaluate(named(node)[0]), scope)
        return _text(value) if is_constant(value) else text_of(node)
    return text_of(node)


def _identifier(node: Node, scope: Scope) -> Value:
    return scope.lookup(text_of(node), line_of(node))


def _member(node: Node, scope: Scope) -> Value:
    owner, name = field(node, "object"), field(node, "property")
    if owner is None:
        return Unknown(beginning_of(node), line_of(node), "a member of nothing")
    if text_of(node) == "module.exports" or text_of(owner) in {"exports", "module.exports"}:
        own = scope.program.module(scope.path).exports.get(text_of(name))
        return scope.program.exported(scope.path, text_of(name)) if own is not None else Reference(text_of(node))
    return member_of(_plain(scope.evaluate(owner), scope), text_of(name))


def _subscript(node: Node, scope: Scope) -> Value:
    owner, index = field(node, "object"), field(node, "index")
    if owner is None or index is None:
        return Unknown(beginning_of(node), line_of(node), "an element of nothing")
    value, key = _plain(scope.evaluate(owner), scope), _plain(scope.evaluate(index), scope)
    return member_of(value, key) if is_constant(key) else Member(value, key)


def _call(node: Node, scope: Scope) -> Value:
    function, arguments = field(node, "function") or field(node, "constructor"), field(node, "arguments")
    new = node.type == "new_expression"
    if function is None:
        return Unknown(beginning_of(node), line_of(node), "a call of nothing")
    if arguments is not None and arguments.type == "template_string":
        return _tagged(node, function, arguments, scope)
    args = [value for one in named(arguments) for value in _elements(one, scope)] if arguments is not None else []
    if text_of(function) == "require" and len(args) == 1 and isinstance(args[0], str):
        return _require(args[0], node, scope)
    callee = scope.evaluate(function)
    if not new and (found := built_in(callee, args, scope.program)) is not None:
        return found.value
    generic = text_of(field(node, "type_arguments"))[1:-1]
    return CallNode(callee, tuple(args), line_of(node), beginning_of(node), new, scope.path, generic)


def _tagged(node: Node, function: Node, template: Node, scope: Scope) -> Value:
    value = scope.evaluate(template)
    parts = value.parts if isinstance(value, Template) else (value,)
    return Template(parts, line_of(node), text_of(node), scope.evaluate(function))


def _require(specifier: str, node: Node, scope: Scope) -> Value:
    target = scope.program.resolve(specifier, scope.path)
    if target is None:
        return Reference("*", specifier, (), specifier.rsplit("/", 1)[-1], line_of(node))
    return scope.program.limited(scope.program.whole, target)


def _function(node: Node, scope: Scope) -> Value:
    return FunctionNode(text_of(field(node, "name")), node, scope, line_of(node), scope.path)


def _class(node: Node, scope: Scope) -> Value:
    around = node.parent
    exported = "default" if around is not None and around.type == "export_statement" else ""
    return ClassNode(text_of(field(node, "name")) or exported, node, scope, line_of(node), scope.path)


def _first(node: Node, scope: Scope) -> Value:
    """Of casts, parentheses and `await`: the expression; a type assertion has its type before it."""
    inner = named(node)
    if not inner:
        return UNDEFINED
    return scope.evaluate(inner[-1] if node.type == "type_assertion" else inner[0])


def _last(node: Node, scope: Scope) -> Value:
    inner = named(node)
    return scope.evaluate(inner[-1]) if inner else UNDEFINED


def _assigned(node: Node, scope: Scope) -> Value:
    right = field(node, "right")
    return scope.evaluate(right) if right is not None else UNDEFINED


def _unary(node: Node, scope: Scope) -> Value:
    operator, argument = text_of(field(node, "operator")), field(node, "argument")
    if operator == "void" or argument is None:
        return UNDEFINED
    return _operated(operator, [_plain(scope.evaluate(argument), scope)], node)


def _binary(node: Node, scope: Scope) -> Value:
    """An operation nests to the left: a concatenation of a thousand strings is one loop here."""
    spine: list[Node] = [node]
    while (left := field(spine[-1], "left")) is not None and left.type == "binary_expression":
        spine.append(left)
    if left is None:
        return Unknown(beginning_of(node), line_of(node), "an operation on nothing")
    value = _plain(scope.evaluate(left), scope)
    for one in reversed(spine):
        right = field(one, "right")
        operand = _plain(scope.evaluate(right), scope) if right is not None else UNDEFINED
        value = _operated(text_of(field(one, "operator")), [value, operand], one)
    return value


def _operated(operator: str, operands: list[Value], node: Node) -> Value:
    known = operate(operator, operands)
    return Operation(operator, tuple(operands), line_of(node), beginning_of(node)) if known is None else known.value


def _ternary(node: Node, scope: Scope) -> Value:
    parts = [field(node, name) for name in ("condition", "consequence", "alternative")]
    values = [_plain(scope.evaluate(one), scope) if one is not None else UNDEFINED for one in parts]
    if is_constant(values[0]):
        return values[1] if values[0] else values[2]
    return Operation("?", tuple(values), line_of(node), beginning_of(node))


def _constant(value: Value) -> Callable[[Node, Scope], Value]:
    def constant(node: Node, scope: Scope) -> Value:
        del node, scope
        return value

    return constant


def _regex(node: Node, scope: Scope) -> Value:
    del scope
    return Regex(text_of(field(node, "pattern")), text_of(field(node, "flags")))


def _this(node: Node, scope: Scope) -> Value:
    return scope.lookup("this", line_of(node))


_HANDLERS: dict[str, Callable[[Node, Scope], Value]] = {
    "string": _string,
    "number": _number,
    "template_string": _template,
    "true": _constant(True),
    "false": _constant(False),
    "null": _constant(None),
    "undefined": _constant(UNDEFINED),
    "regex": _regex,
    "array": _array,
    "object": _object,
    "identifier": _identifier,
    "property_identifier": _identifier,
    "type_identifier": _identifier,
    "this": _this,
    "member_expression": _member,
    "subscript_expression": _subscript,
    "call_expression": _call,
    "new_expression": _call,
    "arrow_function": _function,
    "function_expression": _function,
    "function_declaration": _function,
    "generator_function": _function,
    "class": _class,
    "class_declaration": _class,
    "abstract_class_declaration": _class,
    "as_expression": _first,
    "satisfies_expression": _first,
    "non_null_expression": _first,
    "parenthesized_expression": _first,
    "instantiation_expression": _first,
    "await_expression": _first,
    "type_assertion": _first,
    "expression_statement": _first,
    "sequence_expression": _last,
    "assignment_expression": _assigned,
    "unary_expression": _unary,
    "binary_expression": _binary,
    "ternary_expression": _ternary,
}

__all__ = ["evaluate", "member_of"]
