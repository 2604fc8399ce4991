"""JSON schemas as clients want them: short, and without unions in arguments, which some clients cannot build."""

from __future__ import annotations

from typing import Any


def compact(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without generated titles, and with `X or null` as X: an argument that is not given is simply left out."""
    found = _compact(schema)
    assert isinstance(found, dict)  # noqa: S101 - an object in, an object out
    return found


def _compact(value: Any, *, names: bool = False) -> Any:
    """`names`: the keys of this object are names of properties, not words of JSON Schema."""
    if isinstance(value, list):
        return [_compact(one) for one in value]
    if not isinstance(value, dict):
        return value
    if names:
        return {key: _compact(one) for key, one in value.items()}
    some = [one for one in value.get("anyOf", ()) if one != {"type": "null"}]
    if len(some) == 1 and "default" in value:
        value = {**some[0], **{key: one for key, one in value.items() if key != "anyOf"}}
    return {
        key: _compact(one, names=key in {"properties", "$defs"})
        for key, one in value.items()
        if key != "title" and not (key == "default" and one is None)
    }
