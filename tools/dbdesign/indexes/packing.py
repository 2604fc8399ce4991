"""Sets of indexes on the way to a good one: filled by gain per byte, made to fit, improved by exchanges."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field

from dbdesign.indexes.costs import bits, union
from dbdesign.indexes.program import Program

POWERS = (1.0, 0.5)
"""Exponents of the size in a greedy's order: gain per byte, and what favours larger gains."""

EXCHANGES = 200
"""Improvements that the local search makes at most."""

DROPPED = 25
"""The least useful indexes per byte that are taken out one at a time."""

TRIED = 30
"""Configurations that are put in by force, the most gainful per byte first."""

MOST_PARTS = 6
"""Indexes added at once up to which all sets of them are looked up, rather than all atoms looked through."""

LEAST = 1e-9


@dataclass
class State:
    """A set on the way: what each query costs with it, and the bytes that are left (less than none where it does not fit)."""

    chosen: int
    costs: list[float] = field(repr=False)
    room: int
    upkeep: float = 0.0
    losses: dict[int, float] = field(default_factory=dict, repr=False)
    """What taking an index out costs, as far as that is known."""

    def copy(self) -> State:
        """An independent one."""
        return State(self.chosen, list(self.costs), self.room, self.upkeep, dict(self.losses))

    @property
    def total(self) -> float:
        """The weighted cost, upkeep included."""
        return sum(self.costs) + self.upkeep


class Gains:
    """What configurations would save in a state and in what becomes of it, without looking through all atoms each time.

    The atoms that a query would rather take are kept by the indexes that they miss, and found by the parts of what a configuration adds.
    The queries that a change touched are looked at anew.
    """

    def __init__(self, packing: Packing, state: State) -> None:
        self._packing, self._chosen = packing, state.chosen
        self._missed: dict[int, list[tuple[int, float]]] = {}
        self._changed: set[int] = set()
        for query, (now, atoms) in enumerate(zip(state.costs, packing.atoms, strict=True)):
            for cost, used in atoms:
                if cost >= now:
                    break
                self._missed.setdefault(used & ~state.chosen, []).append((query, now - cost))

    def after(self, indexes: int) -> Gains:
        """For the state after these were put in or taken out."""
        found = copy(self)
        found._changed = self._changed.union(self._packing.touched(indexes))  # noqa: SLF001 - its own class
        return found

    def gain(self, state: State, move: int) -> float:
        """What adding a configuration saves, by `state` as it is now."""
        packing, changed, added = self._packing, self._changed, move & ~self._chosen
        if added.bit_count() > MOST_PARTS:
            return packing.gain(state, move)
        saved: dict[int, float] = {}
        part = added
        while part:
            for query, saving in self._missed.get(part, ()):
                if saving > saved.get(query, 0.0) and query not in changed:
                    saved[query] = saving
            part = part - 1 & added
        again = packing.queries_of(move) & changed if changed else ()
        return sum(saved.values()) + packing.saving(state, move, again) - packing.paid(move & ~state.chosen)


