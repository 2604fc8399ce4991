"""Finds the plans worth knowing of each query: the best one with every index, the best with narrow ones, and their alternatives.

The planner's time grows faster than the number of indexes that it sees, so candidates are put to it in groups: table by table, a few at
a time beside the winners so far. What no group's plan uses is not looked at again, unless a later round (`pricing.py`) finds a use for it
beside what was chosen meanwhile.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbdesign.indexes.candidate import Candidate
from dbdesign.indexes.costs import Costs, Query, bits

GROUP = 16
"""Indexes that are shown at once beside the winners."""

NEGLIGIBLE = 0.0005
"""Share of a query's cost that is not worth a question."""


@dataclass(frozen=True)
class Field:
    """The candidates of one query: all that came from it, by tier from wide to narrow, in groups."""

    tiers: tuple[tuple[int, ...], ...]
    leading: tuple[int, ...] = ()
    """Those with the same leading key and of the same method together."""

    @classmethod
    def of(cls, own: int, candidates: Sequence[Candidate]) -> Field:
        """The candidates of a query, given as bits."""
        numbers = list(bits(own))
        single = [one for one in numbers if _width(candidates[one]) == 1]
        narrow = [one for one in numbers if _width(candidates[one]) in (2, 3) and not candidates[one].include]
        wide = [one for one in numbers if one not in set(single) | set(narrow)]
        found = (tuple(_groups(tier, candidates)) for tier in (single, narrow, wide))
        leading: dict[tuple[str, str, str], int] = {}
        for one in numbers:
            key = (candidates[one].label, candidates[one].keys[0].text, candidates[one].method)
            leading[key] = leading.get(key, 0) | 1 << one
        return cls(tuple(tier for tier in found if tier), tuple(leading.values()))


def _width(candidate: Candidate) -> int:
    return len(candidate.keys) + len(candidate.include)


def _groups(numbers: list[int], candidates: Sequence[Candidate]) -> Iterator[int]:
    """Groups of at most `GROUP`; those of one table, and of one leading key, stay together."""
    ordered = sorted(numbers, key=lambda one: (candidates[one].label, candidates[one].keys[0].text, one))
    for start in range(0, len(ordered), GROUP):
        yield sum(1 << one for one in ordered[start : start + GROUP])


def explore(costs: Costs, query: Query, field: Field, *, calls: int) -> int:
    """Ask about a query, each tier by itself and then all of them; gives the candidates that any plan used.

    Args:
        calls: questions about alternatives, beyond one for each group.
    """
    pool = 0
    for tier in field.tiers:
        winners = _tournament(costs, query, tier, 0)
        pool |= winners | _tournament(costs, query, tier, pool | winners)
        alternatives(costs, query, pool & _all(tier), calls=calls)
    for group in field.leading:
        pool |= costs.cost(query, group).used
    alternatives(costs, query, pool, calls=calls)
    for number in bits(pool):  # each by itself: what a small budget can pay for
        costs.cost(query, 1 << number)
    return pool


def _all(groups: Sequence[int]) -> int:
    found = 0
    for group in groups:
        found |= group
    return found


def _tournament(costs: Costs, query: Query, groups: Sequence[int], winners: int) -> int:
    """What plans use when the groups come one after another beside the winners so far."""
    for group in groups:
        winners |= costs.cost(query, group | winners).used
    return costs.cost(query, winners).used | winners


def alternatives(costs: Costs, query: Query, pool: int, *, calls: int) -> None:
    """The best plan of a pool of indexes, the best without one that it used, and so on, the cheapest plans first."""
    base, before = costs.cost(query, 0).cost, costs.calls
    heap: list[tuple[float, int]] = []
    seen: set[int] = set()

    def push(available: int) -> None:
        if available not in seen:
            seen.add(available)
            heapq.heappush(heap, (costs.cost(query, available).cost, available))

    push(pool & query.relevant)
    while heap and costs.calls - before < calls:
        _, available = heapq.heappop(heap)
        answer = costs.cost(query, available)
        if base - answer.cost > NEGLIGIBLE * base:
            for number in bits(answer.used):
                push(available & ~(1 << number))
