"""Redaction of statistics that are already here: values are replaced by stand-ins made from their ranks, frequencies stay.

`snapshot.sql` does the same on the user's server, where the types and their orders are known; prefer it where values must not leave.
Here the types come from the caller, or are guessed from the literals.

Kept: shares of nulls, widths, numbers of distinct values, correlations, every frequency, the number of bounds of every histogram, the
order of values within a column, ties, and equality of values between columns whose values are of one family.
Lost: distances between values (a range covers as large a share as before, but proportions within a bucket are even), prefixes and
patterns, time of day, signs. Left out, and said in `problems`: values of arrays as a whole, ranges, composite and unknown types.
Booleans and labels of enums stay, since they are part of the schema.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.schema import label
from dbdesign.model.statistics import ColumnStatistics, ExtendedStatistics, RelationStatistics, Statistics
from dbdesign.twin.array_literal import join_array, split_array
from dbdesign.twin.statistics_document import LEFT_OUT, listed
from dbdesign.twin.value_families import KEPT, KEYS, Kind, kind_of_type, kind_of_values, readable, stand_in

LISTS = ("most_common_vals", "histogram_bounds")
FREQUENCIES = {"most_common_vals": "most_common_freqs", "most_common_elems": "most_common_elem_freqs"}


def redact(statistics: Statistics, types: Mapping[str, str] | None = None) -> Statistics:
    """The same statistics with a stand-in for every value.

    Raises `InputError` if values are not of the type that `types` says.

    Args:
        statistics: with values; those of a redacted snapshot come out with other stand-ins, equally distributed.
        types: of columns by `label.column`, of an index's expressions and of the members of extended statistics by
            `label.position`, of the latter's expressions by `label.expression 1` …, as PostgreSQL's `format_type` writes them
            (`numeric(5,2)`, `character varying(40)[]`); `enum` for any enum, whose labels stay. Without a type it is guessed from
            the literals: enums become texts, and stand-ins may not fit into short types.
    """
    slots = _Slots(types or {})
    for relation in statistics.relations:
        for column in relation.columns:
            slots.add_column(relation.label, column)
    for one in statistics.extended:
        slots.add_extended(one)
        for column in one.expressions:
            slots.add_column(_expression(one), column)
    codes = slots.codes()
    relations = tuple(
        one.model_copy(update={"columns": tuple(_column(one.label, column, codes) for column in one.columns)})
        for one in statistics.relations
    )
    extended = tuple(_extended(one, codes) for one in statistics.extended)
    problems = (*statistics.problems, *_left_out(statistics, relations, extended))
    return statistics.model_copy(update={"relations": relations, "extended": extended, "problems": problems})


SlotKey = tuple[Any, ...]


@dataclass
class _Slot:
    """The values of one column (or of its elements, or of one member of extended statistics).

    Attributes:
        chains: lists whose order is the type's own.
        order: number of the ordering (of `KEYS`) that agrees with the chains; None if none does.
    """

    kind: Kind | None
    values: set[str] = field(default_factory=set)
    chains: list[list[str]] = field(default_factory=list)
    order: int | None = 0


class _Slots:
    """All values by the place where they occur, and the stand-ins for them."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self._types = types
        self._slots: dict[SlotKey, _Slot] = {}

    def add_column(self, relation: str, column: ColumnStatistics) -> None:
        place = f"{relation}{'' if relation.endswith(' ') else '.'}{column.column or column.position}"
        common, bounds = (_items(getattr(column, name)) for name in LISTS)
        self._add(_key(relation, column, "value"), place, [*common, *bounds], [bounds])
        elements = _items(column.most_common_elems)
        self._add(_key(relation, column, "element"), place, elements, [elements], of_elements=True)

    def add_extended(self, one: ExtendedStatistics) -> None:
        for position, values in enumerate(zip(*(values for values, _, _ in one.most_common), strict=True), start=1):
            known = [value for value in values if value is not None]
            self._add((_named(one), one.inherited, position), f"{_named(one)}.{position}", known, [])

    def _add(
        self, key: SlotKey, place: str, values: list[str], chains: list[list[str]], *, of_elements: bool = False
    ) -> None:
        if not values:
            return
        said = self._types.get(place)
        kind = kind_of_values(values) if said is None else kind_of_type(said, of_elements=of_elements)
        if said is not None and kind is not None and not readable(kind.family, values):
            raise InputError(f"the values of {place} are not of the type {said}", where="types")
        if kind is not None and kind.trimmed:
            values = [value.rstrip(" ") for value in values]
            chains = [[value.rstrip(" ") for value in chain] for chain in chains]
        self._slots[key] = _Slot(kind, set(values), chains)

    def codes(self) -> Mapping[SlotKey, Mapping[str, str]]:
        """For each place, the stand-in of each value; a place whose values have none is missing."""
        families: dict[str, list[tuple[SlotKey, _Slot]]] = defaultdict(list)
        found: dict[SlotKey, Mapping[str, str]] = {}
        for key, slot in self._slots.items():
            if slot.kind is None:
                continue
            if slot.kind.family == KEPT:
                found[key] = {value: value for value in slot.values}
            else:
                families[slot.kind.family].append((key, slot))
        for members in families.values():
            found |= _codes_of_family(members)
        return found


