"""What each query costs with each set of indexes, by as few questions to the planner as possible.

A plan that uses the indexes U out of the available A stays the best for every set between U and A: the planner would choose it again.
So each answer is kept with its A and U and answers all the sets between; and it bounds others: a set within A costs no less,
a set that holds U no more. (Unique indexes change estimates even where they are not used; hypothetical ones are not unique.)
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dbdesign.errors import DesignError, LimitError
from dbdesign.twin.twin import Explained, Hypothetical, Twin

INCIDENTAL = 0.001
"""Share of a query's cost below which an index in its plan is incidental: the plan without it is as good."""


ALIKE = 0.0003
"""Share by which plans' costs may differ without the planner being asked which it takes."""

ALLOWANCE = 60.0
"""Seconds of planning that one query may take in all; what is not known of it then is taken from what is."""


@dataclass(frozen=True)
class Answer:
    """One answer of the planner: the sets as bits of index numbers."""

    available: int
    used: int
    cost: float


@dataclass
class Query:
    """A query of the workload, with what was learnt of it.

    Attributes:
        weight: executions a second, or 1.
        relevant: the indexes that it could use, as bits.
        failure: why it cannot be planned; then it takes part in nothing.
        cut_short: why nothing more is asked about it; then its costs are upper bounds.
    """

    name: str
    sql: str
    weight: float = 1.0
    relevant: int = 0
    answers: list[Answer] = field(default_factory=list)
    failure: str | None = None
    cut_short: str | None = None
    _seconds: float = 0.0
    _corrected: dict[int, float] = field(default_factory=dict, repr=False)
    _memo: dict[int, Answer] = field(default_factory=dict, repr=False)

    def known(self, available: int) -> Answer | None:
        """The answer for a set, if it can be told from earlier ones."""
        found = self._memo.get(available)
        if found is None:
            found = next(
                (one for one in self.answers if not one.used & ~available and not available & ~one.available),
                None,
            )
            found = found or self._between(available)
            if found:
                self._memo[available] = found
        return found

    def _between(self, available: int) -> Answer | None:
        """What a set must cost within `ALIKE`: no less than with more indexes, no more than a plan that it allows."""
        least = max((one.cost for one in self.answers if not available & ~one.available), default=0.0)
        possible = (one for one in self.answers if not one.used & ~available and one.cost <= least * (1 + ALIKE))
        found = min(possible, key=lambda one: one.cost, default=None)
        return Answer(available, found.used, found.cost) if found else None

    def cheapest_known(self, available: int) -> Answer:
        """The cheapest plan that is known to be possible with a set."""
        return min((one for one in self.answers if not one.used & ~available), key=lambda one: one.cost)

    def possible_saving(self, available: int) -> float:
        """By how much the cheapest plan of all is cheaper than what is known to be possible with a set."""
        return self.cheapest_known(available).cost - min(one.cost for one in self.answers)

    def spend(self, seconds: float) -> None:
        """Count planning time; beyond the allowance the query is cut short."""
        self._seconds += seconds
        if self._seconds > ALLOWANCE and self.cut_short is None:
            self.cut_short = f"planning it took more than {ALLOWANCE:g} seconds in all"

    def learn(self, answer: Answer) -> None:
        """Keep an answer."""
        self.answers.append(answer)
        self._memo[answer.available] = answer

    def correct(self, answer: Answer, available: int) -> None:
        """Take the planner's word for a set over cheaper plans that it has for parts of it.

        The planner compares costs within one percent and drops paths early, so that more indexes can make a plan dearer.
        """
        for one in self.answers:
            if not one.used & ~available and one.cost < answer.cost:
                self._corrected[one.used] = max(answer.cost, self._corrected.get(one.used, 0.0))

    def corrected(self) -> Iterator[Answer]:
        """The answers, each with what its indexes cost where more of them are there, as far as that is known."""
        for one in self.answers:
            cost = self._corrected.get(one.used, 0.0)
            yield replace(one, cost=cost) if cost > one.cost else one

    def atoms(self) -> list[Answer]:
        """The answers by cost, without those that bring next to nothing beyond what a part of their indexes brings."""
        kept: list[Answer] = []
        for one in sorted(self.corrected(), key=lambda one: (one.used.bit_count(), one.cost)):
            enough = one.cost * (1 + INCIDENTAL)
            if not any(other.cost <= enough and not other.used & ~one.used for other in kept):
                kept.append(one)
        return sorted(kept, key=lambda one: (one.cost, one.used.bit_count()))


class Costs:
    """Asks the twin, and remembers."""

    def __init__(self, twin: Twin, queries: Sequence[Query]) -> None:
        self.twin = twin
        self.queries = list(queries)
        self.indexes: list[Hypothetical] = []
        self.calls = 0
        self.plans: dict[str, Mapping[str, Any]] = {}
        """By name of the query, its plan without hypothetical indexes."""

        self._number: dict[str, int] = {}

    def add(self, indexes: Iterable[Hypothetical]) -> None:
        """Take hypothetical indexes into account; their numbers go on from those there are."""
        for one in indexes:
            self._number[one.name] = len(self.indexes)
            self.indexes.append(one)

    def cost(self, query: Query, chosen: int) -> Answer:
        """What a query costs with a set of indexes."""
        available = chosen & query.relevant
        found = query.known(available)
        if found is None and query.cut_short is None:
            found = self._asked(query, available)
        return found or query.cheapest_known(available)

    def _asked(self, query: Query, available: int) -> Answer | None:
        """The planner's answer, learnt; None where it takes too long over a query that it planned without the indexes."""
        began = time.monotonic()
        try:
            found = self._ask(query, available)
        except LimitError as error:
            if not query.answers:
                raise
            query.cut_short = str(error)
            return None
        query.learn(found)
        query.spend(time.monotonic() - began)
        return found

    def explain(self, query: Query, chosen: int) -> Explained:
        """The plan itself."""
        return self.twin.explain(query.sql, [self.indexes[number] for number in bits(chosen & query.relevant)])

    def _ask(self, query: Query, available: int) -> Answer:
        self.calls += 1
        explained = self.explain(query, available)
        if not available:
            self.plans[query.name] = explained.plan
        used = 0
        for name in explained.indexes:
            number = self._number.get(name)
            if number is not None:
                used |= 1 << number
        return Answer(available, used, explained.cost)

    def total(self, chosen: int) -> float:
        """The workload's cost."""
        return sum(query.weight * self.cost(query, chosen).cost for query in self.plannable)

    @property
    def plannable(self) -> list[Query]:
        """The queries that the planner takes."""
        return [query for query in self.queries if query.failure is None]

    def start(self) -> None:
        """The costs without any hypothetical index; a query that cannot be planned is set aside with the reason."""
        for query in self.queries:
            try:
                self.cost(query, 0)
            except DesignError as error:
                query.failure = str(error)


def bits(mask: int) -> Iterator[int]:
    """The numbers in a set of bits, ascending."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def union(masks: Iterable[int]) -> int:
    """All of several sets."""
    found = 0
    for mask in masks:
        found |= mask
    return found
