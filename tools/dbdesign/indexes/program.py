"""The choice of indexes as a program, as in CoPhy (Dash, Polyzotis and Ailamaki, VLDB 2011).

An atom is a set of indexes and what a query costs with it. Every query takes one of its atoms, an atom needs all of its indexes, the
chosen indexes fit the budget; the weighted cost and the indexes' upkeep are least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from dbdesign.indexes.costs import Query, bits

Atom = tuple[float, int]
"""Weighted cost, and indexes as bits."""


@dataclass(frozen=True)
class Program:
    """One workload's program. Indexes have numbers of its own, the places in `numbers`, which keeps the sets short.

    Attributes:
        numbers: the indexes that any atom uses, by the numbers that they have outside.
        sizes: bytes.
        upkeep: weighted cost of having an index.
        atoms: by query, (weighted cost, indexes as bits), the cheapest first; the last is the one without indexes.
    """

    numbers: tuple[int, ...]
    sizes: tuple[int, ...]
    upkeep: tuple[float, ...]
    atoms: tuple[tuple[Atom, ...], ...]

    @classmethod
    def of(cls, queries: Sequence[Query], sizes: Sequence[int], upkeep: Sequence[float], budget: int) -> Program:
        """The program over everything that the queries have learnt and the budget can pay for.

        Args:
            sizes: bytes by the numbers outside.
            upkeep: likewise; empty for none.
        """
        answers = [
            [
                (one.cost * query.weight, one.used)
                for one in query.atoms()
                if sum(sizes[number] for number in bits(one.used)) <= budget
            ]
            for query in queries
        ]
        answers = [one[: next(place for place, (_, used) in enumerate(one) if not used) + 1] for one in answers]
        everything = 0
        for one in answers:
            for _, used in one:
                everything |= used
        numbers = tuple(bits(everything))
        places = {number: place for place, number in enumerate(numbers)}
        return cls(
            numbers,
            tuple(sizes[number] for number in numbers),
            tuple(upkeep[number] if upkeep else 0.0 for number in numbers),
            tuple(tuple((cost, _renumbered(used, places)) for cost, used in one) for one in answers),
        )

    def part(self, atoms: Iterable[Iterable[Atom]]) -> Program:
        """The program with only some of its atoms, in their order."""
        return replace(self, atoms=tuple(map(tuple, atoms)))

    def with_atoms_of(self, whole: Program, chosen: int) -> Program:
        """The program with those atoms of the whole that a set takes as well."""
        taken = (next(atom for atom in atoms if not atom[1] & ~chosen) for atoms in whole.atoms)
        return self.part(
            sorted({*atoms, atom}, key=lambda one: (one[0], one[1].bit_count(), one[1]))
            for atoms, atom in zip(self.atoms, taken, strict=True)
        )

    def inside(self, chosen: int) -> int:
        """A set of the numbers outside; indexes that no atom uses are left out."""
        places = {number: place for place, number in enumerate(self.numbers)}
        return sum(1 << places[number] for number in bits(chosen) if number in places)

    def outside(self, chosen: int) -> int:
        """A set in the numbers outside."""
        return sum(1 << self.numbers[place] for place in bits(chosen))

    def size(self, chosen: int) -> int:
        """Bytes of a set."""
        return sum(self.sizes[number] for number in bits(chosen))

    def cost(self, chosen: int) -> float:
        """The weighted cost with a set, upkeep included."""
        return sum(self.costs(chosen)) + sum(self.upkeep[number] for number in bits(chosen))

    def costs(self, chosen: int) -> Iterator[float]:
        """The weighted cost of each query with a set."""
        missing = ~chosen
        for atoms in self.atoms:
            for cost, used in atoms:
                if not used & missing:
                    yield cost
                    break


def _renumbered(used: int, places: dict[int, int]) -> int:
    return sum(1 << places[number] for number in bits(used))
