"""Checks as limits of fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dbdesign.model.documents import DocumentField
from dbdesign.model.schema import Engine
from dbdesign.writers.documents.conditions import Condition, conditions

NUMERIC = frozenset({"int", "long", "double"})
SAFE_PATTERN = re.compile(r"[\w\s@.,;:#%&=~!<>/'\"\-+*?^$|()\[\]{}\\]*\Z")
_POSTGRES_ONLY = re.compile(r"\[\[:|\[\[\.|\\[mMyYAZ<>]|\(\?[a-zA-Z]*\)|\*\*\*")
"""What PostgreSQL's regular expressions say and JavaScript's do not (chapter 9.7.3)."""


def checked(expression: str, fields: Mapping[str, DocumentField], engine: Engine) -> dict[str, DocumentField] | None:
    """The fields, by column, with what a CHECK says of them; None where it says what a field cannot."""
    found = conditions(expression, engine)
    if found is None:
        return None
    changed: dict[str, DocumentField] = {}
    for condition in found:
        field = changed.get(condition.column or "") or fields.get(condition.column or "")
        update = _update(field, condition) if field is not None else None
        if field is None or update is None:
            return None
        changed[condition.column or ""] = field.model_copy(update=update)
    return changed


def _update(field: DocumentField, condition: Condition) -> dict[str, Any] | None:
    update: dict[str, Any] = {}
    for name, value in condition.says.items():
        said = _one(field, name, value)
        if said is None:
            return None
        update |= said
    return update


def _one(field: DocumentField, name: str, value: Any) -> dict[str, Any] | None:
    if name == "values" and field.type in {"string", "int", "double", "long"}:
        same = all(isinstance(one, str) == (field.type == "string") for one in value)
        return {"values": value} if same and (not field.values or set(value) <= set(field.values)) else None
    if name in {"minimum", "maximum"} and field.type in NUMERIC and isinstance(value, int | float):
        return _tightened(field, name, value)
    if name in {"above", "below"} and field.type in {"int", "long"} and isinstance(value, int):
        return _tightened(field, "minimum" if name == "above" else "maximum", value + (1 if name == "above" else -1))
    if name in {"min_length", "max_length"} and field.type == "string":
        return _tightened(field, name, value)
    if name == "exists":
        return {"required": True}
    if name == "pattern" and field.type == "string" and SAFE_PATTERN.match(value) and not _POSTGRES_ONLY.search(value):
        return {"pattern": value} if field.pattern is None else None
    return None


def _tightened(field: DocumentField, name: str, value: float) -> dict[str, Any]:
    """The tighter of two bounds."""
    known = getattr(field, name)
    if not isinstance(known, int | float):
        return {name: value}
    return {name: max(known, value) if name.startswith("min") else min(known, value)}
