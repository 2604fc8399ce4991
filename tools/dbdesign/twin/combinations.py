"""How many combinations of values columns have together, where neither keys nor extended statistics say it.

Columns are taken to choose their values by themselves, unless something speaks against it: that both follow the order of the rows, that
both are dates of one record, parts of one address or names of one thing, that one is a reference to a row which says the other, or that
both are said by what heads the row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dbdesign.twin.clustering import Sampling
from dbdesign.twin.profile_names import place_of, thing_of

Joins = Mapping[str, Collection[tuple[str, str]]]
"""What a statement equates a table's columns with: column → labels and columns of other tables."""

_IN_ORDER = 0.9
"""The correlation of values and rows from which on two columns are looked at for following each other."""


@dataclass(frozen=True)
class Member:
    """A column of an index, as far as its combinations with others are concerned.

    Attributes:
        collected: different values as ANALYZE estimates them; `distinct` is what is made of it.
        is_moment: whether it is a date or a time with a date.
        parent: rows of the table whose key it refers to; None where it is no reference.
    """

    name: str
    distinct: float
    collected: float
    correlation: float = 0.0
    is_moment: bool = False
    parent: float | None = None


@dataclass(frozen=True)
class Head:
    """The column of a key of several columns by which rows come in groups that stand together, as lines do by their order.

    Attributes:
        key: all columns of the key.
        sampling: of the table.
    """

    member: Member
    key: frozenset[str]
    sampling: Sampling

    def heads(self, other: Member) -> bool:
        """Whether a column is taken to have one value in each group: a reference outside of the key, unless ANALYZE would be expected to
        see as many values as it does if each row chose among those that there are to refer to."""
        if other.name == self.member.name:
            return True
        if other.parent is None or other.name in self.key:
            return False
        groups = (self.member.distinct, self.sampling.rows)
        in_groups, by_row = (self.sampling.expected(other.parent, number) for number in groups)
        return abs(math.log(in_groups / other.collected)) < abs(math.log(by_row / other.collected))


@dataclass(frozen=True)
class Dependences:
    """What speaks for columns of a table hanging together.

    Attributes:
        rows: of the table.
        determined: pairs of columns of which the first says the second.
    """

    rows: float
    head: Head | None = None
    determined: Collection[tuple[str, str]] = ()


def combinations(members: Sequence[Member], known: Dependences) -> float:
    """How many combinations there can be of the values of columns."""
    names = {one.name for one in members}
    said = {second for first, second in known.determined if first in names and second in names}
    left = sorted((one for one in members if one.name not in said), key=lambda one: -one.distinct)
    ordered = _several(one for one in left if abs(one.correlation) >= _IN_ORDER)
    rest = [one for one in left if one not in ordered]
    found = _in_order(ordered)
    for kin in _related(rest):
        found *= _near(kin, math.inf if kin[0].is_moment else known.rows)
        rest = [one for one in rest if one not in kin]
    if known.head is None:
        return found * _product(rest)
    headed = [one for one in rest if known.head.heads(one)]
    groups = 1.0 if any(one.name == known.head.member.name for one in ordered) else known.head.member.distinct
    others = [one for one in rest if one not in headed]
    return found * min(_product(headed), groups) * _product(others)


def _several(members: Iterable[Member]) -> list[Member]:
    """Those that share something, which one alone does not."""
    found = list(members)
    return found if len(found) > 1 else []


def _product(members: Sequence[Member]) -> float:
    return math.prod(max(one.distinct, 1.0) for one in members)


def _in_order(members: Sequence[Member]) -> float:
    """Of columns that follow the order of rows: two that follow it exactly change their values one after the other, so that there are no
    more combinations than changes; one that lags comes with the values of a band, as wide as its correlation lets it be.
    """
    if not members:
        return 1.0
    first, *others = members
    found = max(first.distinct, 1.0)
    for one in others:
        apart = sum(math.acos(min(abs(each.correlation), 1.0)) for each in (first, one))
        band = one.distinct * math.sin(min(apart, math.pi / 2))
        found *= min(max(one.distinct, 1.0), 1 + one.distinct / max(first.distinct, 1.0) + band)
    return found


def _related(members: Sequence[Member]) -> Iterator[list[Member]]:
    """Several dates, several parts of one address, several names of one thing; each column once."""
    left = list(members)
    for relation in _RELATIONS:
        by: dict[str, list[Member]] = {}
        for one in left:
            if (shared := relation(one)) is not None:
                by.setdefault(shared, []).append(one)
        for kin in by.values():
            if len(kin) > 1:
                yield kin
                left = [one for one in left if one not in kin]


_RELATIONS: tuple[Callable[[Member], str | None], ...] = (
    lambda one: "moment" if one.is_moment else None,
    lambda one: place_of(one.name),
    lambda one: thing_of(one.name),
)


def _near(members: Sequence[Member], rows: float) -> float:
    """Of dates of one record (ordered, sent, received), of places that lie in each other, of names of one thing: how much one says of the
    next is not known, so that for each value of the first there is the geometric mean of one value of the next and all.

    Args:
        rows: that there are to make combinations; those of dates are told by the time that lies between them.
    """
    first, *others = members
    found = max(first.distinct, 1.0)
    for one in others:
        found *= math.sqrt(max(min(one.distinct, rows / first.distinct), 1.0))
    return found


def referred(
    joins: Joins, keys: Mapping[str, Sequence[frozenset[str]]]
) -> list[tuple[frozenset[str], str, frozenset[str]]]:
    """The columns that a statement equates with all columns of a unique key of another table: they, its label, and the key.

    Args:
        keys: of the other tables, by label.
    """
    found = []
    for other in sorted({label for partners in joins.values() for label, _ in partners}):
        for key in keys.get(other, ()):
            own = {name: sorted(mine for mine, partners in joins.items() if (other, name) in partners) for name in key}
            columns = frozenset(mine[0] for mine in own.values() if mine)
            if len(columns) == len(key):
                found.append((columns, other, key))
    return found
