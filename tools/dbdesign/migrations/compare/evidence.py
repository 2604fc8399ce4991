"""What speaks for one column or table being another under a new name: measures between 0 and 1, each with its sentence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from dbdesign.migrations.compare.equality import Equality
from dbdesign.migrations.compare.names import alike
from dbdesign.migrations.compare.narrowing import why_narrower
from dbdesign.model.schema import Column, Index, Key, Schema, Table


@dataclass(frozen=True)
class Evidence:
    """How strongly something speaks for a rename.

    Attributes:
        score: 0 to 1, over everything that could be compared.
        strong: whether more than a common type and place speaks for it, so that it may be certain.
        sentences: what was found.
    """

    score: float
    strong: bool
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class _Measure:
    weight: float
    value: float
    sentence: str


def _evidence(measures: Iterable[_Measure], *, strong: bool) -> Evidence:
    listed = list(measures)
    total = sum(one.weight for one in listed)
    score = sum(one.weight * one.value for one in listed) / total if total else 0.0
    return Evidence(score=score, strong=strong, sentences=tuple(one.sentence for one in listed if one.value >= 0.5))


ALIKE = 0.6
"""From this on names are taken for variants of one another: half of the words equal and the rest abbreviated."""


class ColumnEvidence:
    """Compares columns that are gone from a table with columns that are new in it."""

    def __init__(self, before: Table, after: Table, equality: Equality) -> None:
        self._before, self._after, self._equality = before, after, equality
        gone = {one.name for one in before.columns} - {one.name for one in after.columns}
        new = {one.name for one in after.columns} - {one.name for one in before.columns}
        self._used_before, self._used_after = _uses(before, gone), _uses(after, new)
        self._place_before, self._place_after = _places(before, gone), _places(after, new)

    def of(self, one: Column, other: Column) -> Evidence:
        """What speaks for `other` being `one`."""
        names, types = alike(one.name, other.name), self._types(one, other)
        measures = [
            _Measure(0.35, names, f"{other.name} is a variant of the name {one.name}"),
            _Measure(
                0.25, types, "the type is the same" if types == 1 else "the new type holds every value of the old"
            ),
            _Measure(0.10, self._places(one, other), "it stands at the same place"),
            _Measure(0.10, self._attributes(one, other), "nullability, default and numbering are the same"),
        ]
        used, uses = self._used_before[one.name], self._used_after[other.name]
        common = len(used & uses) / len(used | uses) if used | uses else 0.0
        if used or uses:
            measures.append(_Measure(0.15, common, "it is used by the same keys and indexes"))
        said = bool(one.comment) and one.comment == other.comment
        if one.comment or other.comment:
            measures.append(_Measure(0.10, float(said), "the comment is the same"))
        references = any(kind == "reference" for kind, *_ in used & uses)
        strong = types >= 0.7 and (names >= ALIKE or said or (common == 1 and references))
        return _evidence(measures, strong=strong)

    def _types(self, one: Column, other: Column) -> float:
        if self._equality.types(one.type, other.type):
            return 1.0
        if one.type.kind is other.type.kind and one.type.name == other.type.name:
            return 0.8
        return 0.5 if why_narrower(one.type, other.type) is None else 0.0

    def _places(self, one: Column, other: Column) -> float:
        before, after = self._place_before[one.name], self._place_after[other.name]
        if before == after:
            return 1.0
        return 0.5 if before[0] == after[0] or before[1] == after[1] else 0.0

    def _attributes(self, one: Column, other: Column) -> float:
        same = (
            one.nullable == other.nullable,
            self._equality.defaults(one.default, other.default, other.type),
            (one.identity is None) == (other.identity is None),
            (one.generated is None) == (other.generated is None),
        )
        return sum(same) / len(same) if all(same[2:]) else 0.0


def _places(table: Table, unmatched: set[str]) -> dict[str, tuple[str | None, int, str | None]]:
    """Of each unmatched column the matched neighbours, and how many unmatched ones are between it and the one before."""
    found: dict[str, tuple[str | None, int, str | None]] = {}
    names = [one.name for one in table.columns]
    following: dict[str, str | None] = {}
    last: str | None = None
    for name in reversed(names):
        following[name] = last
        if name not in unmatched:
            last = name
    previous, distance = None, 0
    for name in names:
        if name in unmatched:
            found[name] = (previous, distance, following[name])
            distance += 1
        else:
            previous, distance = name, 0
    return found


Use = tuple[str, ...]


def _uses(table: Table, unmatched: set[str]) -> dict[str, set[Use]]:
    """Of each column what uses it: keys, indexes and references, each by what it has besides, and the column's place in it."""
    found: dict[str, set[Use]] = defaultdict(set)

    def note(kind: str, columns: Iterable[str | None], *rest: object) -> None:
        names = list(columns)
        shown = ["?" if name is None or name in unmatched else name for name in names]
        for number, name in enumerate(names):
            if name is not None:
                found[name].add((kind, str(number), *shown, *map(str, rest)))

    for key, kind in _keys(table):
        note(kind, key.columns)
    for foreign in table.foreign_keys:
        note("reference", foreign.columns, foreign.references)
    for index in table.indexes:
        note("index", (key.column for key in index.keys), index.unique, index.method)
    return found