class Packing:
    """Local search in one program within one budget."""

    def __init__(self, program: Program, atoms: Sequence[Sequence[tuple[float, int]]], budget: int) -> None:
        """Over the given atoms of the program, which may be fewer than it has: those worth a look."""
        self._program, self.atoms, self._budget = program, atoms, budget
        self._sizes, self._upkeep = program.sizes, program.upkeep
        self._indexes = [tuple(bits(union(used for _, used in one))) for one in atoms]
        self._queries: dict[int, set[int]] = {}
        for query, numbers in enumerate(self._indexes):
            for number in numbers:
                self._queries.setdefault(number, set()).add(query)
        self.moves = sorted({used for one in atoms for _, used in one if used})
        self._touched = {move: self.touched(move) for move in self.moves}

    def touched(self, indexes: int) -> set[int]:
        """The queries that have an atom with any of these."""
        return {query for number in bits(indexes) for query in self._queries.get(number, ())}

    def queries_of(self, move: int) -> set[int]:
        """The same of a configuration."""
        return self._touched[move]

    def _value(self, query: int, missing: int) -> float:
        for cost, used in self.atoms[query]:
            if not used & missing:
                return cost
        raise AssertionError("every query has an atom without indexes")

    def start(self, chosen: int) -> State:
        """A set, whether or not it fits."""
        missing = ~chosen
        costs = [self._value(query, missing) for query in range(len(self.atoms))]
        return State(chosen, costs, self._budget - self._program.size(chosen), self.paid(chosen))

    def paid(self, indexes: int) -> float:
        """The upkeep of some indexes."""
        return sum(self._upkeep[number] for number in bits(indexes))

    def gain(self, state: State, move: int) -> float:
        """What adding a configuration saves."""
        return self.saving(state, move, self._touched[move]) - self.paid(move & ~state.chosen)

    def saving(self, state: State, move: int, queries: Iterable[int]) -> float:
        """What some queries save by a configuration."""
        missing, costs, saved = ~(state.chosen | move), state.costs, 0.0
        for query in queries:
            now = costs[query]
            for cost, used in self.atoms[query]:
                if cost >= now:
                    break
                if not used & missing:
                    saved += now - cost
                    break
        return saved

    def add(self, state: State, move: int) -> None:
        """Put indexes in."""
        added = move & ~state.chosen
        state.room -= self._program.size(added)
        state.upkeep += self.paid(added)
        state.chosen |= added
        self._recost(state, self.touched(added))

    def _recost(self, state: State, queries: Iterable[int]) -> None:
        missing, losses = ~state.chosen, state.losses
        for query in queries:
            state.costs[query] = self._value(query, missing)
            for number in self._indexes[query]:
                losses.pop(number, None)

    def loss(self, state: State, number: int) -> float:
        """What taking an index out costs."""
        lost = state.losses.get(number)
        if lost is None:
            missing, lost = ~state.chosen | 1 << number, -self._upkeep[number]
            for query in self._queries.get(number, ()):
                lost += self._value(query, missing) - state.costs[query]
            state.losses[number] = lost
        return lost

    def drop(self, state: State, number: int) -> None:
        """Take an index out."""
        state.room += self._sizes[number]
        state.upkeep -= self._upkeep[number]
        state.chosen &= ~(1 << number)
        self._recost(state, self._queries.get(number, ()))

    def fit(self, state: State, keep: int = 0) -> bool:
        """Take out what brings least per byte until it fits; False where what is to be kept does not fit."""
        while state.room < 0:
            droppable = list(bits(state.chosen & ~keep))
            if not droppable:
                return False
            self.drop(state, min(droppable, key=lambda one: (self.loss(state, one) / max(1, self._sizes[one]), one)))
        return True

    def prune(self, state: State) -> None:
        """Take out the indexes that bring nothing."""
        for number in list(bits(state.chosen)):
            if self.loss(state, number) < LEAST:
                self.drop(state, number)

    def fill(
        self,
        state: State,
        *,
        power: float = 1.0,
        forbidden: int = 0,
        moves: Iterable[int] | None = None,
        gains: Gains | None = None,
    ) -> None:
        """Add the configuration with the most gain per byte (to a power) until none fits; lazily, as gains seldom grow."""
        gains = gains or Gains(self, state)
        heap = [
            found
            for move in (self.moves if moves is None else moves)
            if not move & forbidden and (found := self._ranked(state, move, power, gains))
        ]
        heapq.heapify(heap)
        while heap:
            priority, move = heapq.heappop(heap)
            fresh = self._ranked(state, move, power, gains)
            if not fresh:
                continue
            if heap and fresh[0] > heap[0][0] + LEAST * abs(priority):
                heapq.heappush(heap, fresh)
                continue
            added = move & ~state.chosen
            self.add(state, move)
            gains = gains.after(added)
            for other in self._kin(state, added, forbidden):  # needing what was added, they may gain more now
                if found := self._ranked(state, other, power, gains):
                    heapq.heappush(heap, found)

    def _ranked(self, state: State, move: int, power: float, gains: Gains) -> tuple[float, int] | None:
        added = move & ~state.chosen
        if not added:
            return None
        size = self._program.size(added)
        if size > state.room or (saved := gains.gain(state, move)) <= LEAST:
            return None
        return -saved / max(1, size) ** power, move

    def _kin(self, state: State, added: int, forbidden: int) -> set[int]:
        kin = set()
        for query in self.touched(added):
            now = state.costs[query]
            for cost, used in self.atoms[query]:
                if cost >= now:
                    break
                if used & added and used & ~state.chosen and not used & forbidden:
                    kin.add(used)
        return kin

    def completed(self, chosen: int) -> State:
        """A set made to fit and filled up, the better of the greedy's orders."""
        found = []
        for power in POWERS:
            state = self.start(chosen)
            self.fit(state)
            self.fill(state, power=power)
            self.prune(state)
            found.append(state)
        return min(found, key=lambda one: one.total)

    def improved(self, state: State) -> State:
        """Local search: exchange indexes as long as that is better."""
        for _ in range(EXCHANGES):
            gains = Gains(self, state)
            waiting = self._waiting(state, gains)
            better = self._forced(state, waiting, gains) or self._without(state, waiting, gains)
            if better is None:
                break
            state = better
        return state

    def _waiting(self, state: State, gains: Gains) -> list[int]:
        """The configurations that would save something if there were room, the most per byte first."""
        found = []
        for move in self.moves:
            added = move & ~state.chosen
            if added and (saved := gains.gain(state, move)) > LEAST:
                found.append((saved / max(1, self._program.size(added)), move))
        return [move for _, move in sorted(found, reverse=True)]

    def _forced(self, state: State, waiting: Sequence[int], gains: Gains) -> State | None:
        """Put in what does not fit and take out what brings least."""
        for move in waiting[:TRIED]:
            candidate = state.copy()
            self.add(candidate, move)
            if self.fit(candidate, keep=move):
                better = self._refilled(candidate, state, waiting, gains)
                if better is not None:
                    return better
        return None

    def _without(self, state: State, waiting: Sequence[int], gains: Gains) -> State | None:
        """Take out one index and fill the room anew with others."""
        numbers = sorted(bits(state.chosen), key=lambda one: (self.loss(state, one) / max(1, self._sizes[one]), one))
        for number in numbers[:DROPPED]:
            candidate = state.copy()
            self.drop(candidate, number)
            better = self._refilled(candidate, state, waiting, gains, forbidden=1 << number)
            if better is not None:
                return better
        return None

    def _refilled(
        self, candidate: State, state: State, waiting: Sequence[int], gains: Gains, *, forbidden: int = 0
    ) -> State | None:
        """What an exchange leads to, if it is better: the room filled with other plans of the queries it touched, and what waited."""
        moves: dict[int, None] = {}
        for query in sorted(self.touched(state.chosen & ~candidate.chosen)):
            for cost, used in self.atoms[query]:
                if cost >= candidate.costs[query]:
                    break
                moves[used] = None
        moves.update(dict.fromkeys(waiting[:TRIED]))
        gains = gains.after(state.chosen ^ candidate.chosen)
        self.fill(candidate, forbidden=forbidden, moves=moves, gains=gains)
        if candidate.total >= state.total - LEAST * abs(state.total):
            return None
        self.fill(candidate)
        self.prune(candidate)
        return candidate
