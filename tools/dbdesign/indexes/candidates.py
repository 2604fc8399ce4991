"""Which indexes a workload's statements could use.

For every occurrence of a table: equality columns first, then join columns, a range, an order (the order in which a B-tree serves
them), each alone and together, in the sequences that other statements can share; then the same with the other columns that the
statement reads, for index-only scans; partial, expression, inverted and block-range ones where a predicate calls for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from dbdesign.indexes.access_methods import prefix_class, searched
from dbdesign.indexes.candidate import Candidate, KeyPart, quoted
from dbdesign.model.schema import Table
from dbdesign.model.types import Kind
from dbdesign.queries.uses import TableUse

MOST_KEYS = 5
MOST_INCLUDED = 8
MOST_COVERED_BYTES = 240
"""Bytes of the columns of a covering index beyond which it is a second table."""

MOST_CONDITIONS, MOST_UNDER_CONDITION = 6, 24
"""Conditions of a statement that partial indexes are tried for, and key sequences for each: a filter form may send hundreds of both."""

FEW_ROWS = 1_000.0
"""Rows below which a table is read whole in less time than an index is opened."""

BRIN_ROWS = 1_000_000.0
BRIN_CORRELATION = 0.9
"""From this correlation on, a range of values lies in few ranges of blocks."""

HASH_BYTES = 40.0
"""Width of a key from which on its entry in a hash index (20 bytes at 75 %, `hash.h`) is less than half of a B-tree's (12 more, 90 %)."""

NOT_NULL = " IS NOT NULL"

MOSTLY_NULL = 0.5
"""Share of NULLs from which on an index without them is less than half as large."""

_NO_BTREE = frozenset(
    {Kind.JSON, Kind.XML, Kind.TSVECTOR, Kind.GEOMETRY, Kind.GEOGRAPHY, Kind.VECTOR, Kind.JSONB, Kind.ARRAY}
)
_NO_BTREE_NAMES = frozenset({"point", "box", "polygon", "circle", "line", "lseg", "path", "json", "xml"})


@dataclass(frozen=True)
class Facts:
    """What candidates depend on, asked of the twin.

    Attributes:
        rows: of a table, by label.
        distinct: different values of a column, by label and name.
        width: average bytes.
        correlation: with the order of rows.
        extensions: that the database has.
        nulls: share of rows in which a column is NULL.
        classes: whether the engine has operator classes for patterns.
    """

    rows: Callable[[str], float]
    distinct: Callable[[str, str], float]
    width: Callable[[str, str], float]
    correlation: Callable[[str, str], float]
    extensions: frozenset[str] = frozenset()
    nulls: Callable[[str, str], float] = lambda _label, _name: 0.0
    classes: bool = True


def candidates_of(use: TableUse, facts: Facts, *, partial: bool) -> Iterator[Candidate]:
    """Candidates for one occurrence of a table.

    Args:
        partial: whether constants in the statements are constants of the application, so that a partial index may repeat them.
    """
    table = use.table
    if facts.rows(table.label) < FEW_ROWS or not table.columns:
        return
    searches = list(dict.fromkeys(_searches_of(use, facts)))
    sequences = list(dict.fromkeys((*searches, *_shared(use, facts))))
    for columns in sequences:
        yield _candidate(table, _keys(use, columns, facts))
    for columns in searches:
        yield from _covering(use, _keys(use, columns, facts), facts)
    yield from _ordered(use, facts)
    yield from _computed(use, facts)
    yield from searched(use, facts.extensions, _finest_first(use, facts, use.equal))
    yield from _block_ranges(use, facts)
    yield from _hashed(use, facts)
    yield from _filled(use, sequences, facts)
    if partial:
        yield from _partial(use, sequences, facts)


def _candidate(table: Table, keys: Sequence[KeyPart], **more: object) -> Candidate:
    return Candidate((table.namespace, table.name), tuple(keys), **more)  # type: ignore[arg-type]


def _indexable(use: TableUse, names: Iterable[str]) -> list[str]:
    return [
        name
        for name in names
        if (column := use.table.column(name))
        and column.type.kind not in _NO_BTREE
        and column.type.native not in _NO_BTREE_NAMES
    ]


def _keys(use: TableUse, columns: Iterable[str], facts: Facts) -> list[KeyPart]:
    """Columns as keys; one of which a pattern gives the beginning, and that nothing is ordered by, in the class that serves it."""
    ordered = {one.column for one in use.ordered}
    found = []
    for name in columns:
        column = use.table.column(name)
        pattern = facts.classes and column is not None and name in use.prefixes and name not in ordered
        found.append(KeyPart(name, opclass=prefix_class(column) if pattern and column else None))
    return found


