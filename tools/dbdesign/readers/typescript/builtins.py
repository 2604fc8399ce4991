"""JavaScript's own operators and the few of its functions that declarations use: `Object.values(Status)`, `[…].join(",")`, `.map(…)`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.readers.typescript.classes import FunctionNode
from dbdesign.readers.typescript.values import (
    UNDEFINED,
    EnumNode,
    Member,
    ObjectValue,
    Reference,
    Spread,
    Value,
    is_constant,
)

if TYPE_CHECKING:
    from dbdesign.readers.typescript.program import Program

LONGEST_STRING = 1_000_000
"""That an operation makes."""


@dataclass(frozen=True)
class Known:
    """A result, which may be None or `UNDEFINED`."""

    value: Value


def text_value(value: Value) -> str:
    """As JavaScript writes a constant into a string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return str(int(value))
    return "null" if value is None else "undefined" if value is UNDEFINED else str(value)


def operate(operator: str, operands: Sequence[Value]) -> Known | None:
    """The result of an operator on constants; None where it is not known."""
    if operator in {"&&", "||", "??"}:
        return _logical(operator, *operands)
    if not all(map(is_constant, operands)):
        return None
    if len(operands) == 1:
        return _unary(operator, operands[0])
    left, right = operands
    if operator in {"===", "==", "!==", "!="}:
        same = type(left) is type(right) and left == right
        return Known(same == operator.startswith("="))
    if operator == "+" and (isinstance(left, str) or isinstance(right, str)):
        joined = text_value(left) + text_value(right)
        return Known(joined) if len(joined) <= LONGEST_STRING else None
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return _arithmetic(operator, left, right)
    return None


def _logical(operator: str, left: Value, right: Value) -> Known | None:
    if not is_constant(left):
        known = isinstance(left, (list, ObjectValue, FunctionNode, EnumNode))
        return Known(right if operator == "&&" else left) if known else None
    if operator == "??":
        return Known(right if left is None or left is UNDEFINED else left)
    return Known(right if bool(left) == (operator == "&&") else left)


def _unary(operator: str, value: Value) -> Known | None:
    if operator == "!":
        return Known(not value)
    if operator in {"-", "+"} and isinstance(value, (int, float)):
        return Known(-value if operator == "-" else +value)
    return Known(~value) if operator == "~" and isinstance(value, int) else None


def _arithmetic(operator: str, left: float, right: float) -> Known | None:
    if operator in _INTEGRAL:
        exact = isinstance(left, int) and isinstance(right, int) and 0 <= right < 64 and abs(left) < 2**63
        return Known(_INTEGRAL[operator](int(left), int(right))) if exact else None
    compute = _ARITHMETIC.get(operator)
    if compute is None or (operator in {"/", "%"} and right == 0) or max(abs(left), abs(right)) > 1e15:
        return None
    if operator == "**" and (right > 64 or right < 0 or left < 0):
        return None
    found = compute(left, right)
    return Known(int(found) if isinstance(found, float) and found.is_integer() else found)


_ARITHMETIC: dict[str, Callable[[float, float], float | bool]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "%": math.fmod,
    "**": lambda left, right: float(left) ** right,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
_INTEGRAL: dict[str, Callable[[int, int], int]] = {
    "<<": lambda left, right: left << right,
    ">>": lambda left, right: left >> right,
    "|": lambda left, right: left | right,
    "&": lambda left, right: left & right,
    "^": lambda left, right: left ^ right,
}


def built_in(callee: Value, args: Sequence[Value], program: Program) -> Known | None:
    """The result of one of JavaScript's own functions on known values; None where it is none of them."""
    if isinstance(callee, Reference) and callee.source is None:
        return _function(callee.text, args)
    if isinstance(callee, Member):
        if isinstance(callee.object, str):
            return _string_method(callee.object, callee.text, args)
        if isinstance(callee.object, list):
            return _array_method(callee.object, callee.text, args, program)
    return None


def _function(name: str, args: Sequence[Value]) -> Known | None:
    first = args[0] if args else UNDEFINED
    table = first.object() if isinstance(first, EnumNode) else first
    if name in {"Object.freeze", "Object.seal"}:
        return Known(first)
    if name in {"String", "Number"} and is_constant(first):
        return Known(text_value(first)) if name == "String" else _number(first)
    if not isinstance(table, ObjectValue) or table.spreads:
        return None
    if name == "Object.values":
        return Known(list(table.values()))
    if name == "Object.keys":
        return Known(list(table))
    if name == "Object.entries":
        return Known([[key, value] for key, value in table.items()])
    if name == "Object.assign" and all(isinstance(one, ObjectValue) for one in args):
        return Known(_assigned([one for one in args if isinstance(one, ObjectValue)]))
    return None


def _assigned(objects: Sequence[ObjectValue]) -> ObjectValue:
    found = ObjectValue(objects[0].line)
    for one in objects:
        found.update(one)
        found.lines.update(one.lines)
        found.spreads.extend(one.spreads)
    return found


def _number(value: Value) -> Known | None:
    if isinstance(value, (bool, int, float)):
        return Known(int(value) if isinstance(value, bool) else value)
    try:
        number = float(str(value)[:400])
    except ValueError:
        return None
    return Known(int(number) if math.isfinite(number) and number.is_integer() else number)


_SIMPLE: dict[str, Callable[[str], str]] = {
    "toUpperCase": str.upper,
    "toLowerCase": str.lower,
    "trim": str.strip,
    "toString": str,
}


def _string_method(text: str, name: str, args: Sequence[Value]) -> Known | None:
    simple = _SIMPLE.get(name)
    if simple is not None and not args:
        return Known(simple(text))
    if name == "concat" and all(map(is_constant, args)):
        return Known("".join([text, *map(text_value, args)])[:LONGEST_STRING])
    if name == "split" and len(args) == 1 and isinstance(args[0], str):
        return Known(list[Value](text.split(args[0]) if args[0] else text))
    if name == "replace" and len(args) == 2 and isinstance(args[0], str) and isinstance(args[1], str):
        replaced = text.replace(args[0], args[1], 1)
        return Known(replaced) if len(replaced) <= LONGEST_STRING else None
    return None


def _array_method(values: list[Value], name: str, args: Sequence[Value], program: Program) -> Known | None:
    first = args[0] if args else UNDEFINED
    if any(isinstance(one, Spread) for one in values) or not program.spend(len(values)):
        return None
    if name == "join" and all(map(is_constant, values)):
        joined = ("," if first is UNDEFINED else text_value(first)).join(map(text_value, values))
        return Known(joined) if len(joined) <= LONGEST_STRING else None
    if name == "concat":
        added: list[Value] = []
        for one in args:
            added.extend(one if isinstance(one, list) else [one])
        return Known([*values, *added]) if program.spend(len(added)) else None
    if name in {"map", "filter", "flatMap"} and isinstance(first, FunctionNode):
        return _mapped(values, name, first)
    return None


def _mapped(values: list[Value], name: str, function: FunctionNode) -> Known | None:
    results = [function.returned((value, index)) for index, value in enumerate(values)]
    if name == "map":
        return Known(results)
    if name == "flatMap":
        return Known([one for result in results for one in (result if isinstance(result, list) else [result])])
    if not all(map(is_constant, results)):
        return None
    return Known([value for value, kept in zip(values, results, strict=True) if kept])


__all__ = ["Known", "built_in", "operate", "text_value"]
