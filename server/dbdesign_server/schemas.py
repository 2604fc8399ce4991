"""JSON schemas as clients want them: short, and without unions in arguments, which some clients cannot build."""

from __future__ import annotations

from typing import Any

_NULL = {"type": "null"}


def input_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Arguments: `X or null` is X, since an argument that is not given is left out; nothing beyond the properties is allowed. Defaults that
    are nothing (none, false, an empty list) are not said.
    """
    return {**_compact(schema, keep_null=False), "additionalProperties": False}


def output_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """Results: without generated titles, docstrings of models and defaults."""
    return _compact(schema, keep_null=True)


def _compact(schema: dict[str, Any], *, keep_null: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in _without_union(schema, keep_null=keep_null).items():
        if _is_noise(key, value, output=keep_null, of_model=schema.get("type") == "object"):
            continue
        if key in {"properties", "$defs"}:
            found[key] = {name: _compact(one, keep_null=keep_null) for name, one in value.items()}
        elif isinstance(value, dict):
            found[key] = _compact(value, keep_null=keep_null)
        elif isinstance(value, list):
            found[key] = [_compact(one, keep_null=keep_null) if isinstance(one, dict) else one for one in value]
        else:
            found[key] = value
    return found


def _is_noise(key: str, value: Any, *, output: bool, of_model: bool) -> bool:
    if key == "default":
        return output or value is None or value is False or value == []
    if key == "minimum" and value in {0, 1}:
        return not output  # no model asks for less than nothing, and the call is checked all the same
    return key == "title" or (
        output and of_model and (key == "description" or (key == "additionalProperties" and value is True))
    )


def _without_union(schema: dict[str, Any], *, keep_null: bool) -> dict[str, Any]:
    """`anyOf` X and null as X; as a nullable X where null may occur and X is a plain type."""
    some = [one for one in schema.get("anyOf", ()) if one != _NULL]
    if len(some) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    if not keep_null:
        return {**some[0], **rest}
    if isinstance(some[0].get("type"), str) and "enum" not in some[0]:
        return {**some[0], "type": [some[0]["type"], "null"], **rest}
    return schema