def _finest_first(use: TableUse, facts: Facts, names: Iterable[str]) -> list[str]:
    label = use.table.label
    return sorted(_indexable(use, names), key=lambda name: (-facts.distinct(label, name), name))


def _searches_of(use: TableUse, facts: Facts) -> Iterator[tuple[str, ...]]:
    """Key columns of B-trees that serve this statement as one search: equalities, then joins, then one range, or an order."""
    equal, ranges = _finest_first(use, facts, use.equal), _finest_first(use, facts, use.ranges)
    either, joins = _finest_first(use, facts, use.either), _finest_first(use, facts, use.joins)
    grouped = _indexable(use, use.grouped)[:MOST_KEYS]
    ordered = _indexable(use, [one.column for one in use.ordered])[:MOST_KEYS]
    yield from ((name,) for name in (*equal, *ranges, *either[:4], *joins))
    if len(equal) > 1:
        yield _extended(equal, [])
    for one in ranges:
        yield _extended(equal[: MOST_KEYS - 1], [one])
    yield from (_extended([join], [*equal, *ranges[:1]]) for join in joins)
    yield from (_extended(equal, [join, *ranges[:1]]) for join in joins if equal)
    yield from _composite(use, joins, equal)
    if grouped:
        yield from (_extended([], grouped), _extended(equal, grouped))
    if ordered:
        yield from (_extended(equal, ordered), _extended([], ordered))
    for row in use.rows:
        yield from (_extended(equal, _indexable(use, row)), _extended([], _indexable(use, row)))
    for name in _indexable(use, use.extremes):
        yield from (_extended(equal[: MOST_KEYS - 1], [name]), (name,))


def _extended(first: Sequence[str], then: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *then]))[:MOST_KEYS]


def _composite(use: TableUse, joins: list[str], equal: list[str]) -> Iterator[tuple[str, ...]]:
    """Columns that together join one other table."""
    together: dict[str, list[str]] = {}
    for column, targets in use.joins.items():
        for other, _ in targets:
            together.setdefault(other, []).append(column)
    for columns in together.values():
        pairs = [name for name in joins if name in columns]
        if len(pairs) > 1:
            yield _extended(pairs, [])
            yield _extended(pairs[::-1], [])
            yield _extended(equal, pairs)


def _shared(use: TableUse, facts: Facts) -> Iterator[tuple[str, ...]]:
    """Pairs in either order, which other statements may share."""
    equal, ranges = _finest_first(use, facts, use.equal)[:4], _finest_first(use, facts, use.ranges)[:3]
    either, joins = _finest_first(use, facts, use.either)[:3], _finest_first(use, facts, use.joins)[:5]
    yield from permutations(equal, 2)
    yield from permutations(ranges, 2)
    yield from permutations(either, 2)
    yield from permutations(joins, 2)
    for name in (*equal, *joins):
        for other in (*equal, *ranges, *either):
            if name != other:
                yield from ((name, other), (other, name))


def _covering(use: TableUse, keys: Sequence[KeyPart], facts: Facts, where: str | None = None) -> Iterator[Candidate]:
    """The same search with everything else that the statement reads, so that the table is not visited."""
    columns = [key.text for key in keys]
    rest = tuple(sorted(use.used - set(columns)))
    table, label = use.table, use.table.label
    if not rest or len(rest) > MOST_INCLUDED or use.all_columns:
        return
    if sum(facts.width(label, name) for name in (*columns, *rest)) > MOST_COVERED_BYTES:
        return
    yield _candidate(table, keys, include=rest, where=where)
    if len(rest) <= 3 and len(_indexable(use, rest)) == len(rest):
        # all as keys: equal ones are then kept once, which included columns prevent
        coarsest_first = sorted(rest, key=lambda name: (facts.distinct(label, name), name))
        yield _candidate(table, [*keys, *(KeyPart(name) for name in coarsest_first)], where=where)


def _ordered(use: TableUse, facts: Facts) -> Iterator[Candidate]:
    """Orders that a plain B-tree, read forwards or backwards, does not give: mixed directions, NULLs elsewhere."""
    equal = sorted(_indexable(use, use.equal), key=lambda name: -facts.distinct(use.table.label, name))
    for order in (tuple(use.ordered), *use.windows):
        if order in use.windows or len({one.descending for one in order}) > 1 or any(one.nulls for one in order):
            wanted = [one for one in order if one.column not in equal]
            parts = [KeyPart(one.column, descending=one.descending, nulls=one.nulls) for one in wanted]
            keys = [*(KeyPart(name) for name in equal), *parts][:MOST_KEYS]
            if parts:
                yield _candidate(use.table, keys)
            if parts and order in use.windows:
                yield from _covering(use, keys, facts)


