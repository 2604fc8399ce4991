"""The contents that a design's tables will have: what its volumes say, and for all else what types, keys and names suggest.

What the volumes say wins. Everything else is an assumption, and listed as one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from dbdesign.errors import InputError
from dbdesign.model.design import Design
from dbdesign.model.profile import ColumnProfile, Profile, Reference, TableProfile
from dbdesign.model.schema import Column, ForeignKey, Table
from dbdesign.model.types import TEXTS, Kind
from dbdesign.model.workload import ColumnVolume, TableVolume
from dbdesign.twin.partitions import Bound, key_column, narrowed, parse_bound
from dbdesign.twin.profile_assumptions import Assumptions
from dbdesign.twin.profile_problems import problems
from dbdesign.twin.profile_rows import DAYS_PER_MONTH, TableRows, key_capacity, resolve_rows
from dbdesign.twin.profile_values import (
    DETAIL_CORRELATION,
    Guess,
    Place,
    guess,
    guess_nulls,
    seen,
    zipf_shares,
)
from dbdesign.twin.values import FLOATS, ORDERED, capacity, compare, from_ordinal, ordinal
from dbdesign.twin.widths import ranged_numeric_width, width_of

UUID_TEXT = 36
"""Characters of a UUID as text: who declares as many keeps one."""
MOST_LABELS = 10_000
"""Ranks of a skewed list of labels that get a share each."""
SCALING = 0.1
"""Distinct values for each row from which on they are taken to grow with the rows; ANALYZE draws the same line (analyze.c)."""


def resolve(design: Design, *, months: float = 0.0, today: date | None = None) -> Profile:
    """What each table and column will hold.

    Args:
        months: from today, to which the tables grow as their volumes say.
        today: the day that ages count from; the current one by default.

    Raises:
        InputError: if volumes cannot be, with all that is wrong.
    """
    if months < 0:
        raise InputError(
            "the horizon lies in the past", where=f"{months:g} months", remedy="Give months from today, 0 or more"
        )
    rows = resolve_rows(design, months)
    found = problems(design, rows)
    if found:
        raise InputError("; ".join(found), where="volumes")
    return _Resolver(design, months, today or date.today(), rows).profile()


class _Resolver:
    def __init__(self, design: Design, months: float, today: date, rows: dict[str, TableRows]) -> None:
        self.design, self.months, self.rows = design, months, rows
        self.now = today + timedelta(days=months * DAYS_PER_MONTH)
        self.done: dict[tuple[str, str], ColumnProfile] = {}
        self.begun: set[tuple[str, str]] = set()
        self.assumptions = Assumptions()
        self.bounds: dict[str, list[Bound]] = {}
        for table in design.schema.tables:
            if table.partition_of is not None:
                self.bounds.setdefault(table.partition_of.label, []).append(parse_bound(table.partition_of.bound))

    def profile(self) -> Profile:
        for (
            table
        ) in self.design.relations.load_order():  # parents first, so that chains of references are not followed deeply
            self.assumptions.rows(table, self.rows[table.label])
            for column in table.columns:
                self.column(table, column)
        tables = {table.label: self._table(table) for table in self.design.schema.tables}
        return Profile(
            months=self.months, tables=tables, assumptions=self.assumptions.sentences(self.design, self.months)
        )

    def _table(self, table: Table) -> TableProfile:
        rows = self.rows[table.label]
        columns = {column.name: self.column(table, column) for column in table.columns}
        return TableProfile(table=table.label, rows=rows.then, today=rows.today, columns=columns)

    def column(self, table: Table, column: Column) -> ColumnProfile:
        """The profile of a column, made once."""
        place = (table.label, column.name)
        if place not in self.done:
            self.begun.add(place)
            self.done[place] = self._column(table, column)
        return self.done[place]

    def _column(self, table: Table, column: Column) -> ColumnProfile:
        volume = self._volume(table, column)
        parent = self.design.schema.table_by_label.get(table.partition_of.label) if table.partition_of else None
        if parent is not None and parent.column(column.name) is not None:
            return self._partitioned(table, column, parent, volume)
        nulls = volume.nulls if volume.nulls is not None else guess_nulls(table, column, self.design)
        place = self._place(table, column, nulls)
        reference = self._reference(table, column)
        assumed = self._refer(place, reference[1]) if reference else guess(place)
        if column.name == key_column(table):
            assumed = self._spanned(table, place, assumed)
        return self._merge(place, nulls, assumed, volume, reference[0] if reference else None)

    def _volume(self, table: Table, column: Column) -> ColumnVolume:
        return self.design.workload.volumes.get(table.label, TableVolume()).columns.get(column.name, ColumnVolume())

    def _place(self, table: Table, column: Column, nulls: float) -> Place:
        rows = self.rows[table.label]
        unique = table.is_unique((column.name,)) or _unique_folded(table, column.name) or column.identity is not None
        return Place(
            design=self.design,
            table=table,
            column=column,
            type=self.design.schema.resolve_type(column.type),
            rows=rows.then,
            filled=rows.then * (1 - nulls),
            age=rows.age,
            now=self.now,
            unique=unique,
            siblings=0.0 if unique else self._siblings(table, column),
        )

    def _siblings(self, table: Table, column: Column) -> float:
        """The combinations of the foreign keys that stand beside a column in a composite key."""
        referring = {name for key in table.foreign_keys for name in key.columns}
        for key in table.candidate_keys:
            others = key - {column.name}
            if column.name in key and others and others <= referring and column.name not in referring:
                product = 1.0
                for name in others:
                    other = table.column(name)
                    if other is not None and (table.label, name) not in self.begun - set(self.done):
                        product *= self.column(table, other).distinct
                return min(product, max(self.rows[table.label].then, 1.0))
        return 0.0

    def _reference(self, table: Table, column: Column) -> tuple[Reference, ColumnProfile] | None:
        """Where a foreign key says the values come from; the one-column keys first. None also for what is being resolved (a cycle)."""
        keys: list[ForeignKey] = sorted(
            (key for key in table.foreign_keys if column.name in key.columns), key=lambda key: len(key.columns)
        )
        for key in keys:
            parent = self.design.schema.table_by_label.get(key.references)
            name = key.referenced_columns[key.columns.index(column.name)]
            source = parent.column(name) if parent else None
            if parent is None or source is None:
                continue
            place = (parent.label, name)
            if place not in self.done and place in self.begun:
                continue
            return Reference(table=parent.label, column=name), self.column(parent, source)
        return None

    def _refer(self, place: Place, source: ColumnProfile) -> Guess:
        """A foreign key's values, evenly over the parent's; beside each other where the parent's key leads the row's own."""
        table, name = place.table, place.column.name
        leading = (
            table.primary_key is not None
            and len(table.primary_key.columns) > 1
            and table.primary_key.columns[0] == name
        )
        detail = leading and not self.design.relations.is_junction(table)
        distinct = min(source.distinct, max(place.filled, 1.0)) if place.unique else seen(source.distinct, place.filled)
        correlation = DETAIL_CORRELATION if detail else (1.0 if place.unique and _is_primary(table, name) else 0.0)
        return Guess(
            distinct,
            source.width,
            source.low,
            source.high,
            correlation=correlation,
            why="details" if detail else "foreign keys",
        )

    def _spanned(self, table: Table, place: Place, assumed: Guess) -> Guess:
        """The key of a partitioned table lies within its partitions' bounds."""
        known = self.bounds.get(table.label, [])
        listed = tuple(dict.fromkeys(value for bound in known for value in bound.values))
        if listed and not place.unique:
            shares = tuple(zip(listed, zipf_shares(len(listed), 0.0), strict=True))
            return replace(
                assumed, distinct=float(len(listed)), common=shares, low=min(listed), high=max(listed), why="partitions"
            )
        kind = place.type.kind
        try:
            lows = [bound.low for bound in known if bound.low is not None]
            highs = [bound.high for bound in known if bound.high is not None]
            if not lows or not highs or kind not in ORDERED:
                return assumed
            low, high = lows[0], highs[0]
            for one in lows:
                low = one if compare(kind, one, low) < 0 else low
            for one in highs:
                high = one if compare(kind, one, high) > 0 else high
        except ValueError:
            return assumed
        first, last = narrowed(kind, low, high, Bound(low=low, high=high))
        return self._ranged(place, replace(assumed, low=first, high=last, common=(), why="partitions"))

    def _ranged(self, place: Place, assumed: Guess) -> Guess:
        """No more different values than the range has room for."""
        if assumed.low is None or assumed.high is None or assumed.common:
            return assumed
        room = capacity(place.type.kind, assumed.low, assumed.high)
        return replace(assumed, distinct=max(min(assumed.distinct, room), 1.0))

    def _partitioned(self, table: Table, column: Column, parent: Table, volume: ColumnVolume) -> ColumnProfile:
        """A partition's part of its parent's column."""
        source_column = parent.column(column.name)
        assert source_column is not None  # noqa: S101
        source = self.column(parent, source_column)
        nulls = volume.nulls if volume.nulls is not None else source.nulls
        place = self._place(table, column, nulls)
        distinct = max(place.filled, 1.0) if place.unique else self._occurring(source, parent, place)
        whole = (1 - source.nulls) or 1.0
        assumed = Guess(
            min(distinct, source.distinct),
            source.width,
            source.low,
            source.high,
            tuple((value, share / whole) for value, share in source.common),
            source.skew,
            source.correlation,
            why="partition columns",
        )
        if column.name == key_column(parent) and table.partition_of is not None:
            assumed = self._bounded(place, assumed, parse_bound(table.partition_of.bound))
        return self._merge(place, nulls, assumed, volume, source.reference)

    def _occurring(self, source: ColumnProfile, parent: Table, place: Place) -> float:
        """How many of the parent's values occur in a share f of its rows, when each of its d values occurs m times: d (1 - (1 - f)^m)."""
        filled = self.rows[parent.label].then * (1 - source.nulls)
        share = min(place.filled / filled, 1.0) if filled else 1.0
        return max(source.distinct * float(1 - (1 - share) ** max(filled / source.distinct, 1.0)), 1.0)

    def _bounded(self, place: Place, assumed: Guess, bound: Bound) -> Guess:
        if bound.values:
            known = dict(assumed.common)
            total = sum(known.get(value, 0.0) for value in bound.values)
            even = 1 / len(bound.values)
            shares = tuple((value, known.get(value, 0.0) / total if total else even) for value in bound.values)
            return replace(
                assumed, distinct=float(len(shares)), common=shares, low=min(bound.values), high=max(bound.values)
            )
        if bound.low is None and bound.high is None:
            return assumed
        low, high = narrowed(place.type.kind, assumed.low, assumed.high, bound)
        return self._ranged(place, replace(assumed, low=low, high=high))

    def _merge(
        self, place: Place, nulls: float, assumed: Guess, volume: ColumnVolume, reference: Reference | None
    ) -> ColumnProfile:
        """What is said over what is assumed."""
        if place.type.kind is Kind.BOOLEAN:
            volume = volume.model_copy(
                update={"values": {_truth(value): share for value, share in volume.values.items()}}
            )
        common, distinct = self._shares(place, nulls, assumed, volume)
        low, high = _range(place.type.kind, assumed, volume)
        filled = max(place.filled, 1.0)
        ranged = low is not None and high is not None and place.type.kind in ORDERED
        if ranged and low is not None and high is not None and compare(place.type.kind, low, high) <= 0:
            distinct = min(distinct, capacity(place.type.kind, low, high) + len(common)) if not common else distinct
        distinct = max(min(distinct, filled), 1.0)
        skew = volume.skew if volume.skew is not None else assumed.skew
        said = {
            "distinct": volume.distinct is not None,
            "nulls": volume.nulls is not None or not place.column.nullable,
            "range": volume.minimum is not None and volume.maximum is not None,
            "values": bool(volume.values),
            "skew": volume.skew is not None,
            "correlation": volume.correlation is not None,
            "width": volume.width is not None,
        }
        missing = tuple(name for name, known in said.items() if not known)
        full = place.unique and distinct >= place.filled * 0.999
        self._note(place, assumed, nulls, volume)
        return ColumnProfile(
            column=place.column.name,
            distinct=distinct,
            nulls=nulls,
            common=common,
            skew=0.0 if full else skew,
            low=low,
            high=high,
            correlation=volume.correlation if volume.correlation is not None else assumed.correlation,
            width=volume.width if volume.width is not None else _width(place, assumed, common, volume, (low, high)),
            unique=full,
            reference=reference,
            assumed=missing,
        )

    def _shares(
        self, place: Place, nulls: float, assumed: Guess, volume: ColumnVolume
    ) -> tuple[tuple[tuple[str, float], ...], float]:
        """The commonest values with their shares of all rows, and how many different ones there are."""
        filled_share = 1 - nulls
        distinct = self._grown(place, volume.distinct) if volume.distinct is not None else assumed.distinct
        if volume.values:
            said = sorted(volume.values.items(), key=lambda item: -item[1])
            left = max(filled_share - sum(volume.values.values()), 0.0)
            others = [value for value, _ in assumed.common if value not in volume.values]
            if others and assumed.why in {"labels", "booleans", "partitions"}:
                count = (
                    len(others)
                    if volume.distinct is None
                    else max(min(len(others), int(volume.distinct) - len(said)), 0)
                )
                rest = zip(others, zipf_shares(count, volume.skew or 0.0, left), strict=False)
                common = (*said, *((value, share) for value, share in rest if share > 0))
                return tuple(sorted(common, key=lambda item: -item[1])), float(len(common))
            if left < 1e-9:
                return tuple(said), float(len(said))
            return tuple(said), max(distinct, len(said) + 1.0)
        common = assumed.common
        if volume.distinct is not None:
            common = (
                common[: int(min(distinct, len(common)))] if assumed.why in {"labels", "booleans", "partitions"} else ()
            )
        if common and volume.skew is not None:
            common = tuple(zip((value for value, _ in common), zipf_shares(len(common), volume.skew), strict=True))
        whole = sum(share for _, share in common)
        if common and distinct <= len(common) and whole:
            common = tuple((value, share / whole) for value, share in common)
        return tuple((value, share * filled_share) for value, share in common), distinct

    def _grown(self, place: Place, said: float) -> float:
        """A count of different values today, at the horizon: it grows with the table's rows (a foreign key's with the parent's)
        from a tenth of the rows on, and stays below.
        """
        key = next((key for key in place.table.foreign_keys if key.columns == (place.column.name,)), None)
        rows = self.rows[place.table.label]
        scale = rows.then / rows.today if rows.today else 1.0
        if key is not None and key.references in self.rows:
            parent = self.rows[key.references]
            return said * (parent.then / parent.today if parent.today else 1.0)
        return said * scale if said >= SCALING * rows.today else said

    def _note(self, place: Place, assumed: Guess, nulls: float, volume: ColumnVolume) -> None:
        """List what was assumed."""
        add = self.assumptions.column
        if volume.distinct is None and not (volume.values and sum(volume.values.values()) + nulls > 1 - 1e-9):
            add(assumed.why, place.table, place.column.name, place.rows)
        if volume.nulls is None and nulls:
            add("soft deletions" if nulls > 0.5 else "nulls", place.table, place.column.name, place.rows)
        if place.unique and place.filled > key_capacity(place.table, place.column.name, self.design):
            self.assumptions.overflow(place.table, place.column, place.filled)


