"""Finds, for each query, the plans worth knowing: the best one with every index, then the best without what that used, and so on.

Started from several tiers (all candidates, those without included columns, single columns), since a small budget is spent on narrow
indexes, which never show while their wide sisters are there.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from dbdesign.indexes.candidate import Candidate
from dbdesign.indexes.costs import Costs, Query, bits


def tiers(candidates: Sequence[Candidate]) -> list[int]:
    """Sets of candidates, from all to the narrowest."""
    everything = (1 << len(candidates)) - 1
    plain = _where(candidates, lambda one: not one.include and len(one.keys) <= 3)
    narrow = _where(candidates, lambda one: not one.include and len(one.keys) <= 2)
    single = _where(candidates, lambda one: not one.include and len(one.keys) == 1)
    return list(dict.fromkeys((everything, plain, narrow, single)))


def _where(candidates: Sequence[Candidate], condition: object) -> int:
    mask = 0
    for number, one in enumerate(candidates):
        if condition(one):  # type: ignore[operator]
            mask |= 1 << number
    return mask


def explore(costs: Costs, query: Query, candidates: Sequence[Candidate], *, calls: int, start: Sequence[int]) -> None:
    """Ask about a query until so many questions were put, or nothing is left that helps it.

    The set with the most to lose is looked at first: an alternative to a cheap plan matters more than one to a dear plan.
    """
    base = costs.cost(query, 0).cost
    enough = base * 0.001
    for tier in start:
        before, seen = costs.calls, set()
        heap: list[tuple[float, int]] = []
        _push(costs, query, tier & query.relevant, heap, seen)
        while heap and costs.calls - before < calls:
            _, available = heapq.heappop(heap)
            answer = costs.cost(query, available)
            if base - answer.cost <= enough:
                continue
            for number in bits(answer.used):
                _push(costs, query, available & ~alike(number, available, candidates), heap, seen)
                _push(costs, query, available & ~(1 << number), heap, seen)


def _push(costs: Costs, query: Query, available: int, heap: list[tuple[float, int]], seen: set[int]) -> None:
    if available in seen:
        return
    seen.add(available)
    heapq.heappush(heap, (costs.cost(query, available).cost, available))


def alike(number: int, among: int, candidates: Sequence[Candidate]) -> int:
    """The candidates that begin with the same key on the same table."""
    one, mask = candidates[number], 0
    for other in bits(among):
        if candidates[other].table == one.table and candidates[other].keys[0] == one.keys[0]:
            mask |= 1 << other
    return mask
