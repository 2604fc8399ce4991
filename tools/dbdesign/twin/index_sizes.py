"""How large the indexes of a twin are: from the distribution of their columns, of expressions, and of what constraints say of them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dbdesign.dialects.expressions import without_outer_parentheses
from dbdesign.model.statistics import ColumnStatistics
from dbdesign.twin import samples
from dbdesign.twin.clustering import CLUSTERED, Sampling, clustered_distinct
from dbdesign.twin.combinations import Dependences, Head, Member, combinations
from dbdesign.twin.pages import all_equal_image
from dbdesign.twin.sizes import (
    BTreeSize,
    Field,
    GinSize,
    brin_pages,
    btree_height,
    btree_size,
    gin_size,
    hash_pages,
)
from dbdesign.twin.widths import stored

if TYPE_CHECKING:
    import psycopg

    from dbdesign.twin.relations import Attribute, Relation

UNKNOWN_WIDTH = 32
"""Bytes of a variable-length value that nothing is known of, as the planner assumes (`get_typavgwidth`)."""

DEFAULT_DISTINCT = 200.0
"""Different values where nothing is known, as the planner assumes (DEFAULT_NUM_DISTINCT)."""

DEFAULT_ELEMENTS = 10.0
"""Keys of a document, an array or a text where nothing is known (DEFAULT_ARRAY elements of `estimate_array_length`)."""

_TRIGRAM_HEADER = 5
"""Bytes before the trigrams of a key of `gist_trgm_ops` (TRGMHDRSIZE of pg_trgm's trgm.h)."""

_COMPARED = re.compile(r"\b(\w+) (?:<=|>=|<|>) (\w+)\b(?![\w.(':])")
"""A comparison of two columns with plain names, as `pg_get_expr` writes it."""

HEADED = 3.0
"""Rows of a group from which on it makes a difference whether columns are the same in all of them."""

_THIRD = 1 / 3

_MOMENTS = frozenset({"date", "timestamp without time zone", "timestamp with time zone"})

_SAMPLED = 0.9
"""Share of different inputs that gives different results, from which on an expression is taken to keep values apart."""


class Meeting(Enum):
    """How the values of columns are taken to meet of which nothing is known together."""

    CHANCE = "each column chooses by itself"
    LIKELY = "each by itself, unless something speaks against it"
    LEAST = "each follows from one of the others"


@dataclass(frozen=True)
class Part:
    """A column of an index: how it is stored, and how many values there are."""

    field: Field
    distinct: float
    common: tuple[float, ...] = ()


@dataclass
class TableFacts:
    """What is known of one table.

    Attributes:
        keys: the columns of its unique keys.
        expressions: what is known of expressions, by their texts without parentheses around them.
        groups: column numbers of foreign keys and extended statistics with the number of combinations that there can be.
    """

    relation: Relation
    rows: float
    pages: int
    columns: Mapping[str, ColumnStatistics]
    groups: list[tuple[frozenset[str], float]] = field(default_factory=list)
    keys: Sequence[frozenset[str]] = ()
    expressions: Mapping[str, ColumnStatistics] = field(default_factory=dict)
    sample: float = 0.0
    parents: Mapping[str, float] = field(default_factory=dict)
    determined: Sequence[tuple[str, str]] = ()
    _stored: dict[tuple[str, int], Field] = field(default_factory=dict)

    def stored(self, attribute: Attribute) -> Field:
        """A column as it is stored."""
        key = (attribute.table_column or attribute.name, attribute.length)
        if key not in self._stored:
            self._stored[key] = self._read(attribute, self.columns.get(key[0]))
        return self._stored[key]

    def expression(self, attribute: Attribute, text: str) -> Part | None:
        """An expression whose distribution is known."""
        column = self.expressions.get(without_outer_parentheses(text))
        if column is None:
            return None
        return Part(self._read(attribute, column), self._distinct(column), shares(column))

    @staticmethod
    def _read(attribute: Attribute, column: ColumnStatistics | None) -> Field:
        nulls = column.null_frac if column else 0.0
        if attribute.length > 0:
            return Field(attribute.length, attribute.align, nulls=nulls)
        width = column.avg_width if column and column.avg_width > 0 else UNKNOWN_WIDTH
        known = fixed_width(attribute.type, width) or (samples.widths(column, attribute.type) if column else ())
        if not known and samples.base_type(attribute.type) == "numeric":
            known = odd_widths(width)
        return Field(width, attribute.align, variable=True, nulls=nulls, widths=known)

    def distinct(self, name: str) -> float:
        """Different values of a column, NULL among them."""
        column = self.columns.get(name)
        collected = self._distinct(column)
        if column is None or not self.sample or abs(column.correlation or 0.0) < CLUSTERED or column.n_distinct == -1:
            return collected
        found = clustered_distinct(collected, self.rows, self.pages, self.sample)
        parent = self.parents.get(name, 0.0)
        return min(parent, self.rows) if found / 2 <= parent <= found * 2 else found

    def values(self, name: str) -> float:
        """Different values of a column, those that a unique key needs included."""
        return max(self.distinct(name), self.at_least(name))

    def member(self, attribute: Attribute, name: str, distinct: float) -> Member:
        """A column as far as its combinations with others are concerned."""
        column = self.columns.get(name)
        return Member(
            name,
            distinct,
            self._distinct(column),
            (column.correlation or 0.0) if column else 0.0,
            samples.base_type(attribute.type) in _MOMENTS,
            self.parents.get(name),
        )

    @cached_property
    def dependences(self) -> Dependences:
        """What speaks for its columns hanging together."""
        return Dependences(max(self.rows, 1.0), self._head(), self.determined)

    def _head(self) -> Head | None:
        if not self.sample or not self.pages or self.rows < 2:
            return None
        sampling = Sampling(self.rows, self.pages, min(self.sample, self.rows))
        types = {one.name: one for one in self.relation.attributes}
        for key in sorted((key for key in self.keys if len(key) > 1), key=sorted):
            for name in sorted(key):
                member = self.member(types[name], name, self.values(name))
                grouped = abs(member.correlation) >= CLUSTERED
                if grouped and self.pages <= member.distinct <= self.rows / HEADED:
                    return Head(member, key, sampling)
        return None

    def _distinct(self, column: ColumnStatistics | None) -> float:
        if column is None or not column.n_distinct:
            return DEFAULT_DISTINCT
        number = -column.n_distinct * max(self.rows, 1.0) if column.n_distinct < 0 else column.n_distinct
        return number + (1 if column.null_frac else 0)

    def at_least(self, name: str) -> float:
        """Different values that a column must have, since a unique key combines it with others that have only so many: ANALYZE's
        estimate of a column whose equal values stand together, as a child's numbers of its parents do, may be far below.
        """
        found = 1.0
        for key in self.keys:
            if name in key:
                others = math.prod(max(self.distinct(one), 1.0) for one in key if one != name)
                found = max(found, self.rows / others)
        return found


def shares(column: ColumnStatistics) -> tuple[float, ...]:
    """Shares of the commonest values, NULL among them."""
    return (column.null_frac, *column.most_common_freqs) if column.null_frac else column.most_common_freqs


_MODIFIED = re.compile(r"(character|character varying|bit)\((\d+)\)\Z")


def fixed_width(type_name: str, width: float) -> tuple[tuple[float, int], ...]:
    """The one width of a column whose values all have the length that its type allows; nothing where they may be shorter."""
    match = _MODIFIED.match(type_name)
    if match is None:
        return ()
    length = int(match[2])
    if match[1] == "bit":
        return ((1.0, int(stored(4 + math.ceil(length / 8)))),)
    full = int(stored(length))
    return ((1.0, full),) if round(width) == full else ()


def odd_widths(width: float) -> tuple[tuple[float, int], ...]:
    """The two nearest widths that a numeric can have, three bytes and two for each group of digits, in the shares that give the average."""
    low = 3 + 2 * max(math.floor((width - 3) / 2), 0)
    above = min(max((width - low) / 2, 0.0), 1.0)
    return tuple((share, size) for share, size in ((1 - above, low), (above, low + 2)) if share > 0)


class IndexSizes:
    """Sizes of the indexes of one table."""

    def __init__(self, table: TableFacts, user: Callable[[], psycopg.Connection[Any]]) -> None:
        self._table = table
        self._user = user
        self._expressions: dict[str, tuple[list[str | None], int] | None] = {}

    def pages(self, index: Relation, entries: float) -> tuple[int, int | None]:
        """Blocks, and for a B-tree its height."""
        if index.method == "btree":
            size = self.btree(index, entries)
            return size.pages, size.height
        if index.method == "hash":
            part = self._part(index.attributes[0])
            return hash_pages(
                entries, index.fillfactor or 75, entries / max(1.0, min(part.distinct, entries or 1.0))
            ), None
        if index.method == "brin":
            return brin_pages(self._table.pages, index.pages_per_range or 128), None
        if index.method == "gin":
            return self.gin(index, entries).pages, None
        width = sum(self._gist_width(attribute) for attribute in index.attributes) + 16
        return 1 + math.ceil(entries * width / (8168 * 0.75)), None  # GiST, SP-GiST and others: three quarters full

    def _gist_width(self, attribute: Attribute) -> float:
        """Bytes of a key: of texts by their trigrams, three bytes each, and a header; of others as stored."""
        width = self._part(attribute).field.width
        if attribute.operator_class != "gist_trgm_ops":
            return width
        column = self._table.columns.get(attribute.table_column or "")
        counts = [(share, len(samples.trigrams(value))) for share, value in samples.weighted(column)] if column else []
        whole = sum(share for share, _ in counts)
        return _TRIGRAM_HEADER + 3 * (sum(share * count for share, count in counts) / whole if whole else width)

    def height(self, index: Relation, entries: float, pages: int) -> int:
        """The height of a B-tree whose blocks are known."""
        parts = [self._part(attribute) for attribute in index.attributes]
        return btree_height(pages, [part.field for part in parts], self._prefixes(index, parts, entries))

    def btree(self, index: Relation, entries: float, meeting: Meeting = Meeting.LIKELY) -> BTreeSize:
        """The size of a B-tree on these rows."""
        parts = [self._part(attribute) for attribute in index.attributes]
        prefixes = self._prefixes(index, parts, entries, meeting)
        deduplicated = False
        if index.files is not None and len(index.attributes) == index.key_count and not index.no_deduplication:
            block = index.files.read_block()
            deduplicated = len(block) > 64 and all_equal_image(block)
        return btree_size(
            entries,
            [part.field for part in parts],
            distinct=prefixes,
            common=parts[0].common if len(parts) == 1 and not index.predicate else (),
            deduplicated=deduplicated,
            fillfactor=index.fillfactor or 90,
        )

    def gin(self, index: Relation, entries: float) -> GinSize:
        """The size of a GIN index on these rows."""
        found: list[tuple[float, float]] = []
        types = {one.name: one.type for one in self._table.relation.attributes}
        for attribute in index.attributes:
            column = self._table.columns.get(attribute.table_column or "")
            indexed = types.get(attribute.table_column or "", attribute.type)  # an index's own type is that of its keys
            known = samples.keys(column, indexed, attribute.operator_class or "") if column else []
            if known:
                found += [(number, max(1.0, share * entries)) for number, share in known]
            else:
                number = max(100.0, min(entries * DEFAULT_ELEMENTS / 100, 1e6))
                found.append((number, entries * DEFAULT_ELEMENTS / number))
        return gin_size(found, self._table.pages, max(self._table.rows, entries))

    def comparisons(self, predicate: str) -> float:
        """What the planner's estimate of a predicate is to be multiplied by, since it takes a third for a comparison of two columns
        whatever is in them (DEFAULT_INEQ_SEL): what two samples say, taken at random from both.
        """
        found = 1.0
        for match in _COMPARED.finditer(predicate):
            both = [
                (one.name, one.type, self._table.columns[one.name])
                for one in self._table.relation.attributes
                if one.name in {match[1], match[2]} and one.name in self._table.columns
            ]
            if len(both) == 2 and (share := samples.share_of(self._user(), match[0], both)) is not None:
                found *= max(share, 0.01) / _THIRD
        return found

    def _names(self, index: Relation, count: int) -> frozenset[str]:
        return frozenset(one.table_column for one in index.attributes[:count] if one.table_column)

    def _is_known(self, index: Relation, count: int) -> bool:
        """Whether something is known of how many combinations the first key columns have."""
        names = self._names(index, count)
        return any(key <= names for key in self._table.keys) or any(group == names for group, _ in self._table.groups)

    def _prefixes(
        self, index: Relation, parts: list[Part], entries: float, meeting: Meeting = Meeting.LIKELY
    ) -> list[float]:
        """Different values of the first key column, of the first two …"""
        found: list[float] = []
        for count in range(1, index.key_count + 1):
            most = max(part.distinct for part in parts[:count])
            if self._is_unique(index, count):
                number = entries
            elif count == 1:
                number = self._combinations(index, parts[:1], meeting)
            else:
                number = max(_met(self._combinations(index, parts[:count], meeting), entries), most)
            if meeting is Meeting.LEAST and not self._is_known(index, count):
                number = min(number, most)
            found.append(max(1.0, min(number, entries)))
        return found

    def _is_unique(self, index: Relation, count: int) -> bool:
        """Whether no two entries agree in the first key columns."""
        names = self._names(index, count)
        columns = self._table.columns
        filled = [key for key in self._table.keys if not any(one in columns and columns[one].null_frac for one in key)]
        return (index.unique and count == index.key_count) or any(key <= names for key in filled)

    def _combinations(self, index: Relation, parts: Sequence[Part], meeting: Meeting) -> float:
        """How many combinations of the first key columns there can be: of those that foreign keys, extended statistics or joins tell of as
        many as these say; of others as many as each column's values allow, or as they are likely to be."""
        attributes = index.attributes[: len(parts)]
        names = self._names(index, len(parts))
        groups = [(group, number) for group, number in self._table.groups if group <= names]
        found = math.prod(part.distinct for part in parts)
        if meeting is Meeting.LIKELY and len(parts) > 1 and not any(len(group) > 1 for group, _ in groups):
            columns = [
                self._table.member(one, one.table_column, part.distinct)
                for one, part in zip(attributes, parts, strict=True)
                if one.table_column
            ]
            others = (part.distinct for one, part in zip(attributes, parts, strict=True) if not one.table_column)
            found = combinations(columns, self._table.dependences) * math.prod(others)
        for group, number in groups:
            others = (
                part.distinct for one, part in zip(attributes, parts, strict=True) if one.table_column not in group
            )
            found = min(found, number * math.prod(others))
        return found

    def _part(self, attribute: Attribute) -> Part:
        if attribute.expression is None:
            name = attribute.table_column or attribute.name
            column = self._table.columns.get(name)
            return Part(self._table.stored(attribute), self._table.values(name), shares(column) if column else ())
        return self._expression(attribute, attribute.expression)

    def _expression(self, attribute: Attribute, expression: str) -> Part:
        """What is known of an expression, or what a sample of its columns says of it."""
        if collected := self._table.expression(attribute, expression):
            return collected
        named = [
            (one, self._table.columns[one.name])
            for one in self._table.relation.attributes
            if one.name in self._table.columns and re.search(rf"(?<!\w){re.escape(one.name)}(?!\w)", expression)
        ]
        if expression not in self._expressions:
            given = [(one.name, one.type, column) for one, column in named]
            self._expressions[expression] = samples.evaluated(self._user(), expression, given)
        result = self._expressions[expression]
        if result is None:
            width = attribute.length if attribute.length > 0 else UNKNOWN_WIDTH
            return Part(Field(width, attribute.align, variable=attribute.length < 0), DEFAULT_DISTINCT)
        values, inputs = result
        different = len(set(values))
        distinct = float(different)
        if different >= _SAMPLED * inputs:
            distinct = min(max(1.0, self._table.rows), math.prod(self._table.distinct(one.name) for one, _ in named))
        present = [value for value in values if value is not None]
        nulls = 1 - len(present) / max(1, len(values))
        if attribute.length > 0:
            return Part(Field(attribute.length, attribute.align, nulls=nulls), distinct)
        known = [samples.stored_width(value, attribute.type) for value in present]
        lengths = [UNKNOWN_WIDTH if width is None else width for width in known] or [UNKNOWN_WIDTH]
        spread = tuple((lengths.count(width) / len(lengths), width) for width in sorted(set(lengths)))
        return Part(
            Field(
                sum(lengths) / len(lengths),
                attribute.align,
                variable=True,
                nulls=nulls,
                widths=spread if None not in known else (),
            ),
            distinct,
        )


def _met(combinations: float, entries: float) -> float:
    """How many of so many combinations so many rows meet at random."""
    if combinations > 1e6 * max(entries, 1.0):
        return max(1.0, entries)
    return max(1.0, min(entries, combinations * -math.expm1(-entries / max(combinations, 1.0))))