def _range(kind: Kind, assumed: Guess, volume: ColumnVolume) -> tuple[str | None, str | None]:
    """The range that is said. Where only one end is, and lies beyond the other's assumption, that is moved as far as the range is wide."""
    low = volume.minimum if volume.minimum is not None else assumed.low
    high = volume.maximum if volume.maximum is not None else assumed.high
    if low is None or high is None or kind not in ORDERED or compare(kind, low, high) <= 0:
        return low, high
    first, last = assumed.low or low, assumed.high or high
    if volume.minimum is not None:
        return low, _moved(kind, low, first, last, 1)
    return _moved(kind, high, first, last, -1), high


def _moved(kind: Kind, text: str, low: str, high: str, direction: int) -> str:
    """The value that is as far from `text` as `high` from `low`, not below zero unless `text` is; `text` itself, or for texts one
    beginning like it, where values cannot be counted.
    """
    if kind in FLOATS:
        moved = float(text) + direction * (float(high) - float(low))
        return repr(max(moved, 0.0) if float(text) >= 0 else moved)
    try:
        start = ordinal(kind, text, like=low)
        number = start + direction * (ordinal(kind, high, like=low) - ordinal(kind, low, like=high))
        return from_ordinal(kind, max(number, 0) if start >= 0 else number, text, low)
    except (ValueError, OverflowError):
        return f"{text}~" if kind in TEXTS and direction > 0 else text