def _computed(use: TableUse, facts: Facts) -> Iterator[Candidate]:
    equal = sorted(_indexable(use, use.equal), key=lambda name: -facts.distinct(use.table.label, name))
    for one in use.computed:
        key = KeyPart(expression=one.sql)
        yield _candidate(use.table, [key])
        if equal:
            yield _candidate(use.table, [*(KeyPart(name) for name in equal[:2]), key])


def _block_ranges(use: TableUse, facts: Facts) -> Iterator[Candidate]:
    label = use.table.label
    if facts.rows(label) < BRIN_ROWS:
        return
    for name in _indexable(use, use.ranges):
        if abs(facts.correlation(label, name)) >= BRIN_CORRELATION:
            yield _candidate(use.table, [KeyPart(name)], method="brin")


def _hashed(use: TableUse, facts: Facts) -> Iterator[Candidate]:
    """Of wide keys that are looked up by equality alone: an entry of a hash index is as small whatever the key."""
    label, ordered = use.table.label, {one.column for one in use.ordered}
    for name in _indexable(use, sorted({*use.equal, *use.joins})):
        if facts.width(label, name) >= HASH_BYTES and name not in use.ranges and name not in ordered:
            yield _candidate(use.table, [KeyPart(name)], method="hash")
    for one in use.computed:
        if one.kind == "equal" and sum(facts.width(label, name) for name in one.columns) >= HASH_BYTES:
            yield _candidate(use.table, [KeyPart(expression=one.sql)], method="hash")


def _filled(use: TableUse, sequences: Sequence[tuple[str, ...]], facts: Facts) -> Iterator[Candidate]:
    """The rows in which a column, NULL in most, is not: a comparison with it asks for no others (`predtest.c`, strict operators)."""
    label = use.table.label
    compared = use.equal | use.ranges | set(use.joins)
    for columns in sequences:
        sparse = [name for name in columns if name in compared and facts.nulls(label, name) >= MOSTLY_NULL]
        if sparse:
            emptiest = max(sparse, key=lambda name: (facts.nulls(label, name), name))
            where = quoted(emptiest) + NOT_NULL
            yield _candidate(use.table, _keys(use, columns, facts), where=where)
            yield from _covering(use, _keys(use, columns, facts), facts, where)


def _partial(use: TableUse, sequences: Sequence[tuple[str, ...]], facts: Facts) -> Iterator[Candidate]:
    """The part of a table that a statement always asks for, keyed by what else it asks; states, of few values, before the rest."""
    conditions = [one for one in dict.fromkeys(use.conditions) if one.column not in use.ranges]
    conditions.sort(key=lambda one: facts.distinct(use.table.label, one.column))
    for condition in conditions[:MOST_CONDITIONS]:
        for columns in sequences[:MOST_UNDER_CONDITION]:
            rest = tuple(name for name in columns if name != condition.column)
            if rest:
                yield _candidate(use.table, _keys(use, rest, facts), where=condition.sql)


def merged(one: Candidate, other: Candidate) -> Iterator[Candidate]:
    """Indexes that do what two with the same leading key do: the keys of either, and everything that both carry.

    Where the keys of one lead the other's, the longer serves both searches; else it searches for one and is read for the other.
    """
    if (one.table, one.method, one.where) != (other.table, other.method, other.where) or one.unique or other.unique:
        return
    if one.method != "btree" or one.keys[0] != other.keys[0]:
        return
    for first, second in ((one, other), (other, one)):
        if second.keys[: len(first.keys)] == first.keys and len(second.keys) > len(first.keys):
            continue
        have = {key.text for key in first.keys}
        more = [key for key in second.keys if key.text not in have]
        include = {*first.include, *second.include, *(key.column for key in more if key.column)} - have
        if len(include) <= MOST_INCLUDED and all(key.column for key in more):
            yield Candidate(first.table, first.keys, tuple(sorted(include)), first.where)


def neighbours(candidate: Candidate) -> Iterator[Candidate]:
    """Smaller indexes that do a part of its work: without what it carries, without its last key."""
    if candidate.method != "btree":
        return
    if candidate.include:
        yield Candidate(candidate.table, candidate.keys, (), candidate.where)
    if len(candidate.keys) > 1:
        yield Candidate(candidate.table, _plain(candidate.keys[:-1]), (), candidate.where)
        if candidate.include:
            last = candidate.keys[-1].column
            moved = tuple(sorted({*candidate.include, last})) if last else candidate.include
            yield Candidate(candidate.table, candidate.keys[:-1], moved, candidate.where)


def _plain(keys: tuple[KeyPart, ...]) -> tuple[KeyPart, ...]:
    """A single key without its direction: a B-tree is read either way."""
    if len(keys) == 1 and keys[0].descending and not keys[0].nulls:
        return (replace(keys[0], descending=False),)
    return keys
