"""What one side's form has no words for, lent to it from the other side, so that the server can make both and tell spellings apart.

A Drizzle schema has neither domains nor functions; a view in it that calls a function can be made only where the function is.
What is lent is no longer among the differences that are found, so it is given back here as such.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbdesign.migrations.compare.objects import object_name
from dbdesign.model.migration import Kind, Operation
from dbdesign.readers.expressiveness import unsaid

if TYPE_CHECKING:
    from dbdesign.model.schema import Schema

LENT: tuple[tuple[Kind, str], ...] = (
    ("extension", "extensions"),
    ("enum", "enums"),
    ("domain", "domains"),
    ("composite", "composites"),
    ("sequence", "sequences"),
    ("routine", "routines"),
    ("carried", "carried"),
)
"""The kinds that may be lent, and the schema's fields that hold them."""

_OF_TABLES = frozenset({"rule", "statistics", "event trigger", "publication"})
"""Carried objects that need tables, which the other side may not have; nothing needs them."""


def lent(before: Schema, after: Schema, forms: tuple[str, str]) -> tuple[Schema, Schema, list[Operation]]:
    """Both schemas, each with what its form cannot say and the other has; and the differences that this conceals."""
    first, second = dict[str, Any](), dict[str, Any]()
    concealed: list[Operation] = []
    for kind, group in LENT:
        old, new = getattr(before, group), getattr(after, group)
        to_after = _lacking(kind, old, new, forms[1], after)
        to_before = _lacking(kind, new, old, forms[0], before)
        concealed += [Operation(action="drop", kind=kind, name=object_name(one), before=one) for one in to_after]
        concealed += [Operation(action="add", kind=kind, name=object_name(one), after=one) for one in to_before]
        if to_after:
            second[group] = (*new, *to_after)
        if to_before:
            first[group] = (*old, *to_before)
    return before.model_copy(update=first), after.model_copy(update=second), concealed


def _lacking(kind: Kind, theirs: tuple[Any, ...], ours: tuple[Any, ...], form: str, schema: Schema) -> list[Any]:
    there = {object_name(one) for one in ours}
    return [
        one
        for one in theirs
        if object_name(one) not in there and unsaid(form, kind, one) is not None and _needed(kind, one, schema)
    ]


def _needed(kind: Kind, one: Any, schema: Schema) -> bool:
    if kind == "carried":
        return one.kind not in _OF_TABLES
    if kind == "sequence":  # that of a serial column comes with it
        defaults = (column.default or "" for table in schema.tables for column in table.columns)
        return any(one.name in default for default in defaults)
    return True
