"""Where a column's values come from: a list of labels, a range, a foreign key, or something fit for its type."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dbdesign.benchmark.candidates import counted
from dbdesign.benchmark.checks import Bound, Condition, Fact, Filled, Labels, Length, Pair, Pattern
from dbdesign.benchmark.keys import Differing
from dbdesign.benchmark.literals import disjoint_range, filler, fitting, ordered
from dbdesign.benchmark.numbering import Choice, Spread, is_null, permuted, seed_of
from dbdesign.benchmark.quoting import array, name, qualified
from dbdesign.model.profile import ColumnProfile
from dbdesign.model.schema import Column, Schema, Table
from dbdesign.model.types import BINARIES, INTEGERS, TEXTS, DataType, Kind
from dbdesign.twin import values as twin

LONG_TEXT = 12
"""Bytes that a text must be wider than its numbered part to be filled up with words."""

RANKS = 1000
"""Different values that a column ranked within a key has at least, where its type has room."""

_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class ColumnSource:
    """A column of an INSERT.

    Attributes:
        number: SQL of the value's number for row `i`; None where there is none.
        number_name: what the number is called in the outer steps.
        value: SQL of the value, from the number.
        rank_within: the columns within which the number is a rank.
        fixed: whether nothing may change the value any more (it is a key's or refers to one).
        cast: the type as SQL.
    """

    column: str
    number: str | None
    number_name: str
    value: str
    rank_within: tuple[str, ...] = ()
    fixed: bool = False
    cast: str = ""


@dataclass(frozen=True)
class Wishes:
    """What is done differently where the profile's own rows are refused.

    Attributes:
        pools: texts that satisfy the column's checks, by column.
        nulls: shares of NULLs.
        shapes: SQL around the value of a text column, with `{v}` for the value: `upper({v})`.
        patterned: text columns that are made of the regular expression that they must match.
        loosely: whether what one branch of an OR asks for is followed.
        equations: whether columns that are said to be equal to an expression are computed.
    """

    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    nulls: Mapping[str, float] = field(default_factory=dict)
    shapes: Mapping[str, str] = field(default_factory=dict)
    patterned: frozenset[str] = frozenset()
    loosely: bool = False
    equations: bool = True


@dataclass
class Sources:
    """Makes the columns of one table's INSERT.

    Attributes:
        rows: of the table, its partitions' together; `part` are the first row and the number of rows of the partition that takes them.
        partitioned: columns that partitions are told apart by: their values are spread over the rows of the partition alone.
    """

    schema: Schema
    table: Table
    profiles: Mapping[str, ColumnProfile]
    rows: int
    differing: Differing
    referring: frozenset[str]
    late: frozenset[str]
    conditions: Sequence[Condition]
    wishes: Wishes
    seed: int
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    part: tuple[int, int] = (0, 0)
    partitioned: frozenset[str] = frozenset()
    problems: list[str] = field(default_factory=list)

    def all(self) -> list[ColumnSource]:
        """A source for each column that can be given a value; what cannot be made is in `problems`."""
        found = []
        for place, column in enumerate(self.table.columns):
            if column.generated is None and (source := self._source(column, f"dbdesign_n{place}")) is not None:
                found.append(source)
        return found

    def _source(self, column: Column, number_name: str) -> ColumnSource | None:
        if column.name in self.referring:
            return ColumnSource(column.name, None, number_name, name(column.name), fixed=True)
        resolved = self.schema.resolve_type(column.type)
        if column.name in self.late:
            value = "NULL" if column.nullable else fitting(resolved, _elsewhere(resolved), self.schema)
            return ColumnSource(
                column.name, None, number_name, f"({value})::{cast(column.type, self.schema)}", fixed=True
            )
        return self._made(column, resolved, number_name)

    def _made(self, column: Column, resolved: DataType, number_name: str) -> ColumnSource | None:
        profile = self._profile(column, resolved)
        means = self.differing.means.get(column.name)
        labels = (
            ()
            if means == "each row" and resolved.kind is not Kind.ENUM and column.name not in self.wishes.pools
            else self._labels(column, resolved)
        )
        number, value = self._number_and_value(column, resolved, profile, labels, number_name)
        if value is None:
            return self._unknown(column, number_name)
        kind = cast(column.type, self.schema)
        value = f"({value})::{kind}"
        if (listed := self.named.get(column.name)) and means == "each row" and len(listed) <= self.rows:
            value = f"CASE WHEN x.dbdesign_i < {len(listed)} THEN {array(listed)}[x.dbdesign_i + 1]::{kind} ELSE {value} END"
        if (share := self._nulls(column, profile)) > 0 and means is None:
            value = f"CASE WHEN {is_null(share, self._seed(column), 'x.dbdesign_i')} THEN NULL ELSE {value} END"
        within = self.differing.within[column.name] if means == "rank" else ()
        return ColumnSource(column.name, number, number_name, value, within, means is not None, kind)

    def _number_and_value(
        self, column: Column, resolved: DataType, profile: ColumnProfile, labels: tuple[str, ...], n: str
    ) -> tuple[str, str | None]:
        within = column.name in self.partitioned
        spread = Spread(self.part[1] if within else self.rows, self._seed(column), profile.correlation)
        row = f"(i - {self.part[0]})" if within else "i"
        means = self.differing.means.get(column.name)
        if labels:
            return self._from_list(labels, profile, spread, row, n, distinctly=means is not None)
        if means == "each row":
            straight = abs(profile.correlation) >= 0.5 or resolved.kind is Kind.RANGE
            place = "i" if straight else permuted("i", self.rows, self._seed(column))
            return f"CASE WHEN i < {self.rows} THEN {place} ELSE i END", self._value(
                column, resolved, profile, self.rows, n
            )
        if means == "rank":
            count = max(int(profile.distinct), 1 if resolved.kind in INTEGERS else RANKS)
            return "rank", self._value(column, resolved, profile, count, n, stepwise=True)
        common = profile.common
        others = max(int(profile.distinct) - len(common), 0 if common else 1)
        choice = Choice(_among_filled(common, profile.nulls), others, profile.skew)
        value = self._value(column, resolved, profile, max(others, 1), f"({n} - {len(common)})" if common else n)
        if common and value is not None:
            kind = cast(column.type, self.schema)
            listed = f"{array(text for text, _ in common)}[{n} + 1]::{kind}"
            value = f"CASE WHEN {n} < {len(common)} THEN {listed} ELSE ({value})::{kind} END" if others else listed
        return choice.number(spread, row), value

    def _from_list(
        self, labels: tuple[str, ...], profile: ColumnProfile, spread: Spread, row: str, n: str, *, distinctly: bool
    ) -> tuple[str, str]:
        """One of a list, the common ones with their shares; for a key, one after the other."""
        if distinctly:
            return f"(i % {len(labels)})", f"{array(labels)}[1 + {n} % {len(labels)}]"
        common = tuple((text, share) for text, share in profile.common if text in labels)
        rest = tuple(text for text in labels if text not in {text for text, _ in common})
        limit = max(int(profile.distinct) - len(common), 0)
        if common and not limit:
            rest = ()
        choice = Choice(_among_filled(common, profile.nulls), len(rest), profile.skew)
        return choice.number(spread, row), f"{array((*(text for text, _ in common), *rest))}[{n} + 1]"

    def _value(
        self, column: Column, resolved: DataType, profile: ColumnProfile, count: int, n: str, *, stepwise: bool = False
    ) -> str | None:
        """Value number `n` of a column."""
        if resolved.kind is Kind.RANGE:
            return disjoint_range(resolved, n)
        if column.name in self.wishes.patterned and (value := self._patterned(column.name, resolved, n)) is not None:
            return value
        value = self._plain(column, resolved, profile, count, n, stepwise=stepwise)
        shape = self.wishes.shapes.get(column.name)
        return shape.format(v=value) if shape and value is not None else value

    def _patterned(self, column: str, resolved: DataType, n: str) -> str | None:
        texts = [fact.text for fact in self._facts(column) if isinstance(fact, Pattern) and not fact.like]
        return counted(texts[0], n, resolved.length) if texts else None

    def _plain(
        self, column: Column, resolved: DataType, profile: ColumnProfile, count: int, n: str, *, stepwise: bool
    ) -> str | None:
        if resolved.kind not in twin.ORDERED or profile.low is None or profile.high is None:
            return fitting(resolved, n, self.schema, profile.width)
        try:
            if stepwise and resolved.kind in INTEGERS:
                return f"({int(profile.low)} + {n})"
            if (
                self.differing.each_row(column.name)
                and resolved.kind in INTEGERS
                and int(profile.high) - int(profile.low) + 1 < count
            ):
                return f"({int(profile.low)} + {n})"
            value = ordered(resolved, n, count, profile.low, profile.high, on=column.name in self.differing.means)
        except ValueError:
            return fitting(resolved, n, self.schema, profile.width)
        return self._widened(column, resolved, profile, value, n) if resolved.kind in TEXTS else value

    def _widened(self, column: Column, resolved: DataType, profile: ColumnProfile, value: str, n: str) -> str:
        """A text as long as its checks and its width ask for."""
        low = profile.low or ""
        for fact in self._facts(column.name):
            if isinstance(fact, Length) and fact.operator in {">=", ">"} and len(low) <= fact.count:
                return (
                    f"rpad({value}, {fact.count + 1}, '0')"
                    if self._may_be_longer(column, fact.count + 1)
                    else f"rpad({value}, {fact.count}, '0')"
                )
            if isinstance(fact, Length) and fact.operator in {"<=", "<"} and len(low) >= fact.count:
                return f"right({value}, {fact.count - (fact.operator == '<')})"
        missing = profile.width - len(low) - 2
        speaks = any(isinstance(fact, Length | Pattern | Bound) for fact in self._facts(column.name))
        if missing < LONG_TEXT or speaks or self._is_key(column.name) or (resolved.length or 10**9) < profile.width:
            return value
        return f"{value} || ' ' || {filler(n, missing)}"

    def _may_be_longer(self, column: Column, length: int) -> bool:
        return not any(
            isinstance(fact, Length) and fact.operator in {"<=", "<", "="} and fact.count < length
            for fact in self._facts(column.name)
        )

    def _is_key(self, column: str) -> bool:
        return column in self.differing.means

    def _labels(self, column: Column, resolved: DataType) -> tuple[str, ...]:
        if column.name in self.wishes.pools:
            return self.wishes.pools[column.name]
        if resolved.values:
            return resolved.values
        found = [fact.values for fact in self._facts(column.name) if isinstance(fact, Labels)]
        return tuple(text for text in found[0] if all(text in other for other in found)) if found else ()

    def _facts(self, column: str) -> list[Fact]:
        everything = [
            fact for one in self.conditions for fact in (*one.facts, *(one.maybe if self.wishes.loosely else ()))
        ]
        return [fact for fact in everything if getattr(fact, "column", None) == column] + self._inherited(
            column, everything
        )

    def _inherited(self, column: str, everything: list[Fact]) -> list[Fact]:
        """What holds because a smaller or greater column is bounded: `a >= 0 AND a <= b` says b >= 0."""
        found: list[Fact] = []
        for pair in everything:
            if isinstance(pair, Pair) and pair.operator in _MIRROR and column in {pair.left, pair.right}:
                operator = pair.operator if pair.left == column else _MIRROR[pair.operator]
                other = pair.right if pair.left == column else pair.left
                found += [
                    replace(fact, column=column)
                    for fact in everything
                    if isinstance(fact, Bound) and fact.column == other and fact.operator[0] == operator[0]
                ]
        return found

    def _profile(self, column: Column, resolved: DataType) -> ColumnProfile:
        """The column's profile, inside of what its checks allow."""
        profile = self.profiles.get(column.name) or ColumnProfile(column=column.name, distinct=float(self.rows))
        facts = self._facts(column.name)
        if resolved.kind in TEXTS:
            exact = [fact.count for fact in facts if isinstance(fact, Length) and fact.operator == "="]
            if exact and len(profile.low or "") != exact[0]:
                return profile.model_copy(update={"low": "A" * exact[0], "high": "Z" * exact[0], "common": ()})
            return profile
        bounds = [fact for fact in facts if isinstance(fact, Bound)]
        if not bounds or resolved.kind not in twin.ORDERED:
            return profile
        return within(profile, resolved.kind, bounds)

    def _nulls(self, column: Column, profile: ColumnProfile) -> float:
        if not column.nullable:
            return 0.0
        if column.name in self.wishes.nulls:
            return self.wishes.nulls[column.name]
        filled = any(
            isinstance(fact, Filled) and column.name in fact.columns for one in self.conditions for fact in one.facts
        )
        return 0.0 if filled else profile.nulls

    def _unknown(self, column: Column, number_name: str) -> ColumnSource | None:
        if column.nullable:
            self.problems.append(f"{column.name}: no value of {column.type.native} can be made; it is NULL")
            return ColumnSource(column.name, None, number_name, f"NULL::{cast(column.type, self.schema)}", fixed=True)
        if column.default is not None or column.identity is not None:
            self.problems.append(f"{column.name}: no value of {column.type.native} can be made; it has its default")
            return None
        self.problems.append(f"{column.name}: no value of {column.type.native} can be made, and it is NOT NULL")
        return None

    def _seed(self, column: Column) -> int:
        return seed_of(self.seed, self.table.label, column.name)


def within(profile: ColumnProfile, kind: Kind, bounds: Sequence[Bound]) -> ColumnProfile:
    """The profile with its range inside of what bounds say; unchanged where they are not of its kind."""
    low, high = profile.low, profile.high
    try:
        for bound in bounds:
            value = _nudged(kind, bound)
            if bound.operator[0] == ">" and (low is None or twin.compare(kind, low, value) < 0):
                low = value
            if bound.operator in {"<", "<="} and (high is None or twin.compare(kind, high, value) > 0):
                high = value
        if low is None or high is None:
            return profile
        if twin.compare(kind, low, high) > 0:
            low, high = (low, low) if any(one.operator[0] == ">" for one in bounds) else (high, high)
        common = tuple(
            (text, share)
            for text, share in profile.common
            if twin.compare(kind, low, text) <= 0 <= twin.compare(kind, high, text)
        )
        room = twin.capacity(kind, low, high)
    except ValueError:
        return profile
    distinct = max(min(profile.distinct, room), 1.0)
    return profile.model_copy(update={"low": low, "high": high, "common": common, "distinct": distinct})


def _nudged(kind: Kind, bound: Bound) -> str:
    """The bound itself, or its neighbour where it is excluded."""
    if bound.operator not in {"<", ">"}:
        return bound.value
    sign = 1 if bound.operator == ">" else -1
    if kind in twin.FLOATS:
        number = float(bound.value)
        return repr(number + sign * max(abs(number), 1.0) * 1e-6)
    text = bound.value
    if kind in twin.DECIMALS:
        text = text if "." in text else f"{text}.00"
    return twin.from_ordinal(kind, twin.ordinal(kind, text, like=text) + sign, text, text)


def _elsewhere(data_type: DataType) -> str:
    """A number for a value that stands in for one that is set later: negative where it can be, so that it meets no real one."""
    return "(-1 - x.dbdesign_i)" if data_type.is_integer else "x.dbdesign_i"


def _among_filled(common: Sequence[tuple[str, float]], nulls: float) -> tuple[float, ...]:
    filled = max(1.0 - nulls, 1e-9)
    shares = [min(share / filled, 1.0) for _, share in common]
    total = math.fsum(shares)
    return tuple(share / total for share in shares) if total > 1 else tuple(shares)


def cast(data_type: DataType, schema: Schema) -> str:
    """The type that a value is made in: a domain's own base, an enum by name, without a length that would cut."""
    base = schema.resolve_type(data_type)
    if base.name is not None and base.kind is Kind.ENUM:
        return qualified(base.name.namespace, base.name.name)
    if base.kind in BINARIES:
        return "bytea"
    return base.native
