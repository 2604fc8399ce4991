"""The best set of indexes within a budget, over what the planner has answered so far.

The answers are atomic configurations (a set of indexes and what a query costs with them, as in CoPhy: Dash, Polyzotis and Ailamaki, VLDB
2011), so that the whole is a knapsack whose items help each other. It is solved by a greedy on gain per byte over whole
configurations, not single indexes, followed by a local search; each solution is put to the planner, whose answers are then part of the
next knapsack (`advise.py`).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from dbdesign.indexes.costs import Query, bits

POWERS = (1.0, 0.7, 0.4)
"""Exponents of the size in a greedy's order: gain per byte, and what favours larger gains."""

STEPS = 20
"""Improvements that the local search makes at most."""

SINGLES = 30
"""The least useful indexes per byte that are taken out one at a time."""

PAIRS = 6
"""The least useful indexes that are also taken out two at a time."""

TRIED = 40
"""Configurations waiting for room that are tried in place of what was taken out."""

_LEAST = 1e-9


@dataclass(frozen=True)
class Choice:
    """A set of indexes (bits of their numbers), its bytes, and the workload's cost with it by what is known."""

    chosen: int
    size: int
    cost: float


@dataclass
class _State:
    """A set on the way: what each query costs with it, and the bytes that are left."""

    chosen: int
    costs: list[float] = field(repr=False)
    room: int

    def copy(self) -> _State:
        return _State(self.chosen, list(self.costs), self.room)