def _codes_of_family(
    members: Sequence[tuple[SlotKey, _Slot]],
) -> dict[SlotKey, Mapping[str, str]]:
    _choose_orders([slot for _, slot in members])
    size = len(set().union(*(slot.values for _, slot in members)))
    groups: dict[SlotKey, list[tuple[SlotKey, _Slot]]] = defaultdict(list)
    for key, slot in members:
        assert slot.kind is not None  # noqa: S101 - those without a kind are in no family
        tight = slot.kind.declared if slot.kind.room < size else ""
        groups[(slot.order, tight, key if slot.order is None else None)].append((key, slot))
    found: dict[SlotKey, Mapping[str, str]] = {}
    for (_, tight, _), grouped in groups.items():
        codes = _codes_of_group([slot for _, slot in grouped], size, tight=bool(tight))
        if codes is not None:
            found |= dict.fromkeys((key for key, _ in grouped), codes)
    return found


def _choose_orders(slots: Sequence[_Slot]) -> None:
    """The first ordering that agrees with every chain of all; failing that, for each place the last that agrees with its own."""
    kind = slots[0].kind
    assert kind is not None  # noqa: S101 - those without a kind are in no family
    keys = KEYS[kind.family]
    agreed = next((number for number in range(len(keys)) if all(_agrees(slot, keys[number]) for slot in slots)), None)
    for slot in slots:
        if agreed is not None:
            slot.order = agreed
        else:
            slot.order = next((number for number in reversed(range(len(keys))) if _agrees(slot, keys[number])), None)


def _agrees(slot: _Slot, key: Any) -> bool:
    try:
        return all(key(a) <= key(b) for chain in slot.chains for a, b in pairwise(chain))
    except (ValueError, ArithmeticError):
        return False


def _codes_of_group(slots: Sequence[_Slot], size: int, *, tight: bool) -> dict[str, str] | None:
    kind, order = slots[0].kind, slots[0].order
    assert kind is not None  # noqa: S101 - those without a kind are in no family
    values = set().union(*(slot.values for slot in slots))
    if order is None:
        ranks = _ranks_along(slots[0])
    else:
        key = KEYS[kind.family][order]
        ordered = {ordinal: rank for rank, ordinal in enumerate(sorted({key(value) for value in values}), start=1)}
        ranks = {value: ordered[key(value)] for value in values}
    highest = max(ranks.values())
    codes = {value: stand_in(kind, rank, size=size, highest=highest, tight=tight) for value, rank in ranks.items()}
    known = {value: code for value, code in codes.items() if code is not None}
    return known if len(known) == len(codes) else None


