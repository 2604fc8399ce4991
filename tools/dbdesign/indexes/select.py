"""The best set of indexes within a budget over what the planner has answered so far, and a bound below which no set costs.

A Lagrangian relaxation gives the bound, prices, and the few atoms that the best set can take; local search over these gives the set;
branching (best bound first) closes the gap, as far as a limit of nodes goes.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dbdesign.indexes.costs import Query
from dbdesign.indexes.packing import Packing, State
from dbdesign.indexes.pricing import Tariff
from dbdesign.indexes.program import Program
from dbdesign.indexes.relaxation import Bound, Node, Prices, Relaxation

PHASES, STEPS = 4, 60
"""Times that a set is made out of the relaxation's mixture, and the relaxation's steps before each."""

NODES, NODE_STEPS = 300, 25
"""Parts of the program that branching looks at, and the relaxation's steps in each."""

WORK = 50_000
"""Atoms of all parts together that branching looks at."""

ENOUGH = 0.0005
"""Share of the cost by which the set may be above the bound without more being tried."""

CORE = 20
"""Atoms for each query that local search takes into account: those with the least reduced costs."""

HALF = 0.5


@dataclass(frozen=True)
class Choice:
    """A set of indexes (bits of their numbers), its bytes, and the workload's cost with it by what is known.

    Attributes:
        bound: no set within the budget costs less, by what is known.
    """

    chosen: int
    size: int
    cost: float
    bound: float = 0.0


@dataclass(order=True)
class _Open:
    """A part that is still to be looked at, by its bound."""

    value: float
    order: int
    node: Node = field(compare=False)
    bound: Bound = field(compare=False)


class Selection:
    """One workload's choice within one budget."""

    def __init__(
        self, queries: Sequence[Query], sizes: Sequence[int], upkeep: Sequence[float] = (), *, budget: int
    ) -> None:
        self._program = Program.of(queries, sizes, upkeep, budget)
        self._budget = budget
        self._relaxation = Relaxation(self._program, budget)
        self._prices = Prices(0.0, [0.0] * len(self._relaxation.slots))
        self._best = State(0, [one[-1][0] for one in self._program.atoms], budget)

    def solve(self, *, starts: Iterable[int] = (), nodes: int = NODES) -> Choice:
        """The best set found.

        Args:
            starts: sets to begin from beside none.
            nodes: parts that branching looks at, at most.
        """
        program = self._program
        for chosen in dict.fromkeys(map(program.inside, starts)):
            if program.size(chosen) <= self._budget:
                self._consider(Packing(program, program.atoms, self._budget).start(chosen))
        node, bound = self._relaxed()
        packing = self._packing(node, bound.prices)
        self._consider(packing.improved(packing.start(self._best.chosen)))
        self._prices = bound.prices
        value = self._branched(node, bound, nodes)
        best = self._best
        cost = program.cost(best.chosen)
        return Choice(program.outside(best.chosen), program.size(best.chosen), cost, min(value, cost))

    def tariff(self) -> Tariff:
        """What each query would have to pay for an index, given what the others pay; by the numbers outside, after `solve`."""
        program, slots, prices = self._program, self._relaxation.slots, self._prices
        per_byte = prices.room / max(1, self._budget)
        rest = [per_byte * size + upkeep for size, upkeep in zip(program.sizes, program.upkeep, strict=True)]
        for slot, number in enumerate(slots.index):
            rest[number] -= prices.shares[slot]
        shares = [{program.numbers[number]: prices.shares[slot] for number, slot in one.items()} for one in slots.of]
        return Tariff(per_byte, dict(zip(program.numbers, rest, strict=True)), shares)

    def _consider(self, state: State) -> None:
        if state.total < self._best.total:
            self._best = state

    def _packing(self, node: Node, prices: Prices) -> Packing:
        """Local search over the part's most promising atoms, and those that the best set takes."""
        node = self._relaxation.core(node, prices, CORE * len(node.atoms))
        missing = ~self._best.chosen
        atoms = []
        for one, whole in zip(node.atoms, self._program.atoms, strict=True):
            taken = next(atom for atom in whole if not atom[1] & missing)
            atoms.append(sorted({*((cost, used) for cost, _, used in one if used), taken, whole[-1]}))
        return Packing(self._program, atoms, self._budget)

    @property
    def _good_enough(self) -> float:
        return self._best.total * (1 - ENOUGH)

    def _relaxed(self) -> tuple[Node, Bound]:
        """The bound of the whole, and its atoms that matter; the best set is bettered on the way."""
        relaxation = self._relaxation
        node = relaxation.root()
        prices = relaxation.proportional(node, self._best.total / 10)
        bound = Bound(0.0, prices, {})
        for _ in range(PHASES):
            bound = relaxation.bound(node, bound.prices, best=self._best.total, steps=STEPS, enough=self._good_enough)
            self._consider(self._packing(node, bound.prices).completed(_rounded(bound)))
            node = relaxation.tightened(node, bound.prices, self._best.total - bound.value)
            if bound.value >= self._good_enough:
                break
        return node, bound

    def _branched(self, node: Node, bound: Bound, nodes: int) -> float:
        """Look at parts, the one with the lowest bound first; gives the bound of the whole."""
        heap = [_Open(bound.value, 0, node, bound)]
        order = work = 0
        while heap and heap[0].value < self._good_enough and order < nodes and work < WORK:
            one = heapq.heappop(heap)
            number = self._fork(one.node, one.bound)
            if number is None:
                return min(one.value, self._best.total)
            for take in (True, False):
                order += 1
                work += sum(map(len, one.node.atoms))
                child, found = self._looked_at(one, number, take=take)
                if found.value < self._good_enough:
                    heapq.heappush(heap, _Open(max(found.value, one.value), order, child, found))
        return heap[0].value if heap else self._good_enough

    def _looked_at(self, one: _Open, number: int, *, take: bool) -> tuple[Node, Bound]:
        relaxation, bit = self._relaxation, 1 << number
        child = relaxation.child(one.node, take=bit) if take else relaxation.child(one.node, leave=bit)
        if child.room < 0:
            return child, Bound(float("inf"), one.bound.prices, {})
        found = relaxation.bound(
            child, one.bound.prices, best=self._best.total, steps=NODE_STEPS, enough=self._good_enough
        )
        if found.value < self._good_enough:
            self._consider(self._packing(child, found.prices).completed(_rounded(found) | child.taken))
            child = relaxation.tightened(child, found.prices, self._best.total - found.value)
        return child, found

    def _fork(self, node: Node, bound: Bound) -> int | None:
        """The index to branch on: the one of which the mixture takes neither nothing nor all, large ones before small."""
        free = node.items
        if not free:
            return None
        return max(free, key=lambda one: (min(part := bound.taken.get(one[0], 0.0), 1 - part) * one[1], one[1]))[0]


def _rounded(bound: Bound) -> int:
    return sum(1 << number for number, part in bound.taken.items() if part >= HALF)