def _keys(table: Table) -> Iterator[tuple[Key, str]]:
    if table.primary_key:
        yield table.primary_key, "primary key"
    for key in table.unique_keys:
        yield key, "unique key"


DISTINCTIVE = 2
"""Columns that no other table has which two tables must share before they are taken for one under unrelated names."""


class TableEvidence:
    """Compares tables that are gone with tables that are new."""

    def __init__(self, before: Schema, after: Schema, equality: Equality) -> None:
        self._before, self._after, self._equality = before, after, equality

    @cached_property
    def _tables_with(self) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """By a column's name, how many tables have one of that name, before and after."""
        sides = (self._before, self._after)
        counted = tuple(Counter(column.name for table in side.tables for column in table.columns) for side in sides)
        return counted[0], counted[1]

    @cached_property
    def _incoming(self) -> tuple[Mapping[str, set[str]], Mapping[str, set[str]]]:
        found: list[dict[str, set[str]]] = []
        for side in (self._before, self._after):
            by_parent: dict[str, set[str]] = defaultdict(set)
            for table in side.tables:
                for key in table.foreign_keys:
                    by_parent[key.references].add(f"{table.label}.{','.join(key.columns)}")
            found.append(by_parent)
        return found[0], found[1]

    def of(self, one: Table, other: Table) -> Evidence:
        """What speaks for `other` being `one`."""
        if one.partition_of or other.partition_of:
            return self._partitions(one, other)
        names = 1.0 if one.name == other.name else alike(one.name, other.name)
        columns, distinctive = self._columns(one, other)
        measures = [
            _Measure(0.5, columns, "the columns are the same" if columns == 1 else "most columns are the same"),
            _Measure(0.25, names, f"{other.label} is a variant of the name {one.label}"),
        ]
        references = _jaccard(
            {key.references for key in one.foreign_keys}, {key.references for key in other.foreign_keys}
        )
        if references is not None:
            measures.append(_Measure(0.1, references, "it references the same tables"))
        incoming = _jaccard(self._incoming[0].get(one.label, set()), self._incoming[1].get(other.label, set()))
        if incoming is not None:
            measures.append(_Measure(0.1, incoming, "the same tables reference it"))
        if one.comment or other.comment:
            measures.append(_Measure(0.1, float(one.comment == other.comment), "the comment is the same"))
        indexes = _jaccard({_index(index) for index in one.indexes}, {_index(index) for index in other.indexes})
        if indexes is not None:
            measures.append(_Measure(0.1, indexes, "the indexes are the same"))
        strong = columns >= 0.5 and (names >= ALIKE or distinctive >= DISTINCTIVE or bool(incoming and incoming >= 0.5))
        return _evidence(measures, strong=strong)

    def _partitions(self, one: Table, other: Table) -> Evidence:
        same = self._equality.equal(one.partition_of, other.partition_of) and one.partition_of is not None
        return Evidence(float(same), same, ("it is the partition of the same values",) if same else ())

    def _columns(self, one: Table, other: Table) -> tuple[float, int]:
        """The share of common columns, those that few tables have counting more; and how many only these two have."""
        common = total = 0.0
        distinctive = 0
        for name in dict.fromkeys((*one.column_by_name, *other.column_by_name)):
            before, after = one.column(name), other.column(name)
            weight = 1.0 / max(self._tables_with[0].get(name, 0), self._tables_with[1].get(name, 0), 1) ** 0.5
            total += weight
            if before is not None and after is not None:
                same = self._equality.types(before.type, after.type)
                common += weight if same else 0.7 * weight
                distinctive += same and self._tables_with[0][name] == 1 and self._tables_with[1][name] == 1
        if total and 0.2 < common / total < 1:
            common += self._variants(one, other)
        return (common / total if total else 0.0), distinctive

    def _variants(self, one: Table, other: Table) -> float:
        """What columns of one type under variants of a name add to what is common: a pair has two of the weights."""
        gone = [column for column in one.columns if column.name not in other.column_by_name]
        new = [column for column in other.columns if column.name not in one.column_by_name]
        added = 0.0
        for column in gone:
            fits = [
                to for to in new if alike(column.name, to.name) >= ALIKE and self._equality.types(column.type, to.type)
            ]
            if fits:
                new.remove(fits[0])
                added += 1.6
        return added


def _index(index: Index) -> tuple[str | None, ...]:
    return (index.method, str(index.unique), *(key.column or key.expression for key in index.keys))


def _jaccard(one: set[object] | set[str] | set[tuple[str | None, ...]], other: object) -> float | None:
    """The share of common members; None where there are none on either side."""
    assert isinstance(other, set)  # noqa: S101 - both are sets of one kind
    union = one | other
    return len(one & other) / len(union) if union else None
