"""Keywords of a path: validators, default, reference, and what Mongoose alone keeps."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from dbdesign.model.documents import DocumentField
from dbdesign.readers.mongoose.constants import NotConstantError, code, constant, constant_or, first, regex_text
from dbdesign.readers.typescript import (
    UNDEFINED,
    CallNode,
    EnumNode,
    FunctionNode,
    ObjectValue,
    Reference,
    Regex,
    Value,
)
from dbdesign.readers.typescript.syntax import text_of

KEPT = frozenset(
    {
        "lowercase",
        "uppercase",
        "trim",
        "select",
        "immutable",
        "excludeIndexes",
        "cast",
        "strict",
        "private",
        "autopopulate",
        "subtype",
    }
)
"""Keywords whose constant values are options of the field."""
_ELSEWHERE = frozenset(
    {
        "type",
        "required",
        "default",
        "enum",
        "min",
        "max",
        "minlength",
        "maxlength",
        "minLength",
        "maxLength",
        "match",
        "ref",
        "refPath",
        "alias",
        "index",
        "unique",
        "sparse",
        "expires",
        "text",
        "of",
        "_id",
        "validate",
        "get",
        "set",
        "transform",
        "name",
        "description",
        "cast",
    }
)
_LENGTH = re.compile(r"^\s*\(?\s*(\w+)[^)=]*\)?\s*=>\s*(.+?)\s*$", re.DOTALL)
_BOUND = re.compile(r"\w+\.length\s*(>=|<=|>|<)\s*(\d{1,9})\Z")
SaySo = Callable[[str, str], None]
"""Takes a text and why it is not understood."""


def keywords(
    base: DocumentField, options: ObjectValue, model_of: Callable[[Value], str | None], say: SaySo
) -> DocumentField:
    """The field with what its keywords say."""
    update: dict[str, Any] = {}
    update |= _required(options)
    update |= _default(options, base)
    update |= _bounds(options)
    update |= _match(options, say)
    update |= _reference(options, base, model_of, say)
    update |= _values(options, base, say)
    update |= _length_of_array(options)
    if isinstance(options.get("alias"), str):
        update["alias"] = options["alias"]
    kept = {**base.options, **update.pop("options", {}), **_kept(options)}
    if kept:
        update["options"] = kept
    return base.model_copy(update=update) if update else base


def _required(options: ObjectValue) -> dict[str, Any]:
    value = first(options.get("required", False))
    if isinstance(value, FunctionNode | Reference | CallNode):
        return {"options": {"required": code(value)}}
    return {"required": True} if value else {}


def _default(options: ObjectValue, base: DocumentField) -> dict[str, Any]:
    if "default" not in options:
        return {}
    value = options["default"]
    if value is UNDEFINED:
        return {"default_expression": "undefined"}
    if value is None:
        return {}
    try:
        return {"default": _plain_default(constant(value), base)}
    except NotConstantError:
        return _computed(value, base)


def _plain_default(value: Any, base: DocumentField) -> Any:
    return (
        str(value)
        if base.type in {"decimal", "objectId"} and isinstance(value, int | float) and not isinstance(value, bool)
        else value
    )


def _computed(value: Value, base: DocumentField) -> dict[str, Any]:
    """What a function gives where that is constant; else its text."""
    if isinstance(value, FunctionNode) and not value.parameters:
        result = value.result
        name = result.name if isinstance(result, CallNode) else ""
        if name in {"randomUUID", "UUID"} and isinstance(result, CallNode) and not result.args:
            return {"default_expression": "randomUUID"}
        if isinstance(result, ObjectValue | list | str | bool | int | float) or (
            isinstance(result, CallNode) and result.args
        ):
            found = constant_or(result, None)
            if found is not None:
                return {"default": _plain_default(found, base)}
    if isinstance(value, Reference) and value.last == "randomUUID":
        return {"default_expression": "randomUUID"}
    return {"default_expression": code(value)}


def _bounds(options: ObjectValue) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, names in (
        ("minimum", ("min",)),
        ("maximum", ("max",)),
        ("min_length", ("minlength", "minLength")),
        ("max_length", ("maxlength", "maxLength")),
    ):
        for name in names:
            value = constant_or(first(options.get(name, UNDEFINED)), None)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if is_number or (isinstance(value, str) and field in {"minimum", "maximum"}):
                found[field] = value if field in {"minimum", "maximum"} else int(value)
    return found


def _match(options: ObjectValue, say: SaySo) -> dict[str, Any]:
    if "match" not in options:
        return {}
    value = first(options["match"])
    if isinstance(value, Regex):
        return {"pattern": regex_text(value)}
    if isinstance(value, str):
        return {"pattern": value}
    say(f"match: {code(value)}", "a pattern that is known only when the program runs")
    return {}


def _reference(
    options: ObjectValue, base: DocumentField, model_of: Callable[[Value], str | None], say: SaySo
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "ref" in options and options["ref"] is not UNDEFINED:
        name = model_of(options["ref"])
        if name is None:
            say(f"ref: {code(options['ref'])}", "the model that is referenced is known only when the program runs")
        elif base.type == "array" and base.element is not None:
            found["element"] = base.element.model_copy(update={"references": name})
        else:
            found["references"] = name
    path = options.get("refPath")
    if isinstance(path, str):
        found["references_path"] = path
    elif path is not None:
        say(f"refPath: {code(path)}", "a path that is computed")
    return found


def _values(options: ObjectValue, base: DocumentField, say: SaySo) -> dict[str, Any]:
    """An enumeration: a list, an object's values, a TypeScript enum; of an array it is its element's."""
    if "enum" not in options or options["enum"] is UNDEFINED:
        return {}
    value = options["enum"]
    if isinstance(value, ObjectValue) and "values" in value:
        value = value["values"]
    if isinstance(value, EnumNode):
        values: list[Value] = list(value.members.values())
    elif isinstance(value, ObjectValue) and not value.spreads:
        values = list(value.values())
    elif isinstance(value, list):
        values = value
    else:
        say(f"enum: {code(value)}", "the values are known only when the program runs")
        return {}
    known = tuple(one for one in values if one is None or isinstance(one, str | int | float | bool))
    if len(known) < len(values):
        say(f"enum: {code(options['enum'])}", "some of the values are known only when the program runs")
    if base.type == "array" and base.element is not None:
        return {"element": base.element.model_copy(update={"values": known})}
    return {"values": known}


def _length_of_array(options: ObjectValue) -> dict[str, Any]:
    """`(value) => value.length <= 5` bounds an array; other validators are code."""
    value = options.get("validate")
    if value is None:
        return {}
    function = value.get("validator") if isinstance(value, ObjectValue) else first(value)
    text = text_of(function.node) if isinstance(function, FunctionNode) else ""
    found: dict[str, Any] = {}
    match = _LENGTH.match(text)
    for part in (match[2] if match else "").split("&&"):
        bound = _BOUND.match(part.strip())
        if bound is None:
            return {"options": {"validate": True}}
        number = int(bound[2]) + {">": 1, "<": -1}.get(bound[1], 0)
        found["min_items" if bound[1].startswith(">") else "max_items"] = number
    return found or {"options": {"validate": True}}


def _kept(options: ObjectValue) -> dict[str, Any]:
    """Keywords that are constant and not said elsewhere."""
    found: dict[str, Any] = {}
    for key, value in options.items():
        if key in KEPT or (key not in _ELSEWHERE and not key.startswith("$")):
            plain = constant_or(value, None)
            if plain is not None:
                found[key] = plain
    return found
