"""The INSERT that fills a table: rows as expressions of their number, filtered by every constraint that the table has.

Innermost stands `generate_series`; around it, one subquery a step: the rows' numbers in their columns' distributions, the parents
that foreign keys refer to, ranks inside of keys, the values, what pairs of columns ask for, and last the constraints as a WHERE: a
row that they refuse is left out, and a later round makes up for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dbdesign.benchmark.checks import Condition, Equation, Filled, Pair
from dbdesign.benchmark.columns import ColumnSource
from dbdesign.benchmark.numbering import chance, evenly, is_null, permuted
from dbdesign.benchmark.parents import Numbered
from dbdesign.benchmark.quoting import name, names, relation
from dbdesign.model.schema import ForeignKey, Table

ROW = "dbdesign_i"
ROUND_STEP = 1000
"""Added to ranks in each later round, so that they do not meet those of the earlier."""


@dataclass(frozen=True)
class Pick:
    """How a row refers to a parent.

    Attributes:
        number: SQL of the parent's number for row `i`; unused where columns are bound.
        bound: positions of the key's columns that are settled by an earlier one.
        null: SQL that says whether the row refers to none.
    """

    key: ForeignKey
    parent: Numbered
    number: str
    bound: tuple[int, ...] = ()
    null: str | None = None
    seed: int = 0


@dataclass(frozen=True)
class Insert:
    """All that a table's rows are made of.

    Attributes:
        loosely: whether what one branch of a condition says is made true as well.
        equations: whether columns that a condition says to be equal to an expression are computed by it.
    """

    table: Table
    target: Table
    columns: Sequence[ColumnSource]
    picks: Sequence[Pick] = ()
    conditions: Sequence[Condition] = ()
    shadows: dict[str, str] = field(default_factory=dict)
    seed: int = 0
    loosely: bool = False
    equations: bool = True

    def sql(self, first: int, last: int, round_number: int = 0) -> str:
        """The statement for rows `first` to `last`."""
        listed = names(self._inserted())
        if not listed:
            return f"INSERT INTO {relation(self.target)} SELECT FROM generate_series({first}, {last}) ON CONFLICT DO NOTHING"
        wanted = [f"({one.sql}) IS NOT FALSE" for one in self.conditions]
        wanted += [f"{name(column)} IS NOT NULL" for column in self._required()]
        wanted += [f"dbdesign_ok{number}" for number in self._whole_keys()]
        where = f" WHERE {' AND '.join(wanted)}" if wanted else ""
        order = f" ORDER BY {ROW}" if self.picks or any(one.rank_within for one in self.columns) else ""
        return (
            f"INSERT INTO {relation(self.target)} ({listed}) OVERRIDING SYSTEM VALUE SELECT {listed} "
            f"FROM ({self.source(first, last, round_number)}) AS {name(self.table.name)}{where}{order} ON CONFLICT DO NOTHING"
        )

    def probe(self, count: int, first: int = 0) -> str:
        """How many of the first rows satisfy everything, then each condition and each NOT NULL by itself."""
        wanted = [f"({one.sql}) IS NOT FALSE" for one in self.conditions]
        wanted += [f"{name(column)} IS NOT NULL" for column in self._required()]
        wanted += [f"dbdesign_ok{number}" for number in self._whole_keys()]
        counted = [f"count(*) FILTER (WHERE {one})" for one in (" AND ".join(wanted) or "true", *wanted)]
        return (
            f"SELECT {', '.join(counted)} FROM ({self.source(first, first + count - 1, 0)}) AS {name(self.table.name)}"
        )

    def asked(self) -> list[str]:
        """What `probe` counts after the first, for people."""
        found = [one.title for one in self.conditions]
        found += [f"{column} is NOT NULL" for column in self._required()]
        return found + [f"foreign key to {self.picks[number].key.references}" for number in self._whole_keys()]

    def _inserted(self) -> list[str]:
        return [one.column for one in self.columns]

    def _required(self) -> list[str]:
        given = set(self._inserted())
        return [column.name for column in self.table.columns if not column.nullable and column.name in given]

    def _whole_keys(self) -> list[int]:
        return [number for number, pick in enumerate(self.picks) if len(pick.bound) == len(pick.key.columns)]

    def source(self, first: int, last: int, round_number: int) -> str:
        """The rows, before the constraints are asked."""
        sql = self._numbers(first, last)
        for number, pick in enumerate(self.picks):
            sql = self._picked(sql, number, pick)
        sql = self._ranked(sql, round_number)
        sql = self._values(sql)
        for step in self._fixes():
            sql = f"SELECT {step} FROM ({sql}) x"
        return self._with_generated(sql)

    def _numbers(self, first: int, last: int) -> str:
        parts = [f"i AS {ROW}"]
        parts += [f"{one.number} AS {one.number_name}" for one in self.columns if one.number and not one.rank_within]
        for number, pick in enumerate(self.picks):
            if not pick.bound:
                chosen = f"CASE WHEN {pick.null} THEN NULL ELSE {pick.number} END" if pick.null else pick.number
                parts.append(f"({chosen})::bigint AS dbdesign_j{number}")
        return f"SELECT {', '.join(parts)} FROM generate_series({first}::bigint, {last}::bigint) AS i"

    def _picked(self, inner: str, number: int, pick: Pick) -> str:
        free = [place for place in range(len(pick.key.columns)) if place not in pick.bound]
        if pick.parent.first is not None:
            column = name(pick.key.columns[0])
            return f"SELECT x.*, {pick.parent.first} + x.dbdesign_j{number} AS {column} FROM ({inner}) x"
        taken = "".join(f", h.c{place} AS {name(pick.key.columns[place])}" for place in free)
        if not pick.bound:
            return f"SELECT x.*{taken} FROM ({inner}) x LEFT JOIN {pick.parent.table} h ON h.n = x.dbdesign_j{number}"
        same = " AND ".join(f"h.c{place} = x.{name(pick.key.columns[place])}" for place in pick.bound)
        if not free:
            unset = " OR ".join(f"x.{name(column)} IS NULL" for column in pick.key.columns)
            return (
                f"SELECT x.*, (h.n IS NOT NULL OR {unset}) AS dbdesign_ok{number} "
                f"FROM ({inner}) x LEFT JOIN {pick.parent.table} h ON {same}"
            )
        totals = ", ".join(f"c{place}" for place in pick.bound)
        joined = " AND ".join(f"t.c{place} = x.{name(pick.key.columns[place])}" for place in pick.bound)
        drawn = f"floor({chance(pick.seed, 'x.' + ROW)} * t.total)::bigint"
        null = f" AND NOT ({pick.null.replace('(i)', f'(x.{ROW})')})" if pick.null else ""
        return (
            f"SELECT x.*{taken} FROM ({inner}) x "
            f"LEFT JOIN (SELECT DISTINCT {totals}, total FROM {pick.parent.table}) t ON {joined} "
            f"LEFT JOIN {pick.parent.table} h ON {same} AND h.n = {drawn}{null}"
        )

    def _ranked(self, inner: str, round_number: int) -> str:
        ranked = [one for one in self.columns if one.rank_within]
        if not ranked:
            return inner
        numbered = {one.column: one.number_name for one in self.columns if one.number}
        sql = inner
        for one in ranked:
            within = ", ".join(numbered.get(column, name(column)) for column in one.rank_within)
            rank = f"row_number() OVER (PARTITION BY {within} ORDER BY {ROW}) - 1 + {round_number * ROUND_STEP}"
            sql = f"SELECT x.*, {rank} AS {one.number_name} FROM ({sql}) x"
        return sql

    def _values(self, inner: str) -> str:
        return f"SELECT {ROW}{self._flags()}{''.join(f', {one.value} AS {name(one.column)}' for one in self.columns)} FROM ({inner}) x"

    def _flags(self) -> str:
        return "".join(f", dbdesign_ok{number}" for number in self._whole_keys())

    def _fixes(self) -> Iterator[str]:
        """Select lists that put pairs in order and empty columns of which only some may be filled."""
        sources = {one.column: one for one in self.columns}
        for one in self.conditions:
            for fact in one.facts:
                if isinstance(fact, Pair) and fact.operator in {"<", "<=", ">", ">="}:
                    yield from self._in_order(fact, sources)
                elif isinstance(fact, Filled) and fact.operator in {"=", "<="}:
                    yield self._emptied(fact)
        for fact in self._solved() if self.equations else ():
            source = sources[fact.column]
            yield self._replacing({fact.column: f"({fact.sql})::{source.cast}"})

    def _solved(self) -> list[Equation]:
        """The equations of columns that nothing else settles, one a column, those that others rest on first."""
        free = {one.column for one in self.columns if not one.fixed}
        said = [fact for one in self.conditions for fact in (*one.facts, *(one.maybe if self.loosely else ()))]
        left = {fact.column: fact for fact in reversed(said) if isinstance(fact, Equation) and fact.column in free}
        found: list[Equation] = []
        while ready := [one for one in left.values() if not left.keys() & set(one.others)]:
            found += ready
            left = {column: one for column, one in left.items() if one not in ready}
        return found

    def _in_order(self, fact: Pair, sources: dict[str, ColumnSource]) -> Iterator[str]:
        low, high = (fact.left, fact.right) if fact.operator[0] == "<" else (fact.right, fact.left)
        one, other = sources.get(low), sources.get(high)
        if one is None or other is None or one.fixed or other.fixed or one.cast != other.cast:
            return
        a, b = name(low), name(high)
        swapped = {
            low: f"CASE WHEN {a} > {b} THEN {b} ELSE {a} END",
            high: f"CASE WHEN {a} > {b} THEN {a} ELSE {b} END",
        }
        yield self._replacing(swapped)

    def _emptied(self, fact: Filled) -> str:
        size = len(fact.columns)
        turn = f"({chance(self.seed + 77, ROW)} * {size})::int"
        nullable = {column.name for column in self.table.columns if column.nullable}
        return self._replacing(
            {
                column: f"CASE WHEN ({turn} + {place}) % {size} < {fact.count} THEN {name(column)} END"
                for place, column in enumerate(fact.columns)
                if column in nullable and column in self._inserted()
            }
        )

    def _replacing(self, replaced: dict[str, str]) -> str:
        parts = [f"{replaced.get(one.column, name(one.column))} AS {name(one.column)}" for one in self.columns]
        return f"{ROW}{self._flags()}, {', '.join(parts)}"

    def _with_generated(self, inner: str) -> str:
        """With the generated columns that conditions name."""
        named = {column for one in self.conditions for column in one.columns}
        wanted = [column for column in self.table.columns if column.generated and column.name in named]
        if not wanted:
            return inner
        parts = ", ".join(
            f"({column.generated.expression}) AS {name(column.name)}" for column in wanted if column.generated
        )
        return f"SELECT {name(self.table.name)}.*, {parts} FROM ({inner}) AS {name(self.table.name)}"


def parent_number(values: int, parents: int, k: str) -> str:
    """The number of the parent that value `k` of `values` stands for: evenly over all parents."""
    return evenly(k, values, parents - 1) if values < parents else f"(({k}) % {max(parents, 1)})"


__all__ = ["ROW", "Insert", "Pick", "is_null", "parent_number", "permuted"]
