"""What becomes of an enumeration's values: added, removed, renamed, put in another order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from dbdesign.migrations.compare.names import alike
from dbdesign.model.base import Model

ALIKE = 0.6
"""From this on a new value at an old one's place is taken for it under a new name, if the values are few enough to tell."""


class AddedValue(Model):
    """A new value and where it goes: before or behind `neighbour`, a value that is there by then; None for the only value."""

    value: str
    where: Literal["before", "after"] = "after"
    neighbour: str | None = None


class EnumChanges(Model):
    """From one list of values to another.

    Attributes:
        renamed: old to new, confirmed or certain.
        doubtful: old to new: at the same place, and nothing else speaks for it.
        added: in an order in which each finds its neighbour.
        removed: without the renamed ones.
        reordered: whether values that are kept stand in another order; no engine can do that in place.
    """

    renamed: Mapping[str, str] = Field(default_factory=dict)
    doubtful: Mapping[str, str] = Field(default_factory=dict)
    added: tuple[AddedValue, ...] = ()
    removed: tuple[str, ...] = ()
    reordered: bool = False


def enum_changes(
    before: Sequence[str], after: Sequence[str], *, renames: Mapping[str, str] | None = None, drops: Sequence[str] = ()
) -> EnumChanges:
    """What changes between two lists of values.

    Args:
        renames: old to new values that are renamed for certain.
        drops: old values that are removed for certain.
    """
    renamed = {old: new for old, new in (renames or {}).items() if old in before and new in after}
    doubtful: dict[str, str] = {}
    for old, new in _at_one_place(before, after, renamed):
        if old in drops:
            continue
        (renamed if alike(old, new) >= ALIKE else doubtful)[old] = new
    names = {**renamed, **doubtful}
    kept = [names.get(value, value) for value in before if names.get(value, value) in after]
    return EnumChanges(
        renamed=renamed,
        doubtful=doubtful,
        added=tuple(_added(kept, after)),
        removed=tuple(value for value in before if names.get(value, value) not in after),
        reordered=kept != [value for value in after if value in set(kept)],
    )


def _at_one_place(before: Sequence[str], after: Sequence[str], renamed: Mapping[str, str]) -> list[tuple[str, str]]:
    """Old and new values between the same kept neighbours, one of each."""
    kept = {value for value in before if value in after} | set(renamed) | set(renamed.values())
    gaps = _gaps([renamed.get(value, value) for value in before], kept), _gaps(list(after), kept)
    return [
        (gap[0], gaps[1][place][0])
        for place, gap in gaps[0].items()
        if len(gap) == 1 and len(gaps[1].get(place, ())) == 1
    ]


def _gaps(values: list[str], kept: set[str]) -> dict[tuple[str | None, str | None], list[str]]:
    found: dict[tuple[str | None, str | None], list[str]] = {}
    previous, waiting = None, list[str]()
    for value in [*values, None]:
        if value is not None and value not in kept:
            waiting.append(value)
            continue
        if waiting:
            found[previous, value] = waiting
        previous, waiting = value, []
    return found


def _added(kept: Sequence[str], after: Sequence[str]) -> list[AddedValue]:
    there, result = set(kept), list[AddedValue]()
    for number, value in enumerate(after):
        if value in there:
            continue
        if number:
            result.append(AddedValue(value=value, where="after", neighbour=after[number - 1]))
        else:
            first = next((one for one in after if one in there), None)
            result.append(AddedValue(value=value, where="before", neighbour=first))
        there.add(value)
    return result
