"""What the arguments of a query come to: filters, sorts and stages as MongoDB takes them, what is computed as a text with a colon."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dbdesign.readers.typescript import CallNode, ObjectValue, Reference, Regex, Value
from dbdesign.readers.typescript.values import Operation, Spread, Template

COMPUTED = ":computed"
_WAYS = {"asc": 1, "ascending": 1, "1": 1, "desc": -1, "descending": -1, "-1": -1}
_PATH = re.compile(r"[\w$.-]+")


def plain(value: Value) -> Any:
    """A value as JSON: what is known as it is, regular expressions as `$regex`, anything else as a text that begins with a colon."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, ObjectValue):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, Regex):
        return {"$regex": value.pattern, **({"$options": value.flags} if value.flags else {})}
    if isinstance(value, CallNode) and value.name == "RegExp":
        flags = value.arg(1)
        said = {"$regex": _pattern(value.arg(0))}
        return said | ({"$options": flags} if isinstance(flags, str) and flags else {})
    if isinstance(value, Template):
        return _pattern(value)
    return f":{value.text}" if isinstance(value, (Reference, CallNode)) and value.text else COMPUTED


def _pattern(value: Value) -> str:
    """A text of which parts may be known: of `^${name}` the anchor."""
    if isinstance(value, Template):
        return "".join(one if isinstance(one, str) else COMPUTED for one in value.parts)
    return value.pattern if isinstance(value, Regex) else value if isinstance(value, str) else COMPUTED


def known_filter(value: Value) -> dict[str, Any] | None:
    """A filter of which every condition is known; None where it may have others that are always there.

    What is spread in on a condition (`...(name ? { name } : {})`, `...(name && { name })`) is left out: without it the query is one, too.
    """
    if not isinstance(value, ObjectValue) or any(not _on_condition(one) for one in value.spreads):
        return None
    if any(not _PATH.fullmatch(key) for key in value):
        return None
    found = plain(value)
    return found if isinstance(found, dict) else None


def _on_condition(value: Value) -> bool:
    """Whether a spread may come to nothing."""
    if isinstance(value, Spread):
        return _on_condition(value.value)
    if not isinstance(value, Operation):
        return False
    return value.operator == "&&" or (
        value.operator == "?" and any(isinstance(one, ObjectValue) and not one for one in value.operands[1:])
    )


def sort_of(value: Value) -> dict[str, int | str]:
    """The keys and directions of a sort: `"-createdAt name"`, `{createdAt: "desc"}`, `[["createdAt", -1]]`.

    A key or direction that is known only when the program runs makes the whole `{":computed": ":computed"}`.
    """
    pairs = list(_pairs(value))
    if not pairs or any(not _PATH.fullmatch(path) or way is None for path, way in pairs):
        return {COMPUTED: COMPUTED}
    return {path: way for path, way in pairs if way is not None}


def _pairs(value: Value) -> list[tuple[str, int | None]]:
    if isinstance(value, str):
        return [(one.lstrip("+-"), -1 if one.startswith("-") else 1) for one in value.split()]
    if isinstance(value, ObjectValue) and not value.spreads:
        return [(key, _way(one)) for key, one in value.items()]
    if isinstance(value, list) and all(isinstance(one, list) and len(one) == 2 for one in value):
        return [(str(one[0]), _way(one[1])) for one in value if isinstance(one, list)]
    return []


def _way(value: Value) -> int | None:
    return _WAYS.get(str(value).lower()) if isinstance(value, (str, int)) else None


def stages_of(value: Value) -> list[dict[str, Any]]:
    """The stages of an aggregation; one that is not known is `{":computed": ":computed"}`."""
    listed = value if isinstance(value, list) else [value]
    return [_stage(one) for one in listed]


def _stage(value: Value) -> dict[str, Any]:
    unknown: dict[str, Any] = {COMPUTED: COMPUTED}
    if not isinstance(value, ObjectValue) or len(value) != 1 or value.spreads:
        return unknown
    name, said = next(iter(value.items()))
    if name == "$match":
        match = known_filter(said)
        return {"$match": match} if match is not None else unknown
    return {"$sort": sort_of(said)} if name == "$sort" else {name: plain(said)}


def shape(stages: tuple[Mapping[str, Any], ...]) -> str:
    """Equal for queries that differ in values alone."""
    return repr([_shape(one) for one in stages])


def _shape(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: one if key in {"$sort", "$regex", "$options"} else _shape(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_shape(one) for one in value[:20]]
    return "?" if not isinstance(value, str) or not value.startswith("$") else value
