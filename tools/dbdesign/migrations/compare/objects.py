"""The operations on what stands by itself in a schema: namespaces, extensions, types, sequences, views, routines and the rest."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any

from dbdesign.migrations.compare.equality import Equality
from dbdesign.migrations.compare.matching import Owner, by_key, parts
from dbdesign.migrations.compare.narrowing import why_narrower
from dbdesign.migrations.compare.properties import PROPERTIES, properties
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Carried, CompositeType, Domain, EnumType, Routine, Schema, View, label

GROUPS: tuple[tuple[str, str], ...] = (
    ("namespace", "namespaces"),
    ("extension", "extensions"),
    ("enum", "enums"),
    ("domain", "domains"),
    ("composite", "composites"),
    ("sequence", "sequences"),
    ("view", "views"),
    ("routine", "routines"),
    ("carried", "carried"),
)
"""The kinds of objects beside tables, and their fields of a schema."""

_IGNORED: dict[str, frozenset[str]] = {
    "extension": frozenset({"version"}),
    "view": frozenset({"indexes", "triggers", "column_comments"}),
}
"""What is compared by itself, or is the server's affair."""


def object_name(one: Any) -> str:
    """What an operation calls an object: its label; a routine's with its arguments; a carried object's behind its kind."""
    if isinstance(one, Routine):
        return label(one.namespace, one.signature)
    if isinstance(one, Carried):
        return f"{one.kind} {label(one.namespace, one.name)}"
    return str(getattr(one, "label", one.name))


def objects(before: Schema, after: Schema, equality: Equality) -> Iterator[Operation]:
    """The operations on every object but the tables."""
    for kind, group in GROUPS:
        yield from _group(kind, getattr(before, group), getattr(after, group), before, after, equality)


def _group(
    kind: str, before: tuple[Any, ...], after: tuple[Any, ...], old: Schema, new: Schema, equality: Equality
) -> Iterator[Operation]:
    if before == after:
        return
    pairs = by_key(before, after, _key(kind))
    for one in pairs.gone:
        yield _operation("drop", kind, object_name(one), before=one, destructive=kind == "sequence")
    for one, other in pairs.same:
        if one != other:
            yield from _altered(kind, one, other, old, new, equality)
    for one in pairs.new:
        yield _operation("add", kind, object_name(one), after=one)


def _key(kind: str) -> Callable[[Any], Hashable]:
    return (lambda one: one.name) if kind in {"namespace", "extension"} else object_name


def _altered(kind: str, one: Any, other: Any, old: Schema, new: Schema, equality: Equality) -> Iterator[Operation]:
    ignored = PROPERTIES - ({"options"} if kind in {"routine", "view", "sequence"} else set()) | _IGNORED.get(
        kind, frozenset()
    )
    changed = tuple(equality.differing(one, other, leaving_out=ignored))
    name = object_name(other)
    if changed:
        loss = _loss(one, other, old, new)
        yield _operation(
            "alter", kind, name, before=one, after=other, changed=changed,
            evidence=(loss,) if loss else (), destructive=loss is not None,
        )  # fmt: skip
    table = name if kind == "view" else None
    if "options" not in ignored and kind in {"routine", "view"}:
        one, other = one.model_copy(update={"options": {}}), other.model_copy(update={"options": {}})
    yield from properties(one, other, of=f"{kind} {name}", table=table, equality=equality)
    if isinstance(one, View) and isinstance(other, View):
        yield from _view_parts(one, other, equality)
    if isinstance(one, CompositeType) and isinstance(other, CompositeType):
        yield from _field_comments(one, other, equality)


def _view_parts(before: View, after: View, equality: Equality) -> Iterator[Operation]:
    owner = Owner(after.label, equality)
    yield from parts("index", before.indexes, after.indexes, owner)
    yield from parts("trigger", before.triggers, after.triggers, owner)
    for column in dict.fromkeys((*before.column_comments, *after.column_comments)):
        one, other = before.column_comments.get(column), after.column_comments.get(column)
        if one != other:
            action = "add" if one is None else "drop" if other is None else "alter"
            name = f"column {after.label}.{column}"
            yield _operation(action, "comment", name, table=after.label, before=one, after=other)


def _field_comments(before: CompositeType, after: CompositeType, equality: Equality) -> Iterator[Operation]:
    there = {one.name: one for one in before.fields}
    for one in after.fields:
        if one.name in there:
            yield from properties(
                there[one.name], one, of=f"column {after.label}.{one.name}", table=after.label, equality=equality
            )


def _loss(one: Any, other: Any, old: Schema, new: Schema) -> str | None:
    """Why values may be lost or refused by a change of a type."""
    if isinstance(one, EnumType) and isinstance(other, EnumType):
        gone = [value for value in one.values if value not in other.values]
        return f"values are no longer among it: {', '.join(gone)}" if gone else None
    if isinstance(one, Domain) and isinstance(other, Domain):
        return why_narrower(old.resolve_type(one.type), new.resolve_type(other.type))
    if isinstance(one, CompositeType) and isinstance(other, CompositeType):
        kept = {field.name for field in other.fields}
        gone = [field.name for field in one.fields if field.name not in kept]
        return f"its fields {', '.join(gone)} go" if gone else None
    return None


def _operation(action: str, kind: str, name: str, **fields: Any) -> Operation:
    return Operation.model_validate({"action": action, "kind": kind, "name": name, **fields})


def schema_options(before: Schema, after: Schema) -> Iterator[Operation]:
    """What is said of the database itself: options, its comment among them."""
    for name in dict.fromkeys((*before.options, *after.options)):
        one, other = before.options.get(name), after.options.get(name)
        if one != other and (one is not None and other is not None):  # what one source does not tell is no difference
            yield _operation("alter", "option", f"database:{name}", before=one, after=other)
