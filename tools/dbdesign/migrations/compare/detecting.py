"""Finds renames: the best pairing of what is gone with what is new, certain only where the evidence is strong and no other is near."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dbdesign.migrations.compare.assignment import best_pairs
from dbdesign.migrations.compare.equality import Equality
from dbdesign.migrations.compare.evidence import ColumnEvidence, Evidence, TableEvidence
from dbdesign.migrations.compare.renaming import Renames, renamed
from dbdesign.migrations.compare.tables import parents
from dbdesign.model.migration import Question
from dbdesign.model.schema import Schema, Table

CERTAIN = 0.70
"""The least score of a certain rename. Set, with the two below, on generated renames: `benchmarks/rename_detection.py`."""

DOUBTFUL = 0.46
"""The least score of a rename that is asked about; below it a thing is dropped and another added."""

MARGIN = 0.12
"""How much less every other pairing of either side must score for a rename to be certain."""

MOST_PAIRS = 40_000
"""Pairs of tables that are compared; beyond, only those of which a name is alike or the set of columns is equal."""


@dataclass(frozen=True)
class Found:
    """A rename that was found: `old` and `new` are labels of tables, or names of columns of `table` (its label before)."""

    old: str
    new: str
    table: str | None
    evidence: Evidence
    certain: bool
    near: tuple[str, ...] = ()

    @property
    def argument(self) -> str:
        """What names it in an argument: `orders`, `orders.total`."""
        return f"{self.table}.{self.old}" if self.table is not None else self.old

    def question(self) -> Question:
        """What the caller is asked, with the arguments that answer it."""
        kind = "table" if self.table is None else "column"
        answers = {
            f"rename={self.argument}:{one}": f"the {kind} gets a new name and keeps its data"
            for one in (self.new, *self.near)
        }
        return Question(
            about=self.argument,
            text=f"Is {self.new} the {kind} {self.argument} under a new name, or is {self.argument} dropped and {self.new} new? "
            f"For a rename speaks: {'; '.join(self.evidence.sentences) or 'nothing but the place'}.",
            answers={**answers, f"drop={self.argument}": f"the {kind} is dropped with its data, {self.new} is new"},
        )


@dataclass
class Detection:
    """The renames of a pair of schemas: the confirmed ones and those found."""

    renames: Renames
    found: list[Found] = field(default_factory=list)


def detect(before: Schema, after: Schema, confirmed: Renames, drops: Collection[str], equality: Equality) -> Detection:
    """Adds what evidence shows to what is confirmed: tables first, then the columns of tables that are on both sides."""
    renames = Renames(
        dict(confirmed.tables),
        {table: dict(names) for table, names in confirmed.columns.items()},
        dict(confirmed.types),
        dict(confirmed.others),
    )
    result = Detection(renames)
    _objects(before, after, renames, equality)
    for one in _tables(before, after, renames, drops, equality):
        target = after.table_by_label[one.new]
        renames.tables[one.old] = (target.namespace, target.name)
        result.found.append(one)
    _all_columns(before, after, result, drops, equality)
    return result


def _all_columns(before: Schema, after: Schema, result: Detection, drops: Collection[str], equality: Equality) -> None:
    places = {table.label: number for number, table in enumerate(before.tables)}
    with_children = {label for one in before.tables for label in parents(one)}
    between = renamed(before, result.renames)
    for table in _parents_first(before):
        now = between.tables[places[table.label]]
        other = after.table_by_label.get(now.label)
        if other is None or now == other:
            continue
        for one in _columns(table, now, other, drops, equality):
            result.renames.columns.setdefault(table.label, {})[one.old] = one.new
            result.found.append(one)
        if table.label in with_children and result.renames.columns.get(table.label):
            between = renamed(before, result.renames)


def _parents_first(schema: Schema) -> list[Table]:
    """The tables, those that inherit columns last: a parent's renamed columns are theirs too."""
    return sorted(schema.tables, key=lambda one: bool(parents(one)))


def _tables(
    before: Schema, after: Schema, renames: Renames, drops: Collection[str], equality: Equality
) -> Iterator[Found]:
    taken = {renames.label(one.label) for one in before.tables} & after.table_by_label.keys()
    gone = [
        one
        for one in before.tables
        if one.label not in after.table_by_label and one.label not in renames.tables and one.label not in drops
    ]
    new = [one for one in after.tables if one.label not in taken]
    evidence = TableEvidence(renamed(before, renames), after, equality)
    near = len(gone) * len(new) <= MOST_PAIRS
    scores = {
        (one.label, other.label): evidence.of(one, other)
        for one in gone
        for other in new
        if near or one.column_by_name.keys() == other.column_by_name.keys()
    }
    yield from _decide(scores, None)


def _columns(table: Table, now: Table, other: Table, drops: Collection[str], equality: Equality) -> Iterator[Found]:
    """`table` as it was called, `now` with the renames known so far, `other` as it becomes."""
    gone = [one for one in now.columns if one.name not in other.column_by_name]
    gone = [one for one in gone if f"{table.label}.{one.name}" not in drops]
    new = [one for one in other.columns if one.name not in now.column_by_name]
    if not gone or not new:
        return
    evidence = ColumnEvidence(now, other, equality)
    scores = {(one.name, two.name): evidence.of(one, two) for one in gone for two in new}
    yield from _decide(scores, table.label)


def _decide(scores: Mapping[tuple[str, str], Evidence], table: str | None) -> Iterator[Found]:
    likely = {pair: one.score for pair, one in scores.items() if one.score >= DOUBTFUL}
    for old, new in best_pairs(likely):
        evidence = scores[old, new]
        rivals = {
            pair[1]: score
            for pair, score in likely.items()
            if (pair[0] == old) != (pair[1] == new) and score > evidence.score - MARGIN
        }
        certain = evidence.strong and evidence.score >= CERTAIN and not rivals
        near = tuple(sorted(name for (one, name) in likely if one == old and name in rivals and name != new))
        yield Found(old=old, new=new, table=table, evidence=evidence, certain=certain, near=near)


def _objects(before: Schema, after: Schema, renames: Renames, equality: Equality) -> None:
    """Types, sequences and views that are equal but for the name, where only one of each side is: nothing is lost by a mistake."""
    for group in ("enums", "domains", "composites"):
        for one, other in _only_equals(getattr(before, group), getattr(after, group), equality):
            renames.types[one.label] = (other.namespace, other.name)
    for one, other in _only_equals(before.views, after.views, equality):
        renames.others["view", one.label] = (other.namespace, other.name)


def _only_equals(before: Sequence[Any], after: Sequence[Any], equality: Equality) -> Iterator[tuple[Any, Any]]:
    old, new = {one.label for one in before}, {one.label for one in after}
    gone = [one for one in before if one.label not in new]
    added = [one for one in after if one.label not in old]
    for one in gone:
        fits = [other for other in added if _equal_but_name(one, other, equality)]
        if len(fits) == 1 and sum(_equal_but_name(rival, fits[0], equality) for rival in gone) == 1:
            yield one, fits[0]


def _equal_but_name(one: Any, other: Any, equality: Equality) -> bool:
    beside = frozenset({"name", "namespace", "owner", "grants", "comment", "indexes", "triggers", "column_comments"})
    return not any(equality.differing(one, other, leaving_out=beside))