def _ranks_along(slot: _Slot) -> dict[str, int]:
    """Ranks where only the histogram knows the order: the other values are put among its bounds as if they were plain texts."""
    chain = list(dict.fromkeys(value for one in slot.chains for value in one))
    plain = sorted(chain)
    places = {value: (number, 0) for number, value in enumerate(chain)}
    others = sorted(slot.values - set(chain))
    for number, value in enumerate(others, start=1):
        places[value] = (bisect_left(plain, value) - 1, number)
    return {value: rank for rank, value in enumerate(sorted(places, key=places.__getitem__), start=1)}


def _named(one: ExtendedStatistics) -> str:
    return label(one.namespace, one.name)


def _expression(one: ExtendedStatistics) -> str:
    """What its expressions are called by, up to their positions: an index may have the object's name."""
    return f"{_named(one)}.expression "


def _items(literal: str | None) -> list[str]:
    return [item for item in split_array(literal) if item is not None] if literal else []


def _key(relation: str, column: ColumnStatistics, part: str) -> SlotKey:
    return (relation, column.column, column.position, column.inherited, part)


def _column(relation: str, column: ColumnStatistics, codes: Mapping[SlotKey, Mapping[str, str]]) -> ColumnStatistics:
    update: dict[str, Any] = {
        "range_length_histogram": None,
        "range_empty_frac": None,
        "range_bounds_histogram": None,
    }
    for name in (*LISTS, "most_common_elems"):
        known = codes.get(_key(relation, column, "element" if name.endswith("elems") else "value"))
        update[name] = _coded(getattr(column, name), known)
        if update[name] is None and name in FREQUENCIES:
            update[FREQUENCIES[name]] = ()
    return column.model_copy(update=update)


def _coded(literal: str | None, known: Mapping[str, str] | None) -> str | None:
    if literal is None:
        return None
    items = _items(literal)
    if items and known is None:
        return None
    return join_array(_look_up(items, known or {}))


def _look_up(items: Iterable[str], known: Mapping[str, str]) -> list[str]:
    return [known[item] if item in known else known[item.rstrip(" ")] for item in items]


def _extended(one: ExtendedStatistics, codes: Mapping[SlotKey, Mapping[str, str]]) -> ExtendedStatistics:
    expressions = tuple(_column(_expression(one), column, codes) for column in one.expressions)
    return one.model_copy(update={"most_common": _combined(one, codes), "expressions": expressions})


def _combined(
    one: ExtendedStatistics, codes: Mapping[SlotKey, Mapping[str, str]]
) -> tuple[tuple[tuple[str | None, ...], float, float], ...]:
    """The commonest combinations; none where there is no stand-in for one of their values."""
    rows: list[tuple[tuple[str | None, ...], float, float]] = []
    for values, frequency, base in one.most_common:
        coded: list[str | None] = []
        for position, value in enumerate(values, start=1):
            known = codes.get((_named(one), one.inherited, position))
            if value is not None and known is None:
                return ()
            coded.append(None if value is None else _look_up([value], known or {})[0])
        rows.append((tuple(coded), frequency, base))
    return tuple(rows)


def _lost(was: ColumnStatistics, now: ColumnStatistics) -> bool:
    return any(value is not None and getattr(now, name) is None for name, value in was)


def _left_out(
    before: Statistics, relations: Sequence[RelationStatistics], extended: Sequence[ExtendedStatistics]
) -> Iterator[str]:
    names = [
        f"{old.label}.{was.column or was.position}"
        for old, new in zip(before.relations, relations, strict=True)
        for was, now in zip(old.columns, new.columns, strict=True)
        if _lost(was, now)
    ]
    names += [
        f"{_expression(old)}{was.position}"
        for old, new in zip(before.extended, extended, strict=True)
        for was, now in zip(old.expressions, new.expressions, strict=True)
        if _lost(was, now)
    ]
    names += [
        _named(new)
        for old, new in zip(before.extended, extended, strict=True)
        if old.most_common and not new.most_common
    ]
    if names:
        yield f"{LEFT_OUT}: {listed(names)}"


__all__ = ["redact"]
