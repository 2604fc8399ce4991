"""Differences of what every object may have beside its definition: comment, owner, privileges, options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from dbdesign.migrations.compare.equality import Equality
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Grant, Sequence

PROPERTIES = frozenset({"comment", "owner", "grants", "options"})
"""Fields that are operations of their own and never make their object an altered one."""


def properties(before: Any, after: Any, *, of: str, table: str | None, equality: Equality) -> Iterator[Operation]:
    """The operations on what two states of one object have beside their definition.

    Args:
        of: the object, its kind before its name: `column orders.note`.
        table: label of the table or view that it belongs to.
    """
    for field in ("comment", "owner"):
        yield from _text(field, getattr(before, field, None), getattr(after, field, None), of, table)
    yield from _grants(getattr(before, "grants", ()), getattr(after, "grants", ()), of, table, equality)
    if not isinstance(before, Sequence):  # a sequence's options are what it counts by
        yield from options(getattr(before, "options", {}), getattr(after, "options", {}), of=of, table=table)


def _text(kind: str, before: str | None, after: str | None, of: str, table: str | None) -> Iterator[Operation]:
    if before == after or (
        kind == "owner" and None in {before, after}
    ):  # an owner that a source does not tell is no difference
        return
    yield _operation(kind, table, of, before, after)


def _grants(
    before: tuple[Grant, ...], after: tuple[Grant, ...], of: str, table: str | None, equality: Equality
) -> Iterator[Operation]:
    if before != after and not equality.equal(_sorted(before), _sorted(after)):
        yield _operation("grant", table, of, before or None, after or None)


def _sorted(grants: tuple[Grant, ...]) -> tuple[Grant, ...]:
    return tuple(
        sorted(grants, key=lambda one: (one.grantee, one.columns, one.revoked, one.grantable, sorted(one.privileges)))
    )


def options(before: Mapping[str, str], after: Mapping[str, str], *, of: str, table: str | None) -> Iterator[Operation]:
    """One operation for each option that differs."""
    if before == after:
        return
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield _operation("option", table, f"{of}:{name}", before.get(name), after.get(name))


def _operation(kind: Any, table: str | None, name: str, before: Any, after: Any) -> Operation:
    action: Literal["add", "drop", "alter"] = "add" if before is None else "drop" if after is None else "alter"
    return Operation(action=action, kind=kind, table=table, name=name, before=before, after=after)
