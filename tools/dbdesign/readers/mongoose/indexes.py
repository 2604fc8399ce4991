"""Indexes: of a path's keywords, and of `schema.index()`."""

from __future__ import annotations

from typing import Any

from dbdesign.model.documents import DocumentIndex
from dbdesign.readers.mongoose.constants import constant_or, first, seconds
from dbdesign.readers.typescript import UNDEFINED, ObjectValue, Value

TYPES = frozenset({"2d", "2dsphere", "hashed", "text"})
"""`Schema.indexTypes`."""
_DIRECTIONS = {"asc": 1, "ascending": 1, "desc": -1, "descending": -1, "1": 1, "-1": -1}


def path_index(place: str, options: ObjectValue) -> DocumentIndex | None:
    """The index that a path's keywords `index`, `unique`, `sparse`, `text` and `expires` make; None for none."""
    given = options.get("index", UNDEFINED)
    said: dict[str, Any] = {}
    key: int | str = 1
    is_there = False
    if isinstance(given, ObjectValue):
        is_there = True
        said = {name: plain for name, value in given.items() if (plain := constant_or(value, None)) is not None}
        if said.get("type") in TYPES:
            key = said.pop("type")
        said.pop("type", None)
    elif given is not UNDEFINED and given is not None and given is not False:
        is_there = True
        key = _key(given)
    for name in ("unique", "sparse", "text"):
        value = first(options.get(name, UNDEFINED))
        if value is True:
            is_there = True
            said[name] = True
    expires = options.get("expires", options.get("expireAfterSeconds", UNDEFINED))
    if expires is not UNDEFINED and "expires" in options:
        is_there = True
        said["expires"] = constant_or(expires, None)
    if not is_there:
        return None
    if said.pop("text", False):
        key = "text"
    return _index({place.replace("[]", ""): key}, said)


def _key(value: Value) -> int | str:
    if isinstance(value, str):
        return value if value in TYPES else _DIRECTIONS.get(value, 1)
    return -1 if value == -1 and not isinstance(value, bool) else 1


def declared_index(keys: Value, options: Value) -> DocumentIndex | None:
    """The index of `schema.index(keys, options)`; None where its keys are not constant."""
    if isinstance(keys, str):
        found: dict[str, int | str] = {keys: 1}
    elif isinstance(keys, ObjectValue) and not keys.spreads and keys:
        found = {}
        for name, value in keys.items():
            if not isinstance(value, str | int | float | bool):
                return None
            found[name] = _declared_key(value)
    else:
        return None
    said = constant_or(options, None) if isinstance(options, ObjectValue) else {}
    if said is None and isinstance(options, ObjectValue):
        said = {name: plain for name, value in options.items() if (plain := constant_or(value, None)) is not None}
    return _index(found, said or {})


def _declared_key(value: str | float | bool) -> int | str:
    if isinstance(value, str):
        return _DIRECTIONS.get(value, value)
    return int(value)


def _index(keys: dict[str, int | str], said: dict[str, Any]) -> DocumentIndex:
    said = dict(said)
    said.pop("background", None)
    name = said.pop("name", None)
    expires = said.pop("expires", said.pop("expireAfterSeconds", None))
    where = said.pop("partialFilterExpression", None)
    unique, sparse = said.pop("unique", False), said.pop("sparse", False)
    return DocumentIndex(
        name=name if isinstance(name, str) else None,
        keys=keys,
        unique=bool(unique),
        sparse=bool(sparse),
        where=where if isinstance(where, dict) else {},
        expire_after_seconds=seconds(expires),
        options=said,
    )
