"""Which indexes a workload's statements could use.

For every occurrence of a table: equality columns first, then join columns, a range, an order (the order in which a B-tree serves
them), each alone and together, in the sequences that other statements can share; then the same with the other columns that the
statement reads, for index-only scans; partial, expression, inverted and block-range ones where a predicate calls for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.model.schema import Table
from dbdesign.model.types import Kind
from dbdesign.queries.uses import TableUse

MOST_KEYS = 5
MOST_INCLUDED = 8
MOST_COVERED_BYTES = 240
"""Bytes of the columns of a covering index beyond which it is a second table."""

FEW_ROWS = 1_000.0
"""Rows below which a table is read whole in less time than an index is opened."""

BRIN_ROWS = 1_000_000.0
BRIN_CORRELATION = 0.9
"""From this correlation on, a range of values lies in few ranges of blocks."""

_NO_BTREE = frozenset(
    {Kind.JSON, Kind.XML, Kind.TSVECTOR, Kind.GEOMETRY, Kind.GEOGRAPHY, Kind.VECTOR, Kind.JSONB, Kind.ARRAY}
)
_INVERTED = frozenset({Kind.JSONB, Kind.ARRAY, Kind.TSVECTOR, Kind.HSTORE})


@dataclass(frozen=True)
class Facts:
    """What candidates depend on, asked of the twin.

    Attributes:
        rows: of a table, by label.
        distinct: different values of a column, by label and name.
        width: average bytes.
        correlation: with the order of rows.
        trigrams: the operator class of pg_trgm, as SQL, where it is installed.
    """

    rows: Callable[[str], float]
    distinct: Callable[[str, str], float]
    width: Callable[[str, str], float]
    correlation: Callable[[str, str], float]
    trigrams: str | None = None


def candidates_of(use: TableUse, facts: Facts, *, partial: bool) -> Iterator[Candidate]:
    """Candidates for one occurrence of a table.

    Args:
        partial: whether constants in the statements are constants of the application, so that a partial index may repeat them.
    """
    table = use.table
    if facts.rows(table.label) < FEW_ROWS or not table.columns:
        return
    sequences = list(dict.fromkeys(_sequences(use, facts)))
    for columns in sequences:
        keys = tuple(KeyPart(column) for column in columns)
        yield _candidate(table, keys)
        yield from _covering(use, columns, facts)
    yield from _ordered(use, facts)
    yield from _computed(use, facts)
    yield from _inverted(use, facts)
    yield from _block_ranges(use, facts)
    if partial:
        yield from _partial(use, sequences)


def _candidate(table: Table, keys: Sequence[KeyPart], **more: object) -> Candidate:
    return Candidate((table.namespace, table.name), tuple(keys), **more)  # type: ignore[arg-type]


def _indexable(use: TableUse, names: Iterable[str]) -> list[str]:
    return [name for name in names if (column := use.table.column(name)) and column.type.kind not in _NO_BTREE]


def _sequences(use: TableUse, facts: Facts) -> Iterator[tuple[str, ...]]:
    """Key columns of B-trees without directions."""
    label = use.table.label

    def finest_first(names: Iterable[str]) -> list[str]:
        return sorted(_indexable(use, names), key=lambda name: (-facts.distinct(label, name), name))

    equal, ranges = finest_first(use.equal), finest_first(use.ranges)
    either, joins = finest_first(use.either), finest_first(use.joins)
    grouped = _indexable(use, use.grouped)[:MOST_KEYS]
    ordered = _indexable(use, [one.column for one in use.ordered])[:MOST_KEYS]
    for name in (*equal, *ranges, *either, *joins, *grouped[:1], *ordered[:1]):
        yield (name,)
    yield from _searches(equal, ranges, either)
    yield from _joined(use, joins, equal, ranges, either)
    if grouped:
        yield from (tuple(grouped), _extended(equal, grouped))
    if ordered:
        yield from (_extended(equal, ordered), tuple(ordered))


def _extended(first: Sequence[str], then: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *then]))[:MOST_KEYS]


def _searches(equal: list[str], ranges: list[str], either: list[str]) -> Iterator[tuple[str, ...]]:
    """Equality columns, then one range; pairs in both orders, because other statements may share either."""
    if len(equal) > 1:
        yield _extended(equal, [])
    yield from permutations(equal[:4], 2)
    for one in ranges:
        if equal:
            yield _extended(equal[: MOST_KEYS - 1], [one])
        for name in equal[:4]:
            yield (name, one)
            yield (one, name)
    yield from permutations(ranges[:3], 2)
    for name in either[:4]:
        yield from ((name, other) for other in (*equal[:2], *ranges[:2]))
        yield from ((other, name) for other in (*equal[:2], *ranges[:2]))
    yield from permutations(either[:3], 2)


def _joined(
    use: TableUse, joins: list[str], equal: list[str], ranges: list[str], either: list[str]
) -> Iterator[tuple[str, ...]]:
    """Join columns with what restricts the table beside them, before and behind; pairs that join the same table together."""
    restricting = [*equal[:4], *ranges[:3], *either[:3]]
    for join in joins:
        others = [name for name in restricting if name != join]
        for name in others:
            yield (join, name)
            yield (name, join)
        if equal:
            yield _extended(equal, [join])
            yield _extended([join], equal)
        if len(others) > 1:
            yield _extended([join], others[:3])
            yield _extended(others[:2], [join])
    together: dict[str, list[str]] = {}
    for column, targets in use.joins.items():
        for other, _ in targets:
            together.setdefault(other, []).append(column)
    for columns in together.values():
        pairs = [name for name in joins if name in columns]
        if len(pairs) > 1:
            yield _extended(pairs, [])
            yield _extended(equal, pairs)
    yield from permutations(joins[:4], 2)


def _covering(use: TableUse, columns: tuple[str, ...], facts: Facts) -> Iterator[Candidate]:
    """The same search with everything else that the statement reads, so that the table is not visited."""
    rest = tuple(sorted(use.used - set(columns)))
    table, label = use.table, use.table.label
    if not rest or len(rest) > MOST_INCLUDED or use.all_columns:
        return
    if sum(facts.width(label, name) for name in (*columns, *rest)) > MOST_COVERED_BYTES:
        return
    keys = tuple(KeyPart(column) for column in columns)
    yield _candidate(table, keys, include=rest)
    if len(rest) <= 3 and len(_indexable(use, rest)) == len(rest):
        # all as keys: equal ones are then kept once, which included columns prevent
        coarsest_first = sorted(rest, key=lambda name: (facts.distinct(label, name), name))
        yield _candidate(table, [*keys, *(KeyPart(name) for name in coarsest_first)])


def _ordered(use: TableUse, facts: Facts) -> Iterator[Candidate]:
    """Orders that a plain B-tree, read forwards or backwards, does not give: mixed directions, NULLs elsewhere."""
    directions = {one.descending for one in use.ordered}
    if not use.ordered or (len(directions) == 1 and not any(one.nulls for one in use.ordered)):
        return
    equal = sorted(_indexable(use, use.equal), key=lambda name: -facts.distinct(use.table.label, name))
    parts = [KeyPart(one.column, descending=one.descending, nulls=one.nulls) for one in use.ordered]
    yield _candidate(use.table, [*(KeyPart(name) for name in equal), *parts][:MOST_KEYS])


def _computed(use: TableUse, facts: Facts) -> Iterator[Candidate]:
    equal = sorted(_indexable(use, use.equal), key=lambda name: -facts.distinct(use.table.label, name))
    for one in use.computed:
        key = KeyPart(expression=one.sql)
        yield _candidate(use.table, [key])
        if equal:
            yield _candidate(use.table, [*(KeyPart(name) for name in equal[:2]), key])


def _inverted(use: TableUse, facts: Facts) -> Iterator[Candidate]:
    for one in use.contained:
        column = use.table.column(one.column)
        if column is None:
            continue
        if column.type.kind in _INVERTED:
            yield _candidate(use.table, [KeyPart(one.column)], method="gin")
            if column.type.kind is Kind.JSONB and one.operator == "@>":
                yield _candidate(use.table, [KeyPart(one.column, opclass="jsonb_path_ops")], method="gin")
        elif one.kind == "pattern" and facts.trigrams and column.type.is_text:
            yield _candidate(use.table, [KeyPart(one.column, opclass=facts.trigrams)], method="gin")


def _block_ranges(use: TableUse, facts: Facts) -> Iterator[Candidate]:
    label = use.table.label
    if facts.rows(label) < BRIN_ROWS:
        return
    for name in _indexable(use, use.ranges):
        if abs(facts.correlation(label, name)) >= BRIN_CORRELATION:
            yield _candidate(use.table, [KeyPart(name)], method="brin")


def _partial(use: TableUse, sequences: Sequence[tuple[str, ...]]) -> Iterator[Candidate]:
    """The part of a table that a statement always asks for, keyed by what else it asks."""
    for condition in dict.fromkeys(use.conditions):
        if condition.column in use.ranges:
            continue
        for columns in sequences:
            rest = tuple(name for name in columns if name != condition.column)
            if rest and len(rest) == len(columns):
                yield _candidate(use.table, [KeyPart(name) for name in rest], where=condition.sql)


def merged(one: Candidate, other: Candidate) -> Candidate | None:
    """One index that serves what two of them do: the longer key, and everything that either carries; None where neither key leads the other."""
    if (one.table, one.method, one.where) != (other.table, other.method, other.where) or one.unique or other.unique:
        return None
    longer, shorter = (one, other) if len(one.keys) >= len(other.keys) else (other, one)
    if longer.keys[: len(shorter.keys)] != shorter.keys:
        return None
    have = {key.text for key in longer.keys}
    include = tuple(sorted((set(longer.include) | set(shorter.include)) - have))
    return Candidate(longer.table, longer.keys, include, longer.where, longer.method)


def neighbours(candidate: Candidate) -> Iterator[Candidate]:
    """Smaller indexes that do a part of its work: without what it carries, without its last key."""
    if candidate.method != "btree":
        return
    if candidate.include:
        yield Candidate(candidate.table, candidate.keys, (), candidate.where)
    if len(candidate.keys) > 1:
        yield Candidate(candidate.table, candidate.keys[:-1], (), candidate.where)
        if candidate.include:
            last = candidate.keys[-1].column
            moved = tuple(sorted({*candidate.include, last})) if last else candidate.include
            yield Candidate(candidate.table, candidate.keys[:-1], moved, candidate.where)
