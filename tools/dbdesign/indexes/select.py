"""The best set of indexes within a budget, over what the planner has answered so far.

The answers are atomic configurations (a set of indexes and what a query costs with them, as in CoPhy, Dash, Polyzotis and Ailamaki, VLDB
2011), so that the whole is a knapsack whose items help each other. It is solved by a greedy on gain per byte over whole configurations,
not single indexes, followed by a local search; every answer of the solver is checked by the planner, whose answers it then solves anew
(`advise.py`).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dbdesign.indexes.costs import Query, bits


@dataclass(frozen=True)
class Choice:
    """A set of indexes, its bytes, and the workload's cost with it by what is known."""

    chosen: int
    size: int
    cost: float


class Selection:
    """One knapsack: the queries' atoms, the indexes' sizes and their upkeep."""

    def __init__(self, queries: Sequence[Query], sizes: Sequence[int], upkeep: Sequence[float] = ()) -> None:
        self.sizes = sizes
        self.upkeep = upkeep or [0.0] * len(sizes)
        self.atoms = [[(one.cost * query.weight, one.used) for one in query.atoms()] for query in queries]
        self._touched: dict[int, list[int]] = {}
        for number, atoms in enumerate(self.atoms):
            for index in bits(_union(used for _, used in atoms)):
                self._touched.setdefault(index, []).append(number)
        self.moves = sorted({used for atoms in self.atoms for _, used in atoms if used})

    def size(self, chosen: int) -> int:
        """Bytes of a set."""
        return sum(self.sizes[number] for number in bits(chosen))

    def value(self, query: int, chosen: int) -> float:
        """The weighted cost of a query with a set, by the cheapest atom in it."""
        for cost, used in self.atoms[query]:
            if not used & ~chosen:
                return cost
        raise AssertionError("every query has an atom without indexes")

    def cost(self, chosen: int) -> float:
        """The weighted cost of all of them, and the upkeep."""
        queries = sum(self.value(number, chosen) for number in range(len(self.atoms)))
        return queries + sum(self.upkeep[number] for number in bits(chosen))

    def _affected(self, added: int) -> set[int]:
        return {query for index in bits(added) for query in self._touched.get(index, ())}

    def gain(self, chosen: int, added: int) -> float:
        """What adding indexes saves."""
        both = chosen | added
        saved = sum(self.value(query, chosen) - self.value(query, both) for query in self._affected(added))
        return saved - sum(self.upkeep[number] for number in bits(added))

    def loss(self, chosen: int, dropped: int) -> float:
        """What dropping indexes costs."""
        rest = chosen & ~dropped
        lost = sum(self.value(query, rest) - self.value(query, chosen) for query in self._affected(dropped))
        return lost - sum(self.upkeep[number] for number in bits(dropped))

    def greedy(self, budget: int, start: int = 0, *, forbidden: int = 0, power: float = 1.0) -> int:
        """Add the configuration with the most gain per byte (to a power) until none fits; lazily, as gains seldom grow."""
        chosen, room = start, budget - self.size(start)
        heap = []
        for move in self.moves:
            added = move & ~chosen
            if added and not move & forbidden:
                size = max(1, self.size(added))
                if size <= room and (gain := self.gain(chosen, added)) > 0:
                    heapq.heappush(heap, (-gain / size**power, move))
        while heap:
            priority, move = heapq.heappop(heap)
            added = move & ~chosen
            size = max(1, self.size(added))
            if not added or size > room:
                continue
            gain = self.gain(chosen, added)
            if gain <= 0:
                continue
            now = -gain / size**power
            if heap and now > heap[0][0] * (1 - 1e-12):
                heapq.heappush(heap, (now, move))
                continue
            chosen |= added
            room -= size
            for other in self._neighbours(move):  # their gains may have grown: they share an index with what was added
                rest = other & ~chosen
                if rest and not other & forbidden and (rest_size := max(1, self.size(rest))) <= room:
                    more = self.gain(chosen, rest)
                    if more > 0:
                        heapq.heappush(heap, (-more / rest_size**power, other))
        return chosen

    def _neighbours(self, move: int) -> Iterable[int]:
        queries = self._affected(move)
        return {used for query in queries for _, used in self.atoms[query] if used & move and used != move}

    def prune(self, chosen: int, *, least: float = 0.0) -> int:
        """Without the indexes that nothing (or less than `least`) is lost without, the least useful first."""
        while True:
            losses = sorted((self.loss(chosen, 1 << number), number) for number in bits(chosen))
            if not losses or losses[0][0] > max(least, 1e-9):
                return chosen
            chosen &= ~(1 << losses[0][1])

    def solve(self, budget: int, *, start: int = 0, rounds: int = 60) -> Choice:
        """The best set found for a budget in bytes."""
        starts = [self.greedy(budget, power=power) for power in (1.0, 0.6, 0.85, 0.3, 0.0)]
        if start and self.size(start) <= budget:
            starts.append(self.greedy(budget, start))
        best = min((self.prune(one) for one in starts), key=self.cost)
        for one in sorted({self.prune(one) for one in starts}, key=self.cost)[:3]:
            improved = self._improved(one, budget, rounds)
            best = min(best, improved, key=self.cost)
        return Choice(best, self.size(best), self.cost(best))

    def _improved(self, chosen: int, budget: int, rounds: int) -> int:
        """Local search: take one or two indexes out, fill the room anew in several ways, keep what is better."""
        current, cost = chosen, self.cost(chosen)
        for _ in range(rounds):
            better = self._step(current, cost, budget)
            if better is None:
                return current
            current, cost = better
        return current

    def _step(self, current: int, cost: float, budget: int) -> tuple[int, float] | None:
        numbers = sorted(bits(current), key=lambda number: self.loss(current, 1 << number) / max(1, self.sizes[number]))
        singles = [1 << number for number in numbers]
        pairs = [one | other for place, one in enumerate(singles[:8]) for other in singles[place + 1 : 8]]
        for dropped in (*singles, *pairs):
            rest = current & ~dropped
            for forbidden, power in ((dropped, 1.0), (dropped, 0.5), (0, 0.5)):
                candidate = self.prune(self.greedy(budget, rest, forbidden=forbidden, power=power))
                new = self.cost(candidate)
                if new < cost * (1 - 1e-9):
                    return candidate, new
        return None


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