class Selection:
    """One knapsack: the queries' atoms, the indexes' sizes and their upkeep."""

    def __init__(self, queries: Sequence[Query], sizes: Sequence[int], upkeep: Sequence[float] = ()) -> None:
        answers = [query.atoms() for query in queries]
        self._numbers = sorted({number for one in answers for atom in one for number in bits(atom.used)})
        self._places = {number: place for place, number in enumerate(self._numbers)}
        self.sizes = [sizes[number] for number in self._numbers]
        self.upkeep = [upkeep[number] if upkeep else 0.0 for number in self._numbers]
        self._any_upkeep = any(self.upkeep)
        self.atoms = [
            [(atom.cost * query.weight, self._inside(atom.used)) for atom in one]
            for query, one in zip(queries, answers, strict=True)
        ]
        self._touched: dict[int, set[int]] = {}
        for number, atoms in enumerate(self.atoms):
            for index in {index for _, used in atoms for index in bits(used)}:
                self._touched.setdefault(index, set()).add(number)
        self.moves = sorted({used for atoms in self.atoms for _, used in atoms if used})
        self._size = {move: self.size(move) for move in self.moves}
        self._queries = {move: sorted(self._affected(move)) for move in self.moves}
        self._parts: dict[int, list[tuple[int, list[tuple[float, int]]]]] = {}

    def _inside(self, chosen: int) -> int:
        """A set in the numbering of the indexes that any atom uses, which makes the sets short."""
        return sum(1 << self._places[number] for number in bits(chosen) if number in self._places)

    def _outside(self, chosen: int) -> int:
        return sum(1 << self._numbers[place] for place in bits(chosen))

    def size(self, chosen: int) -> int:
        """Bytes of a set (inner numbering)."""
        return sum(self.sizes[number] for number in bits(chosen))

    def _upkeep(self, chosen: int) -> float:
        if not self._any_upkeep:
            return 0.0
        return sum(self.upkeep[number] for number in bits(chosen))

    def _values(self, chosen: int) -> list[float]:
        return [self._value(number, chosen) for number in range(len(self.atoms))]

    def _value(self, query: int, chosen: int) -> float:
        missing = ~chosen
        for cost, used in self.atoms[query]:
            if not used & missing:
                return cost
        raise AssertionError("every query has an atom without indexes")

    def _affected(self, indexes: int) -> set[int]:
        return {query for index in bits(indexes) for query in self._touched.get(index, ())}

    def _start(self, chosen: int, budget: int) -> _State:
        return _State(chosen, self._values(chosen), budget - self.size(chosen))

    def _gain(self, state: _State, move: int) -> float:
        """What adding a configuration saves."""
        missing, saved = ~state.chosen, 0.0
        for query, atoms in self._helped(move):
            now = state.costs[query]
            for cost, others in atoms:
                if cost >= now:
                    break
                if not others & missing:
                    saved += now - cost
                    break
        return saved - self._upkeep(move & missing)

    def _helped(self, move: int) -> list[tuple[int, list[tuple[float, int]]]]:
        """By query, the atoms that an index of the move takes part in, with what they need beside it."""
        found = self._parts.get(move)
        if found is None:
            found = self._parts[move] = [
                (query, [(cost, used & ~move) for cost, used in self.atoms[query] if used & move])
                for query in self._queries[move]
            ]
        return found

    def _add(self, state: _State, move: int) -> None:
        state.room -= self.size(move & ~state.chosen)
        state.chosen |= move
        for query in self._queries[move]:
            state.costs[query] = self._value(query, state.chosen)

    def loss(self, state: _State, dropped: int) -> float:
        """What dropping an index costs."""
        rest, lost = state.chosen & ~(1 << dropped), 0.0
        for query in self._touched.get(dropped, ()):
            lost += self._value(query, rest) - state.costs[query]
        return lost - self.upkeep[dropped]

    def _drop(self, state: _State, dropped: int) -> None:
        state.room += self.sizes[dropped]
        state.chosen &= ~(1 << dropped)
        for query in self._touched.get(dropped, ()):
            state.costs[query] = self._value(query, state.chosen)

    def _fill(self, state: _State, *, power: float, forbidden: int = 0, moves: Iterable[int] | None = None) -> None:
        """Add the configuration with the most gain per byte (to a power) until none fits; lazily, as gains seldom grow."""
        heap: list[tuple[float, int]] = []
        for move in self.moves if moves is None else moves:
            if not move & forbidden:
                self._consider(state, move, power, heap)
        heapq.heapify(heap)
        while heap:
            priority, move = heapq.heappop(heap)
            fresh: list[tuple[float, int]] = []
            self._consider(state, move, power, fresh)
            if not fresh:
                continue
            if heap and fresh[0][0] > heap[0][0] + _LEAST * abs(priority):
                heapq.heappush(heap, fresh[0])
                continue
            self._add(state, move)
            for other in self._kin(
                state, move, forbidden
            ):  # sharing an index with what was added, they may gain more now
                fresh = []
                self._consider(state, other, power, fresh)
                for one in fresh:
                    heapq.heappush(heap, one)

    def _consider(self, state: _State, move: int, power: float, into: list[tuple[float, int]]) -> None:
        added = move & ~state.chosen
        if not added:
            return
        size = self._size[move] if added == move else self.size(added)
        if size > state.room:
            return
        gain = self._gain(state, move)
        if gain > _LEAST:
            into.append((-gain / max(1, size) ** power, move))

    def _kin(self, state: _State, move: int, forbidden: int) -> set[int]:
        kin = set()
        for query in self._queries[move]:
            for cost, used in self.atoms[query]:
                if cost >= state.costs[query]:
                    break
                if used & move and used & ~state.chosen and not used & forbidden:
                    kin.add(used)
        return kin

    def _prune(self, state: _State, least: float = _LEAST) -> None:
        """Drop the indexes without which less than `least` is lost, the least useful first."""
        while state.chosen:
            lost, number = min((self.loss(state, number), number) for number in bits(state.chosen))
            if lost >= least:
                return
            self._drop(state, number)

    def _total(self, state: _State) -> float:
        return sum(state.costs) + self._upkeep(state.chosen)

    def solve(self, budget: int, *, starts: Iterable[int] = (), least: float = _LEAST, thorough: bool = True) -> Choice:
        """The best set found for a budget in bytes.

        Args:
            starts: sets to begin from beside none.
            least: what an index must save at least.
            thorough: whether to go on with the local search.
        """
        states = []
        for chosen in dict.fromkeys((0, *map(self._inside, starts))):
            if self.size(chosen) <= budget:
                for power in POWERS:
                    state = self._start(chosen, budget)
                    self._fill(state, power=power)
                    self._prune(state, least)
                    states.append(state)
        best = min(states, key=self._total)
        if thorough:
            best = self._improved(best, least)
        return Choice(self._outside(best.chosen), self.size(best.chosen), self._total(best))

    def _improved(self, state: _State, least: float) -> _State:
        """Local search: take one or two indexes out, fill the room anew, keep what is better."""
        for _ in range(STEPS):
            better = self._step(state, least)
            if better is None:
                return state
            state = better
        return state

    def _step(self, state: _State, least: float) -> _State | None:
        """The first better set that taking out one or two indexes and filling the room anew leads to."""
        total = self._total(state)
        numbers = sorted(bits(state.chosen), key=lambda one: self.loss(state, one) / max(1, self.sizes[one]))
        groups: list[tuple[int, ...]] = [(one,) for one in numbers[:SINGLES]]
        groups += [(one, other) for place, one in enumerate(numbers[:PAIRS]) for other in numbers[place + 1 : PAIRS]]
        waiting = self._waiting(state, max((self.sizes[one] for one in numbers), default=0))
        for group in groups:
            rest = state.copy()
            for number in group:
                self._drop(rest, number)
            forbidden = sum(1 << number for number in group)
            moves = self._worth_trying(rest, group, waiting)
            for power in POWERS[:2]:
                candidate = rest.copy()
                self._fill(candidate, power=power, forbidden=forbidden, moves=moves)
                if self._total(candidate) < total * (1 - _LEAST):
                    self._fill(candidate, power=power)
                    self._prune(candidate, least)
                    return candidate
        return None

    def _waiting(self, state: _State, freed: int) -> list[tuple[float, int, int]]:
        """The configurations that would help but do not fit: (gain per byte, bytes, move), the best first."""
        found = []
        for move in self.moves:
            added = move & ~state.chosen
            size = self.size(added)
            if added and size <= state.room + 2 * freed and (gain := self._gain(state, move)) > _LEAST:
                found.append((gain / max(1, size), size, move))
        return sorted(found, reverse=True)

    def _worth_trying(self, rest: _State, group: Sequence[int], waiting: Sequence[tuple[float, int, int]]) -> list[int]:
        """What may take the place of the indexes that were taken out: other plans of their queries, and what waited for room."""
        moves: dict[int, None] = {}
        for query in {query for number in group for query in self._touched.get(number, ())}:
            for cost, used in self.atoms[query]:
                if cost >= rest.costs[query]:
                    break
                moves[used] = None
        fitting = (move for _, size, move in waiting if size <= rest.room)
        return [*moves, *islice(fitting, TRIED)]