def _truth(value: str) -> str:
    """A boolean as the server writes it."""
    return from_ordinal(Kind.BOOLEAN, ordinal(Kind.BOOLEAN, value), "f", "t")


def _width(
    place: Place,
    assumed: Guess,
    common: tuple[tuple[str, float], ...],
    volume: ColumnVolume,
    ends: tuple[str | None, str | None],
) -> float:
    """Bytes on average over the values that are named and the others, whose range tells how long they are."""
    others = _unnamed_width(place, assumed, volume, ends)
    if not (place.type.is_text or place.type.kind is Kind.DECIMAL) or not common:
        return others
    named = sum(share for _, share in common)
    rest = max((place.filled / place.rows if place.rows else 1.0) - named, 0.0)
    return (sum(share * width_of(place.type, value) for value, share in common) + rest * others) / (
        (named + rest) or 1.0
    )


def _unnamed_width(place: Place, assumed: Guess, volume: ColumnVolume, ends: tuple[str | None, str | None]) -> float:
    low, high = ends
    if place.type.kind is Kind.CHAR:
        return width_of(place.type)
    if low is None or high is None:
        return assumed.width
    if place.type.kind is Kind.DECIMAL:
        return ranged_numeric_width(low, high)
    if place.type.kind is Kind.VARCHAR and place.type.length == UUID_TEXT and len(high) < UUID_TEXT:
        return width_of(place.type, "x" * UUID_TEXT)
    said = volume.minimum is not None and volume.maximum is not None
    return width_of(place.type, high) if said and place.type.is_text and len(low) == len(high) else assumed.width


def _is_primary(table: Table, name: str) -> bool:
    return table.primary_key is not None and table.primary_key.columns == (name,)


def _unique_folded(table: Table, name: str) -> bool:
    """Whether a unique index on the column in small letters, `lower(name)`, tells all rows apart."""
    wanted = {f"lower({name})", f"lower(({name})::text)", f"lower({name}::text)"}
    return any(
        index.unique
        and index.where is None
        and len(index.keys) == 1
        and (index.keys[0].expression or "").lower() in wanted
        for index in table.indexes
    )
