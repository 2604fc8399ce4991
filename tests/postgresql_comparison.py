"""When two PostgreSQL schemas, or two pg_dumps, say the same: order and names that the server chose aside."""

from __future__ import annotations

import re
from typing import Any

from dbdesign.model.base import Model
from dbdesign.model.schema import Schema

_SORTED = (
    "namespaces", "extensions", "enums", "domains", "composites", "sequences", "tables", "views", "routines", "carried",
    "unique_keys", "foreign_keys", "checks", "exclusions", "indexes", "triggers", "policies", "grants",
)  # fmt: skip


def comparable(schema: Schema) -> dict[str, Any]:
    """The schema as plain values, everything whose order means nothing sorted."""
    return _plain(schema)


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        fields = {name: _plain(getattr(value, name)) for name in type(value).model_fields}
        return {
            name: sorted(one, key=repr) if name in _SORTED and one else one
            for name, one in fields.items()
            if one not in (None, (), [], {}, "", False)
        }
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if hasattr(value, "items"):
        return {key: _plain(value[key]) for key in sorted(value)}
    return value


def differences(left: Schema, right: Schema) -> list[str]:
    """Every place where two schemas differ, as a path with both values; empty if they are equal."""
    return list(_differences("", comparable(left), comparable(right)))


def _differences(path: str, left: Any, right: Any) -> Any:
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from _differences(f"{path}.{key}", left.get(key), right.get(key))
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from _differences(f"{path}[{number}]", one, other)
    elif left != right:
        yield f"{path}: {left!r} != {right!r}"


def normal_dump(dump: str) -> list[str]:
    """The statements of a pg_dump, sorted, without comments and settings."""
    lines = [line for line in dump.splitlines() if not line.startswith("--")]
    text = "\n".join(lines)
    statements = [one.strip() for one in re.split(r";(?:\n\n+|\n(?=GRANT |REVOKE ))", text)]
    return sorted(
        _tidy(one) for one in statements if one and not one.startswith(("SET ", "SELECT pg_catalog.set_config"))
    )


def _tidy(statement: str) -> str:
    """Constraints inside CREATE TABLE, and the roles of a policy, in one order: the catalogue lists them as they were made."""
    roles = re.match(r"(CREATE POLICY .*? TO )(.+?)( (?:USING|WITH CHECK) .*)?\Z", statement, re.DOTALL)
    if roles:  # listed by the roles' numbers, as they were made
        statement = f"{roles[1]}{', '.join(sorted(roles[2].split(', ')))}{roles[3] or ''}"
    lines = statement.splitlines()
    constraints = sorted(line.rstrip(",") for line in lines if line.startswith("    CONSTRAINT "))
    others = [line.rstrip(",") for line in lines if not line.startswith("    CONSTRAINT ")]
    return "\n".join([*others, *constraints])
