"""A bound below which no choice of indexes costs, and prices of the indexes, by Lagrangian relaxation of the program.

The budget gets a price for the whole of it (`room`), and each index a price for every query that uses it (`shares`). With these given,
every query takes its cheapest atom and every index pays or not, each by itself; the prices that make the sum largest are approached by
the volume algorithm (Barahona and Anbil, Mathematical Programming 87, 2000), which also gives how much of each index the best mixture
takes. The bound is the linear program's, which for these programs is near the optimum; branching closes the rest (`branch.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

from dbdesign.indexes.costs import bits
from dbdesign.indexes.program import Program

AVERAGING = 0.1
"""Weight of the latest solution in the mixture."""

FIRST_STEP, LONGEST_STEP, SHORTEST_STEP = 1.0, 2.0, 0.001
FASTER, SLOWER, PATIENCE = 1.1, 0.66, 10
"""How the step grows with success and shrinks after as many failures (the paper's green and red iterations)."""

SCALES = (4.0, 2.0, 1.5, 1.2, 1.1, 1.03)
"""Factors that the prices are tried with, one after another."""

SCALE = 5.0
"""How much faster the price of the room moves than the indexes', of which there are many."""

LEAST_GAP = 1e-4
"""Share of the best cost that the step reckons with at least."""


@dataclass(frozen=True)
class Prices:
    """What the relaxation pays.

    Attributes:
        room: for the whole budget, in weighted cost.
        shares: of an index by a query, by slot.
    """

    room: float
    shares: Sequence[float]


@dataclass(frozen=True)
class Bound:
    """The outcome: no choice costs less than `value`; `taken` says how much of each index the best mixture takes (0 to 1)."""

    value: float
    prices: Prices
    taken: dict[int, float]


class Slots:
    """A number for every pair of a query and an index that one of its atoms uses."""

    def __init__(self, program: Program) -> None:
        self.index: list[int] = []
        self.of: list[dict[int, int]] = []
        for atoms in program.atoms:
            used = 0
            for _, one in atoms:
                used |= one
            self.of.append({number: len(self.index) + place for place, number in enumerate(bits(used))})
            self.index += bits(used)

    def __len__(self) -> int:
        return len(self.index)


@dataclass
class Node:
    """A part of the program: some indexes taken, some left out, the atoms that are still worth a look.

    Attributes:
        atoms: by query, (cost, slots that are still to be paid, indexes as bits), the cheapest first.
        items: (index, share of the budget, upkeep, slots).
        room: share of the budget that is left.
        paid: upkeep of the indexes taken.
    """

    taken: int
    left_out: int
    atoms: list[list[tuple[float, tuple[int, ...], int]]]
    items: list[tuple[int, float, float, tuple[int, ...]]]
    room: float
    paid: float

    @property
    def free(self) -> int:
        """The indexes that are neither taken nor left out."""
        return sum(1 << number for number, *_ in self.items)


class Relaxation:
    """The relaxation of one program within one budget."""

    def __init__(self, program: Program, budget: int) -> None:
        self.program = program
        self.slots = Slots(program)
        self._share = [size / max(1, budget) for size in program.sizes]

    def root(self) -> Node:
        """The whole program."""
        atoms = [
            [(cost, tuple(slots[number] for number in bits(used)), used) for cost, used in one]
            for one, slots in zip(self.program.atoms, self.slots.of, strict=True)
        ]
        return self._node(0, 0, atoms)

    def child(self, node: Node, *, take: int = 0, leave: int = 0) -> Node:
        """The part of a part where further indexes are taken or left out."""
        taken, left_out = node.taken | take, node.left_out | leave
        atoms = [self._filtered(one, take, left_out) for one in node.atoms]
        return self._node(taken, left_out, atoms)

    def _filtered(
        self, atoms: list[tuple[float, tuple[int, ...], int]], take: int, left_out: int
    ) -> list[tuple[float, tuple[int, ...], int]]:
        index, kept, seen = self.slots.index, [], set()
        for cost, slots, used in atoms:
            if used & left_out:
                continue
            rest = tuple(slot for slot in slots if not take >> index[slot] & 1) if used & take else slots
            if rest not in seen:
                seen.add(rest)
                kept.append((cost, rest, used))
            if not rest:
                break
        return kept

    def _node(self, taken: int, left_out: int, atoms: list[list[tuple[float, tuple[int, ...], int]]]) -> Node:
        """A part, without the atoms that its room cannot pay for."""
        room = 1.0 - sum(self._share[number] for number in bits(taken))
        by_index: dict[int, set[int]] = {}
        index, share = self.slots.index, self._share
        fitting = []
        for one in atoms:
            kept = [
                atom for atom in one if len(atom[1]) < 2 or sum(share[index[slot]] for slot in atom[1]) <= room + 1e-12
            ]
            kept = [atom for atom in kept if len(atom[1]) != 1 or share[index[atom[1][0]]] <= room + 1e-12]
            for _, slots, _ in kept:
                for slot in slots:
                    by_index.setdefault(index[slot], set()).add(slot)
            fitting.append(kept)
        items = [
            (number, share[number], self.program.upkeep[number], tuple(sorted(slots)))
            for number, slots in sorted(by_index.items())
        ]
        paid = sum(self.program.upkeep[number] for number in bits(taken))
        return Node(taken, left_out, fitting, items, room, paid)

    def proportional(self, node: Node, room: float) -> Prices:
        """Prices to begin with: each index's price in parts as large as what it could save each query."""
        saving = [0.0] * len(self.slots)
        for atoms in node.atoms:
            for cost, slots, _ in atoms:
                for slot in slots:
                    saving[slot] = max(saving[slot], (atoms[-1][0] - cost) / len(slots))
        shares = [0.0] * len(self.slots)
        for _, share, upkeep, slots in node.items:
            whole = sum(saving[slot] for slot in slots)
            for slot in slots:
                shares[slot] = (room * share + upkeep) * (saving[slot] / whole if whole else 1 / len(slots))
        return Prices(room, shares)

    def scaled(self, node: Node, prices: Prices) -> Prices:
        """The prices times what makes the bound largest."""

        def at(scale: float) -> tuple[float, float]:
            changed = Prices(prices.room * scale, [one * scale for one in prices.shares])
            return _solved(node, changed)[0], scale

        best = at(1.0)
        for factor in SCALES:
            best = max(best, at(best[1] * factor), at(best[1] / factor))
        return Prices(prices.room * best[1], [one * best[1] for one in prices.shares])

    def bound(self, node: Node, prices: Prices, *, best: float, steps: int, enough: float = math.inf) -> Bound:
        """Better prices and the bound that they give.

        Args:
            best: the least cost known, by which the length of the steps is reckoned.
            enough: the bound at which there is no need to go on.
        """
        climb = _Climb(node, self.scaled(node, prices), len(self.slots))
        for _ in range(steps):
            if climb.value >= enough or not climb.step(best):
                break
        return Bound(climb.value, climb.prices, climb.mixture())

    def reduced(self, node: Node, prices: Prices) -> list[list[float]]:
        """The reduced cost of every atom: by how much the bound rises where it is taken."""
        shares, room = prices.shares, prices.room
        surcharge = [0.0] * len(self.slots)
        for _, share, upkeep, slots in node.items:
            extra = room * share + upkeep - sum(shares[slot] for slot in slots)
            if extra > 0:
                for slot in slots:
                    surcharge[slot] = extra
        found = []
        for one in node.atoms:
            priced = [cost + sum(shares[slot] for slot in slots) for cost, slots, _ in one]
            least = min(priced, default=0.0)
            found.append(
                [
                    price - least + sum(surcharge[slot] for slot in slots)
                    for price, (_, slots, _) in zip(priced, one, strict=True)
                ]
            )
        return found

    def tightened(self, node: Node, prices: Prices, slack: float) -> Node:
        """The part with only the atoms whose reduced cost is less than `slack`, and those that are paid for already."""
        atoms = [
            [atom for atom, extra in zip(one, extras, strict=True) if extra < slack or not atom[1]]
            for one, extras in zip(node.atoms, self.reduced(node, prices), strict=True)
        ]
        return self._node(node.taken, node.left_out, atoms)

    def core(self, node: Node, prices: Prices, most: int) -> Node:
        """The part with the most promising atoms only, by their reduced costs."""
        reduced = self.reduced(node, prices)
        extras = sorted(extra for one in reduced for extra in one)
        return node if len(extras) <= most else self.tightened(node, prices, extras[most])


def _solved(node: Node, prices: Prices) -> tuple[float, list[int], list[int], float]:
    """The relaxed program at given prices: its value, the slots of the atoms taken, places of the indexes taken, room overdrawn."""
    shares, price = prices.shares, prices.room
    value = node.paid - price * node.room
    taken: list[int] = []
    for atoms in node.atoms:
        least = math.inf
        chosen: tuple[int, ...] = ()
        for cost, slots, _ in atoms:
            if cost >= least:
                break
            total = cost
            for slot in slots:
                total += shares[slot]
            if total < least:
                least, chosen = total, slots
        value += least
        taken += chosen
    paying, over = [], -node.room
    for place, (_, share, upkeep, slots) in enumerate(node.items):
        rest = price * share + upkeep
        for slot in slots:
            rest -= shares[slot]
        if rest < 0:
            value += rest
            paying.append(place)
            over += share
    return value, taken, paying, over


class _Climb:
    """The volume algorithm's state: the best prices, the mixture's direction, the step."""

    def __init__(self, node: Node, prices: Prices, slots: int) -> None:
        self._node, self._slots = node, slots
        self.prices = prices
        self.value, taken, paying, over = _solved(node, prices)
        self._direction = self._difference(taken, paying)
        self._over = over
        self._mixture = dict.fromkeys(paying, 1.0)
        self._step, self._failures = FIRST_STEP, 0

    def _difference(self, taken: list[int], paying: list[int]) -> list[float]:
        """By slot, whether the query takes the index less whether the index is taken."""
        found = [0.0] * self._slots
        for slot in taken:
            found[slot] = 1.0
        for place in paying:
            for slot in self._node.items[place][3]:
                found[slot] -= 1.0
        return found

    def step(self, best: float) -> bool:
        """One step along the direction; False where there is nowhere to go."""
        direction, over = self._direction, self._over
        norm = sum(map(mul, direction, direction)) + (SCALE * over) ** 2
        if norm < 1e-12:
            return False
        length = self._step * max(best - self.value, LEAST_GAP * abs(best)) / norm
        shares = [
            moved if (moved := old + length * by) > 0 else 0.0
            for old, by in zip(self.prices.shares, direction, strict=True)
        ]
        prices = Prices(max(0.0, self.prices.room + length * SCALE**2 * over), shares)
        value, taken, paying, latest_over = _solved(self._node, prices)
        latest = self._difference(taken, paying)
        forward = sum(map(mul, direction, latest)) + SCALE**2 * over * latest_over > 0
        self._blend(latest, latest_over, paying)
        if value > self.value:
            self.value, self.prices, self._failures = value, prices, 0
            if forward:
                self._step = min(LONGEST_STEP, self._step * FASTER)
            return True
        self._failures += 1
        if self._failures >= PATIENCE:
            self._step, self._failures = self._step * SLOWER, 0
        return self._step >= SHORTEST_STEP

    def _blend(self, latest: list[float], over: float, paying: list[int]) -> None:
        self._direction = [old + AVERAGING * (new - old) for old, new in zip(self._direction, latest, strict=True)]
        self._over += AVERAGING * (over - self._over)
        for place in self._mixture:
            self._mixture[place] *= 1 - AVERAGING
        for place in paying:
            self._mixture[place] = self._mixture.get(place, 0.0) + AVERAGING

    def mixture(self) -> dict[int, float]:
        """By index, how much of it the mixture takes."""
        return {self._node.items[place][0]: part for place, part in self._mixture.items() if part > 0.001}
