"""Pairs what two schemas hold: by name, then by content, so that a new name alone is a rename."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from dbdesign.migrations.compare.equality import Equality
from dbdesign.migrations.compare.properties import PROPERTIES, properties
from dbdesign.model.migration import Operation

T = TypeVar("T")


@dataclass
class Pairs(Generic[T]):
    """What is on both sides, and what is on one alone."""

    same: list[tuple[T, T]]
    gone: list[T]
    new: list[T]


def by_key(before: Sequence[T], after: Sequence[T], key: Callable[[T], Hashable]) -> Pairs[T]:
    """Pairs by a key; where several have one, those that are equal are paired first, and then in their order."""
    waiting: dict[Hashable, list[T]] = {}
    for one in before:
        waiting.setdefault(key(one), []).append(one)
    same, new = [], []
    for one in after:
        found = waiting.get(key(one))
        if found:
            place = next((number for number, other in enumerate(found) if other == one), 0) if len(found) > 1 else 0
            same.append((found.pop(place), one))
        else:
            new.append(one)
    paired = {id(one) for one, _ in same}
    return Pairs(same, [one for one in before if id(one) not in paired], new)


@dataclass
class Owner:
    """The table or view whose parts are compared: its label after, and how values are compared."""

    label: str
    equality: Equality


def parts(kind: Any, before: Sequence[Any], after: Sequence[Any], owner: Owner) -> Iterator[Operation]:
    """The operations from some parts of one kind (keys, checks, indexes …) of a table to others."""
    if before == after:
        return
    pairs = by_key(
        [one for one in before if one.name is not None],
        [one for one in after if one.name is not None],
        lambda one: one.name,
    )
    for one, other in pairs.same:
        yield from _same(kind, one, other, owner)
    gone = [one for one in before if one.name is None] + pairs.gone
    new = [one for one in after if one.name is None] + pairs.new
    for one in gone:
        other = next((other for other in new if _alike(one, other, owner.equality)), None)
        if other is None:
            yield Operation(action="drop", kind=kind, table=owner.label, name=part_name(one), before=one)
            continue
        new = [rest for rest in new if rest is not other]
        yield from _same(kind, one, other, owner)
    for one in new:
        yield Operation(action="add", kind=kind, table=owner.label, name=part_name(one), after=one)


def part_name(part: Any) -> str:
    """What a part is called in an operation: its name, or its content where it has none."""
    if part.name is not None:
        return str(part.name)
    columns = getattr(part, "columns", None) or [one.column or one.expression for one in getattr(part, "keys", ())]
    return f"({', '.join(columns)})" if columns else f"({getattr(part, 'expression', '')})"


def _alike(before: Any, after: Any, equality: Equality) -> bool:
    return not any(equality.differing(before, after, leaving_out=PROPERTIES | {"name"}))


def _same(kind: Any, before: Any, after: Any, owner: Owner) -> Iterator[Operation]:
    """Rename, alteration and properties of a part that is on both sides."""
    if not owner.equality.names(before.name, after.name):
        yield Operation(
            action="rename", kind=kind, table=owner.label, name=part_name(after), before=before, after=after,
            evidence=("the two are equal but for the name",),
        )  # fmt: skip
    changed = tuple(owner.equality.differing(before, after, leaving_out=PROPERTIES | {"name"}))
    if changed:
        yield Operation(
            action="alter",
            kind=kind,
            table=owner.label,
            name=part_name(after),
            before=before,
            after=after,
            changed=changed,
        )
    of = f"{kind} {owner.label}.{part_name(after)}"
    yield from properties(before, after, of=of, table=owner.label, equality=owner.equality)
