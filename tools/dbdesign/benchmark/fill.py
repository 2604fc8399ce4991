"""Fills one table: its profile's rows where its constraints accept them, others where they do not, and the reason where none do."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dbdesign.benchmark.candidates import candidates
from dbdesign.benchmark.checks import Condition, Pattern, conditions
from dbdesign.benchmark.columns import Sources, Wishes, cast
from dbdesign.benchmark.keys import Differing, differing
from dbdesign.benchmark.numbering import Choice, Spread, is_null, permuted, seed_of
from dbdesign.benchmark.order import partition_keys
from dbdesign.benchmark.parents import Parents
from dbdesign.benchmark.quoting import array, name, relation
from dbdesign.benchmark.session import Session
from dbdesign.benchmark.statement import Insert, Pick, parent_number
from dbdesign.model.profile import ColumnProfile, TableProfile
from dbdesign.model.schema import ForeignKey, Schema, Table

PROBED = 300
"""Rows that are tried before a table is filled."""

ACCEPTABLE = 0.2
"""Share of the tried rows that the constraints must accept; below, other values are looked for."""

SHAPES = (
    "upper({v})",
    "lower({v})",
    "initcap({v})",
    "replace({v}, ' ', '')",
    "lower(replace({v}, ' ', '-'))",
    "translate({v}, ' 0123456789_-', 'xabcdefghijxx')",
    "upper(translate({v}, ' 0123456789_-', 'xabcdefghijxx'))",
    "lower(translate({v}, ' 0123456789_-', 'xabcdefghijxx'))",
    "regexp_replace({v}, '[^0-9]', '', 'g')",
)
"""Ways to write a text that checks often ask for."""

ROUNDS = 10
MOST_TRIED = 30
"""Rows that are tried at most, for each row that is wanted."""


@dataclass(frozen=True)
class FilledTable:
    """What became of a table.

    Attributes:
        reason: why it has fewer rows than wanted; None where it has them.
        notes: what is not as the profile says.
    """

    label: str
    wanted: int
    rows: int
    reason: str | None = None
    notes: tuple[str, ...] = ()


@dataclass
class Filling:
    """One table to be filled: `table` says what its rows are like, `target` (it, or a partition of it) takes them."""

    session: Session
    schema: Schema
    parents: Parents
    table: Table
    target: Table
    profile: TableProfile
    wanted: int
    total: int
    first: int
    keys: Sequence[ForeignKey]
    late: frozenset[str]
    bounds: str | None
    seed: int
    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Values that other tables are said to refer to, by column."""
    retries: list[int] = field(default_factory=lambda: [0])
    """Row numbers that rounds after the first have used, shared by a table's partitions."""

    def run(self) -> FilledTable:
        """Fill it."""
        import psycopg

        found = conditions(self.table, self.schema, self.bounds)
        try:
            insert, notes, share, reason = self._accepted(found)
        except psycopg.Error as error:
            return FilledTable(self.target.label, self.wanted, 0, _said(error))
        try:
            rows, short = self._insert(insert, share)
        except psycopg.Error as error:
            rows = int(self.session.rows(f"SELECT count(*) FROM {relation(self.target)}")[0][0])
            return FilledTable(self.target.label, self.wanted, rows, _said(error), notes)
        if rows >= self.wanted:
            return FilledTable(self.target.label, self.wanted, rows, None, notes)
        return FilledTable(self.target.label, self.wanted, rows, reason or short, notes)

    def _accepted(self, found: list[Condition]) -> tuple[Insert, tuple[str, ...], float, str | None]:
        """The INSERT whose rows the constraints accept best: the profile's own, or with the wishes that its refusals suggest."""
        import psycopg

        best: tuple[float, Insert, tuple[str, ...], str | None] | None = None
        wishes, failure = Wishes(), None
        for attempt in range(4):
            insert, problems = self._assembled(found, wishes)
            try:
                counts = self.session.rows(insert.probe(min(PROBED, max(self.wanted, 20)), self.first))[0]
            except psycopg.Error as error:
                failure = error
                wishes = replace(wishes, loosely=True, equations=False)
                if attempt:
                    break
                continue
            tried = min(PROBED, max(self.wanted, 20))
            refused = [
                (title, count)
                for title, count in zip(insert.asked(), counts[1:], strict=True)
                if count < tried * ACCEPTABLE
            ]
            reason = (
                None
                if counts[0]
                else "no row satisfies "
                + (
                    " and ".join(f"{title} ({count} of {tried} rows do)" for title, count in refused[:4])
                    or "all of its constraints together"
                )
            )
            if best is None or counts[0] / tried > best[0]:
                best = (counts[0] / tried, insert, tuple(problems), reason)
            if counts[0] >= tried * ACCEPTABLE:
                break
            wishes = self._wishes(found, insert, counts[1:], tried, wishes, attempt)
        if best is None:
            assert failure is not None  # noqa: S101
            raise failure
        return best[1], best[2], best[0], best[3]

    def _wishes(
        self, found: list[Condition], insert: Insert, counts: Sequence[int], tried: int, wishes: Wishes, attempt: int
    ) -> Wishes:
        """What to do differently for the conditions that refuse most rows; for all where none does alone."""
        named = list(zip(found, counts, strict=False))
        refused = (
            [one for one, count in named if count < tried * ACCEPTABLE]
            or [one for one, count in named if count < tried * 0.6]
            or found
        )
        pools, nulls = dict(wishes.pools), dict(wishes.nulls)
        shapes, patterned = dict(wishes.shapes), set(wishes.patterned)
        for one in refused:
            for column in map(self.table.column, one.columns):
                if column is not None and column.nullable and len(one.columns) > 1:
                    nulls[column.name] = 0.5
            if len(one.columns) > 1:
                pools |= self._joint_pools(one, found, insert, pools) if attempt >= 1 else {}
                continue
            title = one.columns[0] if one.columns else ""
            if title in pools or not title:
                continue
            if attempt == 0 and any(isinstance(fact, Pattern) and not fact.like for fact in one.facts):
                patterned.add(title)
            elif title not in patterned and title not in shapes and (shape := self._shape(one, wishes)):
                shapes[title] = shape
            elif pool := self._pool(title, found):
                pools[title] = pool
        return Wishes(pools, nulls, shapes, frozenset(patterned), loosely=True, equations=wishes.equations)

    def _shape(self, one: Condition, wishes: Wishes) -> str | None:
        """The way of writing a text column's values that its condition accepts."""
        import psycopg

        column = self.table.column(one.columns[0])
        if column is None or not self.schema.resolve_type(column.type).is_text:
            return None
        for shape in SHAPES:
            insert, _ = self._assembled([one], replace(wishes, shapes={column.name: shape}))
            try:
                tried = min(PROBED, max(self.wanted, 20))
                if self.session.rows(insert.probe(tried, self.first))[0][1] > tried * 0.9:
                    return shape
            except psycopg.Error:
                continue
        return None

    def _joint_pools(
        self, one: Condition, found: list[Condition], insert: Insert, pools: Mapping[str, tuple[str, ...]]
    ) -> dict[str, tuple[str, ...]]:
        """Values that a condition over several columns names, for those that nothing else decides."""
        settled = {source.column for source in insert.columns if source.fixed}
        made: dict[str, tuple[str, ...]] = {}
        for column in one.columns:
            if column not in settled and column not in pools and (pool := self._pool(column, found)):
                made[column] = pool[:12]
        return made

    def _pool(self, title: str, found: list[Condition]) -> tuple[str, ...]:
        """The candidates that the column's own conditions accept, each tried by executing them."""
        column = self.table.column(title)
        if column is None:
            return ()
        own = [one for one in found if one.columns == (title,)]
        about = [one for one in found if title in one.columns]
        profile = self.profile.columns.get(title)
        known = tuple(text for text, _ in profile.common) if profile else ()
        known += tuple(one for one in (profile.low, profile.high) if one is not None) if profile else ()
        made = candidates(about, known, seed_of(self.seed, self.table.label, title), column.default)
        return tuple(self._fitting(made, title, cast(column.type, self.schema), own))

    def _fitting(self, texts: list[str], title: str, kind: str, own: Sequence[Condition]) -> list[str]:
        """Those of the texts that are values of the type and that the conditions accept; halved where one is none."""
        import psycopg

        if not texts:
            return []
        asked = " AND ".join(f"({one.sql}) IS NOT FALSE" for one in own) or "true"
        inner = f"SELECT t, t::{kind} AS {name(title)} FROM unnest({array(texts)}) WITH ORDINALITY AS u(t, place)"
        try:
            rows = self.session.rows(f"SELECT t FROM ({inner} OFFSET 0) AS {name(self.table.name)} WHERE {asked}")
        except psycopg.Error:
            if len(texts) == 1:
                return []
            middle = len(texts) // 2
            return self._fitting(texts[:middle], title, kind, own) + self._fitting(texts[middle:], title, kind, own)
        return [row[0] for row in rows]

    def _assembled(self, found: list[Condition], wishes: Wishes) -> tuple[Insert, list[str]]:
        ways = differing(self.table, self.schema, self.profile.columns, self.wanted, list(self.keys))
        picks = self._picks(ways)
        referring = frozenset(column for pick in picks for column in pick.key.columns)
        sources = Sources(
            self.schema,
            self.table,
            self.profile.columns,
            self.total,
            ways,
            referring,
            self.late - referring,
            found,
            wishes,
            self.seed,
            self.named if self.first == 0 else {},
            (self.first, self.wanted),
            partition_keys(self.target, self.schema),
        )
        columns = sources.all()
        insert = Insert(
            self.table,
            self.target,
            columns,
            picks,
            found,
            seed=seed_of(self.seed, self.table.label),
            loosely=wishes.loosely,
            equations=wishes.equations,
        )
        return insert, sources.problems

    def _picks(self, ways: Differing) -> list[Pick]:
        """Foreign keys of most columns first: those of fewer find their columns settled and must agree."""
        settled: set[str] = set()
        picks: list[Pick] = []
        for place, key in enumerate(sorted(self.keys, key=lambda key: -len(key.columns))):
            bound = tuple(number for number, column in enumerate(key.columns) if column in settled)
            parent = self.parents.numbered(key, bound)
            seed = seed_of(self.seed, self.table.label, *key.columns)
            number, profile = self._parent_number(key, parent.count, ways, picks, seed)
            picks.append(Pick(key, parent, number, bound, self._no_parent(key, bound, profile, seed), seed + place))
            settled |= set(key.columns)
        return picks

    def _no_parent(
        self, key: ForeignKey, bound: tuple[int, ...], profile: ColumnProfile | None, seed: int
    ) -> str | None:
        free = [column for place, column in enumerate(key.columns) if place not in bound]
        optional = free and all((column := self.table.column(one)) is not None and column.nullable for one in free)
        if not optional or profile is None or profile.nulls <= 0:
            return None
        return is_null(profile.nulls, seed, "i")

    def _parent_number(
        self, key: ForeignKey, count: int, ways: Differing, picks: Sequence[Pick], seed: int
    ) -> tuple[str, ColumnProfile | None]:
        profile = self.profile.columns.get(key.columns[-1])
        if count == 0:
            return "NULL", profile
        if key in ways.single:
            straight = profile is not None and profile.correlation >= 0.5
            return (f"i % {count}" if straight else permuted(f"(i % {count})", count, seed)), profile
        if key in ways.paired:
            return self._paired(count, ways, picks), profile
        values = (
            max(min(int(profile.distinct), count), 1) if profile and len(key.columns) == 1 else min(count, self.total)
        )
        common = tuple(share / max(1 - profile.nulls, 1e-9) for _, share in profile.common) if profile else ()
        common = common if sum(common) <= 1 and len(common) <= values else ()
        choice = Choice(common, values - len(common), profile.skew if profile else 0.0)
        number = f"({choice.number(Spread(self.total, seed, profile.correlation if profile else 0.0))})"
        spread = parent_number(values, count, number)
        return (self._named_parents(key, common, profile, number, spread) if profile else spread), profile

    def _named_parents(
        self, key: ForeignKey, common: tuple[float, ...], profile: ColumnProfile, number: str, spread: str
    ) -> str:
        """The parents that the volumes name, where they are there; else what `spread` says."""
        if not common or len(key.columns) != 1:
            return spread
        places = self.parents.places(self.parents.numbered(key), [text for text, _ in profile.common])
        if all(place is None for place in places):
            return spread
        listed = ", ".join("NULL" if place is None else str(place) for place in places)
        return f"CASE WHEN {number} < {len(places)} THEN coalesce((ARRAY[{listed}]::bigint[])[{number} + 1], {spread}) ELSE {spread} END"

    def _paired(self, count: int, ways: Differing, picks: Sequence[Pick]) -> str:
        """Pairs of parents without a repeat: a mixed-radix count, shifted so that neither side comes in blocks."""
        before = [pick.parent.count for pick in picks if pick.key in ways.paired]
        if not before:
            return f"i % {count}"
        product = math.prod(before)
        return f"((i / {product}) + (i % {before[0]}) * {max(count // max(before[0], 1), 1)}) % {count}"

    def _insert(self, insert: Insert, share: float) -> tuple[int, str | None]:
        """Rounds until there are enough rows; the last say why there are not."""
        rows = self.session.execute(insert.sql(self.first, self.first + self.wanted - 1))
        tried = self.wanted
        for round_number in range(1, ROUNDS):
            missing = self.wanted - rows
            room = MOST_TRIED * self.wanted + 1000 - tried
            if missing <= 0 or room <= 0:
                break
            rate = max(rows / tried, share * 0.2, 0.02)
            count = min(math.ceil(missing / rate * 1.1) + 5, room)
            start = self.total + self.retries[0]
            self.retries[0] += count
            added = self.session.execute(self._limited(insert.sql(start, start + count - 1, round_number), missing))
            rows, tried = rows + added, tried + count
            if added == 0 and round_number > 2:
                break
        return (
            rows,
            f"keys and constraints leave room for {rows:,} of {self.wanted:,} rows" if rows < self.wanted else None,
        )

    def _limited(self, sql: str, missing: int) -> str:
        """A later round makes no more rows than are missing, as far as that can be said before keys are checked."""
        head, tail = sql.rsplit(" ON CONFLICT DO NOTHING", 1)
        return f"{head} LIMIT {missing} ON CONFLICT DO NOTHING{tail}"


def _said(error: Any) -> str:
    """What the server says, on one line."""
    message = error.diag.message_primary or str(error)
    return " ".join(f"{message} {error.diag.message_detail or ''}".split())


__all__ = ["FilledTable", "Filling"]
